"""JudgeBench: hard questions with one right and one wrong answer of the same model.

Tan et al., 2024 (arXiv 2410.12784). A judge sees both orders, each counts +1 or -1, and the sum must be positive;
reward models see one. Reported by category; overall is the plain mean over the pairs.
"""

from typing import Final

from reward_agent.benchmarks.converted import is_converted, published_only, read_converted
from reward_agent.benchmarks.definition import Benchmark, Entry
from reward_agent.benchmarks.fields import candidate, category, column, prompt_of, row_id, text, word
from reward_agent.benchmarks.row_errors import UnknownLabel
from reward_agent.benchmarks.rows import Row
from reward_agent.types import LabeledSample, Sample

_LABELS: Final = {"A>B": 0, "B>A": 1}
_CATEGORIES: Final = {
    "mmlu-pro": "knowledge",
    "livebench-reasoning": "reasoning",
    "livebench-math": "math",
    "livecodebench": "coding",
}
_SOURCES: Final = ("mmlu-pro-*", "livebench-reasoning", "livebench-math", "livecodebench")


def _read(row: Row) -> Entry:
    if is_converted(row):
        return Entry(labeled=read_converted(row, subset=_converted_category(row)))
    writer = word(row, "response_model")
    candidates = tuple(candidate(text(row, name), name, source=writer) for name in ("response_A", "response_B"))
    sample = Sample(
        id=row_id(row, "pair_id"), prompt=prompt_of(text(row, "question"), "question"), candidates=candidates
    )
    label = column(row, "label")
    if not isinstance(label, str) or label not in _LABELS:
        raise UnknownLabel("label", label, tuple(_LABELS))
    better = _LABELS[label]
    subset = _category(column(row, "source"))
    if subset is None:
        raise UnknownLabel("source", row.data["source"], _SOURCES)
    return Entry(labeled=LabeledSample(sample=sample, best=(better,), rest=(1 - better,), subset=subset), label=label)


def _category(source: object) -> str | None:
    if not isinstance(source, str):
        return None
    if source in _CATEGORIES.values():
        return source
    return "knowledge" if source.startswith("mmlu-pro") else _CATEGORIES.get(source)


def _converted_category(row: Row) -> str:
    """From `source` where it was kept, else from `domain`, which converted files fill as they please."""
    domain = category(row, "domain")
    return _category(row.data.get("source")) or _category(domain) or domain or "all"


JUDGEBENCH: Final = Benchmark(
    name="judgebench",
    summary="knowledge, reasoning, math and coding questions with a right and a wrong answer",
    columns=frozenset({"question", "response_A", "response_B", "label", "source"}),
    read_row=_read,
    arrange=published_only,
)
