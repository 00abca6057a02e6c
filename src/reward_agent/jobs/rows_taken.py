"""What a file of rows was like, as it is read into a run folder: counts, problems, ids and a fingerprint."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from reward_agent.benchmarks.own_ids import OwnIds, renamed
from reward_agent.reports.metrics import Integrity
from reward_agent.types import Problem

KEPT_PROBLEMS = 1_000


@dataclass(slots=True)
class RowsTaken:
    """Counted row by row; memory holds an id and a digest a row, and the first `KEPT_PROBLEMS` problems."""

    kept: int = 0
    set_aside: int = 0
    duplicates: int = 0
    problems: list[Problem] = field(default_factory=list)
    _digest: Any = field(default_factory=hashlib.sha256)
    _ids: OwnIds = field(default_factory=OwnIds)
    _contents: set[bytes] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return self.kept + self.set_aside

    def note(self, problem: Problem) -> None:
        """A row that cannot be used, or one that can with something wrong about it."""
        self.set_aside += problem.set_aside
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)

    def own_id(self, wanted: str, place: str) -> str:
        """The id of the next row; where it is not the one it wanted, that is noted."""
        id = self._ids.of(wanted)
        if id != wanted:
            self.note(renamed(place, wanted, id))
        return id

    def keep(self, id: str, content: bytes) -> None:
        """A row that is used, with what its judgment depends on."""
        key = hashlib.sha256(content).digest()[:16]
        self.duplicates += key in self._contents
        self._contents.add(key)
        self._digest.update(json.dumps(id).encode("ascii") + content + b"\n")
        self.kept += 1

    def integrity(self) -> Integrity:
        return Integrity(
            rows=self.rows,
            set_aside=self.set_aside,
            duplicates=self.duplicates,
            label_counts={},
            fingerprint=self._digest.hexdigest(),
            problems=tuple(self.problems),
        )
