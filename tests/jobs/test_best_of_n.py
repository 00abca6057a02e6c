"""Best-of-n from a file of responses to picks and curve, with doubles for the signals."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reward_agent.config import load_settings
from reward_agent.errors import ConfigError, DataError, ReportError, RunError
from reward_agent.jobs.best_of_n import Agents, BestOfNJob, Reading, judge_candidates, keep_reading, sizes_of
from reward_agent.jobs.picking import write_picks
from reward_agent.jobs.picks import shuffle_of
from reward_agent.jobs.picks_compared import compare_picks
from reward_agent.jobs.run import Watch
from reward_agent.jobs.valued import References
from reward_agent.reports.best_of_n import BestOfNReport
from reward_agent.testing import BrokenPreference, ScoringVerifier, agent_of
from reward_agent.types import Message

TASTE = "prefer=[{type='python', name='taste', function='a:b', calibration={centre=0.0, spread=1.0}}]"
SETTINGS = load_settings(preset="offline", overrides=[TASTE])
"""With a budget the weight of `taste` says how much a candidate may still gain; the agents here are doubles."""


def number_in(text: str) -> float:
    return float(text.split()[-1])


PERFECT = ScoringVerifier("perfect", number_in)
TENS = ScoringVerifier("tens", lambda text: number_in(text) // 0.1 / 10)


@dataclass(frozen=True, slots=True)
class Taste:
    """A preference model that remembers whom it was asked about."""

    name: str = "taste"
    seen: list[str] = field(default_factory=list)
    likes: Callable[[str], float] = lambda text: 10 * number_in(text) % 1

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        self.seen.extend(responses)
        return [self.likes(text) for text in responses]


@contextmanager
def silent(title: str) -> Iterator[Watch]:
    yield lambda tally: None


def row(number: int, values: Sequence[float], **columns: object) -> Mapping[str, object]:
    texts = [f"answer {number} {value}" for value in values]
    return {"id": f"q{number}", "prompt": f"Prompt {number}?", "responses": texts, "values": list(values), **columns}


ROWS = [row(number, [((7 * place + 3 * number) % 8) / 8 for place in range(8)]) for number in range(5)]


def written(path: Path, rows: Sequence[object]) -> str:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return str(path)


def judged(data: str, out: Path, agents: Agents, **job: Any) -> None:
    asyncio.run(judge_candidates(BestOfNJob(data=data, **job), SETTINGS, agents, out, shown=silent))


def picked(
    tmp_path: Path, rows: Sequence[object], *signals: Any, evaluate: str | None = "values", name: str = "out"
) -> tuple[BestOfNReport, Path]:
    out = tmp_path / name
    tastes = [signal for signal in signals if not isinstance(signal, ScoringVerifier)]
    agent = agent_of(verifiers=[s for s in signals if isinstance(s, ScoringVerifier)], preference_models=tastes)
    judged(written(tmp_path / f"{name}.jsonl", rows), out, Agents(full=agent))
    keep_reading(Reading(sizes=(1, 2, 4, 8, 16), evaluate=evaluate), out)
    return write_picks(out), out


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_size_has_a_row_a_prompt_with_the_references_names(tmp_path: Path) -> None:
    report, out = picked(tmp_path, ROWS, PERFECT)
    assert [size.size for size in report.sizes] == [1, 2, 4, 8]
    assert report.skipped == (16,)
    for size in (1, 2, 4, 8):
        rows = lines(out / f"results_best_of_{size}.jsonl")
        assert [row["id"] for row in rows] == [f"q{number}" for number in range(5)]
        assert all(row.keys() == {"prompt", "response", "id"} for row in rows)
    assert not (out / "results_best_of_16.jsonl").exists()


def test_sizes_nest_the_pick_at_n_is_the_best_of_the_first_n_of_one_shuffle(tmp_path: Path) -> None:
    _, out = picked(tmp_path, ROWS, PERFECT)
    for size in (1, 2, 4, 8):
        for number, found in enumerate(lines(out / f"results_best_of_{size}.jsonl")):
            texts = [ROWS[number]["responses"][index] for index in shuffle_of(f"q{number}", 0, 8)[:size]]  # type: ignore[index]
            assert found["response"] == max(texts, key=number_in)


def test_the_curve_of_a_perfect_scorer_rises_to_the_best_and_meets_random_at_one(tmp_path: Path) -> None:
    report, out = picked(tmp_path, ROWS, PERFECT)
    (curve,) = report.curves
    ours, random, best = (curve.line(name).values for name in ("reward agent", "random", "best possible"))
    assert ours == best
    assert list(ours) == sorted(ours)
    assert ours[0] == random[0]
    assert ours[-1] == pytest.approx(7 / 8)
    assert set(random) == {random[0]}
    kept = json.loads((out / "curve.json").read_text())
    assert kept.keys() == {"metric", "sizes", "methods"}
    assert kept["methods"][0].keys() == {"name", "values", "low", "high"}


def test_the_order_of_the_candidates_in_the_file_changes_no_figure_and_no_final_pick(tmp_path: Path) -> None:
    turned = [row(number, values[3:] + values[:3]) for number, values in enumerate(r["values"] for r in ROWS)]  # type: ignore[index]
    first, here = picked(tmp_path, ROWS, TENS, name="here")
    second, there = picked(tmp_path, turned, TENS, name="there")
    assert first.curves[0].methods[0].values == pytest.approx(second.curves[0].methods[0].values)
    name = "results_best_of_8.jsonl"
    assert lines(here / name) == lines(there / name)


def test_ties_count_their_mean_and_are_counted(tmp_path: Path) -> None:
    level = ScoringVerifier("level", lambda text: 0.5)
    report, out = picked(tmp_path, ROWS, level)
    (curve,) = report.curves
    assert curve.line("reward agent").values == pytest.approx(curve.line("random").values)
    assert [size.tied for size in report.sizes] == [0, 5, 5, 5]
    assert all(row["tied"] == 8 and "drawn among 8" in row["reason"] for row in lines(out / "selected.jsonl"))


def test_selected_says_the_score_why_and_what_the_signals_found(tmp_path: Path) -> None:
    _, out = picked(tmp_path, ROWS, PERFECT)
    row = lines(out / "selected.jsonl")[0]
    assert row["score"] == max(row["scores"]) == row["signals"]["perfect"] == 7 / 8
    assert row["scores"][row["candidate"]] == row["score"]
    assert row["findings"]["perfect"][0]["reason"] == "by the double's rule"
    assert row["judged"] is True
    assert row["picks"]["8"] == row["candidate"]


def test_an_unjudged_sample_is_marked_drawn_by_lot_and_counts_as_random(tmp_path: Path) -> None:
    rows = [row(number, [place / 4 for place in range(4)]) for number in range(40)]
    report, out = picked(tmp_path, rows, BrokenPreference())
    assert report.unjudged == 40
    assert [size.unjudged for size in report.sizes] == [40, 40, 40]
    chosen = lines(out / "selected.jsonl")
    assert all(row["judged"] is False and row["score"] is None for row in chosen)
    assert all("unjudged" in row["reason"] for row in chosen)
    assert {row["candidate"] for row in chosen} == {0, 1, 2, 3}
    assert all(row["judged"] is False for row in lines(out / "results_best_of_4.jsonl"))
    assert report.curves[0].line("reward agent").values == report.curves[0].line("random").values
    assert "WARNING: 40 of 40 samples are unjudged" in (out / "report.md").read_text()


def test_bad_rows_are_set_aside_and_short_prompts_use_all_they_have(tmp_path: Path) -> None:
    report, out = picked(tmp_path, [*ROWS, "{broken", {"id": "x", "prompt": "p"}, row(9, [0.5])], PERFECT)
    assert (report.integrity.rows, report.integrity.set_aside) == (8, 2)
    assert [size.short for size in report.sizes] == [0, 1, 1, 1]
    assert lines(out / "results_best_of_8.jsonl")[-1]["response"] == "answer 9 0.5"


def test_a_prompt_with_a_missing_value_is_in_no_curve_and_said(tmp_path: Path) -> None:
    report, out = picked(tmp_path, [*ROWS, {**row(9, [0.1, 0.9]), "values": [0.1]}], PERFECT)
    assert report.evaluation is not None
    assert (report.evaluation.evaluated, report.evaluation.missing) == (5, 1)
    assert "1 prompts have no value for every candidate" in (out / "report.md").read_text()


def test_without_an_evaluator_the_curve_is_the_agents_own_score_and_says_so(tmp_path: Path) -> None:
    report, out = picked(tmp_path, ROWS, PERFECT, evaluate=None)
    assert report.curves[0].metric == "the agent's own score"
    assert "best possible" not in {line.name for line in report.curves[0].methods}
    assert "not what the picks are worth" in (out / "report.md").read_text()


def test_majority_and_the_preference_model_alone_stand_in_the_curve(tmp_path: Path) -> None:
    texts = ["Paris", "paris", "Rome", "Oslo"]
    asked = [
        {"id": str(number), "prompt": f"Which {number}?", "responses": texts, "answers": ["Paris"]}
        for number in range(4)
    ]
    report, _ = picked(tmp_path, asked, Taste(likes=lambda text: float(text == "Rome")), evaluate="triviaqa")
    exact, f1, *_ = report.curves
    assert exact.line("majority").values[-1] == 1.0
    assert exact.line("taste alone").values[-1] == 0.0
    assert exact.line("random").values[-1] == pytest.approx(0.5)
    assert exact.metric != f1.metric


def test_reading_anew_with_other_sizes_judges_nothing_and_takes_stale_files_away(tmp_path: Path) -> None:
    _, out = picked(tmp_path, ROWS, PERFECT)
    before = (out / "judgments.jsonl").read_bytes()
    keep_reading(Reading(sizes=(3,), evaluate=None), out)
    report = write_picks(out)
    assert [size.size for size in report.sizes] == [3]
    assert [path.name for path in out.glob("results_*")] == ["results_best_of_3.jsonl"]
    assert (out / "judgments.jsonl").read_bytes() == before
    assert not (out / "values.jsonl").exists()


def test_references_are_joined_by_prompt_or_id(tmp_path: Path) -> None:
    bare = [{key: value for key, value in r.items() if key != "values"} for r in ROWS]
    _, out = picked(tmp_path, bare, PERFECT, evaluate=None)
    keys = [{"question": r["prompt"], "values": r["values"]} for r in ROWS[:3]]
    keys += [{"id": "q3", "values": ROWS[3]["values"]}]
    references = References.read(written(tmp_path / "key.jsonl", keys), max_row_bytes=10_000)
    keep_reading(Reading(sizes=(8,), evaluate="values"), out, references=references)
    report = write_picks(out)
    assert report.evaluation is not None
    assert (report.evaluation.evaluated, report.evaluation.missing) == (4, 1)
    assert "has its id or prompt" in report.evaluation.reasons[0]


def test_references_that_belong_to_no_sample_are_refused(tmp_path: Path) -> None:
    _, out = picked(tmp_path, ROWS, PERFECT, evaluate=None)
    other = written(tmp_path / "key.jsonl", [{"id": "z", "prompt": "Something else", "values": [1]}])
    with pytest.raises(DataError, match="none of its 1 rows"):
        keep_reading(Reading(evaluate="values"), out, references=References.read(other, max_row_bytes=10_000))


def test_a_row_number_shared_by_chance_joins_no_other_prompt(tmp_path: Path) -> None:
    _, out = picked(tmp_path, ROWS, PERFECT, evaluate=None)
    keys = [{"id": "q0", "prompt": "Another question", "values": [1] * 8}, {"id": "q1", "values": [1] * 8}]
    references = References.read(written(tmp_path / "key.jsonl", keys), max_row_bytes=10_000)
    keep_reading(Reading(sizes=(8,), evaluate="values"), out, references=references)
    evaluation = write_picks(out).evaluation
    assert evaluation is not None
    assert evaluation.evaluated == 1


def test_a_run_that_was_cut_off_goes_on_and_ends_as_one_that_was_not(tmp_path: Path) -> None:
    data = written(tmp_path / "r.jsonl", ROWS)
    whole, cut = Taste(), Taste()
    judged(data, tmp_path / "whole", Agents(full=agent_of(preference_models=[whole])))
    judged(data, tmp_path / "cut", Agents(full=agent_of(preference_models=[cut])))
    journal = tmp_path / "cut" / "judgments.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:2])[:-20])  # the second row is torn
    keep_reading(Reading(sizes=(1, 8)), tmp_path / "cut")
    assert write_picks(tmp_path / "cut").missing == 4
    judged(data, tmp_path / "cut", Agents(full=agent_of(preference_models=[cut])))
    assert len(cut.seen) == 8 * 5 + 8 * 4
    for out in (tmp_path / "whole", tmp_path / "cut"):
        keep_reading(Reading(sizes=(1, 8)), out)
        assert write_picks(out).missing == 0
    name = "results_best_of_8.jsonl"
    assert lines(tmp_path / "whole" / name) == lines(tmp_path / "cut" / name)


def test_a_folder_without_a_reading_says_what_to_do(tmp_path: Path) -> None:
    judged(written(tmp_path / "r.jsonl", ROWS), tmp_path / "out", Agents(full=agent_of(verifiers=[PERFECT])))
    with pytest.raises(RunError, match="Run the same command again"):
        write_picks(tmp_path / "out")


def test_sizes_above_all_candidates_are_refused(tmp_path: Path) -> None:
    _, out = picked(tmp_path, ROWS, PERFECT)
    keep_reading(Reading(sizes=(9, 10)), out)
    with pytest.raises(ReportError, match="no prompt has more than 8"):
        write_picks(out)


@pytest.mark.parametrize("text", ["", "0", "1,,2", "a", "-1"])
def test_what_is_no_list_of_sizes_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        sizes_of(text)


def test_sizes_rise_and_stand_once() -> None:
    assert sizes_of("8, 1,4,4") == (1, 4, 8)


# --- with a budget ---------------------------------------------------------------------------------------------------


def budgeted(tmp_path: Path, taste: Taste, *, budget: str = "0.5", audit: int = 0, name: str = "out") -> Path:
    agents = Agents(full=agent_of(verifiers=[TENS], preference_models=[taste]), cheap=agent_of(verifiers=[TENS]))
    data = written(tmp_path / "r.jsonl", ROWS)
    judged(data, tmp_path / name, agents, budget=budget, audit=audit)
    keep_reading(Reading(sizes=(1, 4, 8), evaluate="values"), tmp_path / name)
    return tmp_path / name


def test_a_budget_asks_the_expensive_signals_about_no_more_than_it_allows(tmp_path: Path) -> None:
    taste = Taste()
    report = write_picks(budgeted(tmp_path, taste))
    assert report.budget is not None
    assert report.budget.candidates == 40
    assert report.budget.asked == len(taste.seen) <= report.budget.allowed == 20


def test_who_was_left_out_has_no_score_and_is_never_picked_over_a_finalist(tmp_path: Path) -> None:
    taste = Taste()
    out = budgeted(tmp_path, taste)
    write_picks(out)
    for row in lines(out / "selected.jsonl"):
        for index, score in enumerate(row["scores"]):
            assert (score is None) == (len(row["finalists"]) > 1 and index not in row["finalists"])
        assert row["candidate"] in row["finalists"]
        assert "got the expensive signals" in row["reason"] or "alone in the running" in row["reason"]


def test_an_audit_judges_samples_in_full_and_says_whether_the_picks_are_the_same(tmp_path: Path) -> None:
    taste = Taste(likes=lambda text: 0.0)
    report = write_picks(budgeted(tmp_path, taste, audit=3))
    assert report.budget is not None
    assert report.budget.audited == 3
    assert report.budget.same == 1.0
    assert len(taste.seen) == report.budget.asked + 3 * 8


def test_an_audit_finds_picks_that_a_budget_changed(tmp_path: Path) -> None:
    backwards = Taste(likes=lambda text: -100 * number_in(text))  # far more than the settings let it weigh
    report = write_picks(budgeted(tmp_path, backwards, budget="0.3", audit=5))
    assert report.budget is not None
    assert report.budget.same == 0.0


def test_a_second_round_that_fails_falls_back_on_the_cheap_signals_and_says_so(tmp_path: Path) -> None:
    broken = agent_of(preference_models=[BrokenPreference()])
    data = written(tmp_path / "r.jsonl", ROWS)
    judged(data, tmp_path / "out", Agents(full=broken, cheap=agent_of(verifiers=[PERFECT])), budget="0.5")
    keep_reading(Reading(sizes=(8,), evaluate="values"), tmp_path / "out")
    report = write_picks(tmp_path / "out")
    assert report.budget is not None
    assert report.budget.fell_back > 0
    assert report.unjudged == 0
    assert all(row["score"] == 7 / 8 for row in lines(tmp_path / "out" / "selected.jsonl"))


def test_a_budgeted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    taste = Taste()
    out = budgeted(tmp_path, taste, audit=2)
    write_picks(out)
    picks = (out / "selected.jsonl").read_bytes()
    asked = len(taste.seen)
    (out / "audit.jsonl").unlink()
    (out / "finalists.jsonl").unlink()
    budgeted(tmp_path, taste, audit=2)
    write_picks(out)
    assert len(taste.seen) == asked + 2 * 8
    assert (out / "selected.jsonl").read_bytes() == picks


def test_another_budget_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    budgeted(tmp_path, Taste())
    with pytest.raises(RunError, match="other settings"):
        budgeted(tmp_path, Taste(), budget="0.4")


def test_what_is_no_budget_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--budget takes a share"):
        budgeted(tmp_path, Taste(), budget="much")
    assert not (tmp_path / "out").exists()


# --- two runs --------------------------------------------------------------------------------------------------------


def test_two_runs_are_compared_prompt_by_prompt_at_each_size_both_have(tmp_path: Path) -> None:
    level = ScoringVerifier("level", lambda text: 0.5)
    _, worse = picked(tmp_path, ROWS, level, name="worse")
    _, better = picked(tmp_path, ROWS, PERFECT, name="better")
    paired = compare_picks(worse, better)
    assert [point.size for point in paired.points] == [1, 2, 4, 8]
    assert paired.n == 5
    assert paired.points[0].difference == pytest.approx(0)
    assert [point.difference > 0 for point in paired.points[1:]] == [True] * 3
    assert paired.points[-1].b == pytest.approx(7 / 8)
    assert paired.points[-1].ci95[0] <= paired.points[-1].difference <= paired.points[-1].ci95[1]


def test_runs_valued_by_different_evaluators_or_on_other_candidates_are_not_compared(tmp_path: Path) -> None:
    _, here = picked(tmp_path, ROWS, PERFECT, name="here")
    _, own = picked(tmp_path, ROWS, PERFECT, name="own", evaluate=None)
    _, other = picked(tmp_path, [row(number, [0.5, 0.6]) for number in range(5)], PERFECT, name="other")
    with pytest.raises(ReportError, match="one evaluator"):
        compare_picks(here, own)
    with pytest.raises(ReportError, match="different data"):
        compare_picks(here, other)
