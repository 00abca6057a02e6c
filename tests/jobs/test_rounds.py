import asyncio
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.jobs.journal import Journal
from reward_agent.jobs.judging import KeptJudgments
from reward_agent.jobs.rounds import ROUNDS, Contest, Gains, judge_in_rounds, merged, next_round
from reward_agent.jobs.standings import Finalists
from reward_agent.types import Decision, Failure, Judgment, Plan, Signal, Usage, Verdict

EVEN = Gains(most=1.0)


def contest(*cheap: float) -> Contest:
    return Contest(cheap=cheap, lots=[bytes([k]) for k in range(len(cheap))])


def judgment(id: str, totals: tuple[float, ...], *, taste: bool = True, reason: str = "sum") -> Judgment:
    verdicts = tuple(Verdict(score=total) for total in totals)
    signals = [Signal(name="rules", kind="verification", verdicts=tuple(Verdict(score=0.5) for _ in totals))]
    if taste:
        signals.append(Signal(name="taste", kind="preference", verdicts=verdicts))
    return Judgment(
        sample_id=id,
        plan=Plan(checks=(), reason="r"),
        signals=tuple(signals),
        failures=() if taste else (Failure(source="taste", kind="timeout", error="late"),),
        decision=Decision(scores=totals, reason=reason),
        usage=Usage(calls=len(totals)),
    )


def test_who_cannot_pass_the_best_found_is_not_asked() -> None:
    assert EVEN.chances([1.0, 1.0, 0.2], beyond=1.5)[2] == 0
    assert EVEN.chances([1.0, 0.2], beyond=2.0) == [0.0, 0.0]
    assert EVEN.chances([1.0, 1.0], beyond=1.9)[0] == pytest.approx(0.1, abs=0.03)


def test_without_anything_known_equals_share_the_first_place() -> None:
    assert EVEN.chances([0.5] * 4, beyond=None) == pytest.approx([0.25] * 4, abs=0.02)


def test_gains_are_learned_from_what_the_signals_added() -> None:
    gains = Gains(most=1.0)
    before = gains.chances([1.0, 1.0], beyond=1.5)[0]
    gains.learn([0.1] * 200)
    assert gains.chances([1.0, 1.0], beyond=1.5)[0] < before / 4


def test_a_sample_that_the_cheap_signals_decide_is_never_asked() -> None:
    assert contest(3.0, 1.0).waiting(EVEN) == {}
    assert set(contest(1.0, 0.9, -1.0).waiting(EVEN)) == {0, 1}


def test_the_likeliest_come_first_and_lots_decide_among_equals() -> None:
    contests = {"open": contest(1.0, 1.0, 1.0, 1.0), "near": contest(1.0, 0.4)}
    assert next_round(contests, 1, EVEN) == {"near": (0,)}
    turned = Contest(cheap=[1.0] * 4, lots=[b"d", b"b", b"c", b"a"])
    assert next_round({"s": turned}, 2, EVEN) == {"s": (1, 3)}


@given(
    samples=st.lists(st.lists(st.integers(0, 3).map(float), min_size=1, max_size=5), min_size=1, max_size=5),
    allowed=st.integers(0, 20),
)
def test_a_round_stays_within_what_is_allowed(samples: list[list[float]], allowed: int) -> None:
    chosen = next_round({str(k): contest(*cheap) for k, cheap in enumerate(samples)}, allowed, EVEN)
    assert sum(map(len, chosen.values())) <= allowed


class Bench:
    """Judges by totals known beforehand, into real journals; counts whom it was asked about."""

    def __init__(self, out: Path, totals: Mapping[str, tuple[float, ...]]) -> None:
        self.out, self.totals = out, totals
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, name: str, chosen: Mapping[str, Finalists]) -> None:
        with Journal.open(self.out / name, Judgment, key=lambda judgment: judgment.sample_id) as journal:
            for id, finalists in chosen.items():
                if id not in journal.done:
                    self.asked += [(id, index) for index in finalists.indices]
                    journal.append(judgment(id, tuple(self.totals[id][index] for index in finalists.indices)))

    def run(self, allowed: int) -> None:
        contests = {id: contest(*cheap(len(totals))) for id, totals in self.totals.items()}
        asyncio.run(judge_in_rounds(contests, allowed, gain=1.0, out=self.out, judged=self, needed={"taste"}))


def cheap(candidates: int) -> list[float]:
    return [-0.5 * (k % 3 > 0) for k in range(candidates)]


def made_up(samples: int) -> dict[str, tuple[float, ...]]:
    """2 to 13 candidates a sample; two of three are behind after the cheap signals."""
    rng = random.Random(0)
    return {f"s{k}": tuple(score + rng.random() for score in cheap(2 + k % 12)) for k in range(samples)}


def found(out: Path, id: str) -> float:
    kept = KeptJudgments(out / "final.jsonl")
    decision = (kept.of(id) or judgment(id, ())).decision
    kept.close()
    return max(decision.scores) if decision is not None and decision.scores else -1.0


def test_half_of_the_questions_find_nearly_all_of_the_best(tmp_path: Path) -> None:
    bench = Bench(tmp_path, made_up(60))
    allowed = sum(map(len, bench.totals.values())) // 2
    bench.run(allowed)
    assert len(bench.asked) == len(set(bench.asked)) <= allowed
    assert sum(found(tmp_path, id) == max(totals) for id, totals in bench.totals.items()) >= 57


def test_a_run_that_was_stopped_asks_nobody_twice_and_ends_the_same(tmp_path: Path) -> None:
    bench = Bench(tmp_path, made_up(8))
    bench.run(48)
    final, asked = (tmp_path / "final.jsonl").read_bytes(), len(bench.asked)
    (tmp_path / "final.jsonl").unlink()
    (tmp_path / "round-3.jsonl").unlink()
    bench.run(48)
    assert (tmp_path / "final.jsonl").read_bytes() == final
    assert asked < len(bench.asked) <= asked + 48 // ROUNDS + 8


def test_rounds_become_one_judgment_in_the_order_of_the_candidates() -> None:
    parts = [((1, 3), judgment("s", (0.1, 0.3))), ((0, 2), judgment("s", (0.0, 0.2)))]
    indices, whole = merged(parts, {"taste"})
    assert indices == (0, 1, 2, 3)
    assert whole is not None
    assert whole.decision == Decision(scores=(0.0, 0.1, 0.2, 0.3), reason="sum")
    assert [signal.scores for signal in whole.signals if signal.name == "taste"] == [(0.0, 0.1, 0.2, 0.3)]
    assert whole.usage.calls == 4


def test_a_round_without_the_expensive_signal_is_not_compared_with_the_others() -> None:
    parts = [((0, 1), judgment("s", (0.1, 0.3))), ((2,), judgment("s", (9.0,), taste=False))]
    indices, whole = merged(parts, {"taste"})
    assert indices == (0, 1)
    assert whole is not None
    assert whole.decision is not None
    assert whole.decision.scores == (0.1, 0.3)
    assert "1 more could not be compared" in whole.decision.reason
    assert [failure.source for failure in whole.failures] == ["taste"]


def test_rounds_that_summed_other_signals_are_not_compared() -> None:
    parts = [((0,), judgment("s", (0.1,))), ((1,), judgment("s", (1.1,), reason="sum and more"))]
    assert merged(parts, {"taste"})[0] == (0,)


def test_where_no_round_is_whole_there_is_no_decision() -> None:
    indices, whole = merged([((0, 1), judgment("s", (0.5, 0.6), taste=False))], {"taste"})
    assert indices == (0, 1)
    assert whole is not None
    assert whole.decision is None
    assert len(whole.failures) == 1
