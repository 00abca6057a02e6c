import asyncio
from collections.abc import Sequence

import pytest

from reward_agent.errors import SignalError
from reward_agent.testing import ScriptedSandbox
from reward_agent.types import Outcome
from reward_agent.verify.instructions.checker import Checker
from reward_agent.verify.instructions.constraint import Measurement
from reward_agent.verify.instructions.written import QUARANTINE_FROM, WrittenChecks
from tests.verify.instructions.replies import EVEN, EVEN_FAILING, EVEN_PASSING, EVEN_SAYS

CHECKER = Checker(
    says=EVEN_SAYS,
    source=EVEN,
    passing=("12", "1234"),
    failing=("1", "123"),
    kept_passing=EVEN_PASSING,
    kept_failing=EVEN_FAILING,
)


def by_name(source: str, response: str) -> Outcome:
    """The response names the outcome it gets."""
    return Outcome(response)


def measured(checks: WrittenChecks, responses: Sequence[str]) -> list[Measurement]:
    return asyncio.run(checks.measured(CHECKER, responses))


def test_only_true_and_false_are_verdicts() -> None:
    outcomes = list(Outcome)
    for outcome, measurement in zip(
        outcomes, measured(WrittenChecks(sandbox=ScriptedSandbox(by_name)), outcomes), strict=True
    ):
        assert measurement.met is {Outcome.TRUE: True, Outcome.FALSE: False}.get(outcome)
        assert outcome.value in measurement.measured
        assert (measurement.met is None) == measurement.measured.startswith("not decided")


def test_a_finding_names_the_checker_and_the_tier_that_ran_it() -> None:
    (measurement,) = measured(WrittenChecks(sandbox=ScriptedSandbox(by_name), tier="strict"), ["false"])
    assert measurement.measured == f"false, by written checker {CHECKER.digest}, sandbox tier strict"
    assert measurement.distance == 1.0


@pytest.mark.parametrize(
    ("responses", "out"),
    [
        (["timeout"] * (QUARANTINE_FROM - 1), False),
        (["timeout"] * QUARANTINE_FROM, True),
        (["timeout", *["true"] * 3] * 4, False),
        (["timeout", "exception", "exception", *["true"] * 5], True),
    ],
)
def test_a_checker_without_a_verdict_on_many_responses_is_quarantined(responses: list[str], out: bool) -> None:
    checks = WrittenChecks(sandbox=ScriptedSandbox(by_name))
    for response in responses:
        measured(checks, [response])
    assert (checks.quarantined(CHECKER) is not None) is out


def test_quarantine_says_how_it_came_to_that() -> None:
    checks = WrittenChecks(sandbox=ScriptedSandbox(by_name))
    assert checks.quarantined(CHECKER) is None
    measured(checks, ["timeout", "exception", "exception", *["true"] * 5])
    why = checks.quarantined(CHECKER)
    assert why == (
        f"its written checker {CHECKER.digest} is quarantined: no verdict on 3 of 8 responses, most often 'exception'"
    )


def test_a_sandbox_that_fails_counts_against_no_checker() -> None:
    def broken(source: str, response: str) -> Outcome:
        raise SignalError("gone")

    checks = WrittenChecks(sandbox=ScriptedSandbox(broken))
    with pytest.raises(SignalError, match="gone"):
        measured(checks, ["a"] * 50)
    assert checks.quarantined(CHECKER) is None
