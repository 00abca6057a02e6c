"""The columns of a row, read as what they should be. Every function raises RowFault, which names the column."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from reward_agent.benchmarks.row_errors import RowFault, shown
from reward_agent.benchmarks.rows import Row
from reward_agent.types import Candidate, Message, Role

_ROLES: Final[Mapping[str, Role]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_MAX_COLUMNS_SHOWN: Final = 20
_MAX_WORD: Final = 500
_MAX_CATEGORY: Final = 80


def column(row: Row, name: str) -> Any:
    """The value of a column that must be there."""
    if name not in row.data:
        raise RowFault(
            f"expected a column {name!r}, got the columns {columns_shown(row.data)}",
            "Check that the benchmark's name fits the data, or add the column",
        )
    return row.data[name]


def columns_shown(data: Mapping[str, Any]) -> str:
    """The columns there are, for a message."""
    names = [shown(name) for name in list(data)[:_MAX_COLUMNS_SHOWN]]
    more = len(data) - len(names)
    return (", ".join(names) or "(none)") + (f" and {more} more" if more else "")


def text(row: Row, name: str) -> str:
    """A text that is not blank."""
    return _not_blank(column(row, name), name)


def texts(row: Row, name: str) -> tuple[str, ...]:
    """A list of texts, at least one, none of them blank."""
    value = column(row, name)
    if not isinstance(value, list) or not value:
        raise RowFault(f"{name} must be a list of texts, got {_came(value)}", "Write it as a JSON list of strings")
    return tuple(_not_blank(item, f"{name}[{index}]") for index, item in enumerate(value))


def word(row: Row, name: str) -> str | None:
    """A short value such as an id or a model's name, as text; None where it is absent or empty."""
    value = row.data.get(name)
    if isinstance(value, float):  # a table with gaps turns whole numbers into floats, and the gaps into NaN
        if math.isnan(value):
            return None
        value = int(value) if value.is_integer() else value
    if value is None or value == "":
        return None
    fits = isinstance(value, str | int) and not isinstance(value, bool)
    if not fits or (isinstance(value, int) and abs(value) >= 10**_MAX_WORD) or len(str(value)) > _MAX_WORD:
        raise RowFault(
            f"{name} must be a text of at most {_MAX_WORD} characters or a whole number, got {shown(value)}",
            "Correct the row",
        )
    return str(value).strip() or None


def category(row: Row, *names: str) -> str | None:
    """The first of these columns that names a category, on one line and cut to a length that fits a table."""
    for name in names:
        value = row.data.get(name)
        if isinstance(value, str):
            printable = "".join(char if char.isprintable() else " " for char in value[:_MAX_CATEGORY])
            if printable.strip():
                return " ".join(printable.split())
    return None


def row_id(row: Row, name: str) -> str:
    """The row's id, or one made from its place."""
    return word(row, name) or row.default_id


def prompt_of(value: object, name: str) -> tuple[Message, ...]:
    """A prompt: a text (one user turn), or a list of messages."""
    if isinstance(value, str):
        return (Message(role="user", content=_not_blank(value, name)),)
    turns = messages(value, name)
    if not any(turn.role == "user" and turn.content.strip() for turn in turns):
        raise RowFault(f"{name} must hold a user turn with text", "Write the prompt into the row")
    return turns


def messages(value: object, name: str) -> tuple[Message, ...]:
    """A conversation: a list of `{"role", "content"}`, at least one."""
    if not isinstance(value, list) or not value:
        raise RowFault(
            f'{name} must be a text or a list of {{"role", "content"}} messages, got {_came(value)}',
            "Write it in one of TRL's preference shapes",
        )
    return tuple(_message(item, f"{name}[{index}]") for index, item in enumerate(value))


def _message(value: object, name: str) -> Message:
    if not isinstance(value, Mapping) or "role" not in value or "content" not in value:
        came = f"the keys {columns_shown(value)}" if isinstance(value, Mapping) else shown(value)
        raise RowFault(f'{name} must be a message {{"role", "content"}}, got {came}', "Correct the row")
    role, content = value["role"], value["content"]
    if not isinstance(role, str) or role not in _ROLES:
        raise RowFault(f"{name}: role must be one of {', '.join(_ROLES)}, got {shown(role)}", "Correct the row")
    return Message(role=_ROLES[role], content=_content(content, name))


def _content(content: object, name: str) -> str:
    """A message's text; a list of text parts (the multimodal shape) is joined, another part is refused."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and content:
        parts = [part.get("text") for part in content if isinstance(part, Mapping) and part.get("type") == "text"]
        if len(parts) == len(content) and all(isinstance(part, str) for part in parts):
            return "".join(cast("list[str]", parts))
    raise RowFault(f"{name}: content must be a text, got {_came(content)}", "Only text can be judged: leave it out")


def candidate(value: object, name: str, *, source: str | None = None) -> Candidate:
    """A candidate response; it must have text."""
    return Candidate(text=_not_blank(value, name), source=source)


def shared_prompt(
    chosen: Sequence[Message], rejected: Sequence[Message], names: tuple[str, str]
) -> tuple[tuple[Message, ...], str, str]:
    """Two whole conversations split into the prompt they share and the last assistant turn of each."""
    for turns, name in zip((chosen, rejected), names, strict=True):
        if turns[-1].role != "assistant":
            raise RowFault(f"{name} must end with an assistant turn, it ends with {turns[-1].role}", "Correct the row")
    if tuple(chosen[:-1]) != tuple(rejected[:-1]):
        raise RowFault(
            f"{names[0]} and {names[1]} must be one conversation up to the last turn, and differ before it",
            "Give both answers to the same prompt",
        )
    prompt = tuple(chosen[:-1])
    if not any(turn.role == "user" and turn.content.strip() for turn in prompt):
        raise RowFault(f"{names[0]} holds no user turn, and there is no prompt", "Write the prompt into the row")
    return prompt, chosen[-1].content, rejected[-1].content


def _not_blank(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise RowFault(f"{name} must be a text, got {_came(value)}", "Correct the row")
    if not value.strip():
        raise RowFault(f"{name} is empty", "Write the text into the row, or take the row out")
    return value


def _came(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"an object with the keys {columns_shown(value)}" if isinstance(value, Mapping) else shown(value)
