"""The seams to models, evidence and sandboxes: today their public doubles, later every implementation too."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from reward_agent.errors import SignalError
from reward_agent.evidence.cache import CachedEvidence
from reward_agent.evidence.corpus import Page, build_index, open_corpus
from reward_agent.evidence.corpus.cluster import ClusterEvidence
from reward_agent.evidence.fetching import Fetcher
from reward_agent.evidence.recall import RecalledEvidence
from reward_agent.evidence.web import PROVIDERS, WebEvidence
from reward_agent.protocols import BatchedEvidenceSource, ChatModel, EvidenceSource, Sandbox
from reward_agent.store.keeping import Keeping
from reward_agent.testing import BrokenEvidence, FixedEvidence, ScriptedChat, ScriptedSandbox
from reward_agent.testing.simulated import fenced_texts
from reward_agent.types import ChatRequest, Completion, Message, Outcome, Passage, Usage
from tests.evidence.search_server import Asked, Reply, search_server

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


@pytest.fixture(params=["double", "corpus", "cluster", "web", "cached", "recall"])
def evidence(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EvidenceSource]:
    """Every source, over one document that says that the sea is salt."""
    text = "The sea is salt."
    match request.param:
        case "double":
            yield FixedEvidence({"is the sea salt": [Passage(text=text)]})
        case "corpus":
            build_index([Page(text=text)], tmp_path / "index")
            yield open_corpus(tmp_path / "index")
        case "recall":
            known = lambda asked: text if "salt" in asked else None  # noqa: E731
            yield RecalledEvidence(chat=Remembering(known))
        case _:
            with search_server(_salt) as server:
                fetcher = Fetcher(client=httpx2.AsyncClient(timeout=None), name="a service", first_wait_s=0.0)
                web = WebEvidence(provider=PROVIDERS["tavily"], fetcher=fetcher, url=server.url, key="k")
                if request.param == "cluster":
                    yield ClusterEvidence(fetcher=fetcher, url=f"{server.url}/sea")
                elif request.param == "web":
                    yield web
                else:
                    yield CachedEvidence(
                        source=web, keeping=Keeping(store=None, namespace="search", what="searches"), identity="web"
                    )


@dataclass(frozen=True)
class Remembering:
    """A chat model that answers `evidence.recall` by a rule."""

    known: Callable[[str], str | None]

    async def complete(self, request: ChatRequest) -> Completion:
        texts = fenced_texts(request)
        answers = [{"query": number, "answer": self.known(text.text)} for number, text in enumerate(texts, start=1)]
        return Completion(text=json.dumps({"answers": answers}), usage=Usage(calls=1))


def _salt(asked: Asked) -> Reply:
    """Tavily and a cluster in one: they are asked at different paths."""
    hit = {"_id": "1", "_score": 1.0, "_source": {"text": "The sea is salt."}}
    if "_msearch" in asked.path:
        bodies = asked.body.splitlines()[1::2]
        return Reply(body={"responses": [{"hits": {"hits": [hit] if "salt" in body else []}} for body in bodies]})
    found = "salt" in asked.body
    result = {"title": "Sea", "url": "https://sea.example", "content": "The sea is salt."}
    return Reply(body={"results": [result] if found else [], "hits": {"hits": [hit] if found else []}})


def test_an_evidence_source_finds_passages_or_nothing(evidence: EvidenceSource) -> None:
    assert isinstance(evidence, EvidenceSource)

    async def search() -> tuple[Sequence[Passage], Sequence[Passage]]:
        return await evidence.search("is the sea salt"), await evidence.search("zyxwv")

    found, nothing = asyncio.run(search())
    assert [passage.text for passage in found] == ["The sea is salt."]
    assert list(nothing) == []


def test_a_source_that_takes_many_queries_answers_each_as_it_would_alone(evidence: EvidenceSource) -> None:
    if not isinstance(evidence, BatchedEvidenceSource):
        pytest.skip("this source takes one query at a time")
    source: BatchedEvidenceSource = evidence

    async def search() -> tuple[Sequence[Sequence[Passage]], Sequence[Sequence[Passage]]]:
        return await source.search_many(["zyxwv", "is the sea salt"]), await source.search_many([])

    found, none = asyncio.run(search())
    assert [[passage.text for passage in passages] for passages in found] == [[], ["The sea is salt."]]
    assert list(none) == []


def test_a_failed_search_is_a_signal_error() -> None:
    with pytest.raises(SignalError):
        asyncio.run(BrokenEvidence().search("sea"))


def test_a_sandbox_gives_one_outcome_a_response() -> None:
    sandbox = ScriptedSandbox(lambda checker, response: Outcome.TRUE if "a" in response else Outcome.TIMEOUT)
    assert isinstance(sandbox, Sandbox)
    outcomes = asyncio.run(sandbox.run("def check_following(response): ...", ["a", "b"]))
    assert outcomes == [Outcome.TRUE, Outcome.TIMEOUT]
