"""Rules for counted things that have a checker each (emoji, links, questions, ...) and for a few unusual wishes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.numbers import read_number
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants
from reward_agent.verify.instructions.grammar.scope import of_the_whole

_THINGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (r"different emojis?|unique emojis?", "emoji.count", {"different": True}),
    (r"emojis?", "emoji.count", {}),
    (r"(?:hyper)?links?|urls?", "links.count", {}),
    (r"footnotes?", "footnotes.count", {}),
    (r"questions?|rhetorical questions?", "sentences.of_type", {"type": "question"}),
    (r"percentages?", "percentages.count", {}),
    (r"block ?quotes?", "blockquotes.count", {}),
    (r"(?:markdown )?tables?", "tables.count", {}),
    (r"images?", "images.count", {}),
    (r"numbers", "numbers.count", {}),
    (r"pronouns?", "pronouns.count", {}),
    (r"horizontal rules?|dividers?", "dividers.count", {}),
)
_NOUNS = "|".join(noun for noun, _, _ in _THINGS)
_ORDINARY = re.compile(r"\b(?:about|from|of|that|which|on|to|in the (?:text|list|following|table))\b")


def _joined(one: Quantity, other: Quantity) -> Quantity:
    """Two bounds as one range; the first alone where the two are no range."""
    low = other.low if one.low is None else one.low
    high = other.high if one.high is None else one.high
    return one if low is None or high is None or low > high else Quantity(low=low, high=high)


def _counted(found: Found) -> Iterable[Constraint]:
    quantity = found.quantity("amount")
    noun = found.words("noun").lower()
    if (other := found.quantity("other")) and quantity:
        quantity = _joined(quantity, other)
    if quantity is None or not of_the_whole(found) or _ORDINARY.match(found.after.strip()):
        return
    for pattern, kind, params in _THINGS:
        if re.fullmatch(pattern, noun):
            yield wants(kind, quantity=quantity, **params)
            return


def _position(found: Found) -> Iterable[Constraint]:
    place = re.search(r"\d+", found.words("sentence"))
    nth = re.search(r"\d+", found.words("nth"))
    word = found.literal("word") or found.words("word")
    if place:
        yield wants("keywords.position", word=word, sentence=int(place[0]), **({"nth": int(nth[0])} if nth else {}))


def _none_of(found: Found) -> Iterable[Constraint]:
    what = found.words("what").lower()
    if what.startswith("markdown"):
        yield wants("markdown.none")
    else:
        yield wants("emoji.count" if what.startswith("emoji") else "bullets.count", quantity=Quantity.at_most(0))


def _grows(found: Found) -> Iterable[Constraint]:
    step = read_number(found.masked("step")) if found.has("step") else 1
    if step:
        yield wants("sentences.grow", step=step, exactly=found.has("step"))


def _acrostic(found: Found) -> Iterable[Constraint]:
    word = found.literal("quote") or found.words("bare")
    if word.isalpha() and (found.has("quote") or word.isupper()):
        yield wants("acrostic", letters=word)


_NTH = r"\d{1,3}-?(?:st|nd|rd|th)"

RULES: tuple[Rule, ...] = (
    Rule(
        kind="keywords.position",
        pattern=(
            rf"(?:key)?word (?P<word>{{quote}}|[\w-]+) in the (?P<sentence>{_NTH}) sentence"
            rf"(?:,? as the (?P<nth>{_NTH}) word)?"
        ),
        build=_position,
        needs=("word",),
        also=("sentence",),
        numeric=True,
        examples=(
            example(
                "Include the keyword fern in the 3rd sentence, as the 4th word of it.",
                wants("keywords.position", word="fern", sentence=3, nth=4),
            ),
        ),
    ),
    Rule(
        kind="emoji.count",
        pattern=(
            r"\b(?:us(?:e|ing)|includ(?:e|es|ing)|contain(?:s|ing)?|ask(?:s|ing)?|add(?:ing)?|with|insert|ha(?:s|ve)|"
            rf"pose|put) (?P<amount>(?:{{relation}} )?{{count}}(?: {{after_least}}| {{after_most}})?) "
            rf"(?P<noun>{_NOUNS})\b(?: (?:and|but) (?P<other>{{relation:_r}} {{number:_n}})(?= ?[.,;)]| ?$))?"
        ),
        build=_counted,
        needs=(
            "emoji",
            "link",
            "url",
            "footnote",
            "question",
            "percentage",
            "quote",
            "table",
            "image",
            "numbers",
            "pronoun",
            "horizontal",
            "divider",
        ),
        numeric=True,
        examples=(
            example("Include at least 2 emojis.", wants("emoji.count", quantity=Quantity.at_least(2))),
            example(
                "Ask exactly three questions.",
                wants("sentences.of_type", type="question", quantity=Quantity.exactly(3)),
            ),
            example(
                "Use a minimum of two emojis and a maximum of five.",
                wants("emoji.count", quantity=Quantity(low=2, high=5)),
            ),
            example("Use 2 links.", wants("links.count", quantity=Quantity.exactly(2))),
            example("Include exactly 3 numbers.", wants("numbers.count", quantity=Quantity.exactly(3))),
        ),
        not_in=("Write a quiz with 5 questions about rain.",),
    ),
    Rule(
        kind="digits.none",
        pattern=(
            r"(?:do not|don't|without|avoid|no|never) (?:us(?:e|ing) |includ(?:e|ing) )?(?:any )?(?:digits|"
            r"numerals)\b"
        ),
        build=lambda found: (wants("digits.none"),),
        needs=("digits", "numerals"),
        examples=(example("Do not use any digits.", wants("digits.none")),),
    ),
    Rule(
        kind="emoji.count",
        pattern=(
            r"(?:{not}|free (?:of|from)|devoid of) (?:to )?(?:{use} )?(?:any )?"
            r"(?P<what>emojis?|bullet[- ]points?|bullets|markdown(?: formatting| syntax)?)"
            r"(?= ?[.,;!]| ?$| in {response}| or | and )"
        ),
        build=_none_of,
        needs=("emoji", "bullet", "markdown"),
        examples=(
            example("Don't use emojis.", wants("emoji.count", quantity=Quantity.at_most(0))),
            example("Keep it free of emojis.", wants("emoji.count", quantity=Quantity.at_most(0))),
            example("No bullet points, please.", wants("bullets.count", quantity=Quantity.at_most(0))),
            example("Do not use any markdown.", wants("markdown.none")),
        ),
        not_in=("Why do emails have no emoji?",),
    ),
    Rule(
        kind="contractions.none",
        pattern=(
            r"{not}(?: the use of| us(?:e|ing)| include| contain)?(?: any)? contractions\b"
            r"(?! (?:of|in (?!your|the (?:response|answer))))"
        ),
        build=lambda found: (wants("contractions.none"),),
        needs=("contractions",),
        examples=(example("Do not use any contractions.", wants("contractions.none")),),
        not_in=("Why are there no contractions in French?",),
    ),
    Rule(
        kind="lists.sorted",
        pattern=(
            r"(?:sort|order|arrang|list)(?:e|ed|ing)? (?:the |your |all |these )?(?:list|items?|bullets|bullet points|"
            r"entries|names|points)? ?(?:alphabetically|in alphabetical order|in reverse alphabetical order)"
        ),
        build=lambda found: (
            wants("lists.sorted", **({"descending": True} if "reverse" in found.matched.lower() else {})),
        ),
        needs=("alphabetical",),
        examples=(example("Sort the list alphabetically.", wants("lists.sorted")),),
        not_in=("Write a script that sorts the list alphabetically.",),
    ),
    Rule(
        kind="lists.sorted",
        pattern=(
            r"(?:list|items?|entries|names|points|bullets|words|steps)(?: (?:in|of) {response})? "
            r"(?:{modal}|is |are |to )?(?:be )?(?:listed |sorted |arranged |ordered |given )?"
            r"in (?P<reverse>reverse )?alphabetical order"
        ),
        build=lambda found: (wants("lists.sorted", **({"descending": True} if found.has("reverse") else {})),),
        needs=("alphabetical",),
        examples=(example("All items in the list must be in alphabetical order.", wants("lists.sorted")),),
        not_in=("Explain why the names are in alphabetical order.",),
    ),
    Rule(
        kind="sentences.grow",
        pattern=(
            r"(?:each|every) (?:new |next |following |subsequent )?sentence (?:{modal}|is |that is |being )?(?:be )?"
            r"(?:(?P<exactly>exactly |precisely )?(?P<step>{number}) words? )?longer than (?:the )?"
            r"(?:previous|last|one before|preceding|sentence before)"
        ),
        build=_grows,
        needs=("longer than",),
        examples=(
            example(
                "Each sentence must be exactly two words longer than the previous one.",
                wants("sentences.grow", step=2, exactly=True),
            ),
            example(
                "Write it so that every sentence is longer than the one before.",
                wants("sentences.grow", step=1, exactly=False),
            ),
        ),
        not_in=("No sentence should be longer than the title.",),
    ),
    Rule(
        kind="each.sentence_type",
        pattern=(
            r"(?:consist(?:s|ing)? (?:only|solely|entirely|exclusively|purely) of|made up (?:only|solely|entirely) of|"
            r"(?:use|ask|write|speak in|contain) (?:only|nothing but)|only (?:use|ask|speak in)) "
            r"(?:rhetorical )?questions\b(?! (?:about|on|that|which|from|to|in)\b)|"
            r"(?:each|every) sentence (?:{modal}|is |being )(?:be )?a question\b"
        ),
        build=lambda found: (
            (wants("each.sentence_type", each="paragraph", type="question"),) if of_the_whole(found) else ()
        ),
        needs=("question",),
        examples=(
            example(
                "Your reply should consist solely of questions.",
                wants("each.sentence_type", each="paragraph", type="question"),
            ),
        ),
        not_in=(
            "Ask only questions about the text.",
            "The first two stanzas must only use questions.",
            "Why do some people use only questions?",
        ),
    ),
    Rule(
        kind="acrostic",
        pattern=(
            r"(?:acrostic (?:poem )?(?:about \w+ )?(?:spelling|that spells|which spells|(?:of|for|on|with) the "
            r"word)(?: out)?|first letters? of (?:each|every) line (?:{modal})?spells?(?: out)?)(?: the word)? "
            r"(?:{quote}|(?P<bare>[a-z]{3,12})\b)"
        ),
        build=_acrostic,
        needs=("acrostic", "first letter"),
        examples=(example("Write an acrostic poem spelling 'HOPE'.", wants("acrostic", letters="HOPE")),),
    ),
    Rule(
        kind="case.title",
        pattern=r"(?:in|use|using) title case\b",
        build=lambda found: (
            ()
            if re.search(r"\b(?:headings?|titles?|headers?)\b[^.;,]{0,30}$", found.before)
            else (wants("case.title"),)
        ),
        needs=("title case",),
        examples=(example("Write the entire response in title case.", wants("case.title")),),
    ),
    Rule(
        kind="lines.one_word",
        pattern=r"(?:each|every) word on (?:a |its own )(?:new |separate |own )?line",
        build=lambda found: (wants("lines.one_word"),),
        needs=("word on",),
        examples=(example("Write each word on a new line.", wants("lines.one_word")),),
    ),
    Rule(
        kind="each.ends_with_emoji",
        pattern=r"emoji at the end of (?:each|every) sentence|(?:each|every) sentence (?:{modal})?ends? with an emoji",
        build=lambda found: (wants("each.ends_with_emoji", each="sentence"),),
        needs=("emoji",),
        examples=(
            example("Put an emoji at the end of every sentence.", wants("each.ends_with_emoji", each="sentence")),
        ),
    ),
    Rule(
        kind="whitespace.none",
        pattern=r"(?:no|not contain any|without(?: any)?|not (?:use|include) any) white ?space",
        build=lambda found: (wants("whitespace.none"),),
        needs=("whitespace", "white space"),
        examples=(example("The output should not contain any whitespace.", wants("whitespace.none")),),
    ),
    Rule(
        kind="words.repeats",
        pattern=r"(?:not|never) (?:repeat|use) any (?:single )?word more than (?P<amount>{number} times?|once|twice)",
        build=lambda found: (
            (wants("words.repeats", at_most=quantity.high),) if (quantity := found.quantity("amount")) else ()
        ),
        needs=("any word", "any single word"),
        examples=(example("Do not use any word more than 3 times.", wants("words.repeats", at_most=3)),),
    ),
)
