"""Every kind of constraint that vetted code can check, one family a file.

    from reward_agent.verify.instructions.catalog import measure

    constraint = Constraint(kind="words.count", params={"quantity": Quantity.at_most(50)})
    measure(constraint, text, prompt="", reading="literal")

Importing the package registers the families; the libraries they need are loaded at first use.
"""

from __future__ import annotations

from reward_agent.verify.instructions.catalog import (
    case,
    formats,
    forms,
    keywords,
    language,
    layout,
    length,
    lists,
    markup,
    mentions,
    nth,
    numbers,
    position,
    punctuation,
    sentences,
    structure,
    words,
)
from reward_agent.verify.instructions.catalog.registry import CATALOG, Check, Kind, checker, measure

__all__ = [
    "CATALOG",
    "Check",
    "Kind",
    "case",
    "checker",
    "formats",
    "forms",
    "keywords",
    "language",
    "layout",
    "length",
    "lists",
    "markup",
    "measure",
    "mentions",
    "nth",
    "numbers",
    "position",
    "punctuation",
    "sentences",
    "structure",
    "words",
]
