"""The data card: README.md beside the data, with the hub's front matter, made from the report alone.

It says how the pairs were made, how many there are and why others are missing, how scores and lengths are spread, and
plainly whether the chosen responses are the longer ones. What comes from data or settings is escaped; paths, addresses
and names of environment variables stay at home.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w

from reward_agent.config import Settings
from reward_agent.jobs.pairing.tally import Distribution, PairsReport
from reward_agent.reports.markdown import escaped

CELL = 80
BAR = 24
PRIVATE = frozenset(
    {"base_url", "base_url_env", "api_key_env", "headers_env", "key_env", "url", "path", "file", "extra"}
)
"""Keys whose values a card does not show: they say where something lies, or hold what was sent to a server."""
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

_RULES = {
    "best-worst": "the highest-scoring candidate against the lowest-scoring one",
    "best-random": "the highest-scoring candidate against lower-scoring ones drawn by the sample's id",
    "all": "every two candidates of different scores, the widest margins first",
}


def data_card(report: PairsReport, settings: Settings, data: str) -> str:
    """The whole page. `data` is what the prompts and responses are called, a name and not a path."""
    return "\n\n".join(block for block in _blocks(report, settings, data) if block) + "\n"


def _blocks(report: PairsReport, settings: Settings, data: str) -> Iterator[str]:
    yield _front_matter(report, data)
    yield f"# Preference pairs from {escaped(data, limit=CELL)}"
    yield (
        f"{report.pairs:,} pairs from {report.prompts_with_pairs:,} of {report.prompts:,} prompts, made by "
        f"reward-agent {escaped(report.version, limit=CELL)}. No person chose between the responses: the scores of the "
        "settings below did."
    )
    yield _files(report)
    yield "## How they were made"
    yield "\n".join(f"- {line}" for line in _making(report))
    yield "## What is not there, and why"
    yield _missing(report)
    yield "## Lengths"
    yield from _lengths(report)
    yield "## Scores"
    yield from _scores(report)
    yield "## Settings"
    shown = _without_private(settings.model_dump(mode="json", exclude_none=True))
    yield f"Preset `{escaped(settings.preset, limit=CELL)}`; addresses, paths and names of keys are left out."
    yield _fenced(tomli_w.dumps(shown), "toml")
    yield "## Licence and use"
    yield (
        "The prompts and responses keep the licences and terms of where they came from; this card cannot know them. "
        "State them here before you share the data."
    )


def _front_matter(report: PairsReport, data: str) -> str:
    size = next((name for most, name in SIZES if report.pairs < most), "n>1M")
    lines = ["---", f"pretty_name: {json.dumps(f'Preference pairs from {data[:CELL]}')}"]
    lines += ["tags:", *(f"- {tag}" for tag in ("preference", "dpo", "trl", "reward-agent", "synthetic"))]
    lines += ["task_categories:", "- text-generation", "size_categories:", f"- {size}"]
    shapes = dict.fromkeys(name.rsplit(".", 1)[0] for name in report.files)
    if shapes:
        lines.append("configs:")
    for place, shape in enumerate(shapes):
        file = f"{shape}.parquet" if f"{shape}.parquet" in report.files else f"{shape}.jsonl"
        lines += [f"- config_name: {shape}", f"  data_files: {file}", *(["  default: true"] if place == 0 else [])]
    return "\n".join([*lines, "---"])


def _files(report: PairsReport) -> str:
    rows = [[f"`{name}`", f"{count:,}"] for name, count in report.files.items()]
    return _table(["file", "rows"], rows)


def _making(report: PairsReport) -> Iterator[str]:
    rules = report.rules
    yield f"Rule `{rules.rule}`: {_RULES[rules.rule]}."
    if rules.max_pairs is not None:
        yield f"At most {rules.max_pairs:,} pairs a prompt."
    yield f"Least margin between the two scores: {rules.min_margin:g} (and never a tie)."
    if rules.require:
        names = ", ".join(f"`{escaped(name, limit=CELL)}`" for name in rules.require)
        yield f"The chosen response scores no lower than the rejected one on {names}, where these gave a verdict."
    if rules.near_duplicates is None:
        yield "Near-duplicate candidates were kept."
    else:
        yield (
            f"Of candidates that are {rules.near_duplicates:.0%} alike or more (Jaccard of their three-word sequences) "
            f"the higher-scoring one was kept; {report.near_duplicates:,} were left out."
        )
    yield f"Format: {report.format}. A tie, and a sample that no signal could decide, gives no pair."
    yield f"{report.failures:,} of {report.judged:,} judged samples had a stage that failed: see a pair's `failures`."


def _missing(report: PairsReport) -> str:
    rows = [["rows of the data: cannot be read", f"{report.set_aside:,}"]] if report.set_aside else []
    rows += [[f"prompts: {reason}", f"{count:,}"] for reason, count in report.no_pair.items()]
    rows += [[f"pairs refused: {reason}", f"{count:,}"] for reason, count in report.refused.items()]
    return _table(["reason", "count"], rows) if rows else "Every prompt gave a pair, and no pair was refused."


def _lengths(report: PairsReport) -> Iterator[str]:
    lengths = report.lengths
    yield length_bias(report)
    rows = []
    for name, found in (("chosen", lengths.chosen), ("rejected", lengths.rejected)):
        rows.append([name, *(_number(value) for value in (found.mean, found.median, found.least, found.most))])
    yield _table(["characters", "mean", "median", "least", "most"], rows)


ENOUGH_PAIRS = 400
"""From here on a difference of a tenth is more than chance."""


def length_bias(report: PairsReport) -> str:
    """One sentence on whether the chosen responses are the longer ones."""
    longer, shorter = report.lengths.chosen_longer, report.lengths.chosen_shorter
    chosen, rejected = report.lengths.chosen.mean, report.lengths.rejected.mean
    if longer is None or shorter is None or chosen is None or rejected is None:
        return "There is no pair, so nothing can be said of lengths."
    facts = f"The chosen response is the longer one in {longer:.0%} of the pairs and the shorter one in {shorter:.0%}"
    ratio = f"; on average it has {chosen / rejected:.2f} times the characters of the rejected one" if rejected else ""
    if abs(longer - shorter) < max(0.1, 2 / math.sqrt(report.pairs)):  # within what chance alone would give
        few = "" if report.pairs >= ENOUGH_PAIRS else f" Pairs: {report.pairs}, too few to say more."
        return f"{facts}{ratio}. Length tells little about which is which.{few}"
    taught = "longer" if longer > shorter else "shorter"
    return (
        f"{facts}{ratio}. **There is a length bias: training on these pairs also teaches to write {taught} responses.**"
    )


def _scores(report: PairsReport) -> Iterator[str]:
    yield _histogram("the judger's scores, of all judged candidates", report.scores)
    for name, found in report.signals.items():
        yield _histogram(f"signal {name}", found)
    yield _histogram("margins of the pairs", report.margins)


def _histogram(title: str, found: Distribution) -> str:
    middle = f"mean {_number(found.mean)}, median {_number(found.median)}"
    head = f"**{escaped(title, limit=CELL)}**: {found.n:,} values, {middle}"
    most = max((step.count for step in found.histogram), default=0)
    lines = [
        f"{step.low:>10.3f} to {step.high:>10.3f}  {'█' * round(BAR * step.count / most):<{BAR}} {step.count:,}"
        for step in found.histogram
    ]
    return f"{head}\n\n{_fenced(chr(10).join(lines), 'text')}" if lines else head


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _fenced(text: str, language: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _without_private(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        kept = {key: value for key, value in tree.items() if key not in PRIVATE}
        return {key: _without_private(value) for key, value in kept.items() if key not in ("cache", "record", "run")}
    if isinstance(tree, list):
        return [_without_private(item) for item in tree]
    return tree
