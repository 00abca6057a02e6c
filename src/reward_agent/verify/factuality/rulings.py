"""Claims held against passages: "factuality.verdicts", one call a group of claims.

A verdict needs words that decide it. They must stand in a passage that was shown, letter by letter but for spaces,
case and typographic signs; a verdict whose quote does not is dropped, and says so. That a quote is there does not show
that the model read it rightly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel

from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.replies import Spelt, each_of
from reward_agent.together import together
from reward_agent.types import Passage
from reward_agent.verify.factuality.claims import Claim, numbered, numbers
from reward_agent.verify.factuality.look_up import ShownPassage, shown_passages

CLAIMS_A_CALL = 12
QUOTE_CHARS = 300
MIN_QUOTE_CHARS = 8
"""A shorter quote, such as "the", stands in any passage."""
_TOKENS_A_VERDICT = 120
_PLAIN = str.maketrans("‘’“”–—−\u00a0", "''\"\"--- ")

Found = Mapping[str, Sequence[Passage]]
"""What was found, by query."""

NOTHING_FOUND = "no passage was found"
NO_QUOTE = "the quote is in the text of no passage that was shown"


class VerdictReply(BaseModel):
    """What a model says of one claim."""

    quote: str
    verdict: Annotated[Literal["supported", "contradicted", "not enough evidence"], Spelt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether a claim is true by the evidence (None: not decided), why, and the words and the place it rests on."""

    true: bool | None
    reason: str
    sources: tuple[str, ...] = ()


async def rule(
    chat: ChatModel, claims: Sequence[Claim], found: Found, *, passage_chars: int, evidence_chars: int
) -> list[Ruling]:
    """A ruling a claim, in order, from the passages found for its query. Raises SignalError."""
    with_evidence = [claim for claim in claims if any(passage.text.strip() for passage in found[claim.query])]
    groups = _groups(with_evidence)
    rulings = await together(*(_rule_group(chat, group, found, passage_chars, evidence_chars) for group in groups))
    ruled = {claim.key: ruling for group in rulings for claim, ruling in group}
    return [ruled.get(claim.key, Ruling(true=None, reason=NOTHING_FOUND)) for claim in claims]


async def _rule_group(
    chat: ChatModel, claims: Sequence[Claim], found: Found, passage_chars: int, evidence_chars: int
) -> list[tuple[Claim, Ruling]]:
    of_each = [(claim.text, found[claim.query]) for claim in claims]
    passages = shown_passages(of_each, passage_chars=passage_chars, evidence_chars=evidence_chars)
    listed = numbered(claims)
    fence = Fence(listed, *(passage.text for passage in passages))
    reply = await ask(
        chat,
        load_prompt(__package__, "verdicts"),
        each_of(numbers(claims), VerdictReply),
        purpose="factuality.verdicts",
        max_tokens=_TOKENS_A_VERDICT * (len(claims) + 1),
        rule=fence.rule,
        passages=fenced_passages(passages, fence),
        claims=fence("claims", listed),
    )
    return [(claim, _ruling(reply[number], passages)) for claim, number in zip(claims, numbers(claims), strict=True)]


def fenced_passages(passages: Sequence[ShownPassage], fence: Fence) -> str:
    """The passages as data in a prompt."""
    return "\n".join(fence(f"passage {number}", passage.text) for number, passage in enumerate(passages, start=1))


def _ruling(reply: VerdictReply, passages: Sequence[ShownPassage]) -> Ruling:
    if reply.verdict == "not enough evidence":
        return Ruling(true=None, reason=reply.verdict)
    quote = plain(reply.quote).strip("'\". …")
    told = [passage for passage in passages if quote in plain(passage.body)] if len(quote) >= MIN_QUOTE_CHARS else []
    words = " ".join(reply.quote.split())[:QUOTE_CHARS]
    if not told:
        return Ruling(true=None, reason=f"{reply.verdict}, but {NO_QUOTE}", sources=(words,) if words else ())
    sources = (words, told[0].source) if told[0].source else (words,)
    return Ruling(true=reply.verdict == "supported", reason=reply.verdict, sources=sources)


def plain(text: str) -> str:
    """The text without what may differ between a passage and a faithful quote of it."""
    return " ".join(text.translate(_PLAIN).casefold().split())


def _groups(claims: Sequence[Claim]) -> list[Sequence[Claim]]:
    """As few groups as there must be, of nearly equal size."""
    count = -(-len(claims) // CLAIMS_A_CALL)
    return [claims[len(claims) * part // count : len(claims) * (part + 1) // count] for part in range(count)]
