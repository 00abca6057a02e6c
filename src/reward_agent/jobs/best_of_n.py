"""Best-of-n: every candidate is judged once, every size is read from the same judgments.

    job = BestOfNJob(data="responses.jsonl")
    await judge_candidates(job, settings, Agents(full=agent), out, shown=...)
    keep_reading(Reading(sizes=(1, 4, 16)), out)
    report = write_picks(out)

The run folder holds, beside what every run has:

    finalists.jsonl final.jsonl    with --budget: who got the expensive signals, and their judgments
    round-N.jsonl                  ... where these come in rounds: the journal of each; final.jsonl has them as one
    audit.jsonl                    with --audit: samples judged in full beside
    reading.json values.jsonl      how the picks are read, and what every candidate is worth by the evaluator
    results_best_of_N.jsonl        the picks of each size: {"prompt", "response", "id"}
    selected.jsonl                 the picks of the largest size with scores and reasons
    curve.json curve.png curve.svg report.json report.md
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reward_agent.config import Settings
from reward_agent.config.cheap import alone_and_bounded, expensive_weights
from reward_agent.config.judge import WeightedJudge
from reward_agent.engines import Judge, in_flight
from reward_agent.errors import RunError
from reward_agent.jobs.budget import Budget, chances, choose
from reward_agent.jobs.folder import RunFolder, whole_file, write_whole
from reward_agent.jobs.intake import FileJob, JudgedFile, judge_file
from reward_agent.jobs.judging import judge_all
from reward_agent.jobs.rounds import Contest, judge_in_rounds
from reward_agent.jobs.run import Watch
from reward_agent.jobs.standings import FINALISTS, Finalists, Standings
from reward_agent.jobs.valued import References, evaluate_candidates, evaluator_named
from reward_agent.presentation import digest
from reward_agent.types import Sample

SIZES = (1, 2, 4, 8, 16, 32)
ROUND_TWO = "all signals, finalists"
AUDIT = "all signals, audit"

Shown = Callable[[str], AbstractContextManager[Watch]]
"""Shows how far a part of the run is, by its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How judgments are read; it changes none of them. `sizes` rise; `evaluate` names an evaluator."""

    sizes: tuple[int, ...] = SIZES
    evaluate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOfNJob:
    """What to judge, within which budget, and how many samples to judge in full beside."""

    data: str
    limit: int | None = None
    budget: str | None = None
    audit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """`full` has all signals; `cheap` those that cost nothing, with a budget."""

    full: Judge
    cheap: Judge | None = None


_READING: TypeAdapter[Reading] = TypeAdapter(Reading)


async def judge_candidates(job: BestOfNJob, settings: Settings, agents: Agents, out: Path, *, shown: Shown) -> None:
    """Judges what the folder does not yet hold, in one round, or with a budget in two and an audit.

    Raises ConfigError for a budget that is none, and what `judge_file` raises.
    """
    budget = None if job.budget is None else Budget.parse(job.budget)
    options = {} if job.budget is None else {"budget": job.budget}
    file_job = FileJob(kind="best-of-n", data=job.data, limit=job.limit, options=options)
    with RunFolder(path=out).held():
        with shown("best-of-n" if budget is None else "cheap signals") as watch:
            await judge_file(file_job, settings, agents.cheap or agents.full, out, watch=watch)
        if budget is not None:
            await _second_round(budget, settings, agents.full, out, shown=shown)
            await _audit(job.audit, settings, agents.full, out, shown=shown)


async def _second_round(budget: Budget, settings: Settings, agent: Judge, out: Path, *, shown: Shown) -> None:
    if alone_and_bounded(settings):
        await _rounds(budget, settings, agent, out, shown=shown)
        return
    chosen = _chosen(budget, settings, out)
    with whole_file(out / "finalists.jsonl") as file:
        for finalists in chosen.values():
            file.write(FINALISTS.dump_json(finalists).decode() + "\n")
    several = {id: finalists for id, finalists in chosen.items() if len(finalists.indices) > 1}

    def samples(judged: JudgedFile) -> Iterator[Sample]:
        return (several[t.sample.id].of(t.sample) for t, _ in judged if t.sample.id in several)

    await _judged(agent, settings, out, "final.jsonl", samples, count=len(several), title=ROUND_TWO, shown=shown)


async def _rounds(budget: Budget, settings: Settings, agent: Judge, out: Path, *, shown: Shown) -> None:
    contests = {id: Contest(cheap=scores, lots=lots) for id, scores, lots in _standing(out)}

    async def judged(name: str, chosen: Mapping[str, Finalists]) -> None:
        def samples(file: JudgedFile) -> Iterator[Sample]:
            return (chosen[t.sample.id].of(t.sample) for t, _ in file if t.sample.id in chosen)

        title = f"{ROUND_TWO}, {Path(name).stem}"
        await _judged(agent, settings, out, name, samples, count=len(chosen), title=title, shown=shown)

    weights = expensive_weights(settings)
    allowed = budget.of(sum(len(contest.cheap) for contest in contests.values()))
    await judge_in_rounds(contests, allowed, gain=sum(weights.values()), out=out, judged=judged, needed=weights.keys())


def _standing(out: Path) -> Iterator[tuple[str, Sequence[float], list[bytes]]]:
    """Every sample's id, scores by the cheap signals (all equal where they decided nothing), and lots."""
    with JudgedFile.open(out) as judged:
        for taken, judgment in judged:
            sample = taken.sample
            decision = None if judgment is None else judgment.decision
            scores = [0.0] * len(sample.candidates) if decision is None else decision.scores
            yield sample.id, scores, [digest(sample.id, text)[:8] for text in sample.responses]


def _chosen(budget: Budget, settings: Settings, out: Path) -> dict[str, Finalists]:
    """The finalists of every sample, from the cheap signals' decisions alone: the same in every resume."""
    weights = expensive_weights(settings)
    bounded = not isinstance(settings.judge, WeightedJudge) or settings.judge.normalize
    found: dict[str, list[float]] = {}
    lots: dict[str, list[bytes]] = {}
    for id, scores, drawn in _standing(out):
        found[id] = chances(scores, gain=sum(weights.values()) or 1.0, bounded=bounded)
        lots[id] = drawn
    chosen = choose(found, budget.of(sum(map(len, found.values()))), lots=lots)
    return {
        id: Finalists(sample_id=id, indices=indices, by_lot=_drawn(found[id], indices))
        for id, indices in chosen.items()
    }


def _drawn(found: Sequence[float], indices: Sequence[int]) -> int:
    """How many of those who are in had the same chance as one who is out."""
    out = {chance for index, chance in enumerate(found) if index not in indices}
    return sum(found[index] in out for index in indices)


async def _audit(count: int, settings: Settings, agent: Judge, out: Path, *, shown: Shown) -> None:
    """The samples are drawn by their ids."""
    if not count:
        return
    with JudgedFile.open(out) as judged:
        drawn = set(sorted((taken.sample.id for taken, _ in judged), key=lambda id: digest("audit", id))[:count])

    def samples(judged: JudgedFile) -> Iterator[Sample]:
        return (taken.sample for taken, _ in judged if taken.sample.id in drawn)

    await _judged(agent, settings, out, "audit.jsonl", samples, count=len(drawn), title=AUDIT, shown=shown)


async def _judged(
    agent: Judge,
    settings: Settings,
    out: Path,
    name: str,
    samples: Callable[[JudgedFile], Iterable[Sample]],
    *,
    count: int,
    title: str,
    shown: Shown,
) -> None:
    with JudgedFile.open(out) as judged, shown(title) as watch:
        await judge_all(
            agent,
            samples(judged),
            out / name,
            both_orders=False,
            concurrency=in_flight(agent, settings),
            count=count,
            watch=watch,
        )


def keep_reading(reading: Reading, out: Path, *, references: References | None = None) -> None:
    """Keeps how the folder's judgments are to be read, and values every candidate where there is an evaluator.

    Raises ConfigError for an evaluator that there is not, DataError for references that belong to no sample.
    """
    values = out / "values.jsonl"
    if reading.evaluate is None:
        values.unlink(missing_ok=True)
    else:
        with Standings.open(out) as standings:
            evaluate_candidates(
                (standing.taken for standing in standings),
                evaluator_named(reading.evaluate),
                references=references,
                out=values,
            )
    write_whole(out / "reading.json", _READING.dump_json(reading, indent=2).decode() + "\n")


def kept_reading(out: Path) -> Reading:
    """Raises RunError where the folder has none."""
    try:
        return _READING.validate_json((out / "reading.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise RunError(f"{out}: the run was stopped before its picks were read. Run the same command again.") from error


def values_of(out: Path, reading: Reading) -> Path | None:
    """Where the evaluator's values are; None without an evaluator."""
    return None if reading.evaluate is None else out / "values.jsonl"


def sizes_of(text: str) -> tuple[int, ...]:
    """From "1,2,4". Raises ValueError."""
    sizes = sorted({int(part) for part in text.split(",")})
    if sizes[0] < 1:
        raise ValueError(f"a size is at least 1, got {sizes[0]}")
    return tuple(sizes)
