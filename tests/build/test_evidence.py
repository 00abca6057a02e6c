"""The evidence source that the settings describe, opened and closed."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from reward_agent.build import open_agent, open_resources
from reward_agent.config import load_settings
from reward_agent.errors import ConfigError
from reward_agent.evidence.corpus import Page, build_index
from reward_agent.starter import CORPUS
from reward_agent.types import Judgment, Passage, Sample
from tests.evidence.search_server import Reply, in_turn, search_server

KEY = "k-secret-0815"


def searched(*overrides: str, query: str = "ebb", times: int = 1) -> tuple[Sequence[Passage], list[str]]:
    """What the source of these settings finds, and what was said."""
    said: list[str] = []

    async def search() -> Sequence[Passage]:
        found: Sequence[Passage] = ()
        async with open_resources(load_settings(overrides=overrides), say=said.append) as resources:
            assert resources.evidence is not None
            for _ in range(times):
                found = await resources.evidence.search(query)
        return found

    return asyncio.run(search()), said


def test_evidence_is_off_by_default() -> None:
    async def opened() -> object:
        async with open_resources(load_settings()) as resources:
            return resources.evidence

    assert asyncio.run(opened()) is None


def test_a_corpus_is_opened_and_named_with_its_fingerprint(tmp_path: Path) -> None:
    report = build_index([Page(text="The ebb is out.", source="a")], tmp_path / "index")
    (passage,), (said,) = searched("evidence.type=corpus", f"evidence.path={tmp_path / 'index'}")
    assert passage.text == "The ebb is out."
    assert report.fingerprint[:12] in said


def test_a_missing_index_is_a_setting_to_change(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="reward-agent index"):
        searched("evidence.type=corpus", f"evidence.path={tmp_path / 'gone'}")


def test_a_cluster_is_asked_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    hits = [{"_id": "1", "_score": 1.0, "_source": {"body": "The ebb is out."}}]
    monkeypatch.setenv("SEA_KEY", KEY)
    with search_server(in_turn(Reply(body={"hits": {"hits": hits}}))) as server:
        (passage,), _ = searched(
            "evidence.type=corpus",
            f"evidence.url={server.url}/sea/",
            "evidence.key_env=SEA_KEY",
            "evidence.key_scheme=bearer",
            "evidence.fields.text=body",
        )
    assert passage.text == "The ebb is out."
    assert server.asked[0].path == "/sea/_search"
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_web_search_is_kept_between_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERPER_API_KEY", KEY)
    organic = [{"title": "Ebb", "link": "https://sea.example", "snippet": "The ebb is out."}]
    with search_server(in_turn(Reply(body={"organic": organic}))) as server:
        settings = (
            "evidence.type=web",
            "evidence.provider=serper",
            f"evidence.url={server.url}",
            "cache.type=file",
            f"cache.file={tmp_path / 'cache.sqlite'}",
        )
        (passage,), _ = searched(*settings, times=2)
        searched(*settings)
        searched(*settings, "evidence.passages=3")
    assert passage.source == "https://sea.example"
    assert [asked.headers["x-api-key"] for asked in server.asked] == [KEY, KEY]
    assert "reward-agent" in server.asked[0].headers["user-agent"]


def test_a_key_that_is_not_set_or_cannot_be_one_is_named_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ("evidence.type=web", "evidence.provider=brave", "cache.type=off")
    monkeypatch.delenv("BRAVE_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="BRAVE_API_KEY"):
        searched(*settings)
    monkeypatch.setenv("BRAVE_API_KEY", f"{KEY}\nX-Other: 1")
    with pytest.raises(ConfigError, match="BRAVE_API_KEY") as raised:
        searched(*settings)
    assert KEY not in str(raised.value)


def test_recall_asks_the_chat_model_it_names() -> None:
    query = "When was Grey Stacks Lighthouse first lit?"
    (passage,), _ = searched("evidence.type=recall", "chat.default.type=simulated", "cache.type=off", query=query)
    assert "14 October" in passage.text


@pytest.mark.parametrize(
    ("year", "holds"), [("1861", True), ("1899", False)], ids=["what the corpus says", "what it contradicts"]
)
def test_the_starter_corpus_decides_a_claim_and_is_quoted(tmp_path: Path, year: str, holds: bool) -> None:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    build_index([Page(text=row["text"], title=row["title"], source=row["id"]) for row in rows], tmp_path / "index")
    settings = load_settings(
        overrides=[
            "chat.default.type=simulated",
            "cache.type=off",
            "evidence.type=corpus",
            f"evidence.path={tmp_path / 'index'}",
            "verify.factuality.type=grouped",
            "route.type=every",
        ]
    )
    answers = [f"Grey Stacks Lighthouse was first lit on 14 October {year}.", "I do not know."]

    async def judged() -> Judgment:
        async with open_agent(settings) as agent:
            return await agent.judge(Sample.of("When was Grey Stacks Lighthouse first lit?", answers))

    judgment = asyncio.run(judged())
    assert not judgment.failures
    (factuality,) = [signal for signal in judgment.signals if signal.name == "factuality"]
    verdict = factuality.verdicts[0]
    assert verdict.score == float(holds)
    assert "grey-stacks-light" in verdict.findings[0].sources
    assert any("14 October 1861" in source for source in verdict.findings[0].sources)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["evidence.type=corpus"], "path"),
        (["evidence.type=corpus", "evidence.path=x", "evidence.url=https://h/i"], "path"),
        (["evidence.type=corpus", "evidence.url=https://h:9200"], "evidence.url"),
        (["evidence.type=corpus", "evidence.url=https://user:pw@h/i"], "evidence.url"),
        (["evidence.type=corpus", "evidence.url=https://h/_all"], "evidence.url"),
        (["evidence.type=web", "evidence.provider=bing"], "evidence.provider"),
        (["evidence.type=web", "evidence.provider=searxng"], "url"),
        (["evidence.type=recall"], "no chat model"),
    ],
)
def test_settings_that_describe_no_source_are_refused(overrides: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_settings(overrides=overrides)
