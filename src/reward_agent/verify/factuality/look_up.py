"""Evidence for many queries, and how much of it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reward_agent.errors import SignalError
from reward_agent.presentation import on_one_line
from reward_agent.protocols import BatchedEvidenceSource, EvidenceSource
from reward_agent.together import together
from reward_agent.types import Passage
from reward_agent.verify.factuality.excerpts import excerpt, telling

TITLE_CHARS = 200
LEAST_CLAIMS = 4
"""One fact in doubt deserves more than one passage."""


async def look_up(source: EvidenceSource, queries: Iterable[str], *, in_flight: int) -> Mapping[str, Sequence[Passage]]:
    """What the source finds for each distinct query: in one call where it offers that, else `in_flight` at a time.

    Raises SignalError where one look-up fails: a claim without evidence and a claim whose look-up failed are not the
    same, and a score that rests on the luck of a search is none.
    """
    distinct = list(dict.fromkeys(queries))
    if not distinct:
        return {}
    if isinstance(source, BatchedEvidenceSource):
        found = await source.search_many(distinct)
    else:
        found = await together(*(source.search(query) for query in distinct), in_flight=in_flight)
    if len(found) != len(distinct):
        raise SignalError(f"the evidence source answered {len(found)} of {len(distinct)} queries")
    return dict(zip(distinct, found, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPassage:
    """What a prompt shows of a passage: its title, if it has one, and `body`, what of its text bears on the claims.
    A title names a subject and states nothing, so only the body can be quoted as evidence."""

    title: str
    body: str
    source: str

    @property
    def text(self) -> str:
        """Both, as they are shown."""
        return f"{self.title}\n{self.body}" if self.title else self.body


def shown_passages(
    found: Sequence[tuple[str, Sequence[Passage]]], *, passage_chars: int, evidence_chars: int
) -> list[ShownPassage]:
    """What to show of the passages found about several claims, each passage once and at most `passage_chars` of it.

    The best for every claim is always shown, then every second best, and so on, as long as there is room:
    `evidence_chars` a claim in all, and as much as for `LEAST_CLAIMS` where they are fewer.
    """
    room = evidence_chars * max(len(found), LEAST_CLAIMS)
    shown: dict[str, Passage] = {}
    words: dict[str, frozenset[str]] = {}
    for claim, passages in found:
        for passage in passages:
            words[passage.text] = words.get(passage.text, frozenset()) | telling(claim)
    for rank in range(max((len(passages) for _, passages in found), default=0)):
        for passage in (passages[rank] for _, passages in found if rank < len(passages)):
            size = min(len(passage.text), passage_chars)
            if passage.text.strip() and passage.text not in shown and (rank == 0 or size <= room):
                shown[passage.text] = passage
                room -= size
    return [_shown(passage, words[passage.text], passage_chars) for passage in shown.values()]


def _shown(passage: Passage, words: frozenset[str], passage_chars: int) -> ShownPassage:
    return ShownPassage(
        title=on_one_line(passage.title, TITLE_CHARS),
        body=excerpt(passage.text, words, passage_chars),
        source=passage.source,
    )
