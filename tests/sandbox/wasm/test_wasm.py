"""The wasm tier: outcomes, limits, guests that do not stop, workers that die, and both suites of checkers."""

import asyncio
import os
import signal
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from reward_agent.errors import ConfigError
from reward_agent.sandbox import JailedSandbox, open_sandbox
from reward_agent.sandbox.suite.cases import Case, honest_checkers, hostile_cases
from reward_agent.sandbox.suite.trial import CaseResult, try_honest, try_hostile
from reward_agent.types import Outcome

pytestmark = [pytest.mark.extras, pytest.mark.usefixtures("wasm_component")]

T, F = Outcome.TRUE, Outcome.FALSE
SHORT = "def check_following(response):\n    return len(response) < 5\n"
LOOPS_ON_X = "def check_following(response):\n    while 'x' in response:\n        pass\n    return True\n"
# The sleep of the C library, by way of a poll, is a call to the host, which no epoch interrupts.
SLEEPS_ON_X = (
    "import select\ndef check_following(response):\n"
    "    if response == 'x':\n        select.select([], [], [], 60)\n    return response == 'a'\n"
)


def in_wasm(use: Callable[[JailedSandbox], Awaitable[object]], **settings: object) -> Any:
    async def inside() -> object:
        wanted = {"workers": 1, "cpu_s": 0.5, "wall_s": 3.0, "require": "wasm", "tier": "wasm", **settings}
        async with open_sandbox(**wanted) as sandbox:  # type: ignore[arg-type]
            return await use(sandbox)

    return asyncio.run(inside())


def test_every_kind_of_outcome_is_told_apart() -> None:
    sources = {
        SHORT: T,
        "def check_following(r): return False": F,
        "def check_following(r): return 1": Outcome.NOT_A_BOOL,
        "def check_following(r): return 1 / 0": Outcome.EXCEPTION,
        "def check_following(r) return 1": Outcome.EXCEPTION,
        "def other(r): return True": Outcome.NO_FUNCTION,
        "def check_following(r):\n    while True: pass": Outcome.TIMEOUT,
        "import re\ndef check_following(r): return bool(re.match('(a+)+$', 'a' * 40 + 'b'))": Outcome.TIMEOUT,
        "import os\ndef check_following(r): os._exit(0)": Outcome.CRASH,
        "def check_following(r):\n    x = []\n    while True: x.append(bytes(10**6))": Outcome.MEMORY,
    }

    async def use(sandbox: JailedSandbox) -> object:
        return [(await sandbox.run(source, ["abc"]))[0] for source in sources]

    assert in_wasm(use, memory_mb=64) == list(sources.values())


def test_a_crash_or_timeout_ends_one_response_only_and_two_timeouts_the_call() -> None:
    source = "import os\n" + LOOPS_ON_X.replace("    return", "    if response == 'c': os._exit(3)\n    return")

    async def use(sandbox: JailedSandbox) -> object:
        return await sandbox.run(source, ["a", "c", "a", "x", "a", "x", "a"])

    assert in_wasm(use) == (T, Outcome.CRASH, T, Outcome.TIMEOUT, T, Outcome.TIMEOUT, Outcome.NOT_RUN)


def test_a_guest_that_sleeps_in_the_host_is_ended_and_the_others_are_answered() -> None:
    async def use(sandbox: JailedSandbox) -> object:
        found = await sandbox.run(SLEEPS_ON_X, ["a", "x", "b"])
        return found, await sandbox.run(SHORT, ["a", "too long"])

    (first, second, third), after = in_wasm(use, wall_s=0.5)
    assert (first, third) == (T, F)
    assert second in {Outcome.TIMEOUT, Outcome.CRASH}  # in the jail the engine cannot even begin to wait
    assert after == (T, F)


def test_nothing_is_remembered_between_batches_and_globals_are_fresh_for_every_response() -> None:
    source = (
        "import re\nseen = []\ndef check_following(r):\n    seen.append(r)\n"
        "    return len(seen) == 1 and not hasattr(re, 'mark')\n"
    )
    poison = "import re\nre.mark = 1\ndef check_following(r): return True\n"

    async def use(sandbox: JailedSandbox) -> object:
        return await sandbox.run(source, ["a", "b"]), await sandbox.run(poison, ["a"]), await sandbox.run(source, ["c"])

    assert in_wasm(use) == ((T, T), (T,), (T,))


def test_a_killed_worker_is_replaced_and_no_answer_is_lost() -> None:
    async def use(sandbox: JailedSandbox) -> object:
        running = [asyncio.create_task(sandbox.run(SHORT + f"#{n}", ["a", "too long"])) for n in range(8)]
        await asyncio.sleep(0)
        os.kill(sandbox.process_ids[0], signal.SIGKILL)
        return await asyncio.gather(*running)

    assert in_wasm(use) == [(T, F)] * 8


def test_the_lint_speaks_there_too() -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return (
            await sandbox.admit("import os\n" + SHORT),
            await sandbox.admit(SHORT),
            await sandbox.admit("x = '\ud800"),
        )

    imports, fine, broken = in_wasm(use)
    assert imports == ("line 1: the module 'os' is not available to checkers",)
    assert fine == ()
    assert broken


def test_the_report_names_both_walls(strict: None) -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return sandbox.report()

    report = in_wasm(use, require="strict")
    assert report.tier == "wasm+strict"
    assert {"webassembly", "seccomp", "landlock"} <= {layer.name for layer in report.layers if layer.held}


def test_without_the_filter_it_is_plain_wasm_and_no_strict_tier() -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return sandbox.report().tier, await sandbox.run(SHORT, ["a"])

    assert in_wasm(use, without=["seccomp", "landlock"]) == ("wasm", (T,))
    with pytest.raises(ConfigError, match=r"sandbox\.require = 'strict' cannot be had"):
        in_wasm(use, require="strict", without=["seccomp"])


def test_the_caller_keeps_no_file_or_process_open() -> None:
    async def use(sandbox: JailedSandbox) -> object:
        return await sandbox.run(SLEEPS_ON_X, ["a", "x"])

    in_wasm(use, wall_s=0.5)
    before = len(list(Path("/proc/self/fd").iterdir()))
    in_wasm(use, wall_s=0.5)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture(scope="module")
def results(wasm_component: Path) -> dict[str, CaseResult]:
    found = asyncio.run(try_hostile(hostile_cases(), require="wasm", tier="wasm"))
    return {result.case.name: result for result in found}


@pytest.mark.parametrize("case", hostile_cases(), ids=lambda case: f"{case.family}: {case.name}")
def test_a_hostile_checker_is_contained(case: Case, results: dict[str, CaseResult]) -> None:
    assert results[case.name].problems == (), results[case.name].outcomes


def test_without_the_jail_around_it_webassembly_contains_them_too() -> None:
    found = asyncio.run(
        try_hostile(hostile_cases(), require="wasm", tier="wasm", without=["seccomp", "landlock", "user"])
    )
    assert [(result.case.name, result.problems) for result in found if result.problems] == []


def test_honest_checkers_agree_with_plain_python() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert asyncio.run(try_honest(honest_checkers(), require="wasm", tier="wasm")) == []
