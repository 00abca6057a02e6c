"""Rules for words that the response must hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.mood import is_plain_question
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

NOUN = (
    r"\b(?:key ?-?words?|key ?-?phrases?|key ?-?terms?|words?|phrases?|terms?|expressions?|"
    r"(?:word|phrase)s? or (?:word|phrase)s?)\b"
)
GAP = (
    r"(?:(?:in (?:your|the) \w+|both|all|each|every|any|either|the|these|those|this|following|"
    r"specific|exact|important|given|listed|two|three|four|five|six|required|mandatory|certain|such|negative|"
    r"relevant|also|of|sensory|actual) ){0,5}"
)
COLON = r"(?: (?:in|within|throughout) {response}(?= ?:))? ?(?:such as|like|including|,? ?e{dot}g{dot},?)? ?[:,-]? ?"
IN_RESPONSE = r"(?: ?,?(?: anywhere| somewhere)? ?(?:in|within|throughout) {response})?"
NOT_BEFORE = re.compile(
    r"(?:\bat no (?:point|time)\b|\bunder no circumstances?\b|\bnot\b|n't|\bnever\b|\bwithout\b|\bavoid\w*|"
    r"\brefrain\w*(?: from)?|\bexclud\w+)(?: \w+){0,3} *$"
)
_NOT_FORGOTTEN = re.compile(r"\b(?:forget|fail|neglect|hesitate) to *$")
_SEES_TO_IT = re.compile(
    r"\b(?:sure|ensure|ensuring|see to it|confirm|verify|so|with|essential|important|required|necessary|vital)"
    r"(?: that)?(?: the| both| all)* *$"
)
ABOUT_PARTS = re.compile(
    r"^\s*(?:,? ?(?:and )?(?:as (?:a|an|the|its|your) )?(?:section|header|heading|title|column|label|subhead|format|"
    r"tag|marker|symbol|divider|separator|style|syntax|placeholder|prefix|bullet|table|part|chapter|paragraph|"
    r"character|sign(?! off)|mark|code|field|key\b|tags\b|folder|file|button|function|class|variable|method|"
    r"at the (?:very )?(?:end|start|beginning|top)|before|after|to (?:separate|indicate|denote|mark|refer))|instead)"
)
_NO_KEYWORD = re.compile(r"^[\W_]*$|.+\{[^}]*\}|\{[^}]*\}.+")


def entries(found: Found, part: str) -> tuple[str, ...]:
    return tuple(entry for entry in found.listed(part) if not _NO_KEYWORD.match(entry))[:40]


_MANNER = re.compile(r"(?:using|with|without|including|includes|containing|contains|mentioning)\b", re.IGNORECASE)


def _include(found: Found) -> Iterable[Constraint]:
    if is_plain_question(found.sentence) and not _MANNER.match(found.matched):
        return  # "why do people use the word ...?"
    words = entries(found, "keywords") or entries(found, "quoted")
    if (
        not words
        or (NOT_BEFORE.search(found.before) and not _NOT_FORGOTTEN.search(found.before))
        or re.search(r"\bor\b", found.masked("keywords"))
    ):
        return
    yield wants("keywords.include", words=words)


def _include_literal(found: Found) -> Iterable[Constraint]:
    return () if ABOUT_PARTS.match(found.after) else _include(found)


_USES_THEM = re.compile(
    r"\b(?:us(?:e|ing)|includ(?:e|ing)|mention(?:ing)?|incorporat(?:e|ing)|work(?:ing)? in)\b[^.;]{0,30}"
    r"\b(?:them|these|those|keywords|key ?phrases|key ?terms)\b",
    re.IGNORECASE,
)


def _appears(found: Found) -> Iterable[Constraint]:
    """ "The word 'a' appears ..." asks for it only where somebody is told to see to it."""
    return _include(found) if found.has("must") or _SEES_TO_IT.search(found.before) else ()


RULES: tuple[Rule, ...] = (
    Rule(
        kind="keywords.include",
        pattern=(
            rf"\b(?:(?:{{adds}}|with) |include(?=[\ue000-\ue006])){GAP}(?:(?:{NOUN}){COLON}{{keywords}}|(?:exact "
            rf")?(?:line|sentence|question) (?P<quoted>{{literals}}))"
        ),
        build=_include,
        needs=("word", "phrase", "term", "expression", "line", "sentence"),
        in_questions=True,
        examples=(
            example(
                "Include keywords 'sun' and 'moon' in your response.", wants("keywords.include", words=("sun", "moon"))
            ),
            example("Use the keywords {sun}, {full moon}.", wants("keywords.include", words=("sun", "full moon"))),
            example(
                "Include keywords sun, moon, and format your response as a poem.",
                wants("keywords.include", words=("sun", "moon")),
            ),
            example("It must include the word 'sun'.", wants("keywords.include", words=("sun",))),
            example("Don't forget to mention the word 'sun'.", wants("keywords.include", words=("sun",))),
            example("Work in the terms 'sun' and 'moon'.", wants("keywords.include", words=("sun", "moon"))),
            example(
                "Answer with the keywords 'sun's rays', 'moon' and 'stars'.",
                wants("keywords.include", words=("sun's rays", "moon", "stars")),
            ),
            example(
                "Use the words 'a' and 'b'.include the phrase 'c d'.",
                wants("keywords.include", words=("a", "b")),
                wants("keywords.include", words=("c d",)),
            ),
        ),
        not_in=(
            "Include at least 200 words.",
            "List some real estate words that sell.",
            "Use simple words and short sentences.",
        ),
    ),
    Rule(
        kind="keywords.include",
        pattern=(
            rf"\b(?:key ?-?words?|words?|phrases?|terms?)\b{COLON}{{keywords}} ?,? ?"
            r"(?P<must>{modal}|to |are to |is to )?(?:are |is )?(?:all |both |each )?"
            r"(?:{appear}|included|used|mentioned|present)"
        ),
        build=_appears,
        also=("appear", "included", "used", "mentioned", "be present", "occur", "be found"),
        needs=("word", "phrase", "term"),
        examples=(
            example(
                "The keywords 'sun' and 'moon' must both appear.", wants("keywords.include", words=("sun", "moon"))
            ),
            example("Be sure the word 'sun' appears somewhere.", wants("keywords.include", words=("sun",))),
        ),
        not_in=("Explain why the word 'set' appears in so many idioms.", "The word 'set' is used in many ways."),
    ),
    Rule(
        kind="keywords.include",
        pattern=(
            rf"(?:following {NOUN} (?:{{modal}}|are to )(?:all |each )?{{appear}}{IN_RESPONSE}|"
            rf"{NOUN} to (?:include|use|mention)|(?:required|mandatory|must-have|must-use) {NOUN}) ?: ?{{keywords}}"
        ),
        build=_include,
        needs=("following", " to include", " to use", " to mention", "required", "mandatory", "must-"),
        examples=(
            example("The following words must appear: sun; moon.", wants("keywords.include", words=("sun", "moon"))),
            example("Keywords to include: sun, full moon.", wants("keywords.include", words=("sun", "full moon"))),
        ),
        not_in=("The following words must not appear: sun, moon.",),
    ),
    Rule(
        kind="keywords.include",
        pattern=r"^(?:the )?(?:key ?-?words?|key ?-?phrases?|key ?-?terms?) ?: ?{keywords}",
        build=lambda found: _include(found) if _USES_THEM.search(found.next_sentence) else (),
        needs=("key",),
        examples=(
            example("Keywords: ember, ash. Use all of them.", wants("keywords.include", words=("ember", "ash"))),
        ),
        not_in=("Keywords: ember, ash. What do they share?",),
    ),
    Rule(
        kind="keywords.include",
        pattern=(
            r"(?:do not|don't|never|without) (?:omit|leave out|skip|omitting|leaving out) "
            rf"{GAP}(?:{NOUN}){COLON}{{keywords}}"
        ),
        build=_include,
        needs=("omit", "leav", "skip"),
        examples=(example("Do not leave out the word 'sun'.", wants("keywords.include", words=("sun",))),),
    ),
    Rule(
        kind="keywords.include",
        pattern=(
            r"(?:ensure|make sure|be sure|making sure|ensuring)(?: that)?(?: both| all of| all)? "
            r"(?P<keywords>{literals}) (?:(?:are|is|get|gets) "
            r"(?:all |both )?(?:included|used|mentioned|present)|(?:both |all )?appears?)"
        ),
        build=_include,
        needs=("sure", "ensur"),
        examples=(
            example("Ensure that 'sun' and 'moon' are included.", wants("keywords.include", words=("sun", "moon"))),
        ),
    ),
    Rule(
        kind="keywords.include",
        pattern=r"(?:include|includes|including|use|mention|mentions|mentioning|contain|contains|incorporate|feature) "
        r"(?:both |all of |the )?(?:of |names? )?(?P<keywords>[\ue000\ue001][\ue0ff\ue0fd]*(?: ?(?:,|and|&|, and) "
        r"?[\ue000\ue001][\ue0ff\ue0fd]*){0,15})",
        build=_include_literal,
        also=("\ue000", "\ue001"),
        needs=("include", "including", "use", "mention", "contain", "incorporate", "feature"),
        examples=(
            example('Mention "Lisbon" in the post.', wants("keywords.include", words=("Lisbon",))),
            example("It must include 'sun' and 'moon'.", wants("keywords.include", words=("sun", "moon"))),
        ),
        not_in=("Include a 'Summary' section.", "Include 'Methods' as a heading.", "How do you use 'whom'?"),
    ),
)
