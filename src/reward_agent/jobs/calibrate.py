"""The scale of one preference model, fitted on pairs whose responses are each scored once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from reward_agent.benchmarks import read_benchmark
from reward_agent.config import Settings
from reward_agent.errors import DataError, SignalError
from reward_agent.judge.fit import isotonic_points, robust_scale
from reward_agent.protocols import PreferenceModel
from reward_agent.types import LabeledSample, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What was fitted, and on what: `right` of `pairs` pairs have the better answer higher (a tie counts half);
    `failed` could not be scored."""

    name: str
    centre: float
    spread: float
    points: Sequence[tuple[float, float]]
    pairs: int
    failed: int
    right: float

    def lines(self) -> str:
        """For the configuration, in TOML."""
        pieces = [f"centre = {self.centre:.6g}", f"spread = {self.spread:.6g}"]
        if self.points:
            pieces.append(f"points = [{', '.join(f'[{x:.6g}, {y:.4g}]' for x, y in self.points)}]")
        share = self.right / self.pairs
        return (
            f"# {self.name}: fitted on {self.pairs} pairs ({self.failed} could not be scored), of which the better "
            f"answer scores higher in {share:.1%}.\n# It belongs below that model's [[prefer]].\n"
            f"calibration = {{ {', '.join(pieces)} }}"
        )


def read_pairs(data: str, settings: Settings) -> tuple[Sequence[LabeledSample], Sequence[Problem]]:
    """The pairs, and what is wrong with the others. Raises DataError."""
    reading = read_benchmark(
        "pairs", data, max_row_bytes=settings.run.max_row_bytes, unknown_label=settings.run.unknown_label, limit=None
    )
    return reading.samples, reading.problems


async def fit_scale(model: PreferenceModel, pairs: Sequence[LabeledSample], *, curve: bool, concurrency: int) -> Fit:
    """The model's scale, with `curve` an isotonic one beside it.

    Raises DataError where the scores do not allow one, or none could be had.
    """
    room = asyncio.Semaphore(concurrency)

    async def scored(pair: LabeledSample) -> Sequence[float] | SignalError:
        async with room:
            try:
                return await model.score(pair.sample.prompt, pair.sample.responses)
            except SignalError as error:
                return error

    results = await asyncio.gather(*(scored(pair) for pair in pairs))
    failures = [result for result in results if isinstance(result, SignalError)]
    scores = [
        (pair, result) for pair, result in zip(pairs, results, strict=True) if not isinstance(result, SignalError)
    ]
    if not scores:
        raise DataError(f"no pair could be scored; the last error: {failures[-1] if failures else 'there is no pair'}")
    better = [result[pair.best[0]] for pair, result in scores]
    worse = [result[pair.rest[0]] for pair, result in scores]
    centre, spread = robust_scale([*better, *worse])
    return Fit(
        name=model.name,
        centre=centre,
        spread=spread,
        points=isotonic_points(better, worse) if curve else (),
        pairs=len(scores),
        failed=len(failures),
        right=sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in zip(better, worse, strict=True)),
    )
