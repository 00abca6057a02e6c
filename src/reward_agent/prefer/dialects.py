"""How servers of reward models are asked, one class a dialect: path, question, and how the answer is read.

    vllm           POST /classify    (vLLM 0.33, `vllm serve MODEL --runner pooling`)
    vllm-pooling   POST /pooling     (the same server)
    sglang         POST /classify    (SGLang 0.5, `--is-embedding`)
    openrlhf       POST /get_reward  (OpenRLHF 0.11, serve_rm)

Answers are joined by the server's own index where it sends one, and one that does not fit is an error, never a score.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from reward_agent.prefer.addresses import BadReplyError

Turns = list[dict[str, str]]


class Dialect(Protocol):
    """What differs between servers."""

    @property
    def path(self) -> str: ...

    def question(self, model: str, texts: Sequence[str], prompt: str) -> dict[str, Any]:
        """For conversations that went through the chat template."""
        ...

    def scores(self, reply: Any, count: int) -> list[float]:
        """One score a conversation, in order. Raises BadReplyError."""
        ...


@dataclass(frozen=True, slots=True)
class VllmClassify:
    """`use_activation: false`: the raw score; the older name `activation` would be ignored without an error.
    `add_special_tokens: false`: the template has written the first token."""

    path: str = "/classify"
    field: str = "probs"

    def question(self, model: str, texts: Sequence[str], prompt: str) -> dict[str, Any]:
        return {"model": model, "input": list(texts), **self._raw()}

    def chat(self, model: str, turns: Turns) -> dict[str, Any]:
        """For one conversation that the server puts through its own template."""
        return {"model": model, "messages": turns, **self._raw()}

    def scores(self, reply: Any, count: int) -> list[float]:
        rows = _list(_field(reply, "data"), count)
        if any(isinstance(row, Mapping) and "index" in row for row in rows):
            rows = sorted(rows, key=lambda row: _index(row, count))
            if [row["index"] for row in rows] != list(range(count)):
                raise BadReplyError(
                    f"the answers are numbered {[row['index'] for row in rows]}, expected 0 to {count - 1}"
                )
        return [_only(_field(row, self.field)) for row in rows]

    def _raw(self) -> dict[str, Any]:
        return {"use_activation": False, "add_special_tokens": False}


@dataclass(frozen=True, slots=True)
class VllmPooling(VllmClassify):
    """The same by the pooling interface, which is told that a classification is wanted."""

    path: str = "/pooling"
    field: str = "data"

    def _raw(self) -> dict[str, Any]:
        return {"task": "classify", "encoding_format": "float", "use_activation": False, "add_special_tokens": False}


@dataclass(frozen=True, slots=True)
class Sglang:
    """Takes templated text; the score is an embedding of one number."""

    path: str = "/classify"

    def question(self, model: str, texts: Sequence[str], prompt: str) -> dict[str, Any]:
        return {"model": model, "text": list(texts)}

    def scores(self, reply: Any, count: int) -> list[float]:
        return [_only(_field(row, "embedding")) for row in _list(reply, count)]


@dataclass(frozen=True, slots=True)
class OpenRlhf:
    """Takes templated text, with the prompt and a label beside it, which a reward model does not need."""

    path: str = "/get_reward"

    def question(self, model: str, texts: Sequence[str], prompt: str) -> dict[str, Any]:
        return {"query": list(texts), "prompts": [prompt] * len(texts), "labels": [""] * len(texts)}

    def scores(self, reply: Any, count: int) -> list[float]:
        return [_number(value) for value in _list(_field(reply, "rewards"), count)]


DIALECTS: Mapping[str, Dialect] = {
    "vllm": VllmClassify(),
    "vllm-pooling": VllmPooling(),
    "sglang": Sglang(),
    "openrlhf": OpenRlhf(),
}


def tokens_read(reply: Any) -> int | None:
    """How many tokens the server counted in all, where it says so."""
    usage = reply.get("usage") if isinstance(reply, Mapping) else None
    count = usage.get("prompt_tokens") if isinstance(usage, Mapping) else None
    return count if isinstance(count, int) else None


def _field(reply: Any, name: str) -> Any:
    if not isinstance(reply, Mapping) or name not in reply:
        came = f"the keys {sorted(map(str, reply))[:8]}" if isinstance(reply, Mapping) else type(reply).__name__
        raise BadReplyError(f"expected an object with {name!r}, got {came}: is it a server of another kind?")
    return reply[name]


def _list(value: Any, count: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != count:
        came = f"{len(value)}" if isinstance(value, list) else type(value).__name__
        raise BadReplyError(f"expected a list of {count} answers, got {came}")
    return value


def _only(value: Any) -> float:
    if not isinstance(value, list) or len(value) != 1:
        came = f"{len(value)} numbers" if isinstance(value, list) else type(value).__name__
        raise BadReplyError(f"expected one score a conversation, got {came}: the model is no reward model of one label")
    return _number(value[0])


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadReplyError(f"expected a finite number as score, got {str(value)[:40]!r}")
    return float(value)


def _index(row: Any, count: int) -> int:
    index = row.get("index") if isinstance(row, Mapping) else None
    if not isinstance(index, int):
        raise BadReplyError(f"expected an index from 0 to {count - 1} beside each answer, got {index!r}")
    return index
