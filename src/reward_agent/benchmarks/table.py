"""The benchmarks there are, by the name the command line takes."""

from typing import Final

from reward_agent.benchmarks.definition import Benchmark
from reward_agent.benchmarks.ifbench import IFBENCH
from reward_agent.benchmarks.judgebench import JUDGEBENCH
from reward_agent.benchmarks.llmbar import LLMBAR
from reward_agent.benchmarks.pairs import PAIRS
from reward_agent.benchmarks.rewardbench import REWARDBENCH
from reward_agent.benchmarks.rewardbench2 import REWARDBENCH2
from reward_agent.benchmarks.rm_bench import RM_BENCH

BENCHMARKS: Final[dict[str, Benchmark]] = {
    benchmark.name: benchmark for benchmark in (RM_BENCH, JUDGEBENCH, IFBENCH, REWARDBENCH, REWARDBENCH2, LLMBAR, PAIRS)
}
