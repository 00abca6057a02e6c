"""The readers on real files, where the public development data lie beside the checkout."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from reward_agent.benchmarks import BENCHMARKS, read_benchmark


@pytest.mark.parametrize(
    ("benchmark", "data", "n", "labels"),
    [
        ("ifbench", "ifbench", 207, {"chosen": 207}),
        ("rm-bench", "rm_bench", 402, {"chosen": 402}),
        ("rm-bench", "rm_bench/chat_filtered.jsonl.gz", 63, {"chosen": 63}),
        ("rm-bench", "rm_bench/chat_normal_converted.json", 189, {"chosen": 189}),
        ("rm-bench", "rm_bench/chat_hard_converted.json", 189, {"chosen": 189}),
        ("judgebench", "judgebench/gpt-4o.jsonl.gz", 181, {"A>B": 97, "B>A": 84}),
        ("judgebench", "judgebench/claude-3-5-sonnet.jsonl.gz", 143, {"A>B": 76, "B>A": 67}),
        ("llmbar", "llmbar", 218, {"1": 109, "2": 109}),
    ],
)
def test_every_row_is_read(benchmark: str, data: str, n: int, labels: dict[str, int], shared_data: Path) -> None:
    reading = read_benchmark(benchmark, str(shared_data / data))
    assert (len(reading.samples), reading.rows, reading.duplicates) == (n, n, 0)
    assert reading.label_counts == labels
    assert not any(problem.set_aside for problem in reading.problems)
    found = BENCHMARKS[benchmark].compare(reading.samples, {})
    assert len({comparison.id for comparison in found}) == len(found)


@pytest.mark.parametrize("level", ["normal", "hard"])
def test_both_formats_of_rm_bench_ask_the_same_questions(level: str, shared_data: Path) -> None:
    """The longer answer's score on the published matrix equals that on the converted pairs, id by id."""
    figures = []
    for name in ("chat_filtered.jsonl.gz", f"chat_{level}_converted.json"):
        samples = read_benchmark("rm-bench", str(shared_data / "rm_bench" / name)).samples
        lengths = {s.sample.id: [[float(len(text)) for text in s.sample.responses]] for s in samples}
        found = BENCHMARKS["rm-bench"].compare(samples, lengths)
        figures.append({c.id: c.credit for c in found if c.subset == f"chat/{level}"})
    assert figures[0] == figures[1]


def test_the_subsets_are_the_published_ones(shared_data: Path) -> None:
    counts = {
        name: Counter(s.subset for s in read_benchmark(name, str(shared_data / folder)).samples)
        for name, folder in (("judgebench", "judgebench"), ("llmbar", "llmbar"), ("ifbench", "ifbench"))
    }
    assert counts["judgebench"] == {"knowledge": 164, "reasoning": 84, "coding": 46, "math": 30}
    assert counts["llmbar"]["Adversarial Neighbor"] == 71
    assert counts["ifbench"] == {"hard": 123, "normal": 59, "simple": 25}


def test_length_controls_are_as_published(shared_data: Path) -> None:
    samples = read_benchmark("rm-bench", str(shared_data / "rm_bench/chat_hard_converted.json")).samples
    lengths = {s.sample.id: [[float(len(text)) for text in s.sample.responses]] for s in samples}
    credits: dict[str, list[float]] = defaultdict(list)
    for comparison in BENCHMARKS["rm-bench"].compare(samples, lengths):
        credits[comparison.subset].append(comparison.credit)
    assert sum(credits["chat/hard"]) / 189 == pytest.approx(0.03, abs=0.01)
