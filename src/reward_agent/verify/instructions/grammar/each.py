"""Rules for every unit of the response: each paragraph, each bullet, no sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.numbers import read_quantity
from reward_agent.verify.instructions.grammar.parts import unit_named
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

EACH = r"(?:each|every|all(?: of)?(?: the| your)?|the individual|each (?:individual|of the|single)|any)"
_EACH_CUES = ("each", "every", "all", "individual", "any")
_ADJ = (
    r"(?:(?:of the |of these |of your |the |individual |single |numbered |body |list |new |main |{number} |answer |"
    r"fact |explanation ){0,3})"
)
UNIT = rf"(?:{_ADJ}(?P<unit>{{unit:_u}})\b(?: (?:of|in) {{response}}| (?:of|in) (?:the|your) \w+)?)"
WITH = r"(?:(?:should|must|shall|to|will|needs?|has|is|that|which|and|also|always) ){0,3}"
_CAPITAL = (
    r"(?:with )?(?:a|an|the)? ?(?:capital(?:i[sz]ed)?\b|upper[- ]?case)(?: (?:letters?|words?|first letter))?(?! "
    r"(?:key|in|of))"
)
_WORDS = (
    r"(?:(?:the|a|an|with|by|one|of|these|following|specific|exact|specified|introductory|different|unique|word|"
    r"words|keyword|keywords|phrase|phrases|"
    r"letter|sentence|line|title|symbol|character|format|prefix|label|marker|from|this|list|in|order|respectively|"
    r"either)(?: |(?=[:(,]))){0,7}?(?:such as )?[:(,]? ?"
)


def named_unit(found: Found) -> str | None:
    """The unit in question: the noun after "each", else the nearest one before it."""
    words = found.words("unit")
    named = unit_named(words) if words else found.unit_before()
    return "bullet" if named == "item" and "bullet" in found.before else named


def _capital(found: Found) -> Iterable[Constraint]:
    each = named_unit(found)
    if each:
        yield wants("each.starts_with_capital", each=each)


def _number(found: Found) -> Iterable[Constraint]:
    each = named_unit(found)
    if each:
        yield wants("each.starts_with_number", each=each)


def _phrases(found: Found) -> Iterable[Constraint]:
    each = named_unit(found)
    phrases = tuple(literal.value for literal in found.literals("phrases") if literal.kind != "divider")
    if re.search(r"\bor\b", found.masked("phrases"), re.IGNORECASE):
        if each == "line" and all(phrase.endswith(":") for phrase in phrases):
            yield wants("lines.prefixed", prefixes=phrases)
        return
    if each == "line" and all(set(p) == {"#"} for p in phrases) and phrases:
        yield wants("each.starts_with", each=each, phrases=phrases)
        return
    if (
        not each
        or not phrases
        or any(
            re.search(r"\{\w*(?:num|n\b|i\b|x\b|title)\w*\}|^#+$|^\d[.)]|^\[?\d\]?", p, re.IGNORECASE) for p in phrases
        )
    ):
        return
    if len(phrases) == 1 and len(phrases[0]) == 1 and "letter" in found.matched.lower():
        yield wants("each.starts_with_letter", each=each, letter=phrases[0])
        return
    if any(_NUMBERED_LABEL.search(phrase) for phrase in phrases):
        return  # "each section beginning with 'Part X'": the count of sections says so
    if each in ("bullet", "item") and all(p in "-*•+" for p in phrases):
        if each == "bullet" and len(phrases) == 1 and not re.search(r"\d|bullet", found.before):
            yield wants("bullets.count", quantity=Quantity.at_least(1), marker=phrases[0])
        return
    amount = (
        _AMOUNT.search(found.before) if found.matched.lower().startswith(("para", "sent", "line", "bull")) else None
    )
    if amount and (quantity := read_quantity(amount[0])) is not None:
        yield wants(f"{each}s.count", quantity=quantity)
    yield wants("each.starts_with", each=each, phrases=phrases)


def _contains(found: Found) -> Iterable[Constraint]:
    if (each := named_unit(found)) and (words := found.listed("phrases")):
        yield wants("each.contains", each=each, words=words)


def _letter(found: Found) -> Iterable[Constraint]:
    letter = found.literal("quote") or found.words("letter")
    each = unit_named(found.words("unit") or found.words("named"))
    if each and len(letter) == 1:
        yield wants("each.starts_with_letter", each=each, letter=letter)


def _ends(found: Found) -> Iterable[Constraint]:
    each = named_unit(found)
    name = found.words("mark").lower()
    phrase = found.literal("phrase") or next(
        (
            mark
            for key, mark in (("per", "."), ("full", "."), ("ques", "?"), ("excl", "!"), ("semi", ";"), ("comma", ","))
            if name.startswith(key)
        ),
        "",
    )
    if each and phrase:
        yield wants("each.ends_with", each=each, phrase=phrase)


_AMOUNT = re.compile(r"(?:(?:at least|at most|exactly|no more than) )?[\w-]+ *$")
_NUMBERED_LABEL = re.compile(r"[A-Za-z] (?:[XNI#]|\[[^\]]*\])\W*$")
_START = r"(?:start(?:s|ing|ed)?|begin(?:s|ning)?|prefixed|preceded|commenc(?:e|es|ing)|open(?:s|ing)?)"


RULES: tuple[Rule, ...] = (
    Rule(
        kind="each.starts_with_capital",
        pattern=rf"{EACH} (?:{UNIT} )?(?:in the list |of the list )?{WITH}{_START} {_CAPITAL}",
        build=_capital,
        needs=("capital", "upper"),
        in_questions=True,
        examples=(
            example(
                "Give exactly 5 bullet points, each starting with a capital letter.",
                wants("bullets.count", quantity=Quantity.exactly(5)),
                wants("each.starts_with_capital", each="bullet"),
            ),
            example("Each line must begin with a capitalized word.", wants("each.starts_with_capital", each="line")),
            example(
                "Ensure each bullet point starts with a capital letter.",
                wants("each.starts_with_capital", each="bullet"),
            ),
        ),
    ),
    Rule(
        kind="each.starts_with_number",
        pattern=rf"{EACH} (?:{UNIT} )?{WITH}{_START} with (?:a |the )?(?:number|numeral|digit)s?\b(?! in paren)",
        build=_number,
        needs=("number", "numeral", "digit"),
        also=_EACH_CUES,
        examples=(
            example(
                "Each paragraph must start with a number and a period.",
                wants("each.starts_with_number", each="paragraph"),
            ),
        ),
    ),
    Rule(
        kind="each.starts_with",
        pattern=(
            rf"{EACH} (?:{UNIT} )?{WITH}{_START} (?:with|by) {_WORDS}(?P<phrases>{{literals}})(?! header| "
            rf"heading| symbol| format)"
        ),
        build=_phrases,
        needs=("start", "begin", "open", "commenc"),
        also=_EACH_CUES,
        examples=(
            example(
                "Each paragraph must begin with the word 'So'.",
                wants("each.starts_with", each="paragraph", phrases=("So",)),
            ),
            example(
                "Write 3 paragraphs, each starting with a specific word: 'First', 'Next', and 'Last'.",
                wants("paragraphs.count", quantity=Quantity.exactly(3)),
                wants("each.starts_with", each="paragraph", phrases=("First", "Next", "Last")),
            ),
            example("Every sentence starts with 'I'.", wants("each.starts_with", each="sentence", phrases=("I",))),
        ),
    ),
    Rule(
        kind="each.starts_with",
        pattern=rf"{_START} (?:each|every|all) (?P<unit>{{unit:_u}}) (?:with|by) {_WORDS}(?P<phrases>{{literals}})",
        build=_phrases,
        needs=("start", "begin", "open"),
        examples=(example("Start each line with 'So'.", wants("each.starts_with", each="line", phrases=("So",))),),
    ),
    Rule(
        kind="each.starts_with",
        pattern=(
            rf"(?P<unit>paragraphs|sentences|lines|bullet points|bullets|"
            rf"items|stanzas),? (?:that |which |should |"
            rf"must )?(?:all )?{_START} (?:with|by) {_WORDS}(?P<phrases>{{literals}})"
        ),
        build=_phrases,
        needs=("start", "begin", "open"),
        examples=(
            example(
                "Write 2 paragraphs starting with 'So' and 'Then'.",
                wants("paragraphs.count", quantity=Quantity.exactly(2)),
                wants("each.starts_with", each="paragraph", phrases=("So", "Then")),
            ),
            example(
                "Use paragraphs starting with 'A', 'B'.",
                wants("each.starts_with", each="paragraph", phrases=("A", "B")),
            ),
        ),
    ),
    Rule(
        kind="each.starts_with_capital",
        pattern=rf"{_START} (?:each|every|all)(?: of the)? (?P<unit>{{unit:_u}}) {_CAPITAL}",
        build=_capital,
        needs=("capital", "upper"),
        examples=(
            example("Begin each bullet with a capital letter.", wants("each.starts_with_capital", each="bullet")),
        ),
    ),
    Rule(
        kind="each.contains",
        pattern=(
            rf"{EACH} {UNIT} (?:{{modal}}|to )?(?:{{adds}}) (?:the )?(?:(?:key)?words?|phrases?|"
            rf"terms?)? ?(?P<phrases>{{literals}})"
            r"(?! (?:[\w-]+ ){0,3}times| (?:once|twice))"
        ),
        build=_contains,
        needs=("word", "phrase", "term", "\ue000"),
        also=_EACH_CUES,
        examples=(
            example(
                "Each paragraph must contain the word 'sea'.", wants("each.contains", each="paragraph", words=("sea",))
            ),
        ),
    ),
    Rule(
        kind="each.starts_with_letter",
        pattern=(
            rf"(?:{_START} (?:each|every|all) (?P<unit>{{unit:_u}})|(?:each|"
            rf"every) (?P<named>{{unit:_n}}) {WITH}{_START}) "
            r"with (?:the|a) letter (?:{quote}|(?P<letter>[a-z])\b)"
        ),
        build=_letter,
        needs=("letter",),
        examples=(
            example(
                "Start every sentence with the letter S.", wants("each.starts_with_letter", each="sentence", letter="S")
            ),
            example(
                "Each line must begin with the letter 'b'.", wants("each.starts_with_letter", each="line", letter="b")
            ),
        ),
    ),
    Rule(
        kind="each.starts_with_number",
        pattern=(
            rf"{_START} (?:each|every|all)(?: of the)? (?P<unit>{{unit:_u}}) with (?:a |the )?"
            r"(?:number|numeral|digit)\b"
        ),
        build=_number,
        needs=("number", "numeral", "digit"),
        examples=(example("Start every paragraph with a number.", wants("each.starts_with_number", each="paragraph")),),
    ),
    Rule(
        kind="each.ends_with",
        pattern=rf"{EACH} (?:{UNIT} )?{WITH}(?:end|finish|conclud)(?:e|s|es|ing)? (?:with|in) {_WORDS}"
        r"(?:(?P<phrase>{literal})|(?P<mark>period|full stop|question mark|question\b|exclamation (?:mark|point)|"
        r"semi-?colon|comma))",
        build=_ends,
        needs=("end", "finish", "conclu"),
        also=_EACH_CUES,
        examples=(
            example(
                "Each sentence must end with an exclamation mark.", wants("each.ends_with", each="sentence", phrase="!")
            ),
            example("End with joy. Every line ends with 'amen'.", wants("each.ends_with", each="line", phrase="amen")),
        ),
    ),
    Rule(
        kind="each.ends_with",
        pattern=rf"{{end}} (?:each|every|all)(?: of the)? (?P<unit>{{unit:_u}}) (?:with|in) {_WORDS}"
        r"(?:(?P<phrase>{literal})|(?P<mark>period|full stop|question mark|question\b|exclamation (?:mark|point)|"
        r"semi-?colon|comma))",
        build=_ends,
        needs=("end", "finish", "conclu", "clos"),
        examples=(
            example(
                "End every sentence with an exclamation mark.",
                wants("each.ends_with", each="sentence", phrase="!"),
            ),
        ),
    ),
    Rule(
        kind="each.ends_with",
        pattern=r" and {end} with (?:a |an )?(?P<mark>period|full stop|question mark|exclamation (?:mark|point))",
        build=lambda found: _ends(found) if re.search(r"\b(?:each|every)\b[^.;]*$", found.before) else (),
        needs=("end",),
        examples=(
            example(
                "Each item begins with a capital letter and ends with a period.",
                wants("each.starts_with_capital", each="item"),
                wants("each.ends_with", each="item", phrase="."),
            ),
        ),
    ),
)
