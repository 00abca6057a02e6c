"""Rules for words that the response must not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.keywords import ABOUT_PARTS, COLON, GAP, NOUN, entries
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_COUNTED = re.compile(
    r"\s*(?:in [\w ]{1,25}? )?(?:more|less|fewer|over|above|under|exactly|just|only once|once|twice|[\w-]+ times\b)"
)

_OMIT = re.compile(r"omit|leav", re.IGNORECASE)
_NOT = re.compile(r"(?:\bnot|n't|\bnever|\bwithout) *$")


def _forbid(found: Found) -> Iterable[Constraint]:
    if re.search(r"\bany\b", found.matched, re.IGNORECASE) and not found.literals("keywords"):
        return  # "do not say any words or characters": no word is named
    if _COUNTED.match(found.after) or (_OMIT.match(found.matched) and _NOT.search(found.before)):
        return  # "must not appear 3 times", "do not leave out"
    if words := entries(found, "keywords"):
        yield wants("keywords.forbid", words=words)


def _forbid_literal(found: Found) -> Iterable[Constraint]:
    return () if ABOUT_PARTS.match(found.after) else _forbid(found)


_FORBIDDEN = r"(?:forbidden|banned|prohibited|off[- ]limits|not (?:allowed|permitted)|disallowed|taboo|to be avoided)"
_IN = r"(?: in {response})?"

RULES: tuple[Rule, ...] = (
    Rule(
        kind="keywords.forbid",
        pattern=(
            rf"{NOUN}{COLON}{{keywords}} ?,? ?(?:(?:(?:must|should) be|(?:have|has|need|needs) to be) avoided|"
            rf"(?:is|are) (?:strictly |all |both )?{_FORBIDDEN}|"
            rf"(?:(?:should|must|can|may|shall|could|is|are|do|does|will) ?(?:not|"
            rf"n't)"
            rf"|cannot|can't|never)(?: be)?(?: allowed to| ever)?(?: {{appear}}| be| allowed| in {{response}}|"
            r" present| permitted| contained))"
        ),
        build=_forbid,
        needs=("word", "phrase", "term", "expression"),
        also=(
            "not",
            "n't",
            "never",
            "forbidden",
            "banned",
            "prohibit",
            "avoided",
            "off limits",
            "off-limits",
            "allowed",
            "taboo",
        ),
        in_questions=True,
        examples=(
            example('The word "rock" should not appear in your response.', wants("keywords.forbid", words=("rock",))),
            example("The words sun and moon cannot be in the poem.", wants("keywords.forbid", words=("sun", "moon"))),
            example("The words sun and moon are forbidden.", wants("keywords.forbid", words=("sun", "moon"))),
            example("Make sure the word sun doesn't appear at all.", wants("keywords.forbid", words=("sun",))),
        ),
    ),
    Rule(
        kind="keywords.forbid",
        pattern=(
            rf"(?:{{not}}|at no (?:point|time)|under no circumstances?),? (?:(?:should|must|can|may|do) )?(?:you )?"
            rf"(?:(?:allowed|permitted|supposed) )?(?:to )?(?:{{use}} |the use of |us(?:e|ing) )?(?:or {{use:second}} "
            rf")?{GAP}{NOUN}{COLON}{{keywords}}"
        ),
        build=_forbid,
        needs=("word", "phrase", "term", "expression"),
        also=(
            "not",
            "n't",
            "never",
            "without",
            "avoid",
            "refrain",
            "exclud",
            "no ",
            "omit",
            "leav",
            "steer",
            "stay away",
        ),
        in_questions=True,
        examples=(
            example("Do not use the word 'sun'.", wants("keywords.forbid", words=("sun",))),
            example(
                "Explain tides without saying the words moon or sun.", wants("keywords.forbid", words=("moon", "sun"))
            ),
            example(
                'Don\'t include the keywords "sun" and "moon" in your response.',
                wants("keywords.forbid", words=("sun", "moon")),
            ),
            example("Avoid the keywords: 'sun', 'moon'.", wants("keywords.forbid", words=("sun", "moon"))),
            example(
                "Do not include keywords ['sun', 'moon', 'star'] in the reply.",
                wants("keywords.forbid", words=("sun", "moon", "star")),
            ),
            example(
                "Make sure not to include gloomy words such as 'sad', 'grey', etc., in the text.",
                wants("keywords.forbid", words=("sad", "grey")),
            ),
        ),
        not_in=("Do not change the words.", "Write it in your own words and avoid clichés."),
    ),
    Rule(
        kind="keywords.forbid",
        pattern=(
            rf"(?:following {NOUN} (?:(?:is|are) {_FORBIDDEN}|(?:must|should|may|can) ?not (?:{{appear}}|be in){_IN})|"
            rf"(?:forbidden|banned|prohibited|taboo) {NOUN}|{NOUN} to avoid) ?: ?{{keywords}}"
        ),
        build=_forbid,
        needs=("following", "forbidden", "banned", "prohibited", "taboo", "to avoid"),
        examples=(
            example("The following words are not allowed: sun, moon.", wants("keywords.forbid", words=("sun", "moon"))),
            example("The following words must not appear: sun, moon.", wants("keywords.forbid", words=("sun", "moon"))),
            example("Words to avoid: sun, moon.", wants("keywords.forbid", words=("sun", "moon"))),
        ),
    ),
    Rule(
        kind="keywords.forbid",
        pattern=r"{not} (?:to )?(?:{use} )?(?:any )?(?:\w+ )?words? (?:such as|like) {keywords}",
        build=_forbid,
        needs=("such as", "like"),
    ),
    Rule(
        kind="keywords.forbid",
        pattern=r"(?:do not|don't|must not|should not|shouldn't|never|cannot|can't|without|avoid|refrain from|not) "
        r"(?:{use}) ?(?:either |any of |both )?(?P<keywords>{literals})",
        build=_forbid_literal,
        needs=("not", "n't", "never", "without", "avoid", "refrain"),
        also=tuple(chr(0xE000 + kind) for kind in range(7)),
        in_questions=True,
        examples=(
            example('Do not use "heute".', wants("keywords.forbid", words=("heute",))),
            example("Do not include 'can' and 'ride' in it.", wants("keywords.forbid", words=("can", "ride"))),
        ),
    ),
    Rule(
        kind="keywords.forbid",
        pattern=r"(?:do not|don't|must not|should not|never|without) mention(?:ing)? "
        r"(?P<keywords>(?:[a-z][\w'-]{2,30})(?:(?:,| and| or|, and|, or) [a-z][\w'-]{2,30}){0,5}) "
        r"(?:in|anywhere in|throughout) {response}",
        build=lambda found: (
            () if re.match(r"(?:the|any|a|an|that|your|it|this)\b", found.words("keywords")) else _forbid(found)
        ),
        needs=("mention",),
        examples=(
            example(
                "Do not mention oak and elm in your entire response.", wants("keywords.forbid", words=("oak", "elm"))
            ),
        ),
        not_in=("Do not mention the price in your response.",),
    ),
)
