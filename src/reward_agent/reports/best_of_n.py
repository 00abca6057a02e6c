"""The report of a best-of-n run: its figures, and those of two runs compared.

Everything is a function of what the run folder holds. `best_of_n_pages` gives it a form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reward_agent.reports.curve import Curve
from reward_agent.reports.metrics import Integrity, SignalFigures
from reward_agent.types import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeFigures:
    """The picks at one size. `short` prompts have fewer candidates and use all they have; in `tied` several candidates
    shared the first place and the pick was drawn among them; in `unjudged` it was drawn among all."""

    size: int
    prompts: int
    short: int
    tied: int
    unjudged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What the values of the curves are. `evaluator` is None where they are the agent's own scores. Of the prompts,
    `evaluated` have a value for every candidate; of the others `reasons` names the first."""

    evaluator: str | None
    measure: str
    unit: str
    evaluated: int
    missing: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFigures:
    """What the budget saved. `allowed` and `asked` count candidates that may have got and got the expensive signals, of
    `candidates`; `settled` samples needed none; in `by_lot` samples some of those who stayed in were drawn among
    equals; in `fell_back` the second round decided nothing and the cheap signals picked.

    Of `audited` samples, judged in full beside, the pick at the largest size is the same in the share `same` (with its
    95 % interval); for them the run asked `calls` questions (answers from the cache among them) and the full judgment
    `full_calls`.
    """

    told: str
    candidates: int
    allowed: int
    asked: int
    settled: int
    by_lot: int
    fell_back: int
    audited: int
    same: float | None
    ci95: tuple[float, float] | None
    calls: int
    full_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOfNReport:
    """As in report.json. `missing` samples have no judgment yet; `unjudged` were judged without a decision. `skipped`
    sizes were asked for and no prompt has so many candidates. The first of `curves` is curve.json."""

    preset: str
    version: str
    n: int
    missing: int
    unjudged: int
    fewest: int
    most: int
    sizes: tuple[SizeFigures, ...]
    skipped: tuple[int, ...]
    evaluation: Evaluation | None
    curves: tuple[Curve, ...]
    budget: BudgetFigures | None
    integrity: Integrity
    signals: Mapping[str, SignalFigures]
    failures: Mapping[str, int]
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedPoint:
    """Two runs at one size, over the prompts both have: mean values A and B, and B − A with its 95 % interval by a
    bootstrap over prompts, each drawn with both values."""

    size: int
    a: float
    b: float
    difference: float
    ci95: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCurves:
    """Two best-of-n runs on the same candidates, paired by prompt. `only_a` and `only_b` prompts are in one run alone
    and in no figure."""

    name_a: str
    name_b: str
    metric: str
    n: int
    only_a: int
    only_b: int
    points: tuple[PairedPoint, ...]
