"""The starter set: pairs and a small corpus of the project's own making, shipped inside the package.

`reward-agent demo` judges it; README.md beside this file says what it holds, how it was made and what it cannot
show. `PAIRS` is JSON lines in TRL's shape (`prompt`, `chosen`, `rejected`) with `id`, `subset`, `note` and, where the
corpus settles the question, `evidence`; `CORPUS` is JSON lines of `id`, `title`, `text`.

    from importlib.resources import as_file
    from reward_agent.starter import PAIRS

    with as_file(PAIRS) as path:
        ...
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

PAIRS: Traversable = files(__name__) / "pairs.jsonl"
CORPUS: Traversable = files(__name__) / "corpus.jsonl"
