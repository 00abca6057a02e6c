"""The expensive signals in rounds, where they score each candidate by itself: who still has to be asked shows itself.

    await judge_in_rounds(contests, allowed, gain=1.0, out=out, judged=..., needed={"taste"})

After every round the best total so far is known, and what the expensive signals tend to add; so it is known how
likely each of those not yet asked is to pass the best. The likeliest of all samples are the next round. So a sample
stops where what was found is good enough, and what is saved goes to the samples where nothing good was found yet. The
scores of all rounds are sums of the same signals and can be compared; where a round lacks a signal, its candidates
are left out of the comparison, and the reason says so.

At the end finalists.jsonl and final.jsonl hold all rounds as one. Who was never asked has no score by the expensive
signals. Signals that depend on a candidate's company (comparisons in pairs, claims that answers share) do not come
here.
"""

import math
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter

from reward_agent.jobs.budget import DIGITS, LEAST
from reward_agent.jobs.folder import whole_file
from reward_agent.jobs.judging import KeptJudgments
from reward_agent.jobs.standings import FINALISTS, Finalists
from reward_agent.types import Decision, Judgment, Signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS = 16
DOUBT = 20
SEEN = 160
LATER = 0.8
"""So much less does the last of a sample's candidates count in one round than the first: those before it may settle the
matter, so it is better asked a round later."""
ROUNDING = 1e-9
"""Totals that differ by less are equal."""
NAME = "round-{}.jsonl"

Judged = Callable[[str, Mapping[str, Finalists]], Awaitable[None]]
"""Judges the samples' candidates named into the journal named, as far as it does not yet hold them."""

_JUDGMENT: TypeAdapter[Judgment] = TypeAdapter(Judgment)


@dataclass(kw_only=True)
class Contest:
    """A sample's candidates: scores by the cheap signals, lots, who was asked in each round, and the best total yet."""

    cheap: Sequence[float]
    lots: Sequence[bytes]
    asked: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    best: float | None = None

    def waiting(self, gains: "Gains") -> dict[int, float]:
        """Who was not asked and can still end up first, with the chance; nobody where the cheap signals leave one."""
        gone = {index for _, indices in self.asked for index in indices}
        left = [index for index in range(len(self.cheap)) if index not in gone]
        if not left:
            return {}
        found = gains.chances([self.cheap[index] for index in left], beyond=self.best)
        open_ = {index: chance for index, chance in zip(left, found, strict=True) if chance > 0}
        return {} if len(open_) == 1 and not gone else open_


@dataclass(kw_only=True)
class Gains:
    """What the expensive signals add to a candidate: anything from 0 to `most` alike at first, then what they `added`
    in earlier rounds, with `DOUBT` even draws that stay."""

    most: float
    added: list[float] = field(default_factory=list)
    draws: "NDArray[np.float64]" = field(init=False)

    def __post_init__(self) -> None:
        self.learn([])

    def learn(self, added: Sequence[float]) -> None:
        """What the expensive signals added in one more round."""
        self.added.extend(added)
        seen = np.array(self.added, dtype=float)
        if seen.size > SEEN:
            seen = np.quantile(seen, (np.arange(SEEN) + 0.5) / SEEN)
        self.draws = np.sort(np.concatenate([(np.arange(DOUBT) + 0.5) * self.most / DOUBT, seen]))

    def chances(self, scores: Sequence[float], *, beyond: float | None) -> list[float]:
        """How likely each candidate ends up first of these and above `beyond`, when each adds a draw of its own; 0
        where it is out of the question."""
        draws = self.draws
        levels, place, count = np.unique(np.array(scores, dtype=float), return_inverse=True, return_counts=True)
        totals = levels[:, None] + draws[None, :]
        gaps = totals[:, :, None] - levels[None, None, :]
        sides = [np.searchsorted(draws, gaps + side * ROUNDING, side="right") for side in (-1, 1)]
        below = (sides[0] + sides[1]) / (2 * draws.size)  # an equal total counts half
        own = np.arange(levels.size)
        with np.errstate(divide="ignore", invalid="ignore"):
            everyone = np.exp((count[None, None, :] * np.log(below)).sum(axis=2))
            others = np.where(everyone > 0, everyone / below[own, :, own], 0.0)
        wins = (others * (totals > (-math.inf if beyond is None else beyond + ROUNDING))).mean(axis=1)
        wins[wins < LEAST * wins.max()] = 0.0
        return [round(float(wins[level]), DIGITS) for level in place]


async def judge_in_rounds(
    contests: Mapping[str, Contest], allowed: int, *, gain: float, out: Path, judged: Judged, needed: Collection[str]
) -> None:
    """Judges at most `allowed` candidates; `gain` is what the expensive signals, `needed`, can add at most."""
    gains = Gains(most=gain)
    for number in range(1, ROUNDS + 1):
        chosen = next_round(contests, math.ceil(allowed / (ROUNDS + 1 - number)), gains)
        if not chosen:
            break
        allowed -= sum(len(indices) for indices in chosen.values())
        name = NAME.format(number)
        await judged(name, {id: Finalists(sample_id=id, indices=indices) for id, indices in chosen.items()})
        kept, added = KeptJudgments(out / name), list[float]()
        for id, indices in chosen.items():
            contest = contests[id]
            contest.asked.append((number, indices))
            totals = _complete(kept.of(id), needed)
            added.extend(total - contest.cheap[index] for index, total in zip(indices, totals, strict=False))
            contest.best = max([*totals, *([] if contest.best is None else [contest.best])], default=None)
        kept.close()
        gains.learn(added)
    _write(contests, out, gains, needed=needed)


def next_round(contests: Mapping[str, Contest], allowed: int, gains: Gains) -> dict[str, tuple[int, ...]]:
    """The likeliest candidates of all samples, a sample's further ones discounted by `LATER`; equals in the order of
    their lots."""
    line = []
    for id, contest in contests.items():
        waiting = contest.waiting(gains)
        ranked = sorted((-chance, contest.lots[index], index) for index, chance in waiting.items())
        for turn, (chance, lot, index) in enumerate(ranked):
            line.append((chance * (1 - LATER * turn / len(ranked)), lot, id, index))
    chosen: dict[str, list[int]] = {}
    for *_, id, index in sorted(line)[:allowed]:
        chosen.setdefault(id, []).append(index)
    return {id: tuple(sorted(indices)) for id, indices in chosen.items()}


def _complete(judgment: Judgment | None, needed: Collection[str]) -> Sequence[float]:
    """The scores of a round that has all the expensive signals; none otherwise."""
    if judgment is None or judgment.decision is None:
        return ()
    scored = {signal.name for signal in judgment.signals if signal.scores is not None}
    return judgment.decision.scores if scored.issuperset(needed) else ()


def _write(contests: Mapping[str, Contest], out: Path, gains: Gains, *, needed: Collection[str]) -> None:
    with ExitStack() as stack:
        rounds = {number: KeptJudgments(out / NAME.format(number)) for number in range(1, ROUNDS + 1)}
        for kept in rounds.values():
            stack.callback(kept.close)
        finalists = stack.enter_context(whole_file(out / "finalists.jsonl"))
        final = stack.enter_context(whole_file(out / "final.jsonl"))
        for id, contest in contests.items():
            parts = [(indices, judgment) for n, indices in contest.asked if (judgment := rounds[n].of(id)) is not None]
            indices, judgment = merged(parts, needed)
            by_lot = _by_lot(contest, indices, gains)
            indices = indices or (_first(contest),)
            finalists.write(
                FINALISTS.dump_json(Finalists(sample_id=id, indices=indices, by_lot=by_lot)).decode() + "\n"
            )
            if judgment is not None:
                final.write(_JUDGMENT.dump_json(judgment).decode() + "\n")


def merged(
    parts: Sequence[tuple[tuple[int, ...], Judgment]], needed: Collection[str]
) -> tuple[tuple[int, ...], Judgment | None]:
    """The rounds of a sample as one judgment of all that can be compared, and who these are; all that were asked, and
    no decision, where nobody can."""
    if not parts:
        return (), None
    whole = [(indices, judgment) for indices, judgment in parts if _complete(judgment, needed)]
    reason = whole[0][1].decision.reason if whole and whole[0][1].decision is not None else None
    alike = [part for part in whole if part[1].decision is not None and part[1].decision.reason == reason] or list(
        parts
    )
    places = sorted(
        (index, part, place) for part, (indices, _) in enumerate(alike) for place, index in enumerate(indices)
    )
    order = [(part, place) for _, part, place in places]
    judgments = [judgment for _, judgment in alike]
    left_out = sum(len(indices) for indices, _ in parts) - len(order)
    decision = None
    if reason is not None:
        said = f"; {left_out} more could not be compared, other signals scored them" if left_out else ""
        scores = tuple(j.decision.scores if j.decision is not None else () for j in judgments)
        decision = Decision(scores=tuple(scores[part][place] for part, place in order), reason=reason + said)
    usage = parts[0][1].usage
    for _, judgment in parts[1:]:
        usage = usage + judgment.usage
    return tuple(index for index, *_ in places), replace(
        judgments[0],
        signals=tuple(_signals(judgments, order)),
        failures=tuple(failure for _, judgment in parts for failure in judgment.failures),
        decision=decision,
        usage=usage,
    )


def _signals(judgments: Sequence[Judgment], order: Sequence[tuple[int, int]]) -> Iterator[Signal]:
    """Those that every round has, in the order of the candidates."""
    for signal in judgments[0].signals:
        rounds = [next((s for s in judgment.signals if s.name == signal.name), None) for judgment in judgments]
        verdicts = [() if found is None else found.verdicts for found in rounds]
        if None not in rounds:
            yield replace(signal, verdicts=tuple(verdicts[part][place] for part, place in order))


def _by_lot(contest: Contest, asked: Sequence[int], gains: Gains) -> int:
    """How many of those asked were level, by the cheap signals, with one who was not and could still have won."""
    waiting = {contest.cheap[index] for index in contest.waiting(gains)}
    return sum(contest.cheap[index] in waiting for index in asked)


def _first(contest: Contest) -> int:
    return min(range(len(contest.cheap)), key=lambda index: (-contest.cheap[index], contest.lots[index]))
