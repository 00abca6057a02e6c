"""Rules for sections, headings and titles: how many, how they are labelled, what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants
from reward_agent.verify.instructions.grammar.scope import divider_of
from reward_agent.verify.instructions.grammar.text import Literal

_LABEL = re.compile(
    r"^(?P<hashes>#{1,6}\s*)?\**(?P<label>[A-Za-z][A-Za-z-]{1,20})(?:\s*\{[^}]*\}|\s*\[[^\]]*\]|\s?\d{1,2}\b|"
    r"\s[nNX#]\b|\s*<[^>]*>|\s[IVX]+\b)"
)
_HASHES = re.compile(r"^(#{1,6})(?:\s|\{|$)")
_PLAIN_LABEL = re.compile(
    r"(?:\b(?:with|as|by|using|labell?ed|label|marked|titled|like|sections?)|[(:])\s*(?:the (?:word|label|text|"
    r"phrase) )?"
    r"(?P<label>[A-Z][A-Za-z]{1,15}|[A-Z]{2,15}) (?:X|N|#|1|I|\{[^}]{1,20}\}|\[[^\]]{1,20}\])(?![\w'])"
)
_LEVEL = re.compile(r"(?:level|h)[- ]?(?P<level>[1-6])\b|(?P<hashes>#{1,6})(?= )")
_HEADED = re.compile(r"\b(?:heading|header|markdown head|titled?\b|subheading)", re.IGNORECASE)
_SECTION = (
    r"(?:(?:distinct|main|separate|different|numbered|major|clear|clearly|well-defined|labell?ed|titled|markdown|"
    r"named|key|text) ){0,3}(?:sections?|chapters?|parts?|days?|scenes?)\b"
)
_FOLLOWS = re.compile(
    r"^\W*(?:please )?(?:mark|label|each|title|highlight|use|start|begin|every|the|name|number|these|separate)",
    re.IGNORECASE,
)


def _window(found: Found) -> str:
    following = found.next_sentence
    return found.after + (" " + following if _FOLLOWS.match(following) else "")


def _window_literals(found: Found) -> tuple[Literal, ...]:
    start = found.sentence.start + found.match.end()
    length = len(found.sentence.text) - found.match.end()
    if _FOLLOWS.match(found.next_sentence):
        length += len(found.next_sentence) + 2
    return found.text.literals_between(start, start + min(length, 400))


def _plain_label(found: Found) -> str | None:
    start = found.sentence.start + found.match.start()
    end = found.sentence.start + len(found.sentence.text)
    if _FOLLOWS.match(found.next_sentence):
        end += len(found.next_sentence) + 2
    match = _PLAIN_LABEL.search(found.text.original[start : min(end, start + 500)])
    return match["label"] if match else None


def _marked(label: str, quantity: Quantity) -> Constraint:
    """Sections that a plain label marks, without a format: markup may stand around it ("**Section 1**"), and since the
    text may name a section again, more labels than an exact number do no harm."""
    more = Quantity.at_least(quantity.low) if quantity.low is not None else quantity
    return wants("sections.labelled", label=label, quantity=more, anywhere=True)


def _sections(found: Found) -> Iterable[Constraint]:
    """A count of sections is checkable where the words say what marks a section."""
    quantity = found.quantity("amount")
    if quantity is None or re.search(r"\b(?:highlight|itali\w*|bold\w*|paragraphs?)\b[^.;,]{0,30}$", found.before):
        return
    if "day" not in found.matched.lower() and (divider := divider_of(found)) and len(divider) < 5:
        yield wants("paragraphs.count", quantity=quantity, divider=divider)
        return
    if re.search(r"\b(?:each|every)\b[^.;,]{0,30}$", found.before):
        quantity = Quantity.at_least(quantity.low or 1)
    for literal in _window_literals(found)[:4]:
        if match := _LABEL.match(literal.value.strip()):
            yield wants("sections.labelled", label=(match["hashes"] or "") + match["label"], quantity=quantity)
            return
        if match := _HASHES.match(literal.value.strip()):
            yield wants("headings.count", quantity=quantity, level=len(match[1]))
            return
    if label := _plain_label(found):
        yield _marked(label, quantity)
        return
    window = _window(found)
    if re.search(r"\b(?:highlight|itali[cs]i[sz]e) each", window, re.IGNORECASE):
        yield wants("highlights.count", quantity=Quantity.at_least(quantity.low or 1))
        return
    if re.search(r"head(?:ing|er)", window) and (match := _LEVEL.search(window)):
        level = int(match["level"]) if match["level"] else len(match["hashes"])
        yield wants("headings.count", quantity=quantity, level=level)
    elif re.search(r"markdown head", window):
        yield wants("headings.count", quantity=quantity, level=None)


def _marked_with_numbers(found: Found) -> Iterable[Constraint]:
    """Sections named one by one: "mark each part with Part 1, Part 2 and Part 3"."""
    words = found.words("labels")
    label = words.split()[0]
    numbers = [int(n) for n in re.findall(rf"{re.escape(label)} (\d{{1,2}})", words, re.IGNORECASE)]
    if label[0].isupper() and numbers == list(range(1, len(numbers) + 1)):
        yield _marked(label, Quantity.exactly(len(numbers)))


def _separated_pair(found: Found) -> Iterable[Constraint]:
    marks = [literal.value for literal in found.literals("mark")]
    if marks and len(marks[0]) != 6:
        yield wants("paragraphs.count", quantity=Quantity.exactly(2), divider=marks[0])


def _template(found: Found) -> Iterable[Constraint]:
    """A template below the sentence whose parts a divider separates."""
    start = found.sentence.start + len(found.sentence.text)
    values = [literal.value for literal in found.text.literals_between(start, start + 600) if literal.kind == "divider"]
    if values and len(values[0]) < 5 and len(set(values)) == 1:
        yield wants("paragraphs.count", quantity=Quantity.exactly(len(values) + 1), divider=values[0])


def _headings(found: Found) -> Iterable[Constraint]:
    quantity = found.quantity("amount")
    if quantity is None or re.search(r"\b(?:level|h)[ -]?$", found.before):
        return
    match = _LEVEL.search(found.matched.lower() + " " + found.after[:60])
    yield wants("headings.count", quantity=quantity, level=int(match["level"]) if match and match["level"] else None)


def _section_length(found: Found) -> Iterable[Constraint]:
    quantity, name = found.quantity("amount"), found.literal("quote") or found.matched
    if quantity is not None and name:
        yield wants("section.length", name=name, quantity=quantity, unit=found.words("of").lower())


RULES: tuple[Rule, ...] = (
    Rule(
        kind="sections.labelled",
        pattern=rf"(?P<amount>(?:{{relation}} )?{{count}}(?: {{after_least}})?) {_SECTION}",
        build=_sections,
        numeric=True,
        needs=("section", "chapter", "part", "day", "scene"),
        examples=(
            example(
                "Divide it into exactly 3 sections, each with a header in the format 'Section {number}: {title}'.",
                wants("sections.labelled", label="Section", quantity=Quantity.exactly(3)),
            ),
            example(
                "It must contain 4 sections. Mark the beginning of each section with SECTION X.",
                wants("sections.labelled", label="SECTION", quantity=Quantity.at_least(4), anywhere=True),
            ),
            example(
                "Write 3 sections with a '## ' heading each.",
                wants("headings.count", quantity=Quantity.exactly(3), level=2),
            ),
            example(
                "Use 2 sections, each with a level 3 heading.",
                wants("headings.count", quantity=Quantity.exactly(2), level=3),
            ),
        ),
        not_in=("Highlight at least 3 sections in markdown, i.e. *highlighted section*.",),
    ),
    Rule(
        kind="sections.labelled",
        pattern=(
            r"(?:mark|label|begin|start|name|titl)\w*[^.;\n]{0,60}?(?:with|as|by) (?P<labels>(?P<one>[a-z]{3,15}) "
            r"1(?:, |,? and | through |-)(?P=one) 2(?:(?:, |,? and |, and )(?P=one) \d)*)"
        ),
        build=_marked_with_numbers,
        needs=(" 1",),
        examples=(
            example(
                "Mark each advert with Version 1 and Version 2, respectively.",
                wants("sections.labelled", label="Version", quantity=Quantity.at_least(2), anywhere=True),
            ),
        ),
    ),
    Rule(
        kind="paragraphs.count",
        pattern=r"separate (?:\w+ ){1,4}and (?:\w+ ){1,4}(?:with|by|using)[^.;]{0,50}?(?P<mark>{divider})",
        build=_separated_pair,
        needs=("separate",),
        examples=(
            example(
                "Separate your reasoning and the answer with a line of ***.",
                wants("paragraphs.count", quantity=Quantity.exactly(2), divider="***"),
            ),
        ),
    ),
    Rule(
        kind="paragraphs.count",
        pattern=(
            r"(?:use|follow|in|with) (?:the |this )?(?:exact |following |same )*(?:format|template|structure|"
            r"layout)(?: below| as follows| here)? ?:? ?$"
        ),
        build=_template,
        needs=("format", "template", "structure", "layout"),
        examples=(
            example(
                "Use the format below:\n\ntip 1\n***\ntip 2",
                wants("paragraphs.count", quantity=Quantity.exactly(2), divider="***"),
            ),
        ),
    ),
    Rule(
        kind="section.length",
        pattern=(
            r"(?:{quote} section|section (?:titled|called|named|labell?ed) {quote})(?: (?:of|in) {response})? "
            r"(?:{modal})?(?:be |have |contain |consist of |with |of |has |include )?"
            r"(?P<amount>(?:{relation} )?{count}(?: {after_least}| {after_most})?) "
            r"(?P<of>words|sentences|paragraphs|lines)\b"
        ),
        build=_section_length,
        numeric=True,
        needs=("section",),
        examples=(
            example(
                "The 'Summary' section must contain exactly 3 sentences.",
                wants("section.length", name="Summary", quantity=Quantity.exactly(3), unit="sentences"),
            ),
        ),
    ),
    Rule(
        kind="headings.count",
        pattern=(
            r"(?P<amount>(?:{relation} )?{count}) (?:markdown |level[- ][1-6] |h[1-6] |main |distinct )*(?:headings|"
            r"headers|subheadings)"
        ),
        build=_headings,
        numeric=True,
        needs=("heading", "header"),
        examples=(
            example("Use at least 3 headings.", wants("headings.count", quantity=Quantity.at_least(3), level=None)),
        ),
    ),
)
