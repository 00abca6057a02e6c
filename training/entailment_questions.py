"""Questions made by rule from sentences of passages, each with its answer and with wrong answers of the same kind.

    "The mill was built in 1820 by Ada Quent."  ->  "When was the mill built by Ada Quent?" "1820"; "1911" is wrong
                                                    "Brane Mill was built in what year?"    and so on

A wrong answer mostly stands elsewhere in the same passage, so that finding it there is no reason to believe it. Beside
these: the passage without the sentence that answers, which says nothing either way, and which of two things came
first, or whether both are of a kind, with a passage on each.
"""

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reward_agent.verify.factuality.grounded.text import sentences
from training.entailment_edits import MONTHS, bare_title, without

Asked = tuple[str, str, str, str, int]
"""Question, answer, the passage's title and text, label (see `entailment_pairs`)."""
SUPPORTED, CONTRADICTED, UNKNOWN = 0, 1, 2
NEARBY = 0.65
HALF = 0.5
TENTH = 0.1
YEAR_DIGITS = 4

_MONTH = "|".join(MONTHS)
_DATE = rf"(?:(?:{_MONTH}) \d{{1,2}}, \d{{4}}|\d{{1,2}} (?:{_MONTH}) \d{{4}}|(?:{_MONTH}) \d{{4}}|(?:1[0-9]|20)\d\d)"
_NO_NAME = rf"(?!(?:{_MONTH}|They|He|She|It|Their|His|Her|Its|The|This|These|In)\b)"
_NAME = _NO_NAME + r"(?:[A-Z](?:[\w'’-]+|\.)(?: (?:of|the|de|von|van|and)(?= [A-Z]))?(?: |(?=[,.;:)])|$))+"
SPANS = {
    "date": re.compile(rf"\b{_DATE}\b"),
    "number": re.compile(r"(?<![$£€\d,.] )\b\d[\d,.]*(?: (?:million|billion|thousand|percent))?(?= [a-z])"),
    "name": re.compile(rf"(?<=[a-z,\"(] ){_NAME}"),
}
_SUBJECT = r"(?P<subject>{title}|He|She|It|They|The [a-z]+(?: [a-z]+)?)\b"
_AUXILIARY = re.compile(r"\A(?: \([^)]*\))?,? (is|was|were|are|has been|had been|can be) ")
_BEFORE = re.compile(r"\b(in|on|at|near|from|to|by|with|for|of|since|until|during|as|between|around) \Z")
_ROLE = re.compile(
    r"\b(?:is|was|were|are) (?:an?|the) ([\w-]+(?: [\w-]+){0,9}?(?:(?:, | and |, and )[\w-]+(?: [\w-]+){0,3}?)*)"
    r"(?=[.;(]|,? (?:who|that|which|in|of|from|born|best|at|for|on|with|to|by|known|based|located|directed)\b)"
)
_STARTED = re.compile(
    r"\b(born|released|published|founded|opened|established|formed|built|completed|launched|premiered)\b[^.;]{0,40}?"
    r"\b((?:1[0-9]|20)\d\d)\b"
)
_BORN = re.compile(r"\((?=[^)]*(?:born|–|-))[^)]{0,60}?\b((?:1[0-9]|20)\d\d)\b")
_NATION = re.compile(r"\b(?:is|was|are|were) an? (?:[a-z]+ )?([A-Z][a-z]+(?:ish|an|ese|ch|i))\b")
_LITTLE = frozenset(["a", "an", "the", "and", "of", "in", "on", "at", "by", "for", "to", "with"])

_WHEN = ("When", "In what year", "In which year", "On what date")
_WHERE = ("Where", "In which place", "In what city or country", "In what location")
_WHO = ("Who", "Which person", "What person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One passage, its sentences and what can be asked for in it."""

    title: str
    text: str
    cut: Sequence[str]
    spans: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Made of all passages at hand: `pools` are the spans of all of them, by kind."""

    draw: random.Random
    read: Sequence[Read]
    pools: dict[str, list[str]] = field(default_factory=dict)

    def asked(self) -> Iterator[Asked]:
        """Questions on every passage."""
        for one in self.read:
            for sentence in one.cut[:8]:
                yield from self._about(one, sentence)

    def _about(self, one: Read, sentence: str) -> Iterator[Asked]:
        spans = [(kind, match) for kind, pattern in SPANS.items() for match in pattern.finditer(sentence)]
        self.draw.shuffle(spans)
        for kind, match in spans[:2]:
            answer = match[0].strip()
            question = self._question(one, sentence, kind, match.start(), match.start() + len(answer))
            if question is not None and answer:
                yield from self._answers(one, sentence, question, kind, answer)

    def _answers(self, one: Read, sentence: str, question: str, kind: str, answer: str) -> Iterator[Asked]:
        yield question, self._said(kind, answer), one.title, one.text, SUPPORTED
        wrong = self._wrong(one, sentence, kind, answer)
        if wrong is not None:
            yield question, self._said(kind, wrong), one.title, one.text, CONTRADICTED
        rest = without(one.cut, sentence)
        if rest and answer not in rest and answer not in one.title and self.draw.random() < HALF:
            said = self._said(kind, self.draw.choice([answer, wrong or answer]))
            yield question, said, one.title, rest, UNKNOWN

    def _wrong(self, one: Read, sentence: str, kind: str, answer: str) -> str | None:
        alike = [span for span in one.spans[kind] if kind != "date" or (len(span) == len(answer) == YEAR_DIGITS)]
        near = [span for span in alike or one.spans[kind] if not _overlap(span, answer)]
        elsewhere = self.draw.choice(self.pools[kind])
        if near and self.draw.random() < NEARBY:
            return self.draw.choice(near)
        return None if elsewhere in one.text or _overlap(elsewhere, answer) else elsewhere

    def _said(self, kind: str, answer: str) -> str:
        """The answer as people give it: bare, lower case, or in a few words."""
        way = self.draw.random()
        if way < TENTH:
            return answer.lower()
        if way < 2 * TENTH:
            return f"It was {answer}."
        if way < 3 * TENTH and kind == "date":
            return f"{'On' if answer[0].isalpha() or ' ' in answer else 'In'} {answer}"
        return f"{answer}." if way > 1 - TENTH else answer

    def _question(self, one: Read, sentence: str, kind: str, start: int, end: int) -> str | None:
        subject = re.match(_SUBJECT.format(title=re.escape(bare_title(one.title)) or "(?!)"), sentence)
        left, right = sentence[:start], sentence[end:].rstrip(". ")
        if self.draw.random() < HALF:
            right = re.split(r"[,;(]", right)[0].rstrip()
        title = bare_title(one.title)
        if subject is not None:
            name = title if subject["subject"] in ("He", "She", "It", "They") and title else subject["subject"]
            verb = _AUXILIARY.match(left[subject.end() :])
            before = _BEFORE.search(left)
            if verb is not None and before is not None and self.draw.random() < 0.7:
                rest = left[subject.end() + verb.end() : before.start()].strip(" ,(")
                word, *more = verb[1].split()
                asked = " ".join([word, name, *more, rest, right.strip()])
                return f"{self._wh(kind, before[1])} {' '.join(asked.split())}?"
            left = name + left[subject.end() :]
        return self._in_place(kind, left, right, year=end - start == YEAR_DIGITS)

    def _wh(self, kind: str, before: str) -> str:
        if kind == "date":
            return self.draw.choice(_WHEN)
        if kind == "name" and before in ("in", "at", "near", "from", "to"):
            return self.draw.choice(_WHERE)
        if kind == "name" and before in ("by", "with"):
            return f"{before.capitalize()} whom"
        return f"{before.capitalize()} {'how many' if kind == 'number' else 'what'}"

    def _in_place(self, kind: str, left: str, right: str, year: bool) -> str | None:
        before = _BEFORE.search(left)
        if kind == "date":
            word = "what year" if year else "what date"
        elif kind == "number":
            word = "how many"
        elif before and before[1] in ("in", "at", "near", "from"):
            word = self.draw.choice(["which place", "what place", "where"])
        elif before and before[1] in ("by", "with"):
            word = self.draw.choice(["whom", "which person or group"])
        else:
            word = self.draw.choice(["who or what", "what", "which one"])
        question = f"{left}{word}{right}"
        return f"{' '.join(question.split())}?" if 4 <= len(question.split()) <= 40 else None

    def roles(self) -> Iterator[Asked]:
        """What somebody or something is, asked in several ways."""
        found = [(one, match[1]) for one in self.read for match in [_ROLE.search(one.cut[0])] if match and one.title]
        words = [(one, [r.strip() for r in re.split(r", and | and |, ", role)]) for one, role in found]
        for place, (one, parts) in enumerate(words):
            title, other = bare_title(one.title), words[self.draw.randrange(len(words))]
            thing = self.draw.choice(
                [f"What was {title}?", f"What is {title}?", f"What is {title} known as?", f"Who or what is {title}?"]
            )
            part = self.draw.choice(parts)
            yield thing, part, one.title, one.text, SUPPORTED
            yield thing, part.split()[-1], one.title, one.text, SUPPORTED
            wrong = self.draw.choice(other[1])
            if wrong.split()[-1] not in one.text:
                yield thing, wrong, one.title, one.text, CONTRADICTED
            far = words[(place + 1 + self.draw.randrange(len(words) - 1)) % len(words)][0]
            if title not in far.text and far.title != one.title:
                yield thing, self.draw.choice([part, wrong]), far.title, far.text, UNKNOWN

    def compared(self) -> Iterator[Asked]:
        """Two passages read as one: which came first, and is something true of both?"""
        years: dict[str, list[tuple[Read, int]]] = defaultdict(list)
        nations: list[tuple[Read, str]] = []
        for one in self.read:
            first = one.cut[0]
            if one.title and (match := _STARTED.search(first)):
                years[match[1]].append((one, int(match[2])))
            elif one.title and (match := _BORN.search(first)):
                years["born"].append((one, int(match[1])))
            if one.title and (match := _NATION.search(first)):
                nations.append((one, match[1]))
        for verb, known in years.items():
            self.draw.shuffle(known)
            for (one, year), (other, later) in itertools.pairwise(known):
                if year != later and one.title != other.title:
                    yield from self._first(verb, one, other, year < later)
        self.draw.shuffle(nations)
        by_nation: dict[str, list[Read]] = defaultdict(list)
        for one, nation in nations:
            by_nation[nation].append(one)
        for (one, nation), (other, its) in itertools.pairwise(nations):
            twin = self.draw.choice(by_nation[nation])
            if self.draw.random() < HALF and twin.title != one.title:
                other, its = twin, nation
            if one.title != other.title:
                names = f"{bare_title(one.title)} and {bare_title(other.title)}"
                question = self.draw.choice([f"Are both {names} {nation}?", f"Are {names} both {nation}?"])
                yield question, "", "", _joined(one, other), SUPPORTED if its == nation else CONTRADICTED

    def _first(self, verb: str, one: Read, other: Read, first: bool) -> Iterator[Asked]:
        names = (bare_title(one.title), bare_title(other.title))
        early = self.draw.random() < HALF
        how = self.draw.choice(["first", "earlier"]) if early else self.draw.choice(["later", "more recently"])
        question = f"{'Who' if verb == 'born' else 'Which'} was {verb} {how}, {names[0]} or {names[1]}?"
        right = names[0] if first == early else names[1]
        for name in names:
            yield question, name, "", _joined(one, other), SUPPORTED if name == right else CONTRADICTED


def questions(passages: Sequence[tuple[str, str]], draw: random.Random) -> Questions:
    """Ready to ask about these passages (title, text)."""
    read = []
    for title, text in passages:
        cut = sentences(text)
        if cut:
            spans = {kind: [m[0].strip() for m in pattern.finditer(text)] for kind, pattern in SPANS.items()}
            read.append(Read(title=title, text=text, cut=cut, spans=spans))
    pools = {kind: [span for one in read for span in one.spans[kind]] for kind in SPANS}
    return Questions(draw=draw, read=read, pools=pools)


def _joined(one: Read, other: Read) -> str:
    return " ".join(f"{read.title}: {' '.join(read.cut[:2])}" for read in (one, other))


def _overlap(one: str, other: str) -> bool:
    return bool((set(one.lower().split()) & set(other.lower().split())) - _LITTLE)
