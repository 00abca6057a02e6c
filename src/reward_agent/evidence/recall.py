"""A chat model's own memory as evidence: closed-book, and named as such.

One call answers all the queries of a sample. What a model recalls was retrieved from nowhere: it may be false, and it
is most likely false where the model that wrote the candidate was wrong too. Its `source` says so in every finding. The
paper calls this its "local" knowledge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.types import Passage

SOURCE = "the model's memory, not a document"
QUERIES_A_CALL = 16
MAX_QUERY_CHARS = 500
MAX_ANSWER_CHARS = 1_000
TOKENS_A_QUERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What the model knows about the query of this number; None where it does not know."""

    query: int
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """The reply: in any order; a query that is left out is one that the model knows nothing about."""

    answers: tuple[Recalled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledEvidence:
    """Asks `chat` what it knows. A query has one passage, or none."""

    chat: ChatModel

    async def search(self, query: str) -> Sequence[Passage]:
        (found,) = await self.search_many([query])
        return found

    async def search_many(self, queries: Sequence[str]) -> Sequence[Sequence[Passage]]:
        found: list[Sequence[Passage]] = []
        for start in range(0, len(queries), QUERIES_A_CALL):
            found += await self._asked(queries[start : start + QUERIES_A_CALL])
        return found

    async def _asked(self, queries: Sequence[str]) -> list[Sequence[Passage]]:
        texts = [query[:MAX_QUERY_CHARS] for query in queries]
        fence = Fence(*texts)
        reply = await ask(
            self.chat,
            load_prompt("reward_agent.evidence", "recall"),
            Recall,
            purpose="evidence.recall",
            max_tokens=TOKENS_A_QUERY * (len(texts) + 1),
            rule=fence.rule,
            queries="\n".join(fence(f"query {number}", text) for number, text in enumerate(texts, start=1)),
        )
        answers = {recalled.query: (recalled.answer or "").strip()[:MAX_ANSWER_CHARS] for recalled in reply.answers}
        return [_passages(answers.get(number, "")) for number in range(1, len(texts) + 1)]


def _passages(answer: str) -> Sequence[Passage]:
    return (Passage(text=answer, source=SOURCE),) if answer else ()
