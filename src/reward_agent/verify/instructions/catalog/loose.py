"""Strict and loose verdicts, as IFEval defines them: loose forgives an opener, a closing line, and asterisks."""

from __future__ import annotations

from collections.abc import Iterator

from reward_agent.verify.instructions.catalog.registry import measure
from reward_agent.verify.instructions.constraint import Constraint, Measurement, Reading


def variants(response: str) -> tuple[str, ...]:
    """The eight texts a loose check tries: the response, without its first line, without its last, without both,
    and each of them without `*`."""
    rows = response.split("\n")
    texts = [response, *("\n".join(part).strip() for part in (rows[1:], rows[:-1], rows[1:-1]))]
    return (*texts, *(text.replace("*", "") for text in texts))


def measure_loosely(constraint: Constraint, response: str, *, prompt: str, reading: Reading) -> Measurement:
    """The first measurement that is met among the variants that are not blank, else that of the response itself."""
    first = None
    for measurement in _measurements(constraint, response, prompt, reading):
        if measurement.met:
            return measurement
        first = first or measurement
    return first or Measurement.of(False, "empty response")


def _measurements(constraint: Constraint, response: str, prompt: str, reading: Reading) -> Iterator[Measurement]:
    seen: set[str] = set()
    for text in variants(response):
        if text.strip() and text not in seen:
            seen.add(text)
            yield measure(constraint, text, prompt=prompt, reading=reading)
