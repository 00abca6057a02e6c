"""Routing by rules: which checks does this instruction need, from its words alone.

A check is cheap beside a missed one, so the cues are generous: the router only keeps a check away from
instructions that plainly have no use for it. What it cannot see: constraints that are put without any of these
words, and whether a fact is at stake in a request that does not ask for one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reward_agent.types import Plan, Sample

MAX_CHARS = 20_000
"""Only this much of each end of a long instruction is looked at: requirements stand at the start or at the end."""

_CONSTRAINT_CUES = re.compile(
    r"""\b(?:
      words? | sentences? | paragraphs? | lines? | characters? | letters? | syllables? | stanzas? | verses?
    | bullets? | bulleted | bullet[ -]points? | lists? | numbered | sections? | chapters? | headings? | headers?
    | titles? | titled | steps? | items? | tables? | columns? | keywords? | phrases? | placeholders? | postscript
    | json | yaml | xml | csv | html | markdown | latex | code | emojis? | hashtags? | quotes? | quotation
    | brackets? | parenthes[ie]s | commas? | periods? | punctuation | hyphens? | asterisks? | dividers?
    | separators?
    | bold(?:ed)? | italics? | highlight(?:ed)? | capitali[sz]ed? | capitals? | uppercase | lowercase
    | include | includes | including | contains? | mention | start | starts | starting | begin | begins | beginning
    | end | ends | ending | finish | wrap | repeat | avoid | without | exclude | excluding | must | exactly | only
    | at \s least | at \s most | no \s more | no \s longer | more \s than | less \s than | fewer | maximum | minimum
    | between | limit(?:ed)? | up \s to | each | every | once | twice | times | choose | options | alphabetical
    | rhym\w+ | acrostic | palindromes? | alliteration | vowels? | consonants? | format(?:ted)? | in \s the \s form
    | do \s not | don'?t | should \s not | should | never | language
    | (?:in|into|using) \s (?:arabic|bengali|bulgarian|chinese|dutch|english|finnish|french|german|greek|gujarati|
      hebrew|hindi|italian|japanese|kannada|korean|marathi|nepali|persian|farsi|polish|portuguese|punjabi|romanian|
      russian|spanish|swahili|swedish|tamil|telugu|thai|turkish|ukrainian|urdu|vietnamese)
    )\b
    | \d | P\.\s?P?\.?S | <<""",
    re.IGNORECASE | re.VERBOSE,
)
_FACT_CUES = re.compile(
    r"""\b(?:
      who | whom | whose | when | where | which | what | why
    | how \s (?:many|much|long|far|old|tall|big|fast|does|do|did)
    | is \s it \s true | true \s or \s false | explain | describe | define | definition | summari[sz]e | history
    | facts? | causes? | difference \s between | compare | tell \s me \s about | biography | name \s (?:the|a|an|\d)
    | list | capital \s of | born | died | founded | invented | discovered | did | was | were
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_INVENTION_CUES = re.compile(
    r"""\b(?: poem | haiku | limerick | fictional | fiction | short \s story | fairy \s tale | song | lyrics | joke
    | pun | riddle | role-?play | pretend | imagine | brainstorm | slogan | tagline )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def _constraint_cue(text: str) -> str | None:
    match = _CONSTRAINT_CUES.search(text)
    return f"it says {match[0].strip()!r}" if match else None


def _fact_cue(text: str) -> str | None:
    if _INVENTION_CUES.search(text):
        return None
    match = _FACT_CUES.search(text)
    return f"it asks {match[0].strip()!r}" if match else None


_CUES: Mapping[str, Callable[[str], str | None]] = {"instructions": _constraint_cue, "factuality": _fact_cue}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRouter:
    """Picks from `checks`, the names of the verifiers that are there. A verifier it has no rule for always runs."""

    checks: tuple[str, ...]

    async def route(self, sample: Sample) -> Plan:
        text = sample.instruction
        if len(text) > 2 * MAX_CHARS:
            text = f"{text[:MAX_CHARS]}\n{text[-MAX_CHARS:]}"
        chosen, reasons = [], []
        for check in self.checks:
            cue = _CUES[check](text) if check in _CUES else "no rule keeps it away"
            if cue is not None:
                chosen.append(check)
            reasons.append(f"{check}: {cue or 'no cue for it'}")
        return Plan(checks=tuple(chosen), reason="; ".join(reasons) or "no verifier is configured")
