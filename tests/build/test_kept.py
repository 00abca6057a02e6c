import asyncio
from pathlib import Path

from reward_agent.build.kept import Kept, open_kept
from reward_agent.config import load_settings
from reward_agent.testing import BrokenEvidence, FixedEvidence
from reward_agent.types import Passage

SEA = (Passage(text="The sea is salt."),)


def test_an_evidence_source_is_recorded_and_then_replayed_without_it(tmp_path: Path) -> None:
    async def search(mode: str, source: FixedEvidence | BrokenEvidence) -> object:
        settings = load_settings(overrides=[f"record.file={tmp_path / 'r'}", f"record.mode={mode}"])
        async with open_kept(settings, say=lambda line: None) as kept:
            found = kept.replayed(identity="corpus") or kept.recorded(source, identity="corpus")
            return await found.search("sea")

    assert asyncio.run(search("record", FixedEvidence({"sea": SEA}))) == SEA
    assert asyncio.run(search("replay", BrokenEvidence())) == SEA


def test_without_a_record_a_source_is_left_as_it_is() -> None:
    source = FixedEvidence({})
    assert Kept().recorded(source, identity="corpus") is source


def test_nothing_is_opened_where_nothing_is_asked(tmp_path: Path) -> None:
    async def run() -> Kept:
        settings = load_settings(overrides=[f"cache.file={tmp_path / 'cache'}"])
        async with open_kept(settings, say=lambda line: None) as kept:
            return kept

    assert asyncio.run(run()) == Kept()
    assert list(tmp_path.iterdir()) == []
