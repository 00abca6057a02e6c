"""The journal of drawn answers: one row a request, appended as it is answered, and what it adds up to.

A request asks for some of a prompt's answers, by their index from 0; what came is kept whatever becomes of the others.
Those that did not come are on record with the reason, and are asked for again by the next run.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from reward_agent.errors import RunError
from reward_agent.jobs.journal import read_sized_rows
from reward_agent.types import Failure, Usage

ASKED_ANEW = "Delete that line and run the same command again: its answers are asked for anew."
LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as it came: it may be empty. `finish`: `stop`, or `length` where it was cut off at max_tokens."""

    index: int
    text: str
    finish: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one request brought. `key` is unique; `missing` are the indices that were asked for and did not come, and
    `failure` says why."""

    key: str
    sample_id: str
    answers: tuple[Answer, ...] = ()
    missing: tuple[int, ...] = ()
    failure: Failure | None = None
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class _AnswerHead:
    index: int


@dataclass(frozen=True, slots=True)
class _Head:
    """As much of a request as memory holds."""

    sample_id: str
    answers: tuple[_AnswerHead, ...] = ()


_HEAD = TypeAdapter(_Head)
_REQUEST = TypeAdapter(Request)


class Standing:
    """Which answers are there, and how many requests each prompt has had. Memory holds a few numbers a prompt."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._there: defaultdict[str, set[int]] = defaultdict(set)
        self._failed: defaultdict[str, set[int]] = defaultdict(set)
        self._requests: Counter[str] = Counter()

    @classmethod
    def read(cls, path: Path, n: int) -> Self:
        """The standing of a journal. Raises RunError naming a line that cannot be read."""
        standing = cls(n)
        for head, _ in read_sized_rows(path, _HEAD, remedy=ASKED_ANEW):
            standing._requests[head.sample_id] += 1
            standing._there[head.sample_id].update(answer.index for answer in head.answers)
        return standing

    def note(self, request: Request) -> None:
        """One more request was answered. What it lacks is not asked for again in this run."""
        self._there[request.sample_id].update(answer.index for answer in request.answers)
        self._failed[request.sample_id].update(request.missing)

    def wanted(self, sample_id: str) -> list[int]:
        """The indices below n that are neither there nor failed in this run, in order."""
        have = self._there.get(sample_id, set()) | self._failed.get(sample_id, set())
        return [index for index in range(self._n) if index not in have]

    def count(self, sample_id: str) -> int:
        """How many of the first n answers are there."""
        return sum(index < self._n for index in self._there.get(sample_id, ()))

    def new_key(self, sample_id: str) -> str:
        """A key that no request has had."""
        self._requests[sample_id] += 1
        return f"{sample_id}@{self._requests[sample_id]}"


class KeptAnswers:
    """The answers of a journal by sample id, read from disk when asked for. Raises RunError for a damaged line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        place = 0
        for head, size in read_sized_rows(path, _HEAD, remedy=ASKED_ANEW):
            self._places[head.sample_id].append(place)
            place += size

    def of_each(self, ids: Iterator[str], n: int) -> Iterator[tuple[str, Sequence[Answer]]]:
        """For every id its answers among the first n, by index."""
        if not self._path.exists():
            yield from ((id, ()) for id in ids)
            return
        with self._path.open("rb") as file:
            for id in ids:
                found: dict[int, Answer] = {}
                for place in self._places.get(id, ()):
                    file.seek(place)
                    found |= {answer.index: answer for answer in self._read(file.readline()).answers}
                yield id, [found[index] for index in sorted(found) if index < n]

    def _read(self, line: bytes) -> Request:
        try:
            return _REQUEST.validate_json(line)
        except ValidationError as error:
            raise RunError(f"{self._path}: a row cannot be read. {ASKED_ANEW}") from error


def runs_of(indices: Collection[int]) -> Iterator[tuple[int, ...]]:
    """The indices, in order, as runs without a gap: a server's k-th answer has the first one's seed + k."""
    run: list[int] = []
    for index in sorted(indices):
        if run and index != run[-1] + 1:
            yield tuple(run)
            run = []
        run.append(index)
    if run:
        yield tuple(run)


def tallied(kinds: Mapping[str, int]) -> str:
    """Counts by kind in words, the most first: `3 timeout, 1 refused`."""
    return ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
