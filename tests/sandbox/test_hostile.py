"""Every hostile checker, watched from outside; the suite runs once, each case has its own test."""

import asyncio

import pytest

from reward_agent.sandbox.suite.cases import Case, hostile_cases
from reward_agent.sandbox.suite.trial import CaseResult, try_hostile


@pytest.fixture(scope="module")
def results(strict: None) -> dict[str, CaseResult]:
    found = asyncio.run(try_hostile(hostile_cases()))
    return {result.case.name: result for result in found}


def test_the_suite_is_large_and_its_names_are_unique() -> None:
    names = [case.name for case in hostile_cases()]
    assert len(names) >= 120
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", hostile_cases(), ids=lambda case: f"{case.family}: {case.name}")
def test_a_hostile_checker_is_contained(case: Case, results: dict[str, CaseResult]) -> None:
    assert results[case.name].problems == (), results[case.name].outcomes


def test_without_the_filter_the_watch_sees_what_gets_through(strict: None) -> None:
    removal = [case for case in hostile_cases() if case.name == "remove a file"]
    result = asyncio.run(try_hostile(removal, require="degraded", without=["seccomp", "landlock"]))[0]
    assert "secret was changed" in result.problems
