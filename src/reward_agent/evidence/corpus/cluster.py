"""An OpenSearch or Elasticsearch cluster as the corpus, for collections that outgrow one machine.

Asked by the documented HTTP API alone: `_search` for one query, `_msearch` for several. A query is matched as plain
text (`multi_match`), never parsed as the query language. `cluster_indexing.py` fills an index.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reward_agent.evidence.corpus.terms import MAX_QUERY_CHARS
from reward_agent.evidence.faults import SearchError, UnreadableResults
from reward_agent.evidence.fetching import Fetcher
from reward_agent.types import Passage

Scheme = Literal["apikey", "bearer", "basic"]
MAX_TEXT_CHARS = 4_000
MAX_TITLE_CHARS = 200
MAX_SOURCE_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The names that the index gives to a passage's parts."""

    text: str = "text"
    title: str = "title"
    source: str = "source"


def authorization(scheme: Scheme, key: str) -> dict[str, str]:
    """The header for a key; for `basic` the key is USER:PASSWORD. None without a key."""
    if not key:
        return {}
    if scheme == "basic":
        return {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}
    return {"Authorization": f"{'ApiKey' if scheme == 'apikey' else 'Bearer'} {key}"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterEvidence:
    """The best `passages` of the index at `url` (https://HOST:PORT/INDEX). `headers` may hold a key."""

    fetcher: Fetcher
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    fields: Fields = field(default_factory=Fields)
    passages: int = 5

    async def search(self, query: str) -> Sequence[Passage]:
        answer = await self.fetcher.json("POST", f"{self.url}/_search", headers=self.headers, body=self._asked(query))
        return self._read(answer)

    async def search_many(self, queries: Sequence[str]) -> Sequence[Sequence[Passage]]:
        if not queries:
            return ()
        lines = b"".join(b"{}\n" + json.dumps(self._asked(query)).encode() + b"\n" for query in queries)
        answer = await self.fetcher.json("POST", f"{self.url}/_msearch", headers=self.headers, lines=lines)
        answers = answer.get("responses") if isinstance(answer, Mapping) else None
        if not isinstance(answers, list) or len(answers) != len(queries):
            raise UnreadableResults(f"{self.fetcher.name} did not answer each of {len(queries)} queries")
        return [self._read(each) for each in answers]

    def _asked(self, query: str) -> dict[str, Any]:
        names = self.fields
        match = {"query": query[:MAX_QUERY_CHARS], "fields": [names.text, names.title], "type": "most_fields"}
        return {
            "size": self.passages,
            "_source": [names.text, names.title, names.source],
            "query": {"multi_match": match},
        }

    def _read(self, answer: Any) -> Sequence[Passage]:
        if isinstance(answer, Mapping) and "error" in answer:
            raise SearchError(f"{self.fetcher.name} could not search: {str(answer['error'])[:200]}")
        try:
            if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
                raise SearchError(
                    f"{self.fetcher.name} searched a part of its shards only, so what it lacks is unknown"
                )
            return tuple(self._passages(answer["hits"]["hits"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnreadableResults(
                f"{self.fetcher.name} answered with something else than documented ({error!r})"
            ) from None

    def _passages(self, hits: Any) -> Iterator[Passage]:
        for hit in hits[: self.passages]:
            document = hit["_source"]
            text = _plain(document.get(self.fields.text), MAX_TEXT_CHARS)
            if not text:
                raise ValueError(f"a document has no text in the field {self.fields.text!r}")
            yield Passage(
                text=text,
                title=_plain(document.get(self.fields.title), MAX_TITLE_CHARS),
                source=_plain(document.get(self.fields.source), MAX_SOURCE_CHARS) or str(hit.get("_id", "")),
                score=float(hit["_score"]),
            )


def _plain(value: object, limit: int) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text[:limit]).strip()
