"""Evidence for many queries, and how much of it is shown."""

from collections.abc import Iterable, Mapping, Sequence

from reward_agent.errors import SignalError
from reward_agent.presentation import on_one_line, shortened
from reward_agent.protocols import BatchedEvidenceSource, EvidenceSource
from reward_agent.together import together
from reward_agent.types import Passage

TITLE_CHARS = 200
LEAST_QUERIES = 4
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


def shown_passages(found: Sequence[Sequence[Passage]], *, passage_chars: int, evidence_chars: int) -> list[Passage]:
    """The passages to show for several queries, each once and counted with at most `passage_chars` characters.

    The best of every query is always shown, then every second best, and so on, as long as there is room:
    `evidence_chars` a query in all, and as much as for `LEAST_QUERIES` where they are fewer.
    """
    room = evidence_chars * max(len(found), LEAST_QUERIES)
    shown: dict[str, Passage] = {}
    for rank in range(max(map(len, found), default=0)):
        for passage in (passages[rank] for passages in found if rank < len(passages)):
            size = min(len(passage.text), passage_chars)
            if passage.text.strip() and passage.text not in shown and (rank == 0 or size <= room):
                shown[passage.text] = passage
                room -= size
    return list(shown.values())


def passage_text(passage: Passage, *, passage_chars: int) -> str:
    """A passage as it is shown: its title, if it has one, and its text."""
    text = shortened(passage.text, passage_chars)
    return f"{on_one_line(passage.title, TITLE_CHARS)}\n{text}" if passage.title else text
