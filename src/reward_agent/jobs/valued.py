"""What every candidate is worth by an evaluator, kept in a run folder: values.jsonl.

    references = References.read("answers.jsonl", max_row_bytes=1_000_000)
    evaluate_candidates(samples, evaluator_named("triviaqa"), references=references, out=out / "values.jsonl")

The evaluator sees the row's other columns and, where they stand in another file, that file's row with the same id or
the same prompt. It is asked after the judging, of all candidates, so that every way of picking can be read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from reward_agent.benchmarks.rows import read_rows as read_data_rows
from reward_agent.errors import ConfigError, DataError, RunError
from reward_agent.evaluate import EVALUATORS, Evaluator, Score
from reward_agent.jobs.folder import whole_file
from reward_agent.jobs.journal import read_rows
from reward_agent.jobs.samples import Taken
from reward_agent.jobs.standings import Standing
from reward_agent.types import Problem

IDS = ("id", "key", "question_id", "idx")
OWN = "the agent's own score"
"""What the values are called where there is no evaluator."""
PROMPTS = ("prompt", "instruction", "question", "Question")


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """The scores of a sample's candidates, in the file's order."""

    sample_id: str
    scores: tuple[Score, ...]


_VALUED: TypeAdapter[Valued] = TypeAdapter(Valued)


def evaluator_named(name: str) -> Evaluator:
    """Raises ConfigError for a name that there is not."""
    if name not in EVALUATORS:
        raise ConfigError(f"--evaluate takes one of {', '.join(EVALUATORS)}, got {name!r}")
    return EVALUATORS[name]


def evaluate_candidates(
    samples: Iterable[Taken], evaluator: Evaluator, *, references: "References | None", out: Path
) -> int:
    """Writes the file; returns how many samples have a value for each candidate.

    Raises DataError for references of which not one belongs to a sample.
    """
    matched = whole = 0
    with whole_file(out) as file:
        for taken in samples:
            found = {} if references is None else references.of(taken)
            matched += found is not None
            if found is None and references is not None:
                reason = f"no row of {references.file} has its id or prompt"
                scores = tuple(Score.missing(reason) for _ in taken.sample.candidates)
            else:
                scores = tuple(_scores(taken, evaluator, found or {}))
            whole += all(score.value is not None for score in scores)
            file.write(_VALUED.dump_json(Valued(sample_id=taken.sample.id, scores=scores)).decode() + "\n")
        if references is not None and not matched:
            raise DataError(
                f"{references.file}: none of its {references.rows} rows has the id ({', '.join(IDS)}) or the prompt "
                f"({', '.join(PROMPTS)}) of a sample. Give the file that the prompts were taken from"
            )
    return whole


def read_valued(path: Path) -> Iterator[Valued]:
    """The file, in the order of the samples. Raises RunError."""
    return read_rows(path, _VALUED, remedy="Run the same command again: it writes this file anew.")


def with_scores(
    standings: Iterable[Standing], values: Path | None
) -> Iterator[tuple[Standing, Sequence[Score] | None]]:
    """Every sample with the evaluator's scores of its candidates. Raises RunError where the two do not belong
    together."""
    if values is None:
        yield from ((standing, None) for standing in standings)
        return
    for standing, valued in zip_longest(standings, read_valued(values)):
        if standing is None or valued is None or standing.taken.sample.id != valued.sample_id:
            raise RunError(
                f"{values} does not belong to the samples beside it. Run the same command again: it writes "
                "this file anew."
            )
        yield standing, valued.scores


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The rows of `file` with reference columns, by id and by prompt."""

    file: str
    by_id: Mapping[str, Mapping[str, Any]]
    by_prompt: Mapping[str, Mapping[str, Any]]
    rows: int

    @classmethod
    def read(cls, file: str, *, max_row_bytes: int) -> "References":
        """Raises DataError for a file that is not rows. A row that cannot be read is as good as missing."""
        by_id: dict[str, Mapping[str, Any]] = {}
        by_prompt: dict[str, Mapping[str, Any]] = {}
        rows = 0
        for row in read_data_rows(file, max_row_bytes=max_row_bytes, lists_inside=True):
            if isinstance(row, Problem):
                continue
            rows += 1
            for name in IDS:
                if isinstance(row.data.get(name), str | int):
                    by_id.setdefault(str(row.data[name]), row.data)
            for name in PROMPTS:
                if isinstance(row.data.get(name), str):
                    by_prompt.setdefault(row.data[name].strip(), row.data)
        return cls(file=file, by_id=by_id, by_prompt=by_prompt, rows=rows)

    def of(self, taken: Taken) -> Mapping[str, Any] | None:
        """By prompt, else by id where the row has no prompt, or one that stands in the sample's: many files number
        their rows from 0, and would all belong together."""
        asked = taken.sample.instruction
        if (found := self.by_prompt.get(asked.strip())) is not None:
            return found
        row = self.by_id.get(taken.sample.id)
        prompts = [] if row is None else [row[name] for name in PROMPTS if isinstance(row.get(name), str)]
        return row if all(prompt.strip() in asked for prompt in prompts) else None


def _scores(taken: Taken, evaluator: Evaluator, found: Mapping[str, Any]) -> Iterator[Score]:
    row = {**taken.columns, **found, "prompt": taken.sample.instruction}
    for index, text in enumerate(taken.sample.responses):
        yield evaluator.score(row, text, index)
