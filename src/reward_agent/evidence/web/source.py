"""Asks a web search provider for passages about a query.

    async with httpx2.AsyncClient() as client:
        source = WebEvidence(provider=BRAVE, fetcher=Fetcher(client=client, name="brave"), url=BRAVE.url, key=key)
        passages = await source.search("when was the lighthouse first lit")

Does NOT promise the same results tomorrow: record a run to repeat it. What it finds is what anybody may have put on the
web, also to be found by a judge.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reward_agent.evidence.faults import UnreadableResults
from reward_agent.evidence.fetching import Fetcher
from reward_agent.evidence.snippets import plain
from reward_agent.evidence.web.provider import Hit, Provider
from reward_agent.evidence.web.query import plain_query
from reward_agent.types import Passage

MAX_TEXT_CHARS = 1_000
MAX_TITLE_CHARS = 200
MAX_ADDRESS_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WebEvidence:
    """The first `passages` results. `room` bounds the requests in flight; `key` is never shown."""

    provider: Provider
    fetcher: Fetcher
    url: str
    key: str = field(default="", repr=False)
    passages: int = 5
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    async def search(self, query: str) -> Sequence[Passage]:
        words = plain_query(query)
        if not words:
            return ()
        ask = self.provider.ask(words, self.passages, self.key)
        async with self.room:
            answer = await self.fetcher.json(
                ask.method, self.url.rstrip("/") + ask.path, params=ask.params, headers=ask.headers, body=ask.body
            )
        try:
            return tuple(_passages(self.provider.read(answer), self.passages, self.url))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnreadableResults(
                f"{self.provider.name} answered with something else than it documents ({error}). Check the address"
            ) from None


def _passages(hits: Iterable[Hit], limit: int, url: str) -> Iterator[Passage]:
    """Bounded plain passages, each text once; a hit without text is none."""
    seen: set[str] = set()
    for hit in hits:
        text = plain(hit.text, MAX_TEXT_CHARS)
        if not text or text in seen:
            continue
        seen.add(text)
        address = hit.address if hit.address.startswith(("http://", "https://")) else f"{url} {hit.address}".rstrip()
        yield Passage(text=text, title=plain(hit.title, MAX_TITLE_CHARS), source=plain(address, MAX_ADDRESS_CHARS))
        if len(seen) == limit:
            return
