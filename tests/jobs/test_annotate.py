import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from reward_agent.config import load_settings
from reward_agent.errors import ConfigError, RunError
from reward_agent.jobs.annotate import KIND, PairOptions, annotate, pushed_files, write_pairs
from reward_agent.jobs.intake import FileJob
from reward_agent.jobs.pairing.rules import PairRules
from reward_agent.jobs.pairing.tally import PairsReport
from reward_agent.testing import ScoringVerifier, agent_of

SETTINGS = load_settings(preset="offline")
POLITE = ScoringVerifier("polite", lambda text: min(1.0, text.count("please") / 4))
OPTIONS = PairOptions()
ROW = {"id": "r", "prompt": "Ask me.", "responses": ["now", "please do", "please, please, say"], "generator": "me"}


def made(
    folder: Path, rows: Sequence[Mapping[str, Any] | str], options: PairOptions = OPTIONS
) -> tuple[PairsReport, Path]:
    data = folder / "responses.jsonl"
    data.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    job = FileJob(kind=KIND, data=str(data))
    _, report = asyncio.run(annotate(job, options, SETTINGS, agent_of(verifiers=[POLITE]), folder / "out"))
    return report, folder / "out"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_pair_stands_in_trls_preference_format_and_can_be_audited(tmp_path: Path) -> None:
    report, out = made(tmp_path, [ROW])
    (row,) = lines(out / "pairs.jsonl")
    assert row["prompt"] == [{"role": "user", "content": "Ask me."}]
    assert row["chosen"] == [{"role": "assistant", "content": "please, please, say"}]
    assert row["rejected"] == [{"role": "assistant", "content": "now"}]
    assert (row["id"], row["sample_id"], row["chosen_index"], row["rejected_index"]) == ("r/2-0", "r", 2, 0)
    assert (row["chosen_score"], row["rejected_score"], row["margin"]) == (0.5, 0.0, 0.5)
    assert row["signals"] == [{"name": "polite", "kind": "verification", "chosen": 0.5, "rejected": 0.0}]
    assert row["chosen_findings"][0]["reason"] == "by the double's rule"
    assert (report.pairs, report.prompts_with_pairs, report.files) == (1, 1, {"pairs.jsonl": 1})


def test_plain_pairs_are_texts_and_a_prompt_of_several_turns_has_none(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    report, out = made(tmp_path, [ROW, {**ROW, "id": "t", "prompt": turns}], PairOptions(format="plain"))
    (row,) = lines(out / "pairs.jsonl")
    assert (row["prompt"], row["chosen"], row["rejected"]) == ("Ask me.", "please, please, say", "now")
    assert report.no_pair == {"a prompt of several turns has no plain form": 1}


def test_the_other_shapes(tmp_path: Path) -> None:
    options = PairOptions(shapes=("kto", "ultrafeedback", "scores"))
    _, out = made(tmp_path, [ROW], options)
    assert [(row["completion"][0]["content"], row["label"]) for row in lines(out / "kto.jsonl")] == [
        ("now", False),
        ("please, please, say", True),
    ]
    (feedback,) = lines(out / "ultrafeedback.jsonl")
    assert feedback["instruction"] == "Ask me."
    assert feedback["completions"][1]["annotations"]["polite"]["Rating"] == 0.25
    assert [one["overall_score"] for one in feedback["completions"]] == [0.0, 0.25, 0.5]
    (scores,) = lines(out / "scores.jsonl")
    assert scores["scores"] == {"polite": [0.0, 0.25, 0.5]}
    assert (scores["responses"], scores["generator"]) == (ROW["responses"], "me")


def test_a_candidate_that_is_chosen_and_rejected_is_no_kto_row(tmp_path: Path) -> None:
    _, out = made(tmp_path, [ROW], PairOptions(rules=PairRules(rule="all"), shapes=("kto",)))
    assert [row["index"] for row in lines(out / "kto.jsonl")] == [0, 2]


def test_parquet_holds_the_same_rows_as_json_lines(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [{**ROW, "id": f"r{number}"} for number in range(5)]
    _, out = made(tmp_path, rows, PairOptions(shapes=("pairs", "kto"), files=("jsonl", "parquet")))
    for shape in ("pairs", "kto"):
        assert parquet.read_table(out / f"{shape}.parquet").to_pylist() == lines(out / f"{shape}.jsonl")


def test_other_pairs_of_the_same_judgments_cost_no_judging_and_leave_no_old_file(tmp_path: Path) -> None:
    _, out = made(tmp_path, [ROW], PairOptions(shapes=("pairs", "kto")))
    journal = (out / "judgments.jsonl").read_bytes()
    report = write_pairs(out, PairOptions(rules=PairRules(rule="all")))
    assert report.pairs == 3
    assert not (out / "kto.jsonl").exists()
    again, _ = made(tmp_path, [ROW], PairOptions(rules=PairRules(rule="all", max_pairs=2)))
    assert again.pairs == 2
    assert (out / "judgments.jsonl").read_bytes() == journal


def test_ties_and_what_nobody_could_judge_make_no_pair_and_are_counted(tmp_path: Path) -> None:
    tie, bad = {**ROW, "id": "tie", "responses": ["please now", "please then"]}, '{"prompt": "p", "responses": ['
    report, out = made(tmp_path, [ROW, tie, bad])
    assert (report.pairs, report.set_aside, report.no_pair) == (1, 1, {"all candidates score alike": 1})
    card = (out / "README.md").read_text()
    assert "all candidates score alike | 1" in card
    assert "rows of the data: cannot be read | 1" in card
    silent = agent_of(verifiers=[ScoringVerifier("silent", lambda text: None)])
    job = FileJob(kind=KIND, data=str(tmp_path / "responses.jsonl"))
    _, report = asyncio.run(annotate(job, PairOptions(), SETTINGS, silent, tmp_path / "silent"))
    assert report.no_pair == {"unjudged: no signal could decide": 2}
    assert lines(tmp_path / "silent" / "pairs.jsonl") == []


def test_the_card_says_how_the_data_were_made_and_that_the_chosen_are_longer(tmp_path: Path) -> None:
    _, out = made(tmp_path, [{**ROW, "id": f"r{number}"} for number in range(9)])
    card = (out / "README.md").read_text()
    assert card.startswith("---\npretty_name: ")
    assert "data_files: pairs.jsonl" in card
    assert "the highest-scoring candidate against the lowest-scoring one" in card
    assert "There is a length bias" in card
    assert 'preset = "offline"' in card
    assert str(tmp_path) not in card


def test_the_cards_front_matter_and_tables_survive_a_hostile_name(tmp_path: Path) -> None:
    data = tmp_path / "a|b<script>\x1b[1m---\nx: y.jsonl"
    data.write_text(json.dumps(ROW) + "\n")
    out = tmp_path / "out"
    job = FileJob(kind=KIND, data=str(data))
    asyncio.run(annotate(job, PairOptions(), SETTINGS, agent_of(verifiers=[POLITE]), out))
    card = (out / "README.md").read_text()
    assert "<script>" not in card.split("---\n", 2)[2]
    assert "\x1b" not in card
    assert card.split("\n---\n")[0].count("\nx: y") == 0


def test_a_required_signal_that_is_not_there_is_refused_before_anything_is_judged(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--require taste: there is no such signal .* are instructions"):
        made(tmp_path, [ROW], PairOptions(rules=PairRules(require=("taste",))))
    assert not (tmp_path / "out").exists()


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(ConfigError, match="pairs, kto, ultrafeedback, scores, got 'pear'"):
        PairOptions(shapes=("pear",))  # type: ignore[arg-type]  # wrong on purpose


def test_a_folder_without_a_judged_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        write_pairs(tmp_path, PairOptions())
    assert list(tmp_path.iterdir()) == []


def test_data_card_and_report_are_what_goes_onto_the_hub(tmp_path: Path) -> None:
    report, out = made(tmp_path, [ROW])
    files = pushed_files(out, report)
    assert set(files) == {"pairs.jsonl", "pairs.json", "README.md"}
    assert all(path.is_file() for path in files.values())


def test_a_few_pairs_show_no_length_bias(tmp_path: Path) -> None:
    report, out = made(tmp_path, [ROW])
    assert report.pairs == 1
    assert "Pairs: 1, too few to say more" in (out / "README.md").read_text()
