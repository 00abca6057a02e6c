"""RM-Bench: subtle errors, and answers in three styles.

Liu et al., 2024 (arXiv 2410.16184). A prompt has a right and a wrong answer, each concise, detailed, and detailed
with markdown; M[i][j] asks whether the right one in style i scores strictly above the wrong one in style j. Hard is
i < j (the right one is plainer), normal i = j, easy i > j. A domain is the mean of the three, safety the mean of
its two parts (should refuse, should respond), overall the mean of the four domains.

Also reads the converted format, one M[i][j] a row: see `rm_bench_converted`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from reward_agent.benchmarks.converted import is_converted, read_converted
from reward_agent.benchmarks.definition import Benchmark, Entry
from reward_agent.benchmarks.fields import candidate, column, prompt_of, row_id, texts, word
from reward_agent.benchmarks.rm_bench_converted import CELL, arrange
from reward_agent.benchmarks.row_errors import RowFault, UnknownLabel
from reward_agent.benchmarks.rows import Row
from reward_agent.benchmarks.scoring import Orders, pair_comparison
from reward_agent.types import Aggregate, Comparison, LabeledSample, Sample

_STYLES: Final = 3
_LEVELS: Final = ("easy", "normal", "hard")
_DOMAINS: Final = {
    "chat": ("chat",),
    "code": ("code",),
    "math": ("math",),
    "safety": ("safety-refuse", "safety-response", "safety"),
}
_PARTS: Final = tuple(part for parts in _DOMAINS.values() for part in parts)
# The sets that the prompts were taken from, as the published `subset` names them.
_ORIGINS: Final = {
    "alpacaeval": "chat",
    "bigcode/humanevalpack": "code",
    "refusals-dangerous": "safety-refuse",
    "refusals-offensive": "safety-refuse",
    "xstest-should-refuse": "safety-refuse",
    "xstest-should-respond": "safety-response",
}


def level(i: int, j: int) -> str:
    """The level of the comparison of right style i with wrong style j."""
    return "normal" if i == j else "hard" if i < j else "easy"


def _read(row: Row) -> Entry:
    if is_converted(row):
        cell = _read_cell(row)
        return Entry(labeled=cell, part=cell.sample.id)  # two styles of an answer may be one text
    answers = texts(row, "chosen"), texts(row, "rejected")
    for name, found in zip(("chosen", "rejected"), answers, strict=True):
        if len(found) != _STYLES:
            raise RowFault(f"{name} must hold {_STYLES} answers, one a style, got {len(found)}", "Correct the row")
    prompt = prompt_of(column(row, "prompt"), "prompt")
    domain = _domain(row)
    sample = Sample(
        id=_joined(domain, row_id(row, "id")),
        prompt=prompt,
        candidates=tuple(candidate(answer, "answer") for answer in answers[0] + answers[1]),
    )
    return Entry(labeled=LabeledSample(sample=sample, best=(0, 1, 2), rest=(3, 4, 5), subset=domain))


def _read_cell(row: Row) -> LabeledSample:
    pair = read_converted(row, subset="")
    domain = _domain(row)
    cell = row.data.get(CELL)
    if not isinstance(cell, tuple):
        raise RowFault(
            "expected three rows an id, in styles that can be told apart by their repeated texts or by a file name "
            "with easy, normal or hard in it",
            "Use the published files, or name the file after its level",
        )
    i, j = cell
    return LabeledSample.pair(
        id=f"{_joined(domain, pair.sample.id)}/{i}-{j}",
        prompt=pair.sample.prompt,
        chosen=pair.sample.candidates[0],
        rejected=pair.sample.candidates[1],
        subset=f"{domain}/{level(i, j)}",
    )


def _joined(domain: str, id: str) -> str:
    """Ids repeat between the domains' files."""
    return id if id.split("/", 1)[0] in _PARTS else f"{domain}/{id}"


def _domain(row: Row) -> str:
    named = word(row, "domain")
    if named in _PARTS:
        return named
    for part in sorted(_PARTS, key=len, reverse=True):
        if row.stem.lower().replace("_", "-").startswith(part):
            return part
    origin = word(row, "subset")
    known = origin if origin in _PARTS else _ORIGINS.get(origin or "")
    if known is None:
        raise UnknownLabel("domain" if named else "subset", named or origin, _PARTS + tuple(_ORIGINS))
    return known


def _compare(samples: Sequence[LabeledSample], scores: Mapping[str, Orders]) -> list[Comparison]:
    comparisons = []
    for labeled in samples:
        id, orders = labeled.sample.id, scores.get(labeled.sample.id, ())
        if len(labeled.best) == 1:  # a cell of the matrix; those of one prompt are not independent
            comparisons.append(
                pair_comparison(
                    id=id, sample_id=_prompt_id(id), subset=labeled.subset, orders=orders, better=0, worse=1
                )
            )
            continue
        comparisons += [
            pair_comparison(
                id=f"{id}/{i}-{j}",
                sample_id=id,
                subset=f"{labeled.subset}/{level(i, j)}",
                orders=orders,
                better=better,
                worse=worse,
            )
            for i, better in enumerate(labeled.best)
            for j, worse in enumerate(labeled.rest)
        ]
    return comparisons


def _prompt_id(cell_id: str) -> str:
    return cell_id.rsplit("/", 1)[0]


def _aggregates(subsets: Sequence[str]) -> Sequence[Aggregate]:
    """Levels over the domains, domains over the levels, and overall; only what the subsets present allow."""
    found = set(subsets)
    levels = []
    for name in _LEVELS:
        weights = {}
        for parts in _DOMAINS.values():
            here = [f"{part}/{name}" for part in parts if f"{part}/{name}" in found]
            weights.update({subset: 1 / len(here) for subset in here})
        if weights:
            levels.append(Aggregate(name=name, weights=weights))
    domains = []
    for domain, parts in _DOMAINS.items():
        weights = {}
        for part in parts:
            here = [f"{part}/{name}" for name in _LEVELS if f"{part}/{name}" in found]
            weights.update({subset: 1 / len(here) for subset in here})
        if weights:
            domains.append(Aggregate(name=domain, weights=weights))
    overall = Aggregate(name="overall", weights={domain.name: 1.0 for domain in domains})
    return [*levels, *domains, overall] if domains else []


RM_BENCH: Final = Benchmark(
    name="rm-bench",
    summary="subtle errors in chat, code, math and safety, with answers in three styles",
    columns=frozenset({"id", "prompt", "chosen", "rejected"}),
    read_row=_read,
    arrange=arrange,
    compare=_compare,
    aggregates=_aggregates,
)
