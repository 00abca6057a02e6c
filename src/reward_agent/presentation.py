"""How a sample is put before a model: in which order, under which letters, and how much of a long text.

Models favour places: often what they are shown first. So the order a model is shown follows neither the data's own
order, in which the better answer often stands first, nor a seed that all samples share, but the sample's id. The same
sample is always shown alike, and its other order (`types.REVERSED`) exactly the other way round.

What this does not promise: that a model is free of such a bias. `--both-orders` asks both orders and counts the flips.
"""

import hashlib
from collections.abc import Iterable, Sequence
from string import ascii_uppercase

from reward_agent.types import REVERSED, Message

PROMPT_CHARS = 8_000
"""How much of the request the candidates answer is shown."""
_LEFT_OUT = "\n[... {:,} characters left out ...]\n"
_TAIL = 1 / 3
"""How much of what is kept of a long text is its end; the rest is its beginning."""


def shown_order(sample_id: str, count: int) -> tuple[int, ...]:
    """The indices of `count` candidates in the order in which to show them."""
    order = shuffled(range(count), original_id(sample_id))
    if is_reversed(sample_id):
        return tuple(count - 1 - index for index in reversed(order))
    return order


def is_reversed(sample_id: str) -> bool:
    """Whether the sample is another one in the opposite order."""
    return sample_id.endswith(REVERSED)


def original_id(sample_id: str) -> str:
    """The id of the sample in its own order."""
    return sample_id.removesuffix(REVERSED)


def shuffled(items: Iterable[int], seed: str) -> tuple[int, ...]:
    """The numbers in an order that depends on them and the seed alone, the same everywhere and for ever."""
    return tuple(sorted(items, key=lambda item: digest(seed, str(item))))


def digest(*texts: str) -> bytes:
    """A fingerprint of the texts in their order."""
    sums = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return hashlib.sha256(b"".join(sums)).digest()


def letters(count: int) -> tuple[str, ...]:
    """Names for `count` candidates in the order shown: A to Z, then AA, AB ..."""
    singles = tuple(ascii_uppercase)
    doubles = (first + second for first in singles for second in singles)
    names = (*singles, *doubles) if count > len(singles) else singles
    if count > len(names):
        raise ValueError(f"there are names for {len(names)} candidates, not for {count}")
    return names[:count]


def conversation(prompt: Sequence[Message], *, limit: int = PROMPT_CHARS) -> str:
    """The request as text: a single turn as it is, several ones under their roles; at most `limit` characters."""
    if len(prompt) == 1:
        return shortened(prompt[0].content, limit)
    return shortened("\n\n".join(f"{message.role}: {message.content}" for message in prompt), limit)


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning and end with a mark between them that says how much was left out.

    It has at most `limit` characters, the mark among them, unless the limit has no room for the mark. Lone surrogates
    become the replacement character (see `storable`).
    """
    text = storable(text)
    if len(text) <= limit:
        return text
    room = max(0, limit - len(_LEFT_OUT.format(len(text))))
    tail = int(room * _TAIL)
    return text[: room - tail] + _LEFT_OUT.format(len(text) - room) + text[len(text) - tail :]


def on_one_line(text: str, limit: int) -> str:
    """The text without line breaks, cut to `limit` characters with an ellipsis."""
    line = " ".join(storable(text[: 4 * limit]).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def storable(text: str) -> str:
    """The text with every lone surrogate, half a character that no file can hold, as the replacement character."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
