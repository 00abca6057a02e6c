"""Text -> the terms that are indexed and looked up.

Words in lower case without accents, English endings taken off ("running" and "runs" are "run"; other languages lose at
most the same few endings on both sides); scripts without spaces one character a term. A query is the set of its terms:
nothing in it is syntax, so a hostile query can only look for other words.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tantivy

ANALYZER = "passages"
MAX_TERM_BYTES = 64
MAX_QUERY_CHARS = 2_000
MAX_TERMS = 24
SURE_TERMS = 3
COMMON_PASSAGES = 1_000  # a term is not called common in a corpus where this many passages hold it
COMMON_SHARE = 0.05

_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff])"
)


def analyzer() -> "tantivy.TextAnalyzer":
    """What makes terms of `spaced` text."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(MAX_TERM_BYTES))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


def spaced(text: str) -> str:
    """The text with a space around each character of a script that has none between words."""
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text)


def telling(terms: list[str], passages_with: Callable[[str], int], passages: int) -> list[str]:
    """The terms worth looking up, rarest first: none that no passage holds, and of those in more than a share of all
    passages (this corpus's own stop words, whatever its language) only what it takes to have three. They would cost
    the most time and tell the least. At most `MAX_TERMS`."""
    counted = sorted((passages_with(term), term) for term in dict.fromkeys(terms))
    common = max(COMMON_PASSAGES, COMMON_SHARE * passages)
    known = [(count, term) for count, term in counted if count]
    return [term for rank, (count, term) in enumerate(known) if rank < SURE_TERMS or count <= common][:MAX_TERMS]
