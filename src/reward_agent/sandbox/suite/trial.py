"""Runs the hostile cases and the honest checkers on this host, and says what was not as it should be."""

import asyncio
import contextlib
import io
import platform
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from reward_agent.sandbox.opening import Choice, Requirement, open_sandbox
from reward_agent.sandbox.pool import JailedSandbox
from reward_agent.sandbox.suite.cases import Case, HonestChecker
from reward_agent.sandbox.suite.watch import Watch, watching
from reward_agent.sandbox.worker import SandboxError
from reward_agent.types import Outcome

CPU_S = 0.25  # a response: the suite is full of endless loops
WALL_S = 4.0
SLOWEST_S = 15.0  # a case: two time limits, and a loaded machine

_GOOD = "def check_following(response):\n    return len(response.split()) == 3 and response.isascii()\n"
_GOOD_RESPONSES = ("one two three", "one two")
_BEFORE = "before_this_batch"  # a hostile checker looks for it in its memory
TEXTS = (
    *(
        "",
        " ",
        "One two three.",
        "Dear Ana,\n\nThank you!\n\nP.S. Bring 3 apples.",
        "- a\n- b\n- c\n",
        "# Title\n\nText.",
    ),
    *(
        '{"name": "Ana", "age": 3, "tags": ["a", "b"]}',
        "a,b,c\n1,2,3\n",
        "<p>Hi <b>you</b></p>",
        "ÄÖÜ straße 日本語 😀",
    ),
    *(
        "ALL CAPITALS HERE",
        "2024-02-29 at 12:30",
        '"quoted"',
        "one\r\ntwo\u2028three",
        "x" * 3000,
        "tab\tand \u00a0space",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What became of one hostile case; it is contained if there are no `problems`."""

    case: Case
    outcomes: tuple[Outcome, ...]
    problems: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An honest checker that the sandbox and plain Python do not agree on, or that ran out of time."""

    checker: HonestChecker
    response: str
    plain: Outcome
    sandboxed: Outcome


async def try_hostile(
    cases: Sequence[Case],
    *,
    require: Requirement = "strict",
    tier: Choice = "auto",
    lanes: int = 2,
    without: Sequence[str] = (),
) -> list[CaseResult]:
    """Every case, in as many lanes as given; each lane has its own worker, canaries and listeners."""
    queue = deque(enumerate(cases))
    results: dict[int, CaseResult] = {}

    async def lane() -> None:
        with watching() as watch:
            async with open_sandbox(
                require=require, tier=tier, workers=1, cpu_s=CPU_S, wall_s=WALL_S, memory_mb=256, without=without
            ) as sandbox:
                while queue:
                    place, case = queue.popleft()
                    results[place] = await _try_case(case, sandbox, watch)

    await asyncio.gather(*(lane() for _ in range(lanes)))
    return [results[place] for place in sorted(results)]


async def _try_case(case: Case, sandbox: JailedSandbox, watch: Watch) -> CaseResult:
    problems: list[str] = []
    await sandbox.run(_GOOD, [_BEFORE])
    worker = sandbox.process_ids[0]
    started = time.monotonic()
    outcomes: tuple[Outcome, ...] = ()
    try:
        outcomes = tuple(await sandbox.run(case.written_for(watch.places(worker)), case.responses))
    except SandboxError as error:
        problems.append(f"the sandbox failed: {error}")
    seconds = time.monotonic() - started
    in_wasm = sandbox.report().tier.startswith("wasm")
    # A guest that is stuck in a call to the host, or breaks one, is ended together with its process.
    ended_with_its_guest = in_wasm and not {Outcome.TIMEOUT, Outcome.CRASH}.isdisjoint(outcomes)
    if sandbox.process_ids != (worker,) and not ended_with_its_guest:
        problems.append("the worker was lost")
    surprising = set(outcomes) - case.allowed - (case.in_wasm if in_wasm else frozenset())
    if surprising:
        problems.append(f"ended as {', '.join(sorted(surprising))}")
    if len(outcomes) != len(case.responses):
        problems.append(f"{len(outcomes)} outcomes for {len(case.responses)} responses")
    if seconds > SLOWEST_S:
        problems.append(f"took {seconds:.1f} s")
    if await sandbox.run(_GOOD, _GOOD_RESPONSES) != (Outcome.TRUE, Outcome.FALSE):
        problems.append("the next checks were wrong")
    problems += watch.disturbances(worker)
    return CaseResult(case=case, outcomes=outcomes, problems=tuple(problems), seconds=seconds)


async def try_honest(
    checkers: Sequence[HonestChecker],
    texts: Sequence[str] = TEXTS,
    *,
    require: Requirement = "strict",
    tier: Choice = "auto",
) -> list[Difference]:
    """Every honest checker on every text, in the sandbox and in this process; of another version's Python only those
    that do not depend on it."""
    async with open_sandbox(require=require, tier=tier) as sandbox:
        checkers = comparable(checkers, sandbox.report().python)
        sandboxed = await asyncio.gather(*(sandbox.run(checker.source, texts) for checker in checkers))
    return [
        Difference(checker=checker, response=text, plain=plain, sandboxed=outcome)
        for checker, outcomes in zip(checkers, sandboxed, strict=True)
        for text, outcome, plain in zip(texts, outcomes, plain_outcomes(checker.source, texts), strict=True)
        if outcome != plain
    ]


def comparable(checkers: Sequence[HonestChecker], python: str) -> list[HonestChecker]:
    """The checkers that should decide the same in that version of Python as in this one."""
    same = python.split(".")[:2] == platform.python_version().split(".")[:2]
    return [checker for checker in checkers if same or not checker.by_version]


def plain_outcomes(source: str, texts: Sequence[str]) -> list[Outcome]:
    """What plain Python says, in this process: for our own honest checkers and nothing else."""
    code = compile(source, "<checker>", "exec", dont_inherit=True)
    outcomes = []
    for text in texts:
        module = sys.modules["checker"] = ModuleType("checker")
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, module.__dict__)  # noqa: S102  # shipped with this package
                result = module.check_following(text)
        except MemoryError:
            outcomes.append(Outcome.MEMORY)  # also what Python's parser raises for text nested too deeply
        except Exception:  # noqa: BLE001  # whatever a checker raises is its outcome
            outcomes.append(Outcome.EXCEPTION)
        else:
            outcomes.append(
                {True: Outcome.TRUE, False: Outcome.FALSE}[result] if type(result) is bool else Outcome.NOT_A_BOOL
            )
        finally:
            del sys.modules["checker"]
    return outcomes
