"""The rule for repeating the request before answering it, which has to find the words that are to be repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.grammar.rule import Found, Rule, example, wants

_CUE = re.compile(
    r"word (?:for|by) word|exact|verbatim|without (?:any )?chang|unchanged|\bfirst\b|\bbefore\b|\babove\b|\bbelow\b|"
    r"very beginning",
    re.IGNORECASE,
)
_ASKS = re.compile(r"(?<!before )(?<!after )(?<!to )\brepl?eat\b", re.IGNORECASE)
_WHAT = r"(?:requests?|prompts?|sentences?|text|lines?|questions?|instructions?|message|paragraphs?|query|task)"


def _repeat(found: Found) -> Iterable[Constraint]:
    if re.search(r"\b(?:before|after|to|not|n't|never)\s+$", found.before):
        return
    earlier = found.text.sentences[: found.index]
    around = found.sentence.text + " " + found.next_sentence
    if any(_ASKS.search(sentence.text) for sentence in earlier) or not _CUE.search(around):
        return
    if words := found.literal("quoted") or _words_to_repeat(found):
        yield wants("repeat.prompt", text=words)


def _words_to_repeat(found: Found) -> str:
    whole = found.text.original
    above = whole[: found.sentence.start].strip()
    if "first line" in found.matched.lower():
        return next((line.strip() for line in whole.splitlines() if line.strip()), "")
    if above and "below" not in found.matched.lower():
        return above
    below = whole[found.sentence.start :].lstrip()
    return below.partition("\n\n")[2].strip()


RULES: tuple[Rule, ...] = (
    Rule(
        kind="repeat.prompt",
        pattern=rf"\b(?:repl?eat|copy) (?:(?P<quoted>{{quote}})|(?:\w+ ){{0,6}}?{_WHAT}\b(?: above| below)?)",
        build=_repeat,
        needs=("repeat", "repleat", "copy"),
        examples=(
            example(
                "Name a river.\nFirst repeat the request word for word without change, then answer. Do not say "
                "anything "
                "before repeating the request.",
                wants("repeat.prompt", text="Name a river."),
            ),
            example(
                "First repeat the request below exactly.\n\nName a river. Be brief.",
                wants("repeat.prompt", text="Name a river. Be brief."),
            ),
            example('Repeat "Name a river." word for word, then answer.', wants("repeat.prompt", text="Name a river.")),
        ),
        not_in=("Do not repeat the question.", "Repeat the exercise three times."),
    ),
)
