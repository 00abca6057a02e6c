"""Pages -> passages of bounded size.

    for passage in passages(page, max_chars=800, overlap_chars=120): ...

A passage ends where a paragraph or a sentence does, if one does in time, else at a space. Inside a paragraph it begins
with the last sentence of the passage before, where that is short: what "it" and "there" mean often stands in the
sentence before. Borders come from a rule (a full stop and a space), not from a model of sentences: one that cuts after
"Dr." costs nothing here, and a large collection is split a hundred times faster.
"""

import re
from collections.abc import Iterator

from reward_agent.evidence.corpus.page import Page
from reward_agent.types import Passage

PASSAGE_CHARS = 800
OVERLAP_CHARS = 120
MAX_TITLE_CHARS = 200
MAX_SOURCE_CHARS = 500

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")
_UNSHOWN = (
    {code: " " for code in range(0x20) if code not in (0x09, 0x0A)}
    | {0x7F: " "}
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # half a character, which no file can hold
)

_Span = tuple[int, int]


def passages(page: Page, *, max_chars: int = PASSAGE_CHARS, overlap_chars: int = OVERLAP_CHARS) -> Iterator[Passage]:
    """The page's passages in order, none longer than `max_chars`; control characters are blanked, lone
    surrogates replaced."""
    text = page.text.translate(_UNSHOWN)
    title = " ".join(page.title.translate(_UNSHOWN).split())[:MAX_TITLE_CHARS]
    source = " ".join(page.source.translate(_UNSHOWN).split())[:MAX_SOURCE_CHARS]
    line, counted = page.line, 0
    for start, end in _packed(text, max_chars, overlap_chars):
        if line is not None:
            line += text.count("\n", counted, start)
            counted = start
        place = source if line is None else f"{source}:{line}"
        yield Passage(text=text[start:end], title=title, source=place)


def _packed(text: str, max_chars: int, overlap_chars: int) -> Iterator[_Span]:
    """Spans of as many whole sentences as fit, never reaching back over what was a passage's start."""
    open_: list[_Span] = []  # the sentences of the passage that is being filled
    for paragraph in _between(_PARAGRAPH, text, (0, len(text))):
        if open_ and paragraph[1] - open_[0][0] > max_chars and 2 * (open_[-1][1] - open_[0][0]) > max_chars:
            yield open_[0][0], open_[-1][1]  # better two passages of whole paragraphs than one cut in the middle
            open_ = []
        first = paragraph[0]
        for sentence in _sentences(text, paragraph, max_chars):
            if open_ and sentence[1] - open_[0][0] > max_chars:
                yield open_[0][0], open_[-1][1]
                open_ = _overlap(open_, first, sentence, max_chars, overlap_chars)
            open_.append(sentence)
    if open_:
        yield open_[0][0], open_[-1][1]


def _overlap(
    before: list[_Span], paragraph_start: int, sentence: _Span, max_chars: int, overlap_chars: int
) -> list[_Span]:
    """The last sentence before, if it is short, of the same paragraph, and was not the whole passage."""
    last = before[-1]
    fits = last[1] - last[0] <= overlap_chars and sentence[1] - last[0] <= max_chars
    return [last] if fits and len(before) > 1 and last[0] >= paragraph_start else []


def _sentences(text: str, paragraph: _Span, max_chars: int) -> Iterator[_Span]:
    for start, end in _between(_SENTENCE, text, paragraph):
        while end - start > max_chars:  # no sentence, or no ordinary one
            space = max(text.rfind(" ", start, start + max_chars), text.rfind("\n", start, start + max_chars))
            cut = space if space > start else start + max_chars
            yield start, cut
            start = cut + 1 if space > start else cut
        if text[start:end].strip():
            yield start, end


def _between(border: re.Pattern[str], text: str, span: _Span) -> Iterator[_Span]:
    """The spans between borders, without the white space around them."""
    start, end = span
    for match in border.finditer(text, start, end):
        stripped = _stripped(text, start, match.start() if match[0].isspace() else match.end())
        if stripped is not None:
            yield stripped
        start = match.end()
    if (stripped := _stripped(text, start, end)) is not None:
        yield stripped


def _stripped(text: str, start: int, end: int) -> _Span | None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if left < right else None
