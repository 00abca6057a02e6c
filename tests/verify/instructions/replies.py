"""Replies of a model, as tests script them."""

from __future__ import annotations

import json
from typing import Any

EVEN = "def check_following(response: str) -> bool:\n    return len(response) % 2 == 0\n"
EVEN_SAYS = "The number of characters of the response is even."
EVEN_PASSING, EVEN_FAILING = ("ab", "abcd", ""), ("a", "abc")


def parsed(*requirements: dict[str, Any]) -> str:
    """A reply to "instructions.parse"; what a requirement leaves out is filled in."""
    filled = [{"says": f"It does: {r['span']}", "hard": False, **r} for r in requirements]
    return json.dumps({"requirements": filled})


def even(span: str, **other: Any) -> dict[str, Any]:
    """A hard requirement outside the catalog."""
    examples = {"passing": list(EVEN_PASSING), "failing": list(EVEN_FAILING)}
    return {"span": span, "says": EVEN_SAYS, "hard": True, **examples, **other}


def code(source: str = EVEN, passing: tuple[str, ...] = ("12", "1234"), failing: tuple[str, ...] = ("1", "123")) -> str:
    """A reply to "instructions.write"."""
    return json.dumps({"code": source, "passing": passing, "failing": failing})


def judged(*verdicts: str, candidates: int = 1) -> str:
    """A reply to "instructions.soft": the verdicts of candidate 1 for every requirement, then of candidate 2 ..."""
    requirements = len(verdicts) // candidates
    return json.dumps(
        {
            "verdicts": [
                {
                    "candidate": place // requirements + 1,
                    "requirement": place % requirements + 1,
                    "why": f"because {place}",
                    "verdict": verdict,
                }
                for place, verdict in enumerate(verdicts)
            ]
        }
    )
