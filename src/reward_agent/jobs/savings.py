"""What a best-of-n budget saved, and whether the picks would have differed: counted sample by sample."""

from dataclasses import dataclass, field

from reward_agent.jobs.budget import Budget
from reward_agent.jobs.picks import leaders
from reward_agent.jobs.standings import Standing
from reward_agent.reports.best_of_n import BudgetFigures
from reward_agent.reports.divisions import OVERALL, Division
from reward_agent.reports.intervals import Outcome, interval95
from reward_agent.types import Judgment


@dataclass(kw_only=True)
class Savings:
    """What a budget saved so far."""

    candidates: int = 0
    asked: int = 0
    settled: int = 0
    by_lot: int = 0
    fell_back: int = 0
    same: list[Outcome] = field(default_factory=list)
    calls: int = 0
    full_calls: int = 0

    def take(self, standing: Standing, audit: Judgment | None) -> None:
        """Counts one sample; `audit` is its judgment in full, where there is one."""
        if standing.finalists is None:
            return
        asked = len(standing.finalists) > 1 or standing.final is not None
        self.candidates += len(standing.taken.sample.candidates)
        self.asked += len(standing.finalists) if asked else 0
        self.settled += not asked
        self.by_lot += standing.by_lot > 0
        self.fell_back += standing.final is not None and standing.final.decision is None
        if audit is None or audit.decision is None or standing.ranks is None:
            return
        everyone = range(len(standing.taken.sample.candidates))
        ours, theirs = leaders(standing.ranks, everyone), set(leaders(audit.decision.scores, everyone))
        share = sum(index in theirs for index in ours) / len(ours)
        self.same.append(Outcome(standing.taken.sample.id, OVERALL, share))
        self.calls += sum(_questions(judgment) for judgment in (standing.opening, standing.final))
        self.full_calls += _questions(audit)

    def figures(self, told: str | None) -> BudgetFigures | None:
        """None without a budget; `told` is the budget as it was given."""
        if told is None or not self.candidates:
            return None
        division = Division(name=OVERALL, weights={OVERALL: 1.0})
        return BudgetFigures(
            told=told,
            candidates=self.candidates,
            allowed=Budget.parse(told).of(self.candidates),
            asked=self.asked,
            settled=self.settled,
            by_lot=self.by_lot,
            fell_back=self.fell_back,
            audited=len(self.same),
            same=division.mean({OVERALL: [outcome.value for outcome in self.same]}),
            ci95=interval95(self.same, division),
            calls=self.calls,
            full_calls=self.full_calls,
        )


def _questions(judgment: Judgment | None) -> int:
    """What models were asked, whether or not the answer was kept from before."""
    return 0 if judgment is None else judgment.usage.calls + judgment.usage.cached
