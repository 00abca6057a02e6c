"""Passages -> an index of an OpenSearch or Elasticsearch cluster, by `_bulk`.

A document's id is a digest of its content, so the same documents again change nothing, and an indexing that broke off
is simply run again. What was taken out of the documents stays in the index: index into a new name for that.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reward_agent.errors import ConfigError, DataError
from reward_agent.evidence.corpus.building import Cutter, IndexReport
from reward_agent.evidence.corpus.page import Page
from reward_agent.evidence.faults import SearchRefused
from reward_agent.evidence.fetching import Fetcher
from reward_agent.types import Passage, Problem

BATCH_BYTES = 4 << 20
_MAPPINGS = {
    "mappings": {"properties": {"text": {"type": "text"}, "title": {"type": "text"}, "source": {"type": "keyword"}}}
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterIndexer:
    """Fills the index at `url` (https://HOST:PORT/INDEX), which is made where it is missing."""

    fetcher: Fetcher
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    async def index(self, pages: Iterable[Page | Problem], cutter: Cutter) -> IndexReport:
        """Raises SearchError where the cluster fails, ConfigError where it refuses, DataError where it refuses a
        document or there is none."""
        await self._make()
        for batch in _batches(cutter.stored(pages)):
            answer = await self.fetcher.json("POST", f"{self.url}/_bulk", headers=self.headers, lines=batch)
            if answer.get("errors"):
                raise DataError(f"{self.fetcher.name} refused documents: {_first_refusal(answer)}")
        if not cutter.passages:
            raise DataError("the documents hold no text, so there is nothing to index. Check the warnings")
        await self.fetcher.json("POST", f"{self.url}/_refresh", headers=self.headers)
        return IndexReport(pages=cutter.pages, passages=cutter.passages, fingerprint=cutter.fingerprint)

    async def _make(self) -> None:
        try:
            await self.fetcher.json("PUT", self.url, headers=self.headers, body=_MAPPINGS)
        except SearchRefused as error:
            if "resource_already_exists" not in str(error):
                raise ConfigError(str(error)) from error


def _batches(stored: Iterable[tuple[Passage, bytes]]) -> Iterator[bytes]:
    batch = bytearray()
    for passage, raw in stored:
        id_ = hashlib.blake2b(raw, digest_size=16).hexdigest()
        document = {"text": passage.text, "title": passage.title, "source": passage.source}
        batch += json.dumps({"index": {"_id": id_}}).encode() + b"\n" + json.dumps(document).encode() + b"\n"
        if len(batch) > BATCH_BYTES:
            yield bytes(batch)
            batch.clear()
    if batch:
        yield bytes(batch)


def _first_refusal(answer: Mapping[str, Any]) -> str:
    errors = (item["index"]["error"] for item in answer.get("items", ()) if item.get("index", {}).get("error"))
    return str(next(errors, "it does not say why"))[:200]
