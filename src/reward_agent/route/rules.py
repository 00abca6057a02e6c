"""Routing by rules: which checks does this instruction need, from its words alone.

A check is cheap beside a missed one, so the cues are generous: the router only keeps a check away from
instructions that plainly have no use for it. What it cannot see: constraints that are put without any of these
words, and whether a fact is at stake in a request that does not ask for one.

Each reading also says whether it is `certain`: strong cues, or none at all where their absence means something. Where
it is not, another router may ask (`route/model.py`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

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
    | tones? | styles? | manner | voice | mood | humou?r(?:ous)? | humorously | satir\w+ | iron(?:y|ic|ically) | formal
    | informal | casual | playful | sarcas\w+ | whimsical | enthusias\w+ | persona | point \s of \s view
    | (?:hint|touch|sense) \s of | as \s (?:if|though) \s you | from \s the \s perspective
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
_MAKING_CUES = re.compile(
    r"""\b(?: write | compose | make \s up | make \s me | create | tell \s (?:me \s)? (?:a|an|another|some) | give \s me
    | come \s up | generate | draft | invent | sing | role-?play | pretend | imagine | brainstorm | help \s me
    | can \s you | could \s you | would \s you | please | i \s (?:need|want|would \s like|'d \s like)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_YES_NO_QUESTION = re.compile(
    r"""(?:\A|[.!?,\n])\s*["'(]?(?:is|are|was|were|do|does|did|has|have|had|may|can) \s (?!you\b)[^.!?\n]{3,300}\?""",
    re.IGNORECASE | re.VERBOSE,
)
_STRONG_CONSTRAINT_CUES = re.compile(
    r"""\b(?: exactly | at \s least | at \s most | no \s more \s than | no \s longer \s than | more \s than
    | less \s than | fewer \s than | maximum | minimum | must | do \s not | don'?t | should \s not | never
    | without | avoid | only
    | (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a \s single|each|every|all) \s
      (?:\w+ \s)? (?:words?|sentences?|paragraphs?|lines?|characters?|letters?|bullets?|items?|sections?|steps?)
    | json | yaml | xml | csv | html | markdown | uppercase | lowercase | all \s caps | keywords? | hashtags? | commas?
    | postscript | placeholders? | (?:start|begin|end|finish|wrap) \s (?:\w+ \s){0,3} with | in \s capital
    )\b | <<""",
    re.IGNORECASE | re.VERBOSE,
)
_STRONG_FACT_CUES = re.compile(
    r"""\b(?: (?:who|what|when|where|why) \s (?:is|was|were|are|did|does|has|had) | whose
    | who \s (?:\w+ed|wrote|won|made|built) | (?:in|of|by|at|from|to) \s which
    | which \s \w+ \s (?:is|was|were|has|had|did|\w+ed)
    | how \s (?:many|far|old|tall|big|fast|does|do|did) | is \s it \s true | true \s or \s false | explain | define
    | definition | history \s of | difference \s between | capital \s of | born | died | founded | invented | discovered
    | biography | facts? | tell \s me \s (?:who|what|when|where|why|how|about)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the rules make of one check: whether to run it, why, and whether more than a guess is behind that."""

    check: str
    runs: bool
    certain: bool
    reason: str


def _constraints(text: str) -> Reading:
    strong = _STRONG_CONSTRAINT_CUES.search(text)
    match = strong or _CONSTRAINT_CUES.search(text)
    # The cues are so many that a text without any asks for no form; a weak one ("list", "end") may mean anything.
    reason = f"it says {match[0].strip()!r}" if match else "no cue for it"
    return Reading(
        check="instructions", runs=match is not None, certain=match is None or strong is not None, reason=reason
    )


def _facts(text: str) -> Reading:
    strong = _STRONG_FACT_CUES.search(text)
    match = strong or _FACT_CUES.search(text) or _YES_NO_QUESTION.search(text)
    invention = _INVENTION_CUES.search(text)
    # "Who wrote the song ...?" asks about a work; only where one is to be made are its facts nobody's business.
    if invention and (match is None or _MAKING_CUES.search(text)):
        reason = f"it asks for invention: {invention[0].strip()!r}"
        return Reading(check="factuality", runs=False, certain=match is None, reason=reason)
    # Facts may be at stake where nobody asks for one ("Write an essay on ..."), so no cue is no certainty.
    reason = f"it asks {match[0].strip()[:60]!r}" if match else "no cue for it"
    return Reading(check="factuality", runs=match is not None, certain=strong is not None, reason=reason)


_RULES: Mapping[str, Callable[[str], Reading]] = {"instructions": _constraints, "factuality": _facts}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRouter:
    """Picks from `checks`, the names of the verifiers that are there. A verifier it has no rule for always runs."""

    checks: tuple[str, ...]

    async def route(self, sample: Sample) -> Plan:
        return plan_of(self.read(sample))

    def read(self, sample: Sample) -> tuple[Reading, ...]:
        """One reading a check, from the last user turn and, for what binds the form of the answer, the system prompts
        too. That they hold no cue is certain only where there is no other turn."""
        asked = _ends(sample.instruction)
        system = (_ends(message.content) for message in sample.prompt if message.role == "system")
        texts = {"instructions": "\n".join((*system, asked))}
        readings = (
            _RULES[check](texts.get(check, asked)) if check in _RULES else _unruled(check) for check in self.checks
        )
        alone = len(sample.prompt) == 1
        return tuple(replace(one, certain=one.certain and (one.runs or alone)) for one in readings)


def _ends(text: str) -> str:
    return text if len(text) <= 2 * MAX_CHARS else f"{text[:MAX_CHARS]}\n{text[-MAX_CHARS:]}"


def plan_of(readings: Sequence[Reading]) -> Plan:
    """The plan that runs what the readings say."""
    reason = "; ".join(f"{reading.check}: {reading.reason}" for reading in readings)
    return Plan(
        checks=tuple(reading.check for reading in readings if reading.runs),
        reason=reason or "no verifier is configured",
    )


def _unruled(check: str) -> Reading:
    return Reading(check=check, runs=True, certain=False, reason="no rule keeps it away")
