"""An id of its own for every row: ids of samples must differ, and those of data files do not always."""

from collections import Counter
from dataclasses import dataclass, field

from reward_agent.types import Problem


@dataclass(slots=True)
class OwnIds:
    """Gives each row the id it brings, or where an earlier row has it, that with `#2`, `#3` ..."""

    _taken: set[str] = field(default_factory=set)
    _times: Counter[str] = field(default_factory=Counter)

    def of(self, wanted: str) -> str:
        """The id for the next row; the same in every reading of the same rows."""
        id = wanted
        while id in self._taken:
            self._times[wanted] += 1
            id = f"{wanted}#{self._times[wanted] + 1}"
        self._taken.add(id)
        return id


def renamed(place: str, wanted: str, id: str) -> Problem:
    """What to tell a person about a row that could not keep the id it wanted."""
    what = f"the id {wanted[:80]!r} stands at an earlier row; it is called {id!r} here"
    return Problem(place=place, what=what, remedy="Give each row an id of its own", set_aside=False)
