"""Which claims the candidates make, and where each candidate stands on them.

    "factuality.claims"   one call a group of candidates: the claims on which they differ, who asserts, denies
    "factuality.stands"   only where they did not fit one prompt: where each group stands on the others' claims

A candidate that says nothing about a claim is silent on it. So is one that is said both to assert and to deny it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from reward_agent.presentation import conversation, on_one_line
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.replies import each_of, one_of
from reward_agent.types import Sample
from reward_agent.verify.factuality.candidates import ShownCandidate, fenced

CLAIM_CHARS = 300
QUERY_CHARS = 200
_TOKENS_A_CLAIM = 120
_TOKEN = re.compile(r"-?\d(?:[\d.,]*\d)?|\w+|[%$€£°<>]")

CONTESTED = (
    "the claims on which the candidates differ: first what one asserts and another denies, then what only some say"
)
PARTLY_SHOWN = (
    "the main claims of the candidates: first what one asserts and another denies, then what answers the request, even "
    "if they agree"
)
ALONE = "the main claims that the candidate makes"

Letter = TypeVar("Letter")


class FoundClaim(BaseModel, Generic[Letter]):
    """One claim of a reply."""

    claim: str
    query: str
    asserts: list[Letter]
    denies: list[Letter]


class FoundClaims(BaseModel, Generic[Letter]):
    """The reply to "factuality.claims"."""

    claims: list[FoundClaim[Letter]]


class Stand(BaseModel, Generic[Letter]):
    """Where candidates stand on one claim."""

    asserts: list[Letter]
    denies: list[Letter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim, what to look up for it, and the letters of the candidates that take a stand on it."""

    text: str
    query: str
    asserted: frozenset[str]
    denied: frozenset[str]

    @property
    def key(self) -> str:
        """The same for claims that differ in case, spaces or punctuation alone."""
        return normal(self.text)

    @property
    def takers(self) -> frozenset[str]:
        """Who takes a stand on it."""
        return self.asserted | self.denied


def normal(text: str) -> str:
    """The words and numbers of a text, in their order."""
    return " ".join(_TOKEN.findall(text.casefold()))


def claim_limit(claims: int, candidates: int) -> int:
    """How many claims of `candidates` are looked at: `claims` for one or two, and half as many again with each
    doubling, since many candidates mostly say the same few things."""
    return claims + (claims * max(0, candidates.bit_length() - 2)) // 2


async def find_claims(
    chat: ChatModel, sample: Sample, candidates: Sequence[ShownCandidate], *, which: str, limit: int
) -> list[Claim]:
    """The claims of these candidates, each with somebody who takes a stand on it. Raises SignalError."""
    request = conversation(sample.prompt)
    fence = Fence(request, *(candidate.text for candidate in candidates))
    reply = await ask(
        chat,
        load_prompt(__package__, "claims"),
        _over(FoundClaims, candidates),
        purpose="factuality.claims",
        max_tokens=_TOKENS_A_CLAIM * (limit + 2),
        rule=fence.rule,
        which=which,
        limit=str(limit),
        request=fence("request", request),
        candidates=fenced(candidates, fence),
    )
    return merged([_claim(found) for found in reply.claims[:limit]])


async def find_stands(
    chat: ChatModel, sample: Sample, candidates: Sequence[ShownCandidate], claims: Sequence[Claim]
) -> list[Claim]:
    """The claims with the stands of these candidates alone. Raises SignalError."""
    request = conversation(sample.prompt)
    listed = numbered(claims)
    fence = Fence(request, listed, *(candidate.text for candidate in candidates))
    reply = await ask(
        chat,
        load_prompt(__package__, "stands"),
        each_of(numbers(claims), _over(Stand, candidates)),
        purpose="factuality.stands",
        max_tokens=_TOKENS_A_CLAIM * (len(claims) + 2),
        rule=fence.rule,
        request=fence("request", request),
        candidates=fenced(candidates, fence),
        claims=fence("claims", listed),
    )
    stands = zip(claims, (reply[number] for number in numbers(claims)), strict=True)
    return [_with_stands(claim, stand.asserts, stand.denies) for claim, stand in stands]


def merged(claims: Iterable[Claim]) -> list[Claim]:
    """One claim a meaning, as far as equal words tell, with the stands of all; in an order of their own words."""
    alike: dict[str, list[Claim]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.key, claim.text, claim.query)):
        alike.setdefault(claim.key, []).append(claim)
    unique = (
        _with_stands(
            same[0],
            frozenset().union(*(claim.asserted for claim in same)),
            frozenset().union(*(claim.denied for claim in same)),
        )
        for key, same in alike.items()
        if key
    )
    return [claim for claim in unique if claim.takers]


def most_shared(claims: Sequence[Claim], limit: int) -> list[Claim]:
    """At most `limit` of the claims: those that most candidates take a stand on, contested ones first."""
    ranked = sorted(claims, key=lambda claim: (not (claim.asserted and claim.denied), -len(claim.takers), claim.key))
    return sorted(ranked[:limit], key=lambda claim: claim.key)


def numbered(claims: Sequence[Claim]) -> str:
    """The claims as lines of one text, counted from 1."""
    return "\n".join(f"{number}. {claim.text}" for number, claim in enumerate(claims, start=1))


def numbers(claims: Sequence[Claim]) -> tuple[str, ...]:
    """What the lines of `numbered` begin with."""
    return tuple(str(number) for number in range(1, len(claims) + 1))


def _over(shape: Any, candidates: Sequence[ShownCandidate]) -> Any:
    """The shape of a reply that can name these candidates and no other."""
    return shape[one_of(tuple(candidate.letter for candidate in candidates))]


def _with_stands(claim: Claim, asserts: Iterable[str], denies: Iterable[str]) -> Claim:
    asserted, denied = frozenset(asserts), frozenset(denies)
    both = asserted & denied
    return replace(claim, asserted=asserted - both, denied=denied - both)


def _claim(found: FoundClaim[str]) -> Claim:
    text = on_one_line(found.claim, CLAIM_CHARS)
    claim = Claim(
        text=text, query=on_one_line(found.query, QUERY_CHARS) or text, asserted=frozenset(), denied=frozenset()
    )
    return _with_stands(claim, found.asserts, found.denies)
