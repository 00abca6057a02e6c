"""LLMBar: pairs in which one output follows the instruction and the other does not, often more nicely written.

Zeng et al., 2023 (arXiv 2310.07641). Five subsets, told by the file's path; the published average is the mean over
the subsets. Overall is the plain mean over the pairs.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reward_agent.benchmarks.definition import Benchmark, Entry, without_files
from reward_agent.benchmarks.fields import candidate, column, prompt_of, text
from reward_agent.benchmarks.row_errors import UnknownLabel
from reward_agent.benchmarks.rows import Row
from reward_agent.types import Aggregate, LabeledSample, Problem, Sample

_NATURAL: Final = "Natural"
_ADVERSARIAL: Final = {name.lower(): f"Adversarial {name}" for name in ("Neighbor", "GPTInst", "GPTOut", "Manual")}
_LABELS: Final = {"1": 0, "2": 1}


def subset_of(row: Row) -> str:
    """The subset of a file such as `Dataset/LLMBar/Adversarial/Neighbor/dataset.json` or
    `Adversarial_Neighbor.jsonl.gz`; a file of another kind is a subset of its own, under its name."""
    folders = row.file.replace("\\", "/").split("/")[:-1]
    generic = row.stem.lower() in ("dataset", "data", "train", "test")
    own = folders[-1] if generic and folders else row.stem
    words = own.replace("-", "_").lower().split("_")
    for key, name in _ADVERSARIAL.items():
        if key in words and not words[0].startswith("casestudy"):
            return name
    return _NATURAL if _NATURAL.lower() in words else own


def _read(row: Row) -> Entry:
    subset = subset_of(row)
    prompt = prompt_of(text(row, "input"), "input")
    candidates = tuple(candidate(text(row, name), name) for name in ("output_1", "output_2"))
    label = _label(column(row, "label"))
    better = _LABELS[label]
    number = row.number if row.number is not None else row.line
    sample = Sample(id=f"{subset}/{number}", prompt=prompt, candidates=candidates)
    return Entry(labeled=LabeledSample(sample=sample, best=(better,), rest=(1 - better,), subset=subset), label=label)


def _label(value: object) -> str:
    label = (
        str(value) if isinstance(value, int | str) and not isinstance(value, bool) and value in (1, 2, "1", "2") else ""
    )
    if label not in _LABELS:
        raise UnknownLabel("label", value, tuple(_LABELS))
    return label


def _published_subsets(items: Iterable[Row | Problem]) -> Iterator[Row | Problem]:
    """The repository also holds case studies and other people's sets: where LLMBar's own are there, only they
    count."""
    held = list(items)
    own = {_NATURAL, *_ADVERSARIAL.values()}
    others = {item.file for item in held if isinstance(item, Row) and subset_of(item) not in own}
    if all(item.file in others for item in held if isinstance(item, Row)):
        others = set()
    yield from without_files(held, others, "is none of LLMBar's five subsets")


def _aggregates(subsets: Sequence[str]) -> Sequence[Aggregate]:
    adversarial = [name for name in subsets if name in _ADVERSARIAL.values()]
    found = [Aggregate(name="average", weights=dict.fromkeys(subsets, 1.0))] if subsets else []
    if adversarial:
        found.insert(0, Aggregate(name="Adversarial", weights=dict.fromkeys(adversarial, 1.0)))
    return found


LLMBAR: Final = Benchmark(
    name="llmbar",
    summary="does the judge prefer the output that follows the instruction over one that only looks better",
    columns=frozenset({"input", "output_1", "output_2", "label"}),
    read_row=_read,
    arrange=_published_subsets,
    aggregates=_aggregates,
)
