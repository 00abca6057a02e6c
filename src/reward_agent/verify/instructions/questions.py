"""What code cannot decide: one question to a model about all such requirements and all candidates of a sample.

    table, errors = await ModelQuestions(chat=chat).measured(sample.id, instruction, says, responses)

Verdicts are pointwise: yes, no or cannot tell for each requirement and candidate, with the words that decide it. The
candidates stand in an order that follows from the sample's id and their texts, so no place is favoured and the same
sample is the same question; equal texts are asked about once. Many or long candidates are asked about in parts, and a
very long one is shown without its middle, which its verdicts say.

Does NOT promise that the model is right.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from reward_agent.errors import SignalError
from reward_agent.presentation import on_one_line, shortened, storable
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.verify.instructions.constraint import Measurement

PURPOSE = "instructions.soft"
INSTRUCTION_AT_MOST = 2_000
CANDIDATE_AT_MOST = 6_000
PART_CHARACTERS = 24_000
PART_VERDICTS = 80
_WHY = 200
_TOKENS_A_VERDICT = 60

Answer = Literal["yes", "no", "cannot tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    candidate: int
    requirement: int
    why: str = ""
    verdict: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    verdicts: list[_Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelQuestions:
    """Asks a chat model."""

    chat: ChatModel

    async def measured(
        self, sample_id: str, instruction: str, says: Sequence[str], responses: Sequence[str]
    ) -> tuple[list[list[Measurement]], list[SignalError]]:
        """For every requirement a measurement of every response, and the errors of the parts that failed, whose
        measurements are undecided."""
        if not says or not responses:
            return [[] for _ in says], []
        texts = sorted(dict.fromkeys(responses), key=partial(_place, sample_id))
        parts = list(_parts(texts, len(says)))
        asked = await asyncio.gather(*(self._part(instruction, says, part) for part in parts))
        by_text: dict[str, list[Measurement]] = {}
        for part, answered in zip(parts, asked, strict=True):
            rows = [[_failed(answered)] * len(says)] * len(part) if isinstance(answered, SignalError) else answered
            by_text.update(zip(part, rows, strict=True))
        table = [[by_text[response][place] for response in responses] for place in range(len(says))]
        return table, [answered for answered in asked if isinstance(answered, SignalError)]

    async def _part(
        self, instruction: str, says: Sequence[str], part: Sequence[str]
    ) -> list[list[Measurement]] | SignalError:
        """A row of measurements for each candidate of the part."""
        shown = [shortened(text, CANDIDATE_AT_MOST) for text in part]
        asked_about = shortened(instruction, INSTRUCTION_AT_MOST)
        listed = "\n".join(f"{number}. {on_one_line(text, 500)}" for number, text in enumerate(says, start=1))
        fence = Fence(asked_about, listed, *shown)
        try:
            reply = await ask(
                self.chat,
                load_prompt(__package__, "soft"),
                _complete_reply(len(shown), len(says)),
                purpose=PURPOSE,
                max_tokens=200 + _TOKENS_A_VERDICT * len(shown) * len(says),
                rule=fence.rule,
                instruction=fence("instruction", asked_about),
                requirements=fence("requirements", listed),
                candidates="\n".join(fence(f"candidate {n}", text) for n, text in enumerate(shown, start=1)),
            )
        except SignalError as error:
            return error
        verdicts = {(verdict.candidate, verdict.requirement): verdict for verdict in reply.verdicts}
        return [
            [
                _measurement(verdicts[(candidate, requirement)], cut=shown[candidate - 1] != part[candidate - 1])
                for requirement in range(1, len(says) + 1)
            ]
            for candidate in range(1, len(shown) + 1)
        ]


def _place(sample_id: str, text: str) -> bytes:
    return hashlib.sha256(f"{sample_id}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _parts(texts: Sequence[str], requirements: int) -> Iterator[list[str]]:
    """The candidates in parts that one question can hold; at least one candidate each."""
    part: list[str] = []
    size = 0
    for text in texts:
        length = min(len(text), CANDIDATE_AT_MOST)
        if part and (size + length > PART_CHARACTERS or (len(part) + 1) * requirements > PART_VERDICTS):
            yield part
            part, size = [], 0
        part.append(text)
        size += length
    yield part


@cache
def _complete_reply(candidates: int, requirements: int) -> type[_Reply]:
    """A reply that leaves a verdict out does not fit, so that it is asked again and then is a failure. One type for
    each shape: what reads it is costly to make."""
    wanted = {(c, r) for c in range(1, candidates + 1) for r in range(1, requirements + 1)}

    def complete(reply: _Reply) -> _Reply:
        given = [(verdict.candidate, verdict.requirement) for verdict in reply.verdicts]
        if set(given) != wanted or len(given) != len(wanted):
            raise ValueError(
                f"expected one verdict for each of {candidates} candidates and {requirements} requirements"
            )
        return reply

    annotated: Any = Annotated[_Reply, AfterValidator(complete)]
    return annotated  # type: ignore[no-any-return]  # pydantic takes an annotated type where a type stands


def _measurement(verdict: _Verdict, *, cut: bool) -> Measurement:
    why = on_one_line(verdict.why, _WHY)
    words = f"{verdict.verdict}, by a model's judgment{f': {why}' if why else ''}"
    if cut:
        words += f" (shown without its middle, {CANDIDATE_AT_MOST:,} characters of it)"
    if verdict.verdict == "cannot tell":
        return Measurement(met=None, measured=words)
    return Measurement.of(verdict.verdict == "yes", words)


def _failed(error: SignalError) -> Measurement:
    return Measurement(met=None, measured=f"not decided: {on_one_line(storable(str(error)), _WHY)}")
