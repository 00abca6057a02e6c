"""Bounds a text before it enters a prompt: the middle is left out, and the text says so."""

from __future__ import annotations


def shortened(text: str, at_most: int) -> str:
    """The text, or its first and last characters with a visible mark between them, about `at_most` in all."""
    if len(text) <= at_most:
        return text
    half = at_most // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half:,} characters left out here ...]\n{text[-half:]}"


def one_line(text: str, at_most: int) -> str:
    """The text with all whitespace as single blanks, cut after `at_most` characters."""
    flat = " ".join(text[: 4 * at_most].split())
    return flat if len(flat) <= at_most else f"{flat[: at_most - 1]}…"
