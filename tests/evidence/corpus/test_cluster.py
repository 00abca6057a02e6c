"""A search cluster as the corpus, by the documented API, against a stand-in on the loopback."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from reward_agent.errors import ConfigError, DataError
from reward_agent.evidence.corpus import Cutter, IndexReport, Page
from reward_agent.evidence.corpus.cluster import ClusterEvidence, Fields, authorization
from reward_agent.evidence.corpus.cluster_indexing import ClusterIndexer
from reward_agent.evidence.faults import SearchError, SearchRefused, UnreadableResults
from reward_agent.evidence.fetching import Fetcher
from reward_agent.types import Passage
from tests.evidence.search_server import Asked, Reply, SearchServer, in_turn, search_server

KEY = "k-secret-0815"


def answer(*texts: str, **changes: Any) -> dict[str, Any]:
    hits = [
        {"_index": "sea", "_id": str(number), "_score": 2.5, "_source": {"text": text, "title": "Ebb", "source": "a:1"}}
        for number, text in enumerate(texts)
    ]
    shards = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
    return {"took": 1, "timed_out": False, "_shards": shards, "hits": {"total": {"value": 1}, "hits": hits}, **changes}


def searched(reply: Reply, *queries: str, **settings: Any) -> tuple[Sequence[Sequence[Passage]], SearchServer]:
    """What the queries find, asked together where there are several."""
    with search_server(in_turn(reply)) as server:

        async def search() -> Sequence[Sequence[Passage]]:
            async with httpx2.AsyncClient(timeout=None) as client:
                fetcher = Fetcher(client=client, name="the cluster", first_wait_s=0.0)
                source = ClusterEvidence(
                    fetcher=fetcher, url=f"{server.url}/sea", headers=authorization("apikey", KEY), **settings
                )
                assert KEY not in repr(source)
                return [await source.search(queries[0])] if len(queries) == 1 else await source.search_many(queries)

        return asyncio.run(search()), server


def test_a_query_is_matched_as_plain_text() -> None:
    ((passage,),), server = searched(Reply(body=answer("The ebb is out.")), 'ebb AND "flow')
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("POST", "/sea/_search", f"ApiKey {KEY}")
    sent = json.loads(asked.body)
    assert sent["query"]["multi_match"]["query"] == 'ebb AND "flow'
    assert sent["size"] == 5
    assert passage == Passage(text="The ebb is out.", title="Ebb", source="a:1", score=2.5)


def test_several_queries_are_one_request() -> None:
    body = {"responses": [answer("The ebb is out."), answer()]}
    found, server = searched(Reply(body=body), "ebb", "zyx")
    assert [len(passages) for passages in found] == [1, 0]
    (asked,) = server.asked
    assert asked.path == "/sea/_msearch"
    assert asked.headers["content-type"] == "application/x-ndjson"
    header, first, _, second = [json.loads(line) for line in asked.body.splitlines()]
    assert header == {}
    assert [each["query"]["multi_match"]["query"] for each in (first, second)] == ["ebb", "zyx"]


def test_the_fields_of_an_index_that_was_there_can_be_named() -> None:
    hit = {"_id": "7", "_score": 1.0, "_source": {"body": "The ebb\x1b is out.", "heading": None}}
    ((passage,),), _ = searched(
        Reply(body=answer(hits={"hits": [hit]})), "ebb", fields=Fields(text="body", title="heading", source="url")
    )
    assert passage == Passage(text="The ebb  is out.", source="7", score=1.0)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (answer(timed_out=True), SearchError),
        (answer(_shards={"failed": 1}), SearchError),
        ({"error": {"type": "search_phase_execution_exception"}}, SearchError),
        ({"hits": []}, UnreadableResults),
        ([], UnreadableResults),
        (answer(""), UnreadableResults),
    ],
)
def test_a_part_of_an_answer_is_a_failure_and_not_an_empty_search(body: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        searched(Reply(body=body), "ebb")


@pytest.mark.parametrize("body", [{}, {"responses": []}, {"responses": [answer()]}, []])
def test_each_of_several_queries_needs_an_answer(body: object) -> None:
    with pytest.raises(UnreadableResults):
        searched(Reply(body=body), "ebb", "flow")


@pytest.mark.parametrize(
    ("scheme", "header"), [("apikey", "ApiKey a:b"), ("bearer", "Bearer a:b"), ("basic", "Basic YTpi")]
)
def test_a_key_is_sent_as_its_scheme_says(scheme: Any, header: str) -> None:
    assert authorization(scheme, "a:b") == {"Authorization": header}
    assert authorization(scheme, "") == {}


def indexed(server: SearchServer, pages: Sequence[Page]) -> IndexReport:
    async def index() -> IndexReport:
        async with httpx2.AsyncClient(timeout=None) as client:
            fetcher = Fetcher(client=client, name="the cluster", first_wait_s=0.0)
            return await ClusterIndexer(fetcher=fetcher, url=f"{server.url}/sea").index(pages, Cutter())

    return asyncio.run(index())


PAGES = [Page(text="The ebb is out.", title="Ebb", source="a"), Page(text="The flow is in.", source="b")]


def test_passages_are_sent_in_bulk_under_ids_of_their_content() -> None:
    with search_server(in_turn(Reply(body={"errors": False}))) as server:
        report = indexed(server, PAGES)
        indexed(server, PAGES)
    made, bulk, refreshed, *again = server.asked
    assert (made.method, made.path) == ("PUT", "/sea")
    assert "properties" in json.loads(made.body)["mappings"]
    lines = [json.loads(line) for line in bulk.body.splitlines()]
    assert [line["title"] for line in lines[1::2]] == ["Ebb", ""]
    assert refreshed.path == "/sea/_refresh"
    assert again[1].body == bulk.body
    assert (report.pages, report.passages) == (2, 2)


def test_an_index_that_is_there_is_filled() -> None:
    def there(asked: Asked) -> Reply:
        if asked.method == "PUT":
            return Reply(status=400, body={"error": {"type": "resource_already_exists_exception"}})
        return Reply(body={"errors": False})

    with search_server(there) as server:
        assert indexed(server, PAGES).passages == 2


def test_a_cluster_that_refuses_stops_the_indexing() -> None:
    with search_server(in_turn(Reply(status=403))) as server, pytest.raises(ConfigError, match="Check the key"):
        indexed(server, PAGES)
    refusal = {"errors": True, "items": [{"index": {"status": 400, "error": {"type": "mapper_parsing_exception"}}}]}
    answers = in_turn(Reply(body={}), Reply(body=refusal))
    with search_server(answers) as server, pytest.raises(DataError, match="mapper_parsing"):
        indexed(server, PAGES)
    with search_server(in_turn(Reply(body={}))) as server, pytest.raises(DataError, match="no text"):
        indexed(server, [])


def test_a_cluster_without_the_index_refuses_the_search() -> None:
    with pytest.raises(SearchRefused, match="index_not_found"):
        searched(Reply(status=404, body={"error": {"type": "index_not_found_exception"}}), "ebb")
