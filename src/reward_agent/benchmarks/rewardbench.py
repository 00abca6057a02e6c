"""RewardBench 1: 2,985 pairs in 23 subsets and four sections.

Lambert et al., 2024 (arXiv 2403.13787). A pair is won by a strictly higher score. A section is the mean of its
subsets weighted by the published prompt counts (math-prm weighs 984, as much as the code subsets together, though it
has 447 pairs); overall is the mean of the four sections.
"""

from collections.abc import Sequence
from typing import Final

from reward_agent.benchmarks.definition import Benchmark, Entry
from reward_agent.benchmarks.fields import candidate, column, prompt_of, row_id, text, word
from reward_agent.benchmarks.row_errors import UnknownLabel
from reward_agent.benchmarks.rows import Row
from reward_agent.types import Aggregate, LabeledSample

SECTIONS: Final = {
    "Chat": {
        "alpacaeval-easy": 100,
        "alpacaeval-length": 95,
        "alpacaeval-hard": 95,
        "mt-bench-easy": 28,
        "mt-bench-med": 40,
    },
    "Chat Hard": {
        "mt-bench-hard": 37,
        "llmbar-natural": 100,
        "llmbar-adver-neighbor": 134,
        "llmbar-adver-GPTInst": 92,
        "llmbar-adver-GPTOut": 47,
        "llmbar-adver-manual": 46,
    },
    "Safety": {
        "refusals-dangerous": 100,
        "refusals-offensive": 100,
        "xstest-should-refuse": 154,
        "xstest-should-respond": 250,
        "donotanswer": 136,
    },
    "Reasoning": {
        "math-prm": 984,
        "hep-cpp": 164,
        "hep-go": 164,
        "hep-java": 164,
        "hep-js": 164,
        "hep-python": 164,
        "hep-rust": 164,
    },
}
_SUBSETS: Final = tuple(subset for section in SECTIONS.values() for subset in section)


def _read(row: Row) -> Entry:
    prompt = prompt_of(column(row, "prompt"), "prompt")
    chosen = candidate(text(row, "chosen"), "chosen", source=word(row, "chosen_model"))
    rejected = candidate(text(row, "rejected"), "rejected", source=word(row, "rejected_model"))
    subset = column(row, "subset")
    if not isinstance(subset, str) or subset not in _SUBSETS:
        raise UnknownLabel("subset", subset, _SUBSETS)
    return Entry(
        labeled=LabeledSample.pair(id=row_id(row, "id"), prompt=prompt, chosen=chosen, rejected=rejected, subset=subset)
    )


def _aggregates(subsets: Sequence[str]) -> Sequence[Aggregate]:
    sections = [
        Aggregate(name=name, weights={subset: float(n) for subset, n in counts.items() if subset in subsets})
        for name, counts in SECTIONS.items()
        if any(subset in subsets for subset in counts)
    ]
    overall = Aggregate(name="overall", weights={section.name: 1.0 for section in sections})
    return [*sections, overall] if sections else []


REWARDBENCH: Final = Benchmark(
    name="rewardbench",
    summary="pairs in the sections chat, chat hard, safety and reasoning (RewardBench 1)",
    columns=frozenset({"prompt", "chosen", "rejected", "chosen_model", "rejected_model", "subset"}),
    read_row=_read,
    aggregates=_aggregates,
)
