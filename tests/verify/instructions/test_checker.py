import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from reward_agent.sandbox import JailedSandbox
from reward_agent.testing import ScriptedSandbox
from reward_agent.types import Outcome
from reward_agent.verify.instructions.checker import Admission, Checker, Lint
from tests.verify.instructions.replies import EVEN, EVEN_FAILING, EVEN_PASSING, EVEN_SAYS

GOOD = Checker(
    says=EVEN_SAYS,
    source=EVEN,
    passing=("12", "1234"),
    failing=("1", "123"),
    kept_passing=EVEN_PASSING,
    kept_failing=EVEN_FAILING,
)
HEAD = "def check_following(response: str) -> bool:\n"

BAD = {
    "always true": (HEAD + "    return True\n", "your own example '1' it ends in 'true', expected 'false'"),
    "always false": (HEAD + "    return False\n", "your own example '12' it ends in 'false', expected 'true'"),
    "its own examples by heart": (
        HEAD + "    return response in ('12', '1234')\n",
        "on 3 of 5 further responses, which you are not shown, it ends in 'false' where 'true' is expected",
    ),
    "not a bool": (HEAD + "    return 1 if len(response) % 2 == 0 else 0\n", "ends in 'not a bool'"),
    "raises": (HEAD + "    return response[100] == 'a'\n", "ends in 'exception'"),
    "loops": (HEAD + "    while True:\n        pass\n", "ends in 'timeout'"),
    "no function": ("def check(response):\n    return True\n", "there is no top-level function check_following"),
    "evaluates the response": (HEAD + "    return eval(response)\n", "it is not admitted: line 2: eval turns text"),
    "imports what is not there": ("import subprocess\n" + EVEN, "the module 'subprocess' is not available"),
    "not Python": ("def check_following(response:\n", "not valid Python"),
    "too long": (EVEN + "#" * 30_000, "longer than 20,000 characters"),
    "by chance": (
        "import random\n" + HEAD + "    return random.random() < 0.5\n",
        "",
    ),
    "by the clock": (
        "import time\n" + HEAD + "    return (len(response) % 2 == 0) ^ (time.perf_counter_ns() // 7 % 2 == 0)\n",
        "",
    ),
}


@pytest.fixture(scope="module")
def complaints(in_sandbox: Callable[..., object]) -> dict[str, str | None]:
    """What admission says of each checker, in one real sandbox."""

    async def complain(sandbox: JailedSandbox) -> dict[str, str | None]:
        admission = Admission(sandbox=sandbox, lint=sandbox)
        of_bad = {name: await admission.complaint(replace(GOOD, source=source)) for name, (source, _) in BAD.items()}
        return {"good": await admission.complaint(GOOD), **of_bad}

    return cast("dict[str, str | None]", in_sandbox(complain))


def test_a_sound_checker_is_admitted(complaints: dict[str, str | None]) -> None:
    assert complaints["good"] is None


@pytest.mark.parametrize("name", BAD)
def test_a_bad_checker_is_not_and_its_writer_is_told_why(name: str, complaints: dict[str, str | None]) -> None:
    complaint = complaints[name]
    assert complaint
    assert BAD[name][1] in complaint  # by which example chance betrays itself is a matter of chance


@pytest.mark.parametrize("name", BAD)
def test_the_kept_examples_are_never_shown(name: str, complaints: dict[str, str | None]) -> None:
    assert "abc" not in (complaints[name] or "")


def test_a_checker_that_depends_on_the_order_is_found_out() -> None:
    ran: list[str] = []

    def rule(source: str, response: str) -> Outcome:
        ran.append(response)
        honest = Outcome.TRUE if len(response) % 2 == 0 else Outcome.FALSE
        return Outcome.TRUE if len(ran) > 12 else honest

    complaint = asyncio.run(Admission(sandbox=ScriptedSandbox(rule)).complaint(GOOD))
    assert complaint == "it decides the same text differently when it is run again or in another order"


@pytest.mark.parametrize(
    ("checker", "message"),
    [
        (replace(GOOD, passing=("12",)), "at least 2 different passing"),
        (replace(GOOD, failing=()), "at least 2 different passing and 2 different failing"),
        (replace(GOOD, failing=("12", "1")), "to pass and to fail"),
        (replace(GOOD, kept_failing=("a",)), "no second set"),
    ],
)
def test_too_few_examples_admit_nothing(checker: Checker, message: str) -> None:
    sandbox = ScriptedSandbox(lambda source, response: pytest.fail("it was run"))
    assert message in (asyncio.run(Admission(sandbox=sandbox).complaint(checker)) or "")


def test_only_some_sandboxes_have_a_lint() -> None:
    assert not isinstance(ScriptedSandbox(lambda source, response: Outcome.TRUE), Lint)
    assert issubclass(JailedSandbox, Lint)


def test_a_digest_names_the_source() -> None:
    assert GOOD.digest == replace(GOOD, says="Something else.").digest
    assert GOOD.digest != replace(GOOD, source=EVEN + "\n").digest
    assert GOOD.examples == 9
