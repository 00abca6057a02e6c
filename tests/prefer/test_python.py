import asyncio
import threading

import pytest

from reward_agent.errors import SignalError
from reward_agent.prefer.python import PythonPreference
from reward_agent.types import Message

PROMPT = (Message(role="user", content="Hello"),)


def test_a_plain_function_scores_in_a_thread_of_its_own() -> None:
    threads = []

    def brevity(prompt: list[dict[str, str]], responses: list[str]) -> list[float]:
        threads.append(threading.current_thread())
        assert prompt == [{"role": "user", "content": "Hello"}]
        return [-len(text) for text in responses]

    scores = asyncio.run(PythonPreference(name="mine", function=brevity).score(PROMPT, ("a", "bbb")))
    assert list(scores) == [-1.0, -3.0]
    assert threads[0] is not threading.main_thread()


def test_an_async_function_is_awaited() -> None:
    async def constant(prompt: list[dict[str, str]], responses: list[str]) -> list[float]:
        await asyncio.sleep(0)
        return [1.0 for _ in responses]

    assert list(asyncio.run(PythonPreference(name="mine", function=constant).score(PROMPT, ("a", "b")))) == [1.0, 1.0]


def raising(prompt: list[dict[str, str]], responses: list[str]) -> list[float]:
    raise KeyError("weights")


def wordy(prompt: list[dict[str, str]], responses: list[str]) -> list[str]:
    return ["good" for _ in responses]


def nothing(prompt: list[dict[str, str]], responses: list[str]) -> None:
    return None


@pytest.mark.parametrize(("function", "error"), [(raising, "KeyError"), (wordy, "ValueError"), (nothing, "TypeError")])
def test_whatever_goes_wrong_in_the_function_is_a_failed_signal(function: object, error: str) -> None:
    assert callable(function)
    with pytest.raises(SignalError, match=error):
        asyncio.run(PythonPreference(name="mine", function=function).score(PROMPT, ("a",)))
