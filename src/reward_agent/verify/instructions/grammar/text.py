"""An instruction made ready for the rules: quotes of all kinds brought to one, quoted material hidden, sentences cut.

Every step keeps the length of the text, so that a match's offsets are offsets into the instruction. What stands in
quotes, braces, brackets or markup becomes one run of private characters (a `Literal`): no rule can match inside it,
and a rule that wants it reads it back by its position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

READ_AT_MOST = 12_000
"""Characters read at the head of a long instruction, and again at its tail; what lies between is material."""
SENTENCE_AT_MOST = 600
"""Characters of one sentence that the rules see; the rest of a longer one is read as a sentence of its own."""

QUOTE, BRACE, ANGLE, BOLD, ITALIC, SQUARE, CODE, DIVIDER = (chr(0xE000 + k) for k in range(8))
FILL = "\ue0ff"
STOP = "\ue0fd"  # the last character of a literal that ends with a full stop, question or exclamation mark
DOT = "\ue0fe"  # a full stop that ends no sentence

_SAME = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‘’‚‛`´＇", "'"),
        **dict.fromkeys("–—‑‐−", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\u3000\t\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029", " "),
        **dict.fromkeys((chr(0xE000 + k) for k in range(8)), " "),
        **dict.fromkeys((FILL, STOP, DOT), " "),
    }
)
_SAME_BUT_TICKS = {**_SAME, ord("`"): "`"}

_OPENS = re.compile(r"[\"'`<{*_=\[-]")
"""The characters a literal begins with."""
_LITERAL = re.compile(
    r"(?P<code>```[^`\n]{0,80}```|`[^`\n]{1,80}`)"
    r'|(?P<quote>"(?:[^"\n]|\n(?!\n)){1,3000}"|(?<![^\s(\[{,:;.?!=/-])\'\'(?=\S)[^\n]{1,200}?\'\''
    r"|(?<![^\s(\[{,:;.?!=/-])'(?=[^\s'])(?:[^\n']|(?<=\w)'(?=\w)){0,300}(?<=\S)'(?![^\W_]))"
    r"|(?P<angle><<[^<>\n]{1,120}>>)"
    r"|(?P<brace>\{\{[^{}\n]{1,120}\}\}|\{[^{}\n]{1,160}\})"
    r"|(?P<divider>(?<![\w*-])(?:\*{3,}|\*(?: \*){2,}|-{3,}|_{3,}|={3,})(?![\w*]))"
    r"|(?P<bold>\*\*(?=[^\s*])[^*\n]{1,120}(?<=\S)\*\*(?!\*))"
    r"|(?P<italic>(?<![\w*])\*(?=[^\s*])[^*\n]{1,120}(?<=\S)\*(?![\w*]))"
    r"|(?P<square>\[(?=[^\s\]'\"])[^\[\]'\"\n]{1,60}\])"
)
_MASK = {
    "quote": QUOTE,
    "brace": BRACE,
    "angle": ANGLE,
    "bold": BOLD,
    "italic": ITALIC,
    "square": SQUARE,
    "code": CODE,
    "divider": DIVIDER,
}
_TRIM = {"quote": "'\"", "brace": "{}", "angle": "<>", "bold": "*", "italic": "*", "square": "[]", "code": "`"}

_ABBREVIATION = re.compile(
    r"\b(?:no|max|min|approx)\.(?= *\d)|\bp\.(?: ?p\.)? ?s\b(?:\.(?!\s+[a-z]))?|\b(?:e\.g|i\.e|etc|vs|a\.k\.a|dr|mr|"
    r"mrs|ms|st|u\.s\.a|u\.s|a\.m|"
    r"p\.m|(?<![\w.])\d{1,2}(?=\. ))\."
)
_STOPS = re.compile(r"[.!?\n\ue0fd]")
"""The characters that the end of a sentence begins with."""
_END = re.compile(
    r"[.!?]+[)\"']*(?=\s|$)"  # the ordinary end of a sentence
    r"|(?<=[^\W\d_])[.!?]+(?=[A-Z][a-z]|[A-Z] |[-])"  # glued to the next one
    r"|(?<=[a-z)][^\W\d_])[.!?]+(?=(?:include|and the|and include|ensure|limit|use|the|with|your) )"
    r"|\ue0fd(?=\s+[A-Z])"  # a quotation that ends in a full stop ends its sentence too
    r"|\n(?=[ ]{0,40}\n)|\n(?=[ ]{0,40}(?:[-*•#>]|\(?\d+[.)]|[A-Z(\ue000-\ue007]))|(?<=[.!?:;,])\n|(?<=[.!?:;,] )\n"
)
_NUMERIC = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thir|four|fif|six|seven|eigh|nine|"
    r"twent|fort|"
    r"hundred|thousand|dozen|once|twice|thrice|single|couple)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """Text that the instruction quotes: `value` is what stands inside the marks, `kind` which marks they are."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of the instruction, its literals hidden. `start` is its offset in the instruction,
    `low` the text in lower case, letter for letter, `numeric` whether it holds a number in words or figures."""

    text: str
    start: int
    question: bool
    low: str
    numeric: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A whole instruction, prepared: the original words, its literals by offset, its sentences."""

    original: str
    literals: dict[int, Literal]
    sentences: tuple[Sentence, ...]

    def words_of(self, index: int) -> str:
        """The instruction's own words for a sentence, empty where there is no such sentence."""
        for sentence in self.sentences[index : index + 1]:
            return self.original[sentence.start : sentence.start + len(sentence.text)].strip()
        return ""

    def literals_between(self, start: int, end: int) -> tuple[Literal, ...]:
        """The literals that begin in a stretch of the instruction, in order."""
        return tuple(self.literals[k] for k in range(start, end) if k in self.literals)


def prepare(instruction: str) -> Text:
    """Hides the literals and cuts the sentences. The middle of an instruction beyond twice READ_AT_MOST is not read."""
    size = len(instruction)
    ends = ((0, size),) if size <= 2 * READ_AT_MOST else ((0, READ_AT_MOST), (size - READ_AT_MOST, size))
    literals: dict[int, Literal] = {}
    sentences: list[Sentence] = []
    for start, end in ends:
        masked = _hidden(instruction[start:end], start, literals)
        sentences.extend(_sentences(masked, start))
    return Text(original=instruction, literals=literals, sentences=tuple(sentences))


def _hidden(words: str, offset: int, literals: dict[int, Literal]) -> str:
    """The words with one run of private characters for each literal; the literals are kept by their offsets."""
    plain = words.translate(_SAME_BUT_TICKS)
    pieces: list[str] = []
    done = 0
    for match in _found(_LITERAL, _OPENS, plain):
        start, end = match.span()
        kind = match.lastgroup or "quote"
        # a quotation keeps its plain apostrophes, markup keeps the very characters
        inner = match[0] if kind == "quote" else words[start:end]
        value = inner if kind == "divider" else _inside(inner, _TRIM[kind])
        literals[offset + start] = Literal(kind=kind, value=value)
        last = STOP if kind == "quote" and value[-1:] in tuple(".!?") else FILL
        pieces += [plain[done:start], _MASK[kind], FILL * (end - start - 2), last]
        done = end
    return _without_abbreviations("".join([*pieces, plain[done:]]))


def _found(pattern: re.Pattern[str], first: re.Pattern[str], words: str) -> Iterator[re.Match[str]]:
    """What `pattern` finds, whose matches begin with a character that `first` matches: these are found much faster."""
    done = 0
    for place in first.finditer(words):
        if place.start() >= done and (match := pattern.match(words, place.start())):
            done = match.end()
            yield match


def _without_abbreviations(masked: str) -> str:
    """The full stops of abbreviations marked as such."""
    pieces: list[str] = []
    done = 0
    for match in _ABBREVIATION.finditer(_lower(masked)):
        start, end = match.span()
        pieces += [masked[done:start], masked[start:end].replace(".", DOT)]
        done = end
    return "".join([*pieces, masked[done:]])


def _lower(words: str) -> str:
    """In lower case, letter for letter: one letter would become two, and shift every offset behind it."""
    return words.replace("İ", "i").lower()


def _inside(found: str, marks: str) -> str:
    inner = found
    while len(inner) > 2 and inner[0] in marks and inner[-1] in marks:
        inner = inner[1:-1]
    return inner.strip()


def _sentences(masked: str, offset: int) -> Iterator[Sentence]:
    start = 0
    for end in [*(match.end() for match in _found(_END, _STOPS, masked)), len(masked)]:
        for cut in range(start, end, SENTENCE_AT_MOST):
            part = masked[cut : min(cut + SENTENCE_AT_MOST, end)].replace("\n", " ")
            if part.strip():
                low = _lower(part)
                yield Sentence(
                    text=part,
                    start=offset + cut,
                    question=part.rstrip().endswith("?"),
                    low=low,
                    numeric=_NUMERIC.search(low) is not None,
                )
        start = end
