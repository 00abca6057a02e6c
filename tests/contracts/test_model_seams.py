"""The seams to models, evidence and sandboxes: today their public doubles, later every implementation too."""

import asyncio

import pytest

from reward_agent.errors import SignalError
from reward_agent.protocols import ChatModel, EvidenceSource, Sandbox
from reward_agent.testing import BrokenEvidence, FixedEvidence, ScriptedChat, ScriptedSandbox
from reward_agent.types import ChatRequest, Message, Outcome, Passage

REQUEST = ChatRequest(messages=(Message(role="user", content="Hello"),))


def test_a_chat_model_replies_with_its_usage_or_fails() -> None:
    chat = ScriptedChat(["Hi", SignalError("refused")])
    assert isinstance(chat, ChatModel)
    completion = asyncio.run(chat.complete(REQUEST))
    assert completion.text == "Hi"
    assert completion.usage.calls == 1
    for _ in range(2):
        with pytest.raises(SignalError):
            asyncio.run(chat.complete(REQUEST))


def test_an_evidence_source_finds_passages_or_nothing_or_fails() -> None:
    source = FixedEvidence({"sea": [Passage(text="The sea is salt.")]})
    assert isinstance(source, EvidenceSource)
    assert [passage.text for passage in asyncio.run(source.search("sea"))] == ["The sea is salt."]
    assert list(asyncio.run(source.search("land"))) == []
    with pytest.raises(SignalError):
        asyncio.run(BrokenEvidence().search("sea"))


def test_a_sandbox_gives_one_outcome_a_response() -> None:
    sandbox = ScriptedSandbox(lambda checker, response: Outcome.TRUE if "a" in response else Outcome.TIMEOUT)
    assert isinstance(sandbox, Sandbox)
    outcomes = asyncio.run(sandbox.run("def check_following(response): ...", ["a", "b"]))
    assert outcomes == [Outcome.TRUE, Outcome.TIMEOUT]
