"""Rules for one unit by its number: "the second sentence must start with 'But'", "paragraph 2 starts with ..."."""

from __future__ import annotations

from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.edges import paragraphs_before
from reward_agent.verify.instructions.grammar.numbers import read_number
from reward_agent.verify.instructions.grammar.parts import unit_named
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_UNIT = r"(?P<unit>paragraph|stanza|sentence|line|bullet(?: point)?|item)"
_WHICH = rf"\b(?:the (?:very )?{{ordinal}} {_UNIT}|{_UNIT.replace('unit', 'named')} (?:number )?{{number}})"
_OF = r"(?:,? (?:of|in) {response})?"
_MUST = r" (?:{modal}|to |that |which |always )?"
_WITH = r"with (?:the |this |an? )?(?:(?:exact|single|following) )?(?:words?|phrase|sentence|letter|question)? ?:? ?"
_LENGTH_UNITS = {"w": "words", "s": "sentences", "c": "characters", "l": "lines"}


def _which(found: Found) -> tuple[str | None, int | None]:
    """The unit and its number, from 1, negative from the end."""
    words = found.words("unit") or found.words("named")
    name = unit_named(words) if words else found.unit_before()
    ordinal = found.words("ordinal").lower()
    if ordinal in ("last", "final"):
        return name, -1
    return name, read_number(ordinal or found.words("number"))


def _starts(found: Found) -> Iterable[Constraint]:
    each, nth = _which(found)
    word = found.literal("literal") or found.words("bare").strip()
    if not each or not nth or not word:
        return
    if each == "paragraph" and " " not in word:
        total = paragraphs_before(found)
        nth = total if nth == -1 and total else nth
        yield wants("paragraph.first_word", nth=nth, word=word, paragraphs=total)
    elif found.has("literal"):
        yield wants("nth.starts_with", each=each, nth=nth, phrase=word)


def _ends(found: Found) -> Iterable[Constraint]:
    each, nth = _which(found)
    if each and nth and (phrase := found.literal("literal")):
        yield wants("nth.ends_with", each=each, nth=nth, phrase=phrase)


def _contains(found: Found) -> Iterable[Constraint]:
    each, nth = _which(found)
    words = found.listed("literals")
    if each and nth and words:
        yield wants("nth.contains", each=each, nth=nth, words=words)


def _length(found: Found) -> Iterable[Constraint]:
    each, nth = _which(found)
    unit = _LENGTH_UNITS[found.words("of")[0].lower()]
    quantity = found.quantity("amount")
    if each and nth and quantity and unit != f"{each}s":
        yield wants("nth.length", each=each, nth=nth, quantity=quantity, unit=unit)


def _of_type(found: Found) -> Iterable[Constraint]:
    each, nth = _which(found)
    if each == "sentence" and nth:
        yield wants("nth.sentence_type", nth=nth, type=found.words("type").lower())


_NEEDS = ("paragraph", "stanza", "sentence", "line", "bullet", "item")

RULES: tuple[Rule, ...] = (
    Rule(
        kind="nth.starts_with",
        pattern=(
            rf"{_WHICH}{_OF}{_MUST}{{start}} (?:with (?:the )?word (?P<bare>[\w'-]+)(?= ?[.,;]| ?$)|"
            rf"{_WITH}{{literal}})"
        ),
        build=_starts,
        needs=_NEEDS,
        also=("start", "begin", "open", "commenc"),
        examples=(
            example(
                "The second sentence must start with 'But'.",
                wants("nth.starts_with", each="sentence", nth=2, phrase="But"),
            ),
            example(
                "Write exactly 3 paragraphs. Paragraph 2 must start with word tide.",
                wants("paragraph.first_word", nth=2, word="tide", paragraphs=3),
            ),
            example(
                'The second paragraph must start with the word "Rivers".',
                wants("paragraph.first_word", nth=2, word="Rivers", paragraphs=None),
            ),
        ),
        not_in=("Why does the second sentence start with 'But'?",),
    ),
    Rule(
        kind="paragraph.first_word",
        pattern=(
            rf"the {{ordinal}} of (?:which|them|these){_MUST}{{start}} "
            rf"(?:with (?:the )?word (?P<bare>[\w'-]+)(?= ?[.,;]| ?$)|{_WITH}{{literal}})"
        ),
        build=_starts,
        needs=("of which", "of them", "of these"),
        also=("start", "begin", "open", "commenc"),
        examples=(
            example(
                "Write exactly 4 paragraphs, the third of which starts with the word 'But'.",
                wants("paragraph.first_word", nth=3, word="But", paragraphs=4),
            ),
        ),
    ),
    Rule(
        kind="paragraph.first_word",
        pattern=rf"{{start}} the {{ordinal}} {_UNIT}{_OF} {_WITH}{{literal}}",
        build=_starts,
        needs=_NEEDS,
        also=("start", "begin", "open", "commenc"),
        examples=(
            example(
                "Start the fourth paragraph with the word 'Lastly'.",
                wants("paragraph.first_word", nth=4, word="Lastly", paragraphs=None),
            ),
        ),
    ),
    Rule(
        kind="nth.ends_with",
        pattern=rf"{_WHICH}{_OF}{_MUST}{{end}} {_WITH}{{literal}}",
        build=_ends,
        needs=_NEEDS,
        also=("end", "finish", "conclu", "clos", "terminat"),
        examples=(
            example(
                "The last line should end with 'amen'.", wants("nth.ends_with", each="line", nth=-1, phrase="amen")
            ),
        ),
    ),
    Rule(
        kind="nth.contains",
        pattern=(
            rf"{_WHICH}{_OF} {{modal}}(?:{{adds}}) (?:both )?(?:the )?(?:(?:key)?words?|phrases?|(?:key)?terms?)? ?:? ?"
            r"{literals}(?! (?:times|at least|exactly|more|once|twice))"
        ),
        build=_contains,
        needs=_NEEDS,
        also=("\ue000", "\ue001"),
        examples=(
            example(
                "The third paragraph must mention 'moon'.",
                wants("nth.contains", each="paragraph", nth=3, words=("moon",)),
            ),
        ),
    ),
    Rule(
        kind="nth.sentence_type",
        pattern=(
            rf"{_WHICH}{_OF} {{modal}}(?:be |read as |take the form of )?(?:in the form of )?(?:a|an) (?:rhetorical )?"
            r"(?P<type>question|exclamation)\b(?! mark| point)"
        ),
        build=_of_type,
        needs=("sentence",),
        also=("question", "exclamation"),
        examples=(
            example("The first sentence must be a question.", wants("nth.sentence_type", nth=1, type="question")),
        ),
    ),
    Rule(
        kind="nth.length",
        pattern=(
            rf"{_WHICH}{_OF} {{modal}}(?:be |have |contain |consist of |include )?"
            r"(?P<amount>(?:{relation} )?{count}(?: {after_least}| {after_most})?) "
            r"(?P<of>words|sentences?|characters|lines)\b"
        ),
        build=_length,
        needs=_NEEDS,
        numeric=True,
        examples=(
            example(
                "The first sentence should have at most 10 words.",
                wants("nth.length", each="sentence", nth=1, quantity=Quantity.at_most(10), unit="words"),
            ),
        ),
    ),
)
