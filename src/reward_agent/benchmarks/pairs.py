"""Pairs of your own: any JSON, JSON lines or Parquet in TRL's preference shapes.

    {"prompt": "Name a prime.", "chosen": "7", "rejected": "9"}
    {"prompt": [{"role": "user", ...}], "chosen": [{"role": "assistant", ...}], "rejected": [...]}
    {"chosen": [whole conversation], "rejected": [whole conversation]}         the prompt is what they share
    {"chosen": "\\n\\nHuman: ...\\n\\nAssistant: ...", "rejected": ...}            HH-RLHF's transcripts

`text_chosen` and `text_rejected` do as well as `chosen` and `rejected`. Optional: `system`, `id`, and the first of
`subset`, `domain`, `category`, `source` as the subset.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from reward_agent.benchmarks.definition import Benchmark, Entry
from reward_agent.benchmarks.fields import candidate, category, column, messages, prompt_of, shared_prompt, word
from reward_agent.benchmarks.row_errors import RowFault, shown
from reward_agent.benchmarks.rows import Row
from reward_agent.types import LabeledSample, Message

_SUBSET_COLUMNS: Final = ("subset", "domain", "category", "source")
_TURN: Final = re.compile(r"(?:^|\n\n)(Human|Assistant): ?")
_SHAPES: Final = (
    "Write prompt, chosen and rejected as texts or message lists, or chosen and rejected as whole conversations"
)


def _read(row: Row) -> Entry:
    names = _names(row)
    chosen, rejected = (column(row, name) for name in names)
    if row.data.get("prompt") is None:
        prompt, better, worse = shared_prompt(_conversation(chosen, names[0]), _conversation(rejected, names[1]), names)
    else:
        prompt, better, worse = _with_prompt(prompt_of(row.data["prompt"], "prompt"), chosen, rejected, names)
    if better == worse:
        raise RowFault(f"{names[0]} and {names[1]} are the same text", "Take the row out: neither is better")
    labeled = LabeledSample.pair(
        id=word(row, "id") or row.default_id,
        prompt=_system(row) + prompt if prompt[0].role != "system" else prompt,
        chosen=candidate(better, names[0], source=_writer(row, "chosen_model")),
        rejected=candidate(worse, names[1], source=_writer(row, "rejected_model")),
        subset=category(row, *_SUBSET_COLUMNS) or "all",
    )
    return Entry(labeled=labeled)


def _names(row: Row) -> tuple[str, str]:
    if "chosen" not in row.data and "text_chosen" in row.data:
        return "text_chosen", "text_rejected"
    return "chosen", "rejected"


def _with_prompt(
    prompt: tuple[Message, ...], chosen: Any, rejected: Any, names: tuple[str, str]
) -> tuple[tuple[Message, ...], str, str]:
    """The prompt and the two answers; where the answers repeat the conversation before them, that is the prompt."""
    if isinstance(chosen, str) and isinstance(rejected, str):
        return prompt, chosen, rejected
    first, second = messages(_as_list(chosen), names[0]), messages(_as_list(rejected), names[1])
    if len(first) == len(second) == 1:
        _, better, worse = shared_prompt(prompt + first, prompt + second, names)
        return prompt, better, worse
    shared, better, worse = shared_prompt(first, second, names)
    if not _repeats(prompt, shared):
        raise RowFault(
            f"{names[0]} must be one assistant turn, or repeat the prompt before it; got {len(first)} messages",
            _SHAPES,
        )
    return shared, better, worse


def _repeats(prompt: Sequence[Message], shared: Sequence[Message]) -> bool:
    """Whether the conversation before the answers is the prompt, perhaps with earlier turns the prompt leaves out."""
    return [turn.content.strip() for turn in prompt] == [turn.content.strip() for turn in shared[-len(prompt) :]]


def _conversation(value: Any, name: str) -> tuple[Message, ...]:
    if not isinstance(value, str):
        return messages(_as_list(value), name)
    parts = _TURN.split(value)
    if len(parts) < 5 or parts[0].strip():
        raise RowFault(
            f"{name} is a text and there is no prompt; expected a prompt, a list of messages, or a transcript of "
            f"'Human:' and 'Assistant:' turns; got {shown(value)}",
            _SHAPES,
        )
    return tuple(
        Message(role="user" if speaker == "Human" else "assistant", content=said.strip())
        for speaker, said in zip(parts[1::2], parts[2::2], strict=True)
    )


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


def _system(row: Row) -> tuple[Message, ...]:
    value = row.data.get("system")
    if value is None or value == "":
        return ()
    if not isinstance(value, str):
        raise RowFault(f"system must be a text, got {shown(value)}", "Correct the row")
    return (Message(role="system", content=value),) if value.strip() else ()


def _writer(row: Row, name: str) -> str | None:
    value = row.data.get(name)
    return value if isinstance(value, str) and value else None


PAIRS: Final = Benchmark(
    name="pairs",
    summary="preference pairs of your own, in TRL's shapes",
    columns=frozenset({"chosen", "rejected"}),
    read_row=_read,
)
