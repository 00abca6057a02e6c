"""A question as OpenAI's chat completions API takes it, and the reply as it comes.

What a server cannot do is learnt from its refusals and kept in a `Dialect`: a JSON schema beside the question (then
the schema goes into the prompt), `max_tokens` (newer models take `max_completion_tokens`), a temperature, a seed.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reward_agent.chat.errors import EmptyReplyError, RefusedError, ServerError, TruncatedError
from reward_agent.chat.schemas import wire_schema
from reward_agent.presentation import on_one_line, storable
from reward_agent.types import REFUSED, ChatRequest, Drawn, Message, Sampling, Usage

PURPOSE_HEADER = "X-Reward-Agent-Purpose"
_LONGEST_FINISH = 40
_NO_COMPLETION = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
_NO_COMPLETION_SAID = (
    "the server's reply is no chat completion; see that base_url names an OpenAI-compatible API, with its /v1"
)
_SCHEMA_RULE = "Reply with one JSON value and nothing else. It must fit this JSON schema:\n"


@dataclass(slots=True, kw_only=True)
class Dialect:
    """What one server has shown that it takes. `schemas`: None until a reply or a refusal has shown it."""

    schemas: bool | None = None
    seeds: bool = True
    refused_schemas: set[str] = field(default_factory=set)
    tokens_key: str = "max_tokens"
    temperature: bool = True
    keys_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Dollars per million tokens."""

    prompt: float = 0.0
    completion: float = 0.0

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Dollars."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6


def schema_name(purpose: str) -> str:
    """The purpose as the API takes a schema's name: letters, digits, _ and -, at most 64."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", purpose)[:64] or "reply"


def body_of(
    request: ChatRequest, model: str, dialect: Dialect, *, with_schema: bool, extra: Mapping[str, Any]
) -> dict[str, Any]:
    """The request's JSON. Without `with_schema` a schema stands in the prompt."""
    if request.schema is not None and not with_schema:
        request = _with_schema_in_prompt(request, request.schema)
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": _sendable(message.content)} for message in request.messages],
        dialect.tokens_key: request.max_tokens,
    }
    if dialect.temperature:
        body["temperature"] = request.temperature
    if request.sampling is not None:
        body |= _drawing(request.sampling, dialect)
    if request.schema is not None and with_schema:
        schema, strict = wire_schema(request.schema)
        named = {"name": schema_name(request.purpose), "schema": schema, "strict": strict}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    return body | dict(extra)


def _drawing(sampling: Sampling, dialect: Dialect) -> dict[str, Any]:
    """What differs from the API's own defaults, so that a server which lacks a parameter is not told of it."""
    body: dict[str, Any] = {}
    if sampling.n > 1:
        body["n"] = sampling.n
    if sampling.seed is not None and dialect.seeds:
        body["seed"] = sampling.seed
    if sampling.top_p != 1.0:
        body["top_p"] = sampling.top_p
    return body


def _sendable(text: str) -> str:
    """The text, half a surrogate pair shown as `?`: JSON cannot carry it, and candidates may hold anything."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _with_schema_in_prompt(request: ChatRequest, schema: str) -> ChatRequest:
    first, *rest = request.messages
    if first.role == "system":
        system = replace(first, content=f"{first.content}\n\n{_SCHEMA_RULE}{schema}")
    else:
        system, rest = Message(role="system", content=_SCHEMA_RULE + schema), [first, *rest]
    return replace(request, messages=(system, *rest))


def read_reply(content: bytes, *, prices: Prices, seconds: float, max_tokens: int) -> tuple[str, Usage]:
    """The text of a reply and what it cost.

    Raises ServerError for what is no completion, and RefusedError, TruncatedError or EmptyReplyError, with the usage,
    for one that gives no answer.
    """
    try:
        choices, usage = _read(content, prices=prices, seconds=seconds)
        message, finish = choices[0]["message"], choices[0].get("finish_reason")
        text, refusal = message.get("content"), message.get("refusal")
    except _NO_COMPLETION:
        raise ServerError(_NO_COMPLETION_SAID) from None
    if refusal or finish == "content_filter":
        why = f"the model refused: {str(refusal)[:200]!r}" if refusal else "a content filter stopped the reply"
        raise RefusedError(f"{why}; another model may answer", usage=usage)
    if finish == "length":
        raise TruncatedError(
            f"the reply did not end within {max_tokens} tokens; raise chat.NAME.least_tokens, or turn the model's "
            "thinking down",
            usage=usage,
        )
    if not isinstance(text, str) or not text.strip():
        raise EmptyReplyError("the model replied without text", usage=usage)
    return _without_thoughts(text), usage


def read_answers(content: bytes, *, prices: Prices, seconds: float, n: int) -> tuple[tuple[Drawn, ...], Usage]:
    """The answers of a reply as they came, at least one and at most `n`, and what they cost. An answer may be empty or
    cut off; one that the model refused is marked so.

    Raises ServerError for what is no completion.
    """
    try:
        choices, usage = _read(content, prices=prices, seconds=seconds)
        answers = tuple(_answer(choice) for choice in choices[:n])
    except _NO_COMPLETION:
        raise ServerError(_NO_COMPLETION_SAID) from None
    return answers, usage


def _answer(choice: Mapping[str, Any]) -> Drawn:
    text, refusal = choice["message"].get("content"), choice["message"].get("refusal")
    finish = REFUSED if refusal else choice.get("finish_reason")
    given = text or refusal
    return Drawn(
        text=storable(given) if isinstance(given, str) else "",
        finish=on_one_line(finish, _LONGEST_FINISH) if isinstance(finish, str) and finish else "unknown",
    )


def _read(content: bytes, *, prices: Prices, seconds: float) -> tuple[list[Any], Usage]:
    """The choices, at least one, and the cost. Raises one of `_NO_COMPLETION`."""
    reply = json.loads(content)
    choices = reply["choices"]
    if not isinstance(choices, list) or not choices:
        raise ValueError
    counted = reply.get("usage") or {}
    prompt, completion = int(counted.get("prompt_tokens") or 0), int(counted.get("completion_tokens") or 0)
    usage = Usage(
        calls=1,
        tokens=prompt + completion,
        completion_tokens=completion,
        seconds=seconds,
        cost=prices.cost(prompt, completion),
    )
    return choices, usage


def _without_thoughts(text: str) -> str:
    """The reply after the thoughts that some servers leave in front of it."""
    if not text.lstrip().startswith("<think>"):
        return text
    _, end, rest = text.partition("</think>")
    return rest.lstrip() if end else text
