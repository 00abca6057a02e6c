"""Which rows may be trained on: a fixed split by prompt (or by document), the same in every script.

`evaluation` rows are never shown to a model in training. Rows that share a prompt are always in the same part.
"""

import hashlib
from typing import Literal

Part = Literal["training", "evaluation"]
EVALUATION_TENTHS = 3


def part_of(prompt: str) -> Part:
    """The part of every row with this prompt, told from its words alone."""
    digest = hashlib.sha256(" ".join(prompt.lower().split()).encode("utf-8", "replace")).digest()
    return "evaluation" if int.from_bytes(digest[:8], "big") % 10 < EVALUATION_TENTHS else "training"
