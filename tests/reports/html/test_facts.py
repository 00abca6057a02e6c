"""What the list says of a sample, and the arithmetic of its score."""

from reward_agent.reports.html.arithmetic import Terms, arithmetic_of, products
from reward_agent.reports.html.facts import Facts, KeptSample, Outcome, facts_of
from reward_agent.types import Comparison, Decision, Judgment, Plan, Sample, Signal, SignalKind, Verdict

SUM = Terms(rule="sum", weights={"taste": 0.5}, scales={"taste": lambda score: score / 10})


def signal(name: str, *scores: float | None, kind: SignalKind = "verification") -> Signal:
    return Signal(name=name, kind=kind, verdicts=tuple(Verdict(score=score) for score in scores))


def judged(*signals: Signal, scores: tuple[float, ...] | None) -> Judgment:
    decision = None if scores is None else Decision(scores=scores, reason="")
    return Judgment(sample_id="s", plan=Plan(checks=(), reason=""), signals=signals, decision=decision)


def pair_facts(judgment: Judgment | None, *, credit: float, tied: bool = False, asked: bool = True) -> Facts:
    kept = KeptSample(sample=Sample.of("p", ["a", "b"], id="s"), best=(0,), rest=(1,), subset="x")
    comparison = Comparison(id="s", sample_id="s", subset="x", credit=credit, published=credit, tied=tied, judged=asked)
    return facts_of(kept, judgment, [comparison], SUM, flipped=False)


def test_the_signal_that_adds_most_to_the_lead_decided_and_another_was_against() -> None:
    judgment = judged(signal("rules", 1.0, 0.0), signal("taste", 2.0, 6.0, kind="preference"), scores=(1.1, 0.3))
    facts = pair_facts(judgment, credit=1.0)
    assert (facts.outcome, facts.decider, facts.disagree, facts.chosen) == (Outcome.RIGHT, "rules", True, 0)
    assert {side.name: side.side for side in facts.sides} == {"rules": 1, "taste": -1}
    taste = facts.sides[1]
    assert (taste.high, taste.low) == (0.2, 0.6)


def test_a_tie_has_no_first_candidate_and_nothing_decided_it() -> None:
    facts = pair_facts(judged(signal("rules", 1.0, 1.0), scores=(1.0, 1.0)), credit=0.5, tied=True)
    assert (facts.outcome, facts.chosen, facts.decider, facts.margin) == (Outcome.TIE, None, None, 0.0)


def test_an_unjudged_sample_has_no_margin_and_an_abstention_is_no_side() -> None:
    facts = pair_facts(judged(signal("rules", None, 1.0), scores=None), credit=0.5, asked=False)
    assert (facts.outcome, facts.margin, facts.sides[0].side) == (Outcome.UNJUDGED, None, None)


def test_a_sample_without_a_judgment_waits() -> None:
    assert pair_facts(None, credit=0.5).outcome is Outcome.WAITING


def test_without_an_answer_key_signals_are_for_or_against_the_pick() -> None:
    kept = KeptSample(sample=Sample.of("p", ["a", "b", "c"], id="s"))
    judgment = judged(signal("rules", 0.0, 1.0, 0.5), scores=(0.0, 1.0, 0.5))
    facts = facts_of(kept, judgment, [], SUM, flipped=False)
    assert (facts.outcome, facts.chosen, facts.margin, facts.sides[0].side) == (Outcome.PICKED, 1, 0.5, 1)


def test_the_sum_is_shown_line_by_line_and_holds() -> None:
    judgment = judged(signal("rules", 1.0, 0.0), signal("taste", 2.0, 6.0, kind="preference"), scores=(1.1, 0.3))
    found = arithmetic_of(judgment, SUM)
    assert found is not None and found.holds
    assert [round(total, 6) for total in found.totals] == [1.1, 0.3]
    assert (found.lines[1].weight, found.lines[1].raw, found.lines[1].unit) == (0.5, (2.0, 6.0), (0.2, 0.6))


def test_a_sum_that_the_judgment_contradicts_says_so() -> None:
    found = arithmetic_of(judged(signal("rules", 1.0, 0.0), scores=(0.7, 0.0)), SUM)
    assert found is not None and not found.holds


def test_a_vote_is_split_among_equals_and_a_silent_signal_has_none() -> None:
    terms = Terms(rule="vote", weights={"rules": 1.2})
    added = products([signal("rules", 1.0, 1.0, 0.0), signal("quiet", None, 1.0, 0.0)], terms)
    assert added == {"rules": [0.6, 0.6, 0.0]}


def test_a_model_that_decides_has_no_arithmetic() -> None:
    assert arithmetic_of(judged(signal("rules", 1.0, 0.0), scores=(1.0, 0.0)), Terms()) is None
