"""A simulated web search: passages that hold the query's words, at once and from nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.types import Passage

SNIPPET_CHARACTERS = 200
"""About what search engines give."""


@dataclass(slots=True, kw_only=True)
class SimulatedSearch:
    """Finds `passages` snippets for every query, and counts the `searches`. They repeat the query and prove nothing."""

    passages: int = 5
    searches: int = 0

    async def search(self, query: str) -> Sequence[Passage]:
        self.searches += 1
        text = (f"{query}. " * SNIPPET_CHARACTERS)[:SNIPPET_CHARACTERS]
        return [Passage(text=text, source=f"simulated result {rank}") for rank in range(1, self.passages + 1)]
