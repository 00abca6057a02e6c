"""Which packages of an extra are installed, told without importing them."""

import importlib.util
from collections.abc import Sequence
from typing import Final

ENTAILMENT: Final = ("onnxruntime", "tokenizers")
"""The extra `entailment`, as its packages are imported."""


def not_installed(packages: Sequence[str]) -> list[str]:
    """Those of the packages, by the names they are imported by, that are not there."""
    return [name for name in packages if importlib.util.find_spec(name) is None]
