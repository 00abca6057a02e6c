"""Which rows may be trained on: a fixed split by prompt (or by document), the same in every script.

`evaluation` rows are never shown to a model in training. Rows that share a prompt are always in the same part. A
seventh of the training part is `held` back from the encoder, so that what its word is worth can be fitted to rows that
it has not seen.
"""

import hashlib
from typing import Literal

Part = Literal["training", "evaluation"]
EVALUATION_TENTHS = 3
HELD_TENTH = 3


def part_of(prompt: str) -> Part:
    """The part of every row with this prompt, told from its words alone."""
    return "evaluation" if _tenth(prompt) < EVALUATION_TENTHS else "training"


def held(prompt: str) -> bool:
    """Whether rows with this prompt, of the training part, are held back from the encoder."""
    return _tenth(prompt) == HELD_TENTH


def _tenth(prompt: str) -> int:
    digest = hashlib.sha256(" ".join(prompt.lower().split()).encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") % 10
