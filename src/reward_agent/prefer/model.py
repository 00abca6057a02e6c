"""A chat model as the preference model.

    PointwiseModel   each response alone, 1 to 10 ("prefer.point"); a call a response; works for one response too
    PairwiseModel    two at a time, A, B or tie ("prefer.pair"); one call for two responses, `opponents` / 2 a response
                     for more; strengths in logits (bradley_terry.py)

A reply that cannot be read is no verdict: the signal fails. The order in which two responses are shown follows from the
prompt and both texts, half of all pairs either way, and is the opposite one when they come in the opposite order. What
this does not promise: that a model's taste is people's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from reward_agent.errors import SignalError
from reward_agent.prefer.bradley_terry import strengths
from reward_agent.presentation import conversation, digest, shortened
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.replies import Spelt
from reward_agent.together import together
from reward_agent.types import Message

RESPONSE_CHARS = 12_000
"""How much of one response is shown."""
CALLS_IN_FLIGHT = 8


class Rating(BaseModel):
    """The reply to "prefer.point"."""

    reason: str
    rating: Annotated[float, Field(ge=1, le=10)]


class Preferred(BaseModel):
    """The reply to "prefer.pair"."""

    reason: str
    better: Annotated[Literal["A", "B", "tie"], Spelt]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointwiseModel:
    """Rates each response alone; its unit is 1 to 10."""

    name: str
    chat: ChatModel

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        request = conversation(prompt)
        distinct = list(dict.fromkeys(responses))
        ratings = await together(*(self._rate(request, text) for text in distinct), in_flight=CALLS_IN_FLIGHT)
        by_text = dict(zip(distinct, ratings, strict=True))
        return [by_text[text] for text in responses]

    async def _rate(self, request: str, response: str) -> float:
        text = shortened(response, RESPONSE_CHARS)
        fence = Fence(request, text)
        reply = await ask(
            self.chat,
            load_prompt(__package__, "point"),
            Rating,
            purpose="prefer.point",
            max_tokens=400,
            rule=fence.rule,
            request=fence("request", request),
            candidate=fence("candidate", text),
        )
        return reply.rating


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseModel:
    """Compares responses two at a time; its unit is the logit, 0 for an average response among these.

    Of many responses each meets about `opponents` others, drawn by the texts. Raises SignalError for one response
    alone, which cannot be compared: use the pointwise model there.
    """

    name: str
    chat: ChatModel
    opponents: int = 4

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        if len(responses) < 2:
            raise SignalError(
                f"{self.name} compares responses and got one alone: use prefer type 'model', mode 'point'"
            )
        request = conversation(prompt)
        distinct = list(dict.fromkeys(responses))
        pairs = list(_meetings(request, distinct, self.opponents))
        results = await together(
            *(self._compare(request, distinct[first], distinct[second]) for first, second in pairs),
            in_flight=CALLS_IN_FLIGHT,
        )
        wins: dict[tuple[int, int], float] = {}
        for (first, second), won in zip(pairs, results, strict=True):
            wins[first, second] = won
            wins[second, first] = 1 - won
        by_text = dict(zip(distinct, strengths(len(distinct), wins), strict=True))
        return [by_text[text] for text in responses]

    async def _compare(self, request: str, first: str, second: str) -> float:
        """What the first response got of the win: 1, 0 or, for a tie, 0.5."""
        turned = digest(request, *sorted((first, second), key=digest))[0] % 2 == 1
        shown = (second, first) if turned else (first, second)
        texts = [shortened(text, RESPONSE_CHARS) for text in shown]
        fence = Fence(request, *texts)
        reply = await ask(
            self.chat,
            load_prompt(__package__, "pair"),
            Preferred,
            purpose="prefer.pair",
            max_tokens=400,
            rule=fence.rule,
            request=fence("request", request),
            first=fence("candidate A", texts[0]),
            second=fence("candidate B", texts[1]),
        )
        if reply.better == "tie":
            return 0.5
        return float((reply.better == "B") == turned)


def _meetings(request: str, responses: Sequence[str], opponents: int) -> Iterator[tuple[int, int]]:
    """Pairs of indices, the smaller first: everybody meets the next ones in a circle that the texts arrange."""
    circle = sorted(range(len(responses)), key=lambda index: digest(request, responses[index]))
    met = set()
    for step in range(1, min(-(-opponents // 2), len(circle) // 2) + 1):
        for place, index in enumerate(circle):
            other = circle[(place + step) % len(circle)]
            met.add((min(index, other), max(index, other)))
    yield from sorted(met)
