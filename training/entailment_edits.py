"""Sentences of passages changed by rule, to train the entailment model on: true rewordings and small false edits.

    true     without an aside or a side clause, with the subject's name for "he" or "it", a word for its synonym, a
             number in words, a date the other way round
    false    a number, month or name put in from elsewhere, a word for its opposite, "not" put in or taken out, "all"
             for "some", two names that change places

The lists of words were written for this and hold nothing from a data set.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d+\b")
NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-zé]+(?: [A-Z][a-zé]+)+|[A-Z][a-zé]{3,})")
ASIDE = re.compile(r" \([^)]*\)|, (?:who|which)[^,]*,")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
HALF = 0.5
NEARBY = 0.6
"""How often what is put in comes from the same passage, which makes the hardest false claim."""

_TAIL = re.compile(r"(?:, (?:and|but|while|although|with|which|who|where|after|before|including)\b[^,;]*|; [^;]*)\.$")
_LEAD = re.compile(r"\A(?:In|On|After|During|Since|At|By|As of|Following) [^,.]{2,40}, (?=[A-Za-z])")
_PRONOUN = re.compile(r"\A(?:He|She|It)\b(?= (?!is (?:not )?(?:believed|thought|said|possible|likely|clear)))")
_OWN = re.compile(r"\A(?:His|Her|Its)\b")
_AUXILIARY = r"\b(is|was|are|were|has|have|had|can|could|will|would|did|does|do)\b"
_POSITIVE = re.compile(rf"{_AUXILIARY}(?! not\b)")
_NEGATIVE = re.compile(rf"{_AUXILIARY} not\b")
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
_DATE = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}}), (\d{{4}})\b")
_DATE_BRITISH = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")
_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SMALL_NUMBER = re.compile(rf"(?<![\d.,$] )\b(?:[2-9]|1[0-2]|{'|'.join(_SMALL[2:])})\b(?=,? [a-z])")
MAX_SHIFT = 12

_OPPOSITES = """
first=last, before=after, more=less, more=fewer, most=least, largest=smallest, larger=smaller, highest=lowest,
higher=lower, high=low, increase=decrease, increases=decreases, increased=decreased, increasing=decreasing, rose=fell,
rise=fall, up=down, north=south, northern=southern, northeast=southwest, northwest=southeast, east=west,
eastern=western, won=lost, win=lose, early=late, earlier=later, earliest=latest, old=new, older=younger,
oldest=youngest, public=private, father=son, mother=daughter, brother=sister, husband=wife, king=queen, actor=director,
male=female, men=women, man=woman, open=closed, opened=closed, began=ended, begin=end, start=end, started=ended,
arrived=left, joined=left, above=below, inside=outside, strong=weak, stronger=weaker, positive=negative,
success=failure, successful=unsuccessful, accepted=rejected, approved=refused, allow=prevent, allowed=forbidden,
supported=opposed, support=oppose, agree=disagree, agreed=disagreed, always=never, often=rarely, usually=seldom,
rich=poor, same=different, similar=different, long=short, longer=shorter, longest=shortest, fast=slow, faster=slower,
best=worst, better=worse, good=bad, major=minor, upper=lower, left=right, summer=winter, spring=autumn, day=night,
morning=evening, hot=cold, wet=dry, warm=cool, military=civilian, domestic=foreign, national=local, internal=external,
profit=loss, gain=loss, bought=sold, buy=sell, import=export, attack=defend, attacked=defended, victory=defeat,
guilty=innocent, legal=illegal, alive=dead, born=died, married=divorced, plaintiff=defendant, expand=reduce,
expanded=reduced, raise=lower, raised=lowered, improve=worsen, improved=worsened, include=exclude, including=excluding,
easy=difficult, safe=dangerous, full=empty, light=dark, black=white, modern=ancient, urban=rural, permanent=temporary,
optional=mandatory, voluntary=compulsory, directly=indirectly, partly=wholly, partially=completely, maximum=minimum
"""
_SAME = """
film=movie, began=started, large=big, approximately=about, located=situated, created=made, well-known=famous,
mainly=mostly, primarily=mainly, received=got, purchased=bought, assist=help, assisted=helped, often=frequently,
several=various, currently=now, previously=earlier, formerly=previously, occurred=happened, finished=completed,
attempted=tried, required=needed, begins=starts, rose=increased, fell=decreased, firm=company, physician=doctor,
attorney=lawyer, author=writer, nation=country, children=kids, aid=help, entire=whole,
due to=because of, prior to=before, while=whereas, although=though, founded=established,
numerous=many, rapidly=quickly, stated=said, announced=declared, constructed=built, initial=first, annual=yearly,
appointed=named, selected=chosen, acclaimed=praised, permitted=allowed, issued=released, significant=important,
expected=anticipated, remained=stayed, died=passed away, obtained=got, main=chief, soccer=football, town=municipality
"""
_QUANTITIES = """
some=all, some=none, many=all, most=all, several=all, few=many, one of the=the only, some of the=all of the,
many of the=all of the, nearly=exactly, almost=exactly, at least=at most, more than=less than, up to=at least,
over=under, all=none, all=some, every=no, each=no, both=neither, may=must, might=will, could=will, can=must,
often=always, sometimes=always, usually=always, partly=entirely, mostly=entirely, only=also
"""


def _table(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in text.replace("\n", " ").split(","):
        one, other = entry.strip().split("=")
        found.setdefault(one, []).append(other)
    return found


def _both_ways(table: dict[str, list[str]]) -> dict[str, list[str]]:
    found = {one: [*others] for one, others in table.items()}
    for one, others in table.items():
        for other in others:
            found.setdefault(other, []).append(one)
    return found


OPPOSITES, SAME, QUANTITIES = _both_ways(_table(_OPPOSITES)), _both_ways(_table(_SAME)), _table(_QUANTITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """`pools`: numbers and names of all passages, for what is put in from elsewhere."""

    draw: random.Random
    pools: dict[re.Pattern[str], list[str]] = field(default_factory=dict)

    def reworded(self, sentence: str, title: str, *, steps: int = 2) -> str:
        """The same said differently, after up to `steps` rewordings that apply."""
        ways: list[Callable[[str, str], str]] = [_shorter, _named, self._synonym, _in_words, _date_turned]
        self.draw.shuffle(ways)
        done, text = 0, sentence
        for way in ways:
            changed = way(text, title)
            if changed != text:
                text, done = changed, done + 1
            if done == steps:
                break
        return text

    def falsified(self, sentence: str, passage: str) -> str | None:
        """The sentence with one edit that makes it false, or None where no edit applies."""
        ways: list[Callable[[str, str], str | None]] = [
            *(self._number, self._number, self._name, self._name, self._month, self._opposite, self._opposite),
            *(self._quantity, self._denied, self._turned),
        ]
        self.draw.shuffle(ways)
        for way in ways:
            changed = way(sentence, passage)
            if changed is not None and changed != sentence and changed not in passage:
                return changed
        return None

    def _number(self, sentence: str, passage: str) -> str | None:
        matches = list(NUMBER.finditer(sentence))
        if not matches:
            return None
        match = self.draw.choice(matches)
        if self.draw.random() < HALF and match[0].isdigit():
            put = str(max(0, int(match[0]) + self.draw.choice([-1, 1]) * self.draw.randint(1, MAX_SHIFT)))
        else:
            put = self._from_elsewhere(NUMBER, sentence, passage) or ""
        return _put(sentence, match, put) if put and put != match[0] else None

    def _name(self, sentence: str, passage: str) -> str | None:
        matches = list(NAME.finditer(sentence))
        put = self._from_elsewhere(NAME, sentence, passage)
        return _put(sentence, self.draw.choice(matches), put) if matches and put else None

    def _from_elsewhere(self, kind: re.Pattern[str], sentence: str, passage: str) -> str | None:
        there: list[str] = kind.findall(passage)
        near = sorted({found for found in there if found not in sentence and sentence not in found})
        if near and self.draw.random() < NEARBY:
            return self.draw.choice(near)
        put = self.draw.choice(self.pools[kind])
        return None if put in passage else put

    def _month(self, sentence: str, passage: str) -> str | None:
        match = _MONTH.search(sentence)
        return _put(sentence, match, self.draw.choice(MONTHS)) if match else None

    def _opposite(self, sentence: str, passage: str) -> str | None:
        return self._exchanged(sentence, OPPOSITES)

    def _quantity(self, sentence: str, passage: str) -> str | None:
        return self._exchanged(sentence, QUANTITIES)

    def _synonym(self, sentence: str, title: str) -> str:
        return self._exchanged(sentence, SAME) or sentence

    def _exchanged(self, sentence: str, table: dict[str, list[str]]) -> str | None:
        there = [word for word in table if f" {word} " in sentence]
        if not there:
            return None
        word = self.draw.choice(there)
        return sentence.replace(f" {word} ", f" {self.draw.choice(table[word])} ", 1)

    def _denied(self, sentence: str, passage: str) -> str | None:
        if match := _NEGATIVE.search(sentence):
            return _put(sentence, match, match[1])
        match = _POSITIVE.search(sentence)
        return _put(sentence, match, f"{match[1]} not") if match else None

    def _turned(self, sentence: str, passage: str) -> str | None:
        """Two names that change places: who did it to whom."""
        matches = list(NAME.finditer(f"a {sentence}"))
        if len(matches) < 2:
            return None
        one, other = sorted(self.draw.sample(matches, 2), key=lambda match: match.start())
        whole = f"a {sentence}"
        between = whole[one.end() : other.start()]
        if re.fullmatch(r"(?:,| and|, and| or)? ?", between) or one[0] == other[0]:
            return None
        return (whole[: one.start()] + other[0] + between + one[0] + whole[other.end() :])[2:]


def _put(text: str, match: re.Match[str], put: str) -> str:
    return text[: match.start()] + put + text[match.end() :]


def _shorter(sentence: str, title: str) -> str:
    for way in (_TAIL, ASIDE, _LEAD):
        shorter = way.sub("." if way is _TAIL else "", sentence)
        if shorter != sentence and len(shorter.split()) >= 5:
            return shorter[0].upper() + shorter[1:]
    return sentence


def _named(sentence: str, title: str) -> str:
    """The passage's subject for the pronoun at the beginning."""
    subject = bare_title(title)
    if not subject:
        return sentence
    return _OWN.sub(lambda _: f"{subject}'s", _PRONOUN.sub(lambda _: subject, sentence))


def bare_title(title: str) -> str:
    """The title without what tells it from its namesakes."""
    return title.split(" (")[0].strip()


def _in_words(sentence: str, title: str) -> str:
    match = _SMALL_NUMBER.search(sentence)
    if match is None or sentence[: match.start()].rstrip().endswith(MONTHS):
        return sentence
    return _put(sentence, match, _SMALL[int(match[0])] if match[0].isdigit() else str(_SMALL.index(match[0])))


def _date_turned(sentence: str, title: str) -> str:
    turned = _DATE.sub(r"\2 \1 \3", sentence)
    return turned if turned != sentence else _DATE_BRITISH.sub(r"\2 \1, \3", sentence)


def without(text: Sequence[str], sentence: str) -> str:
    """The passage without one of its sentences."""
    return " ".join(one for one in text if one != sentence)
