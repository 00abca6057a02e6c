"""Looks passages up in an index (BM25).

    corpus = open_corpus(Path("my-index"), passages=5)
    found = await corpus.search("When was the lighthouse first lit?")

A query is free text: a question, a claim, or both. A look-up runs in a thread, where tantivy works without Python's
lock, so the event loop goes on. A passage is found by its words alone: a paraphrase that shares none with it is not.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from reward_agent.errors import ConfigError
from reward_agent.evidence.corpus.stamp import Stamp, read_stamp
from reward_agent.evidence.corpus.terms import MAX_QUERY_CHARS, analyzer, spaced, telling
from reward_agent.evidence.faults import SearchError
from reward_agent.types import Passage

if TYPE_CHECKING:
    import tantivy

PASSAGES = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CorpusEvidence:
    """The best `passages` for a query; use `open_corpus`. `stamp` says what the index holds."""

    searcher: "tantivy.Searcher"
    schema: "tantivy.Schema"
    analyzer: "tantivy.TextAnalyzer"
    stamp: Stamp
    passages: int = PASSAGES

    async def search(self, query: str) -> Sequence[Passage]:
        return await asyncio.to_thread(self.found, query)

    async def search_many(self, queries: Sequence[str]) -> Sequence[Sequence[Passage]]:
        return await asyncio.to_thread(lambda: [self.found(query) for query in queries])

    def found(self, query: str) -> Sequence[Passage]:
        """What `search` finds, in the calling thread. Raises SearchError where the index cannot be read."""
        try:
            return self._found(query)
        except Exception as error:
            raise SearchError(f"the index cannot be searched ({error}). Build it again: reward-agent index") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # how tantivy fails on damage; no subclass of Exception
                raise
            raise SearchError(f"the index is damaged ({error}). Build it again: reward-agent index") from None

    def _found(self, query: str) -> Sequence[Passage]:
        from tantivy import Occur, Query

        asked = self.analyzer.analyze(spaced(query[:MAX_QUERY_CHARS]))
        terms = telling(asked, lambda term: self.searcher.doc_freq("terms", term), self.stamp.passages)
        if not terms:
            return ()
        any_of = Query.boolean_query(
            [(Occur.Should, Query.term_query(self.schema, "terms", term, index_option="freq")) for term in terms]
        )
        best: dict[str, Passage] = {}  # by text: what stands in two documents is one passage
        for score, address in self.searcher.search(any_of, limit=2 * self.passages, count=False).hits:
            text, title, source = json.loads(self.searcher.doc(address)["passage"][0])
            best.setdefault(text, Passage(text=text, title=title, source=source, score=score))
            if len(best) == self.passages:
                break
        return tuple(best.values())


def open_corpus(folder: Path, *, passages: int = PASSAGES) -> CorpusEvidence:
    """The index in `folder`. Raises ConfigError where there is none, it is damaged, or another version wrote it."""
    from tantivy import Index

    stamp = read_stamp(folder)
    again = f"Build it again: reward-agent index DOCS... --out {folder} --replace"
    try:
        index = Index.open(str(folder / stamp.segments))
        searcher = index.searcher()
    except (ValueError, OSError) as error:
        raise ConfigError(f"tantivy {version('tantivy')} cannot open {folder} ({error}). {again}") from error
    if searcher.num_docs != stamp.passages:
        raise ConfigError(f"{folder} should hold {stamp.passages} passages and holds {searcher.num_docs}. {again}")
    return CorpusEvidence(searcher=searcher, schema=index.schema, analyzer=analyzer(), stamp=stamp, passages=passages)
