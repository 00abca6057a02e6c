"""How the candidates of a sample stand, read from a best-of-n run's journals.

Without a budget every candidate was judged once, by all signals. With one there are two rounds: cheap signals of all
candidates (judgments.jsonl), then all signals of the finalists (finalists.jsonl, final.jsonl; see `rounds`). Scores
of two rounds are never compared: a finalist stands above who is none, and within a round the scores decide. Who was
left out has no score by the expensive signals, and gets none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter

from reward_agent.errors import RunError
from reward_agent.jobs.intake import JudgedFile
from reward_agent.jobs.journal import read_rows
from reward_agent.jobs.judging import KeptJudgments
from reward_agent.jobs.picks import Rank
from reward_agent.jobs.samples import Taken
from reward_agent.types import Decision, Judgment, Sample

AGAIN = "Run the same command again: it writes this file anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalists:
    """Who gets the expensive signals; `by_lot` of the sample's candidates had the same chance as one who was left
    out."""

    sample_id: str
    indices: tuple[int, ...]
    by_lot: int = 0

    def of(self, sample: Sample) -> Sample:
        """The sample with its finalists alone."""
        return Sample(
            id=sample.id, prompt=sample.prompt, candidates=tuple(sample.candidates[index] for index in self.indices)
        )


FINALISTS: TypeAdapter[Finalists] = TypeAdapter(Finalists)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A sample with its judgments. `finalists` is None without a budget (`by_lot`: see `Finalists`), `final` where
    there is no second round, or none yet."""

    taken: Taken
    opening: Judgment | None
    finalists: tuple[int, ...] | None = None
    by_lot: int = 0
    final: Judgment | None = None

    @property
    def finished(self) -> bool:
        """Whether all that was to be judged was judged."""
        more = self.finalists is not None and len(self.finalists) > 1
        return self.opening is not None and (self.final is not None or not more)

    @property
    def ranks(self) -> Sequence[Rank] | None:
        """Higher is better; None where nothing could be decided."""
        sample = self.taken.sample
        opening = _scores(self.opening, len(sample.candidates))
        if self.finalists is None:
            return None if opening is None else [(0, score) for score in opening]
        final = _scores(self.final, len(self.finalists))
        if opening is None and final is None:
            return None
        ranks: list[Rank] = [(0, score) for score in opening or [0.0] * len(sample.candidates)]
        for place, index in enumerate(self.finalists):
            ranks[index] = (1, ranks[index][1] if final is None else final[place])
        return ranks

    def judgment_of(self, index: int) -> tuple[Judgment | None, int]:
        """The last judgment of a candidate, and its place there."""
        if self.final is not None and self.final.decision is not None and index in (self.finalists or ()):
            return self.final, (self.finalists or ()).index(index)
        return self.opening, index

    @property
    def decision(self) -> Decision | None:
        """The decision that picks among all candidates."""
        last = self.final if self.final is not None and self.final.decision is not None else self.opening
        return None if last is None else last.decision

    def alone(self) -> dict[str, Sequence[float] | None]:
        """The scores of every preference model that was asked about all candidates, by its name."""
        signals = () if self.opening is None else self.opening.signals
        return {signal.name: signal.scores for signal in signals if signal.kind == "preference"}


class Standings:
    """A best-of-n run folder, read in the order of the file. Use `open`, for `with`."""

    def __init__(self, out: Path) -> None:
        self.judged = JudgedFile.open(out)
        if self.judged.job.get("kind") != "best-of-n":
            self.judged.judgments.close()
            raise RunError(f"{out} does not hold a best-of-n run this version knows.")
        self.budget: str | None = self.judged.job.get("budget")
        self.finals = KeptJudgments(out / "final.jsonl")
        self.audits = KeptJudgments(out / "audit.jsonl")
        self.finalists: Mapping[str, Finalists] = {
            row.sample_id: row for row in read_rows(out / "finalists.jsonl", FINALISTS, remedy=AGAIN)
        }

    @classmethod
    def open(cls, out: Path) -> Self:
        """Raises RunError where the folder holds no such run."""
        return cls(out)

    def __iter__(self) -> Iterator[Standing]:
        for taken, judgment in self.judged:
            chosen = self.finalists.get(taken.sample.id)
            yield Standing(
                taken=taken,
                opening=judgment,
                finalists=None if chosen is None else chosen.indices,
                by_lot=0 if chosen is None else chosen.by_lot,
                final=self.finals.of(taken.sample.id),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for kept in (self.judged.judgments, self.finals, self.audits):
            kept.close()


def _scores(judgment: Judgment | None, count: int) -> Sequence[float] | None:
    if judgment is None or judgment.decision is None:
        return None
    if len(judgment.decision.scores) != count:
        raise RunError(
            f"the journal's row {judgment.sample_id!r} has {len(judgment.decision.scores)} scores for {count} "
            "candidates: it was changed or damaged. Delete that line and run the same command again."
        )
    return judgment.decision.scores
