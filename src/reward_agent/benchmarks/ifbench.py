"""IFBench (THU): does the judge prefer the answer that keeps the instruction's constraints?

Peng et al., "Agentic Reward Modeling", 2025. 444 pairs, published in the converted format only. The level says how
many constraints the rejected answer breaks: 3 or more (simple), 2 (normal), 1 (hard). Overall is pooled.
"""

from dataclasses import replace
from typing import Final

from reward_agent.benchmarks.converted import COLUMNS, read_converted
from reward_agent.benchmarks.definition import Benchmark, Entry
from reward_agent.benchmarks.fields import column
from reward_agent.benchmarks.row_errors import UnknownLabel
from reward_agent.benchmarks.rows import Row

_LEVELS: Final = {"level-1": "simple", "level-2": "normal", "level-3": "hard"}


def _read(row: Row) -> Entry:
    pair = read_converted(row, subset="")
    level = column(row, "domain")
    if not isinstance(level, str) or level not in _LEVELS:
        raise UnknownLabel("domain", level, tuple(_LEVELS))
    return Entry(labeled=replace(pair, subset=_LEVELS[level]))


IFBENCH: Final = Benchmark(
    name="ifbench",
    summary="instructions with several constraints; the worse answer breaks one, two or more (THU IFBench)",
    columns=COLUMNS | {"id", "domain"},
    read_row=_read,
)
