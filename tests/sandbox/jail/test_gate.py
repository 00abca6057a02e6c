"""The lint says why, in words for the model that wrote the code."""

import pytest

from reward_agent.sandbox.jail.gate import MAX_REASONS, reasons
from reward_agent.sandbox.suite.cases import honest_checkers

DEF = "def check_following(response):\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (DEF + "    return eval(response)", "line 2: eval turns text into code"),
        (DEF + "    exec(response)", "line 2: exec turns text into code"),
        (DEF + "    return open('x')", "line 2: open reaches outside"),
        ("import pickle\n" + DEF + "    return True", "line 1: the module 'pickle' is not available"),
        ("from os import system\n" + DEF + "    return True", "line 1: the module 'os' is not available"),
        ("from . import x\n" + DEF + "    return True", "line 1: the module '.' is not available"),
        (DEF + "    return ().__class__.__bases__", "line 2: the attribute __bases__ reaches"),
        (DEF + "    return getattr(1, '__subclasses__')", "line 2: the text '__subclasses__' names"),
        (DEF + "    return globals()", "line 2: globals reaches"),
        ("x = 1", "line 0: there is no top-level function check_following(response)"),
        ("async " + DEF + "    return True", "line 1: check_following must be a plain function, not async"),
        ("def check_following(a, b):\n    return True", "must be callable with one argument"),
        ("def check_following():\n    return True", "must be callable with one argument"),
        ("def f(:", "line 1: not valid Python"),
        ("x = '\0'", "not valid Python"),
        ("(" * 5000, "not valid Python"),
    ],
)
def test_what_a_checker_should_not_contain_is_named(source: str, reason: str) -> None:
    assert any(reason in found for found in reasons(source)), reasons(source)


def test_what_most_honest_checkers_do_is_admitted() -> None:
    refused = {checker.name for checker in honest_checkers() if reasons(checker.source)}
    assert len(refused) <= 15, refused


def test_the_reasons_are_few() -> None:
    assert len(reasons(DEF + "    eval(response)\n" * 100)) == MAX_REASONS
