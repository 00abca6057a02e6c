import asyncio

import pytest

from reward_agent.chat.errors import EmptyReplyError, RefusedError
from reward_agent.chat.meter import Ledger, MeteredChat
from reward_agent.errors import SignalError
from reward_agent.prompting import metered
from reward_agent.testing import ScriptedChat
from reward_agent.types import Completion, Usage
from tests.chat.conftest import question


def asked(ledger: Ledger, script: list[str | SignalError], purpose: str = "a.b") -> list[Completion | BaseException]:
    async def run() -> list[Completion | BaseException]:
        chat = MeteredChat(model=ScriptedChat(list(script)), name="m", ledger=ledger)
        return await asyncio.gather(
            *(chat.complete(question("one two", purpose=purpose)) for _ in script), return_exceptions=True
        )

    return asyncio.run(run())


def test_every_purpose_has_its_own_account() -> None:
    ledger = Ledger()
    asked(ledger, ["yes", "no"], "route.checks")
    asked(ledger, ["yes"], "judge.compare")
    assert {purpose: entry.usage.calls for (purpose, _), entry in ledger.entries.items()} == {
        "route.checks": 2,
        "judge.compare": 1,
    }
    assert ledger.usage.tokens == 9


def test_failures_are_counted_by_kind_with_what_they_cost() -> None:
    ledger = Ledger()
    with metered() as meter:
        pass
    asked(
        ledger, [RefusedError("no", usage=Usage(calls=1, tokens=50)), EmptyReplyError("a"), EmptyReplyError("b"), "c"]
    )
    entry = ledger.entry("a.b", "m")
    assert entry.asked == 4
    assert entry.failures == {"refused": 1, "empty reply": 2}
    assert entry.usage.tokens == 50 + 3
    assert meter.usage == Usage()


def test_what_a_failed_call_cost_counts_for_its_sample() -> None:
    async def run() -> Usage:
        error = RefusedError("no", usage=Usage(calls=1, tokens=50))
        chat = MeteredChat(model=ScriptedChat([error]), name="m", ledger=Ledger())
        with metered() as meter, pytest.raises(RefusedError):
            await chat.complete(question())
        return meter.usage

    assert asyncio.run(run()).tokens == 50


def test_the_lines_tell_the_whole_and_then_each_purpose() -> None:
    ledger = Ledger()
    assert ledger.lines() == []
    ledger.entry("judge.compare", "default").usage = Usage(
        calls=1, tokens=1500, completion_tokens=500, cached=2, seconds=0.5, cost=0.0123
    )
    ledger.entry("route.checks", "default").failures["refused"] += 1
    assert ledger.lines() == [
        "models: 1 call, 2 from the cache; 1,000 + 500 tokens; $0.0123; 0.50 s a call; failed: 1 refused",
        "  judge.compare (default): 1 call, 2 from the cache; 1,000 + 500 tokens; $0.0123; 0.50 s a call",
        "  route.checks (default): 0 calls, 0 from the cache; 0 + 0 tokens; failed: 1 refused",
    ]
