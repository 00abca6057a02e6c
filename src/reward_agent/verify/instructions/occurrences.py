"""Where a word or phrase occurs in a text, as it is written there.

The common case, one plain word, is found without a regular expression: compiling one a keyword costs more than the
search. `units.word_pattern` says what a whole word is; both ways find the same.
"""

from __future__ import annotations

from reward_agent.verify.instructions.units import word_pattern


def occurrences(text: str, word: str, *, whole: bool = True) -> list[str]:
    """The pieces of the text that are the word, whatever their case. `whole`: inflections do not count."""
    word = word.strip()
    folded, sought = text.lower(), word.lower()
    if not _is_plain(word) or len(folded) != len(text) or "ſ" in folded:
        return [match[0] for match in word_pattern(word, False, whole).finditer(text)]
    found = []
    start = folded.find(sought)
    while start >= 0:
        end = start + len(sought)
        if not whole or not (_inside_a_word(folded[start - 1 : start]) or _inside_a_word(folded[end : end + 1])):
            found.append(text[start:end])
            start = folded.find(sought, end)
        else:
            start = folded.find(sought, start + 1)
    return found


def in_given_case(pieces: list[str], word: str) -> int:
    """How many of the pieces are written as the word is."""
    flat = " ".join(word.split())
    return sum(1 for piece in pieces if piece == flat or " ".join(piece.split()) == flat)


def _is_plain(word: str) -> bool:
    """ASCII letters and digits alone."""
    return word.isascii() and word.isalnum()


def _inside_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"
