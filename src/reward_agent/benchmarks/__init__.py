"""Benchmarks: one file each, read from the published format into `LabeledSample`s and scored by its own rules.

reading = read_benchmark("judgebench", "data/judgebench", unknown_label="stop")
comparisons = BENCHMARKS["judgebench"].compare(reading.samples, scores)
"""

from reward_agent.benchmarks.benchmark import Benchmark, Reading, fingerprint, read_benchmark
from reward_agent.benchmarks.table import BENCHMARKS

__all__ = ["BENCHMARKS", "Benchmark", "Reading", "fingerprint", "read_benchmark"]
