"""A completion as text that a cache or a record holds, and back: a reply is its own text, drawn answers are JSON."""

from pydantic import TypeAdapter

from reward_agent.chat.schemas import fits
from reward_agent.types import ChatRequest, Completion, Drawn, Usage

KEPT = Usage(cached=1)
"""What an answer costs that was kept."""

_DRAWN: TypeAdapter[tuple[Drawn, ...]] = TypeAdapter(tuple[Drawn, ...])


def stored(completion: Completion) -> str:
    """The text to hold."""
    return _DRAWN.dump_json(completion.answers).decode() if completion.answers else completion.text


def restored(text: str, request: ChatRequest) -> Completion:
    """The completion that `stored` made the text of, for the same request."""
    if request.sampling is None:
        return Completion(text=text, usage=KEPT)
    answers = _DRAWN.validate_json(text)
    return Completion(text=answers[0].text, usage=KEPT, answers=answers)


def is_what_was_asked(completion: Completion, request: ChatRequest) -> bool:
    """Whether it is worth keeping: a reply of its schema's shape; as many answers as were asked for, none refused."""
    if request.sampling is None:
        return fits(completion.text, request.schema)
    refused = any(answer.refused for answer in completion.answers)
    return len(completion.answers) == request.sampling.n and not refused
