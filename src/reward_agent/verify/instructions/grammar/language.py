"""Rules for the language of the response."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_CODES = {
    "afrikaans": "af", "albanian": "sq", "amharic": "am", "arabic": "ar", "armenian": "hy", "azerbaijani": "az",
    "bengali": "bn", "bangla": "bn", "bulgarian": "bg", "burmese": "my", "catalan": "ca", "chinese": "zh",
    "mandarin": "zh", "croatian": "hr", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en",
    "estonian": "et", "farsi": "fa", "finnish": "fi", "french": "fr", "georgian": "ka", "german": "de", "greek": "el",
    "gujarati": "gu", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id",
    "irish": "ga", "italian": "it", "japanese": "ja", "kannada": "kn", "kazakh": "kk", "khmer": "km", "korean": "ko",
    "lao": "lo", "latin": "la", "latvian": "lv", "lithuanian": "lt", "macedonian": "mk", "malay": "ms",
    "malayalam": "ml", "marathi": "mr", "mongolian": "mn", "nepali": "ne", "norwegian": "no", "pashto": "ps",
    "persian": "fa", "polish": "pl", "portuguese": "pt", "punjabi": "pa", "romanian": "ro", "russian": "ru",
    "serbian": "sr", "sinhala": "si", "slovak": "sk", "slovenian": "sl", "somali": "so", "spanish": "es",
    "swahili": "sw", "swedish": "sv", "tagalog": "tl", "filipino": "tl", "tamil": "ta", "telugu": "te", "thai": "th",
    "turkish": "tr", "ukrainian": "uk", "urdu": "ur", "uzbek": "uz", "vietnamese": "vi", "welsh": "cy", "xhosa": "xh",
    "yoruba": "yo", "zulu": "zu",
}  # fmt: skip
_NAME = rf"(?P<name>{'|'.join(_CODES)})"
_ONLY = r"(?:only|entirely|completely|exclusively|solely|fully|strictly|purely|just)"


def _language(found: Found) -> Iterable[Constraint]:
    if re.search(r"\bnot\b|n't", found.matched):
        return
    code = _CODES[found.words("name").lower()]
    if code == "en" and re.search(r"capital|case|caps\b", found.sentence.low):
        return  # said along with a wish about capitals, it goes without saying
    if re.search(
        r"\b(?:translat\w+|title|word|phrase|name|quote|sentence)s?\b[^.;,]{0,40}$", found.before
    ) and not re.search(r"\bonly\b|other", found.matched):
        return
    yield wants("language.is", language=code)


RULES: tuple[Rule, ...] = (
    Rule(
        kind="language.is",
        pattern=(
            rf"(?:{_ONLY} (?:in|use|using|with|written in)? ?(?:the )?{_NAME}\b(?! (?:cuisine|food|wine|movies?|"
            rf"people|names?|words|ingredients|history))(?: language)?(?: only)?)"
        ),
        build=_language,
        also=tuple(_CODES),
        needs=("only", "entirely", "completely", "exclusively", "solely", "fully", "strictly", "purely", "just"),
        in_questions=True,
        examples=(
            example("Please respond only in Korean.", wants("language.is", language="ko")),
            example(
                "Your entire response should be entirely in the Tamil language.", wants("language.is", language="ta")
            ),
            example("Write a haiku using only the Marathi language.", wants("language.is", language="mr")),
        ),
        not_in=("Recommend only Italian food.",),
    ),
    Rule(
        kind="language.is",
        pattern=(
            rf"(?:in|use|using|with|of)(?: {_ONLY})? (?:the )?{_NAME}(?: language)?(?:[ ,]+{_ONLY}|,? ?(?:and "
            rf")?(?:no|without) (?:any )?other languages?|,? no other language)"
        ),
        build=_language,
        also=tuple(_CODES),
        needs=("only", "entirely", "completely", "exclusively", "other language"),
        in_questions=True,
        examples=(
            example("Write a story in Urdu, no other language is allowed.", wants("language.is", language="ur")),
        ),
    ),
    Rule(
        kind="language.is",
        pattern=(
            rf"\b(?:response|answer|reply|output|explanations?|text|essay|it|letter|story|poem)(?: {{modal}}| "
            rf"is)?(?:be )?(?:\w+ ){{0,2}}?in (?:the )?{_NAME}\b(?: language)?"
        ),
        build=_language,
        also=tuple(_CODES),
        needs=(" in ",),
        not_in=("Do not write in French.", "The response must not be in Spanish."),
        examples=(example("Your whole response should be written in Hindi.", wants("language.is", language="hi")),),
    ),
    Rule(
        kind="language.is",
        pattern=(
            rf"\b(?:respond|answer|reply|write|speak|explain|give|compose)(?: to me| (?:(?:it|everything|your|the|"
            rf"a|an|me|this|whole|entire|full|short|brief|response|answer|reply|poem|story|essay|letter|song|"
            rf"email|summary|"
            rf"text|haiku|article|joke|note|speech) ?){{1,4}})? in "
            rf"(?:the )?{_NAME}\b(?: language)?"
        ),
        build=_language,
        also=tuple(_CODES),
        needs=(" in ",),
        examples=(
            example("Answer in French.", wants("language.is", language="fr")),
            example("Please reply in Spanish, politely.", wants("language.is", language="es")),
            example("Write the whole poem in Italian.", wants("language.is", language="it")),
        ),
        not_in=("How do you say good evening in French?", "How do I write in Chinese calligraphy?"),
    ),
    Rule(
        kind="language.is",
        pattern=(
            r"\b(?:give|write|tell|provide|make|create|compose|draft|send|prepare) (?:me |us )?"
            r"(?:the|a|an|your|my|this) (?:[\w-]+ )?(?:recipe|description|instructions|directions|guide|overview|plan|"
            r"list|review|report|biography|bio|post|tweet|ad|caption|script|dialogue|lyrics|prayer|riddle|limerick|"
            r"itinerary|proposal|resume|message|announcement|invitation|notice|paragraph) in "
            rf"(?:the )?{_NAME}\b(?: language)?(?= ?[.,;!]| ?$| and | but | with )"
        ),
        build=_language,
        also=tuple(_CODES),
        needs=(" in ",),
        examples=(example("Give me the recipe in Spanish, please.", wants("language.is", language="es")),),
        not_in=("Give me a list in French cuisine style.", "Give me the word for dog in Spanish."),
    ),
    Rule(
        kind="language.is",
        pattern=rf"(?:outside|other than|apart from|besides|except) (?:of )?{_NAME},? no other language",
        build=_language,
        also=tuple(_CODES),
        needs=("other language",),
        examples=(example("Outside of Arabic, no other language is allowed.", wants("language.is", language="ar")),),
    ),
)
