"""Each provider: how it is asked, and how the shape its service documents is read."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from reward_agent.evidence.faults import UnreadableResults
from reward_agent.evidence.fetching import Fetcher
from reward_agent.evidence.web import PROVIDERS, WebEvidence
from reward_agent.types import Passage
from tests.evidence.search_server import Asked, Reply, in_turn, search_server

KEY = "k-secret-0815"
SERPER = {
    "searchParameters": {"q": "tides", "num": 5},
    "answerBox": {"title": "Tides", "snippet": "Twice a day.", "link": "https://sea.example/tides"},
    "organic": [
        {"title": "Ebb", "link": "https://sea.example/ebb", "snippet": "The ebb is out at noon.", "position": 1}
    ],
}
BRAVE = {
    "web": {
        "results": [
            {
                "title": "Ebb &amp; flow",
                "url": "https://sea.example/ebb",
                "description": "The <strong>ebb</strong> is out at noon.",
                "extra_snippets": ["The flow is in at six."],
            }
        ]
    }
}
TAVILY = {
    "query": "tides",
    "answer": None,
    "results": [
        {
            "title": "Ebb",
            "url": "https://sea.example/ebb",
            "content": "The ebb is out at noon.",
            "score": 0.9,
            "raw_content": None,
        }
    ],
}
SEARXNG = {
    "query": "tides",
    "results": [
        {
            "title": "Ebb",
            "url": "https://sea.example/ebb",
            "content": "The ebb is out at noon.",
            "engine": "x",
            "score": 1.0,
        }
    ],
    "unresponsive_engines": [],
}
MEDIAWIKI = {
    "batchcomplete": True,
    "query": {
        "search": [
            {
                "ns": 0,
                "title": "Ebb",
                "pageid": 1,
                "snippet": 'The <span class="searchmatch">ebb</span> is out at noon.',
            }
        ]
    },
}


def searched(
    provider: str, answer: object, query: str = "tides", *, passages: int = 5
) -> tuple[list[Passage], list[Asked]]:
    with search_server(in_turn(Reply(body=answer))) as server:

        async def search() -> list[Passage]:
            async with httpx2.AsyncClient(timeout=None) as client:
                fetcher = Fetcher(client=client, name=provider, first_wait_s=0.0)
                source = WebEvidence(
                    provider=PROVIDERS[provider], fetcher=fetcher, url=server.url, key=KEY, passages=passages
                )
                assert KEY not in repr(source)
                return list(await source.search(query))

        return asyncio.run(search()), server.asked


def test_serper_is_asked_by_post_and_its_answer_box_comes_first() -> None:
    found, (asked,) = searched("serper", SERPER)
    assert (asked.method, asked.path, asked.headers["x-api-key"]) == ("POST", "/search", KEY)
    assert json.loads(asked.body) == {"q": "tides", "num": 5}
    assert [passage.text for passage in found] == ["Twice a day.", "The ebb is out at noon."]
    assert found[1] == Passage(text="The ebb is out at noon.", title="Ebb", source="https://sea.example/ebb")


def test_brave_is_asked_with_its_token_and_its_markup_is_dropped() -> None:
    (passage,), (asked,) = searched("brave", BRAVE)
    assert (asked.method, asked.path, asked.headers["x-subscription-token"]) == ("GET", "/res/v1/web/search", KEY)
    assert asked.params == {"q": "tides", "count": "5", "extra_snippets": "true"}
    assert passage.text == "The ebb is out at noon. … The flow is in at six."
    assert passage.title == "Ebb & flow"


def test_tavily_is_asked_with_a_bearer_key_and_without_its_own_answer() -> None:
    (passage,), (asked,) = searched("tavily", TAVILY)
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("POST", "/search", f"Bearer {KEY}")
    assert json.loads(asked.body)["include_answer"] is False
    assert passage.text == "The ebb is out at noon."


def test_searxng_is_asked_for_json() -> None:
    (passage,), (asked,) = searched("searxng", SEARXNG)
    assert (asked.path, asked.params["format"]) == ("/search", "json")
    assert passage.source == "https://sea.example/ebb"


def test_searxng_without_an_engine_that_answers_has_failed() -> None:
    with pytest.raises(UnreadableResults, match="none of its engines"):
        searched("searxng", {"results": [], "unresponsive_engines": [["x", "timeout"]]})


def test_mediawiki_names_the_page_as_the_source() -> None:
    (passage,), (asked,) = searched("mediawiki", MEDIAWIKI)
    assert (asked.path, asked.params["srsearch"], asked.params["srlimit"]) == ("/api.php", "tides", "5")
    assert passage.text == "The ebb is out at noon."
    assert passage.source.endswith(" Ebb")


def test_mediawiki_reports_its_own_errors() -> None:
    with pytest.raises(UnreadableResults, match="srsearch-error"):
        searched("mediawiki", {"error": {"code": "srsearch-error"}})


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
@pytest.mark.parametrize("answer", [[], "text", {"organic": 5, "web": 5, "results": 5, "query": 5}, None])
def test_an_answer_of_another_shape_is_a_failure_and_not_an_empty_search(provider: str, answer: Any) -> None:
    with pytest.raises(UnreadableResults):
        searched(provider, answer)


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        ("serper", {"organic": []}),
        ("brave", {"type": "search"}),
        ("tavily", {"results": []}),
        ("searxng", {"results": []}),
        ("mediawiki", {"query": {"search": []}}),
    ],
)
def test_nothing_found_is_no_failure(provider: str, answer: object) -> None:
    found, _ = searched(provider, answer)
    assert found == []


def test_passages_are_bounded_in_number_and_size_and_hold_no_control_characters() -> None:
    results = [
        {"title": "T" * 5_000, "url": "javascript:alert(1)", "content": f"\x1b[31m{number} " + "x" * 50_000}
        for number in range(50)
    ]
    found, _ = searched("tavily", {"results": results}, passages=3)
    assert len(found) == 3
    for passage in found:
        assert len(passage.text) <= 1_000
        assert len(passage.title) <= 200
        assert passage.text.isprintable()
        assert passage.source.startswith("http://127.0.0.1")


def test_equal_and_empty_snippets_are_dropped() -> None:
    results = [{"title": "a", "url": "https://a.example", "content": text} for text in ("Salt.", "", "Salt.", "Sand.")]
    found, _ = searched("tavily", {"results": results})
    assert [passage.text for passage in found] == ["Salt.", "Sand."]


def test_a_query_without_words_asks_nobody() -> None:
    found, asked = searched("serper", SERPER, query='  "" ** ')
    assert (found, asked) == ([], [])
