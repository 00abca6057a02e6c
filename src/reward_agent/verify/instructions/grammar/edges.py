"""Rules for how the response begins and ends, and for what is put around it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.grammar.numbers import read_number
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_PHRASE = (
    r"(?:(?:the|this|an?|exactly|exact|following|same|of|sentence|words?|phrase|question|line|text|statement|"
    r"closing|opening|greeting|expression|with|sign-off) ){0,6}(?::|,|-)? ?"
)
_OF_A_PART = re.compile(
    r"\b(?:each|every|all|any|first|second|third|last|next|paragraphs|sections?|bullets?|bullet points?|items?|lines|"
    r"sentences|steps?|stanzas?|verses?|chapters?|headings?|headers?|titles?|tweets?|ideas|words|names|"
    r"code)\b[^.;]{0,60}$"
)
# "The reply has 4 sentences, uses the word 'a', and ends with ...": the end of the reply, not of a sentence.
_HAS_COUNTED_PARTS = re.compile(
    r"^(?!.*\b(?:each|every|all|any)\b).*\b(?:has|have|with|in|contain|contains|of|exactly|be|most|least|than|"
    r"under|only) "
    r"(?:\w+ ){0,4}(?:sentences|words|lines|paragraphs)\b"
    r"(?:(?!\b(?:that|which|starting|beginning|ending)\b)[^.;])*(?:,(?: and)?| and) (?:\w+ )?$"
)
_NOT = re.compile(r"(?:\b(?:not|never|avoid|refrain from|cannot)|n't)(?: (?:to|ever|be))? *$")
_JUST_BEFORE = re.compile(r"\b(?:each|every)\b[^.;,]{0,40}$")
_TEMPLATE = re.compile(r"#+|-|\*|.*\{[^}]*\}.*")
_RESPONSE = re.compile(r"\byour (?:\w+ )?(?:response|answer|reply|output)\b")


def _whole(found: Found) -> bool:
    if re.search(
        r"\b(?:(?:each|every|all)(?! (?:of )?(?:your )?(?:repl|response|answer|message|output))"
        r"|(?:first|second|third|fourth|fifth|\d(?:st|nd|rd|th)|last|final|next|an?) "
        r"(?:paragraph|sentence|line|stanza|section|bullet|item|verse)s?)\b(?=.* with\b)",
        found.matched,
        re.IGNORECASE,
    ) or _JUST_BEFORE.search(found.before):
        return False
    part = None if _HAS_COUNTED_PARTS.search(found.before) else _OF_A_PART.search(found.before)
    whole = [match.start() for match in _RESPONSE.finditer(found.before)]
    return part is None or (bool(whole) and whole[-1] > part.start())


def _start(found: Found) -> Iterable[Constraint]:
    phrase = found.literal("quote") or found.words("rest").strip()
    if phrase and _whole(found) and not _TEMPLATE.fullmatch(phrase):
        if _NOT.search(found.before):
            yield wants("start.forbid", phrases=(phrase,))
        else:
            yield wants("start.phrase", phrase=phrase)


def _end(found: Found) -> Iterable[Constraint]:
    phrase = found.literal("quote") or found.words("rest").strip()
    if phrase and _whole(found):
        yield wants("end.phrase", phrase=phrase)


def _end_below(found: Found) -> Iterable[Constraint]:
    below = found.text.words_of(found.index + 1)
    if below and len(below) < 200 and _whole(found):
        yield wants("end.phrase", phrase=below)


def _end_mark(found: Found) -> Iterable[Constraint]:
    mark = {"p": ".", "f": ".", "q": "?", "e": "!"}[found.words("mark")[0].lower()]
    if _whole(found):
        yield wants("end.mark", marks=(mark,))


def _postscript(found: Found) -> Iterable[Constraint]:
    marker = re.sub(r"[\s.]+", "", found.literal("quoted") or found.words("marker")).upper()
    letters = marker.rstrip(":")
    if letters in ("PS", "PPS"):
        yield wants("postscript", marker={"PS": "P.S.", "PPS": "P.P.S"}[letters])


def paragraphs_before(found: Found) -> int | None:
    """How many paragraphs the words before a place ask for."""
    earlier = " ".join(s.text for s in found.text.sentences[max(found.index - 3, 0) : found.index]) + " " + found.before
    counts = re.findall(r"(?:exactly )?(\w+) paragraphs", earlier)
    return next((number for count in reversed(counts) if (number := read_number(count)) is not None), None)


_QUOTED = r"(?:double[- ]?)?(?:quotations? marks?|quotes\b|quotations?\b|quote marks?)"

RULES: tuple[Rule, ...] = (
    Rule(
        kind="postscript",
        pattern=(
            r"(?:post ?-?scripts?|note|p{dot}? ?s{dot}? (?:line|section|note))[^.;]{0,40}?(?:start(?:s|ing)?|"
            r"begin(?:s|ning)?|with|marked?|using|by)(?: with| by)?(?: the)? ?"
            r"(?P<marker>(?P<quoted>{quote})|p{dot}? ?(?:p{dot}? ?)?s{dot}?(?!\w))"
        ),
        build=_postscript,
        needs=("p.s", "p\ue0fe", "post", "ps", "note"),
        examples=(
            example("At the end, add a postscript starting with P.S.", wants("postscript", marker="P.S.")),
            example('Add a post script starting with "P.P.S"', wants("postscript", marker="P.P.S")),
        ),
    ),
    Rule(
        kind="postscript",
        pattern=(
            r"(?:add|include|with|including|put|append|write|insert|end with|finish with)(?: \w+){0,3}? "
            r"(?P<marker>(?P<quoted>{quote})|p{dot} ?(?:p{dot} ?)?s{dot}?(?!\w))"
        ),
        build=_postscript,
        needs=("p.s", "p\ue0fe", "p.p", "'p", '"p', "\ue000"),
        examples=(example("Write an email with a P.P.S at the end.", wants("postscript", marker="P.P.S")),),
    ),
    Rule(
        kind="postscript",
        pattern=r"(?:add|include|with|append|write) (?:a |an )?(?:post ?-?script)",
        build=lambda found: (wants("postscript", marker="P.S."),),
        needs=("post",),
        examples=(example("Please include a postscript.", wants("postscript", marker="P.S.")),),
    ),
    Rule(
        kind="quotes.wrapped",
        pattern=(
            rf"(?:wrap|enclos|surround|put|plac|encas)(?:e|ed|ing|s|p(?:ed|ing)?)? (?:[\w(),'-]+ ){{0,10}}?(?:in|"
            rf"with|inside|within|between|by) (?:a pair of |a |the )?{_QUOTED}"
        ),
        build=lambda found: () if _quotes_a_part(found) else (wants("quotes.wrapped"),),
        needs=("quot",),
        in_questions=True,
        examples=(
            example("Wrap your entire response with double quotation marks.", wants("quotes.wrapped")),
            example("Put your whole reply in double quotes.", wants("quotes.wrapped")),
            example("The answer must be wrapped in quotation marks.", wants("quotes.wrapped")),
        ),
        not_in=("Put the title in double quotes.", "Each name is wrapped in quotation marks."),
    ),
    Rule(
        kind="quotes.wrapped",
        pattern=(
            rf"{_QUOTED} (?:{{modal}})?(?:be )?(?:placed |put |around )+(?:around )?(?:\w+ ){{0,3}}(?:response|"
            rf"answer|reply|output)"
        ),
        build=lambda found: (wants("quotes.wrapped"),),
        needs=("quot",),
        examples=(example("Double quotes should be placed around your entire response.", wants("quotes.wrapped")),),
    ),
    Rule(
        kind="quotes.wrapped",
        pattern=(
            rf"(?:put|place|add|use) (?:\w+ )?{_QUOTED} around "
            rf"(?:\w+ ){{0,3}}(?:response|answer|reply|output|"
            rf"text)"
        ),
        build=lambda found: (wants("quotes.wrapped"),),
        needs=("quot",),
        examples=(example("Put double quotation marks around your entire response.", wants("quotes.wrapped")),),
    ),
    Rule(
        kind="end.phrase",
        pattern=(
            rf"(?:{{end}} (?:\w+ ){{0,4}}?(?:with|by (?:saying|writing|asking))(?= |:)|(?:the )?(?:very )?(?:end|"
            rf"last (?:words?|sentence|line)) of {{response}} (?:{{modal}})?(?:read|be|say|is|reads)|"
            rf"(?:last|final) (?:words?|sentence|line) {{modal}}(?:read|be|say)|"
            rf"whose (?:very )?(?:last|final) (?:words?|sentence|line) (?:is|are|reads?)) "
            rf"?{_PHRASE}{{quote}}"
        ),
        build=_end,
        needs=("end", "finish", "conclu", "clos", "last", "final", "sign", "wrap"),
        examples=(
            example(
                'End your response with the exact phrase "That is all."', wants("end.phrase", phrase="That is all.")
            ),
            example("End every reply with 'Over.'", wants("end.phrase", phrase="Over.")),
            example(
                "At most 5 sentences, mention 'tea' and sign off with 'Yours, Al'.",
                wants("sentences.count", quantity=Quantity.at_most(5)),
                wants("keywords.include", words=("tea",)),
                wants("end.phrase", phrase="Yours, Al"),
            ),
            example(
                "Write a two-sentence story whose last word is 'dusk'.",
                wants("sentences.count", quantity=Quantity.exactly(2)),
                wants("end.phrase", phrase="dusk"),
            ),
            example("Finish the song with: 'Farewell!'", wants("end.phrase", phrase="Farewell!")),
            example(
                "Begin your reply with 'Well then:' and end with 'The end.'",
                wants("start.phrase", phrase="Well then:"),
                wants("end.phrase", phrase="The end."),
            ),
        ),
        not_in=("End each line with 'amen'.", "Use sentences that start with 'a' and end with 'b'."),
    ),
    Rule(
        kind="end.phrase",
        pattern=(
            r"{end} (?:(?:your|the|this) (?:\w+ ){0,3})?with (?:this|the)? ?(?:(?:exact|following|same|closing) "
            r")*(?:phrase|question|sentence|words|line|statement|text)(?: ?: | (?-i:(?=[A-Z])))"
            r"(?P<rest>[^\s\ue000][^\n]{3,150}?[.?!])(?= *$)"
        ),
        cased=True,
        build=_end,
        needs=("end", "finish", "conclu", "clos"),
        examples=(
            example(
                "End your reply with this exact phrase: Hope that helps.",
                wants("end.phrase", phrase="Hope that helps."),
            ),
            example(
                "End your reply with this exact phrase Peace be with you. Nothing else follows.",
                wants("end.phrase", phrase="Peace be with you."),
            ),
        ),
    ),
    Rule(
        kind="end.phrase",
        pattern=(
            r"{end} (?:(?:your|the|this) (?:\w+ ){0,3}|it )?with(?: (?:this|the)? ?(?:(?:exact|following|same|"
            r"closing) )*(?:phrase|question|sentence|words?|line|statement|text))? ?: ?$"
        ),
        build=_end_below,
        needs=("end", "finish", "conclu", "clos"),
        examples=(
            example(
                "Write a song. Finish the song with:\n\nFarewell!\n\nAdd no more.",
                wants("end.phrase", phrase="Farewell!"),
            ),
        ),
    ),
    Rule(
        kind="start.phrase",
        pattern=rf"{{start}} (?:\w+ ){{0,4}}?(?:with|by (?:saying|writing)) ?{_PHRASE}{{quote}}",
        build=_start,
        needs=("start", "begin", "open"),
        examples=(
            example("Start your response with the word 'Hello'.", wants("start.phrase", phrase="Hello")),
            example("Don't start with the word 'The'.", wants("start.forbid", phrases=("The",))),
            example("The answer must begin with 'Once'.", wants("start.phrase", phrase="Once")),
        ),
        not_in=("Each paragraph starts with 'To'.", "Never begin a sentence with 'And'."),
    ),
    Rule(
        kind="start.phrase",
        pattern=(
            r"(?:(?:the )?(?:very )?first (?:words?|sentence|line) (?:of|in) {response}|"
            r"your (?:very )?first (?:words?|sentence|line))"
            r" (?:{modal})?(?:be|read|is|are|say)"
            rf" ?{_PHRASE}{{quote}}"
        ),
        build=_start,
        needs=("first",),
        examples=(example("The first word of your response should be 'Well'.", wants("start.phrase", phrase="Well")),),
    ),
    Rule(
        kind="start.phrase",
        pattern=(
            r"{start} with (?:this|the)? ?(?:(?:exact|following|same|opening) )*(?:phrase|question|sentence|words|"
            r"line|statement) ?: (?P<rest>[^\s\ue000][^\n]{3,200}?[.?!])(?= *$)"
        ),
        build=_start,
        needs=("start", "begin", "open"),
        examples=(
            example(
                "It must begin with the sentence: Rivers shape the land.",
                wants("start.phrase", phrase="Rivers shape the land."),
            ),
        ),
    ),
    Rule(
        kind="end.mark",
        pattern=(
            r"{end} (?:your (?:\w+ )?(?:response|answer|reply) |it |this |everything )?(?:with|in) (?:a |an |"
            r"one )?(?P<mark>period|full "
            r"stop|question mark|question\b|exclamation (?:mark|point))"
        ),
        build=_end_mark,
        needs=("end", "finish", "conclu", "clos"),
        examples=(example("Your answer must end with a question mark.", wants("end.mark", marks=("?",))),),
    ),
)


def _quotes_a_part(found: Found) -> bool:
    words = found.matched.lower()
    if re.search(r"\b(?:response|answer|reply|output|email|everything|essay|whole|entire|text)\b", words):
        return False
    part = r"\b(?:title|name|each|every|word|phrase|heading|dialogue|sentence|first|term|keyword)s?\b"
    return bool(re.search(part, words) or re.search(part + r"(?! long)[^,;]{0,12}$", found.before))
