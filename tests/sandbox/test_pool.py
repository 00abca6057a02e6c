"""The pool: outcomes, batches across callers, what one caller's response may do to another's, ends and beginnings."""

import asyncio
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reward_agent.errors import ConfigError
from reward_agent.sandbox import JailedSandbox, SandboxError, open_sandbox
from reward_agent.sandbox.pool import MAX_RESPONSE_BYTES, MAX_SOURCE_BYTES
from reward_agent.types import Outcome

T, F = Outcome.TRUE, Outcome.FALSE
SHORT = "def check_following(response):\n    return len(response) < 5\n"
LOOPS_ON_X = "def check_following(response):\n    while 'x' in response:\n        pass\n    return True\n"
InSandbox = Callable[..., Any]


def test_every_kind_of_outcome_is_told_apart(in_sandbox: InSandbox) -> None:
    sources = {
        SHORT: T,
        "def check_following(r): return False": F,
        "def check_following(r): return 1": Outcome.NOT_A_BOOL,
        "def check_following(r): return 1 / 0": Outcome.EXCEPTION,
        "def other(r): return True": Outcome.NO_FUNCTION,
        "def check_following(r):\n    while True: pass": Outcome.TIMEOUT,
        "import os\ndef check_following(r): os._exit(0)": Outcome.CRASH,
        "def check_following(r): return bytes(10**12)": Outcome.MEMORY,
        "import os\ndef check_following(r): os.kill(1, 9)": Outcome.VIOLATION,
    }

    async def use(sandbox: JailedSandbox) -> object:
        return [(await sandbox.run(source, ["abc"]))[0] for source in sources]

    assert in_sandbox(use) == list(sources.values())


def test_after_two_timeouts_the_rest_is_not_run(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return await sandbox.run(LOOPS_ON_X, ["a", "x", "b", "x", "c", "x"])

    assert in_sandbox(use) == (T, Outcome.TIMEOUT, T, Outcome.TIMEOUT, Outcome.NOT_RUN, Outcome.NOT_RUN)


def test_a_crash_or_violation_ends_one_response_only(in_sandbox: InSandbox) -> None:
    source = (
        "import os\ndef check_following(r):\n"
        "    if r == 'c': os._exit(3)\n    if r == 'v': os.kill(1, 9)\n    return r == 'a'\n"
    )

    async def use(sandbox: JailedSandbox) -> object:
        return await sandbox.run(source, ["a", "c", "a", "v", "b"])

    assert in_sandbox(use) == (T, Outcome.CRASH, T, Outcome.VIOLATION, F)


def test_calls_of_many_callers_share_batches_and_keep_their_own_answers(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        texts = [["a" * (n % 9), "b" * (k % 7)] for n in range(60) for k in range(3)]
        found = await asyncio.gather(*(sandbox.run(SHORT, pair) for pair in texts))
        return found == [tuple(T if len(t) < 5 else F for t in pair) for pair in texts]

    assert in_sandbox(use)


def test_one_callers_timeouts_cost_the_others_nothing(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        busy = asyncio.create_task(sandbox.run("def check_following(r):\n    while True: pass", ["wait"]))
        await asyncio.sleep(0)
        spoilt = [asyncio.create_task(sandbox.run(LOOPS_ON_X, ["x", "x", "x"])) for _ in range(1)]
        fine = [asyncio.create_task(sandbox.run(LOOPS_ON_X, ["a", "b"])) for _ in range(5)]
        await busy
        return await asyncio.gather(*spoilt, *fine)

    first, *others = in_sandbox(use)
    assert first == (Outcome.TIMEOUT, Outcome.TIMEOUT, Outcome.NOT_RUN)
    assert others == [(T, T)] * 5


def test_one_callers_forgery_costs_the_others_nothing(in_sandbox: InSandbox) -> None:
    source = (
        "import os\ndef check_following(r):\n    if r == 'forge':\n        for n in range(3, 32):\n"
        "            try: os.write(n, bytes([255]))\n            except OSError: pass\n    return r == 'yes'\n"
    )

    async def use(sandbox: JailedSandbox) -> object:
        busy = asyncio.create_task(sandbox.run(LOOPS_ON_X, ["x"]))
        await asyncio.sleep(0)
        calls = [sandbox.run(source, [text, text]) for text in ("yes", "forge", "no")]
        found = await asyncio.gather(*calls)
        await busy
        return found

    yes, forged, no = in_sandbox(use)
    assert (yes, no) == ((T, T), (F, F))
    assert forged == (Outcome.VIOLATION, Outcome.VIOLATION)


def test_many_responses_are_spread_over_batches_in_order(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return await sandbox.run(SHORT, ["a" * (n % 10) for n in range(500)])

    assert in_sandbox(use, workers=2) == tuple(T if n % 10 < 5 else F for n in range(500))


def test_a_text_too_large_to_send_is_not_run(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        large = await sandbox.run(SHORT, ["a", "b" * (MAX_RESPONSE_BYTES // 4 + 1)])
        return large, await sandbox.run(SHORT + "#" * MAX_SOURCE_BYTES, ["a"])

    assert in_sandbox(use) == ((T, Outcome.NOT_RUN), (Outcome.NOT_RUN,))


def test_more_calls_than_fit_wait_their_turn(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return await asyncio.gather(*(sandbox.run(SHORT, ["a"]) for _ in range(40)))

    assert in_sandbox(use, in_flight=2) == [(T,)] * 40


def test_a_caller_that_gave_up_leaves_the_others_served(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        gone = [asyncio.create_task(sandbox.run(LOOPS_ON_X, ["x"])) for _ in range(3)]
        await asyncio.sleep(0)
        for task in gone:
            task.cancel()
        return await sandbox.run(SHORT, ["a"])

    assert in_sandbox(use) == (T,)


def test_workers_are_renewed(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        seen: set[int] = set()
        for _ in range(6):
            assert await sandbox.run(SHORT, ["a"]) == (T,)
            seen.update(sandbox.process_ids)
        return len(seen)

    assert in_sandbox(use, renew_after=2) == 3


def test_a_killed_worker_is_replaced_and_no_answer_is_lost(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        for _ in range(5):
            running = [asyncio.create_task(sandbox.run(SHORT + f"#{n}", ["a", "too long"])) for n in range(8)]
            await asyncio.sleep(0)
            os.kill(sandbox.process_ids[0], signal.SIGKILL)
            assert await asyncio.gather(*running) == [(T, F)] * 8
        return True

    assert in_sandbox(use)


def test_a_closed_sandbox_says_so() -> None:
    async def use() -> None:
        async with open_sandbox(require="degraded", workers=1) as sandbox:
            waiting = asyncio.create_task(sandbox.run(LOOPS_ON_X, ["x"]))
            await asyncio.sleep(0)
        with pytest.raises(SandboxError, match="closed"):
            await waiting
        with pytest.raises(SandboxError, match="async with open_sandbox"):
            await sandbox.run(SHORT, ["a"])

    asyncio.run(use())


def test_another_event_loop_is_refused() -> None:
    async def use() -> None:
        async with open_sandbox(require="degraded", workers=1) as sandbox:
            with pytest.raises(SandboxError, match="event loop"):
                await asyncio.to_thread(lambda: asyncio.run(_run(sandbox)))

    async def _run(sandbox: JailedSandbox) -> object:
        return await sandbox.run(SHORT, ["a"])

    asyncio.run(use())


def test_strict_refuses_in_words_where_the_filter_is_missing() -> None:
    async def use() -> None:
        async with open_sandbox(require="strict", workers=1, without=["seccomp"]):
            pass

    with pytest.raises(ConfigError, match=re.escape("cannot be had on this host: the seccomp filter is not in force")):
        asyncio.run(use())


def test_degraded_is_taken_only_when_asked_for_and_says_so() -> None:
    async def use() -> None:
        async with open_sandbox(require="degraded", workers=1, without=["seccomp", "landlock"]) as sandbox:
            report = sandbox.report()
            assert report.tier == "degraded"
            assert {"seccomp", "landlock"} <= {layer.name for layer in report.missing}
            assert await sandbox.run(SHORT, ["a", "too long"]) == (T, F)

    asyncio.run(use())


def test_the_report_names_the_tier_and_the_layers(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return sandbox.report()

    report = in_sandbox(use)
    assert report.tier == "strict"
    assert {"seccomp", "no descriptors", "no new privileges"} <= {x.name for x in report.layers if x.held}


def test_the_lint_runs_in_the_jail_and_its_words_are_plain(in_sandbox: InSandbox) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return [
            await sandbox.admit(source)
            for source in (SHORT, "import os\n" + SHORT, "(" * 10**5, "x = '\x1b[31m__class__'", "1" + "+1" * 400_000)
        ]

    fine, imports, deep, _, endless = in_sandbox(use)
    assert fine == ()
    assert imports == ("line 1: the module 'os' is not available to checkers",)
    assert deep
    assert endless


def test_the_caller_keeps_no_file_or_process_open(in_sandbox: InSandbox) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))

    async def use(sandbox: JailedSandbox) -> object:
        return await sandbox.run(SHORT, ["a"])

    for _ in range(3):
        in_sandbox(use, workers=2)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
