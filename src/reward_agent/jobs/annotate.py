"""Annotate a file of responses: judge every candidate, and make preference pairs of the judgments.

    await annotate(job, options, settings, agent, out, watch=watch)     # judges what is missing, then writes the pairs
    write_pairs(out, options)                                           # other pairs from the same judgments

    pairs.jsonl, kto.jsonl ... or .parquet   the data      README.md    the data card      pairs.json    the report

How pairs are made is no part of what the folder was claimed with: it follows from the journal, so that other rules on
the same judgments cost nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from reward_agent.agent import RewardAgent
from reward_agent.config import Settings
from reward_agent.config.section import Off
from reward_agent.errors import ConfigError, RunError
from reward_agent.jobs.folder import RunFolder, code_version, write_whole
from reward_agent.jobs.html import LARGE, write_html
from reward_agent.jobs.intake import FileJob, JudgedFile, judge_file
from reward_agent.jobs.pairing.card import data_card
from reward_agent.jobs.pairing.rows import (
    Format,
    Row,
    has_plain_form,
    kto_rows,
    preference_row,
    scores_row,
    ultrafeedback_row,
)
from reward_agent.jobs.pairing.rules import Pairing, PairRules, Reason
from reward_agent.jobs.pairing.tally import PairsReport, Tally
from reward_agent.jobs.pairing.writing import IN_PARQUET, FileType, Shape, Write, need_pyarrow, opened
from reward_agent.jobs.run import Watch
from reward_agent.jobs.samples import Taken
from reward_agent.reports.metrics import Integrity
from reward_agent.types import Judgment

KIND = "annotate"
CARD, REPORT = "README.md", "pairs.json"
SHAPES: tuple[Shape, ...] = ("pairs", "kto", "ultrafeedback", "scores")
OURS = frozenset(f"{shape}.{kind}" for shape in SHAPES for kind in ("jsonl", "parquet"))
"""Every name a data file can have."""
_REPORT: TypeAdapter[PairsReport] = TypeAdapter(PairsReport)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOptions:
    """What to make of the judgments. `shapes` are written as each of `files`; those that Parquet has no columns for
    (`writing`) as JSON lines. Raises ConfigError for an unknown shape, and for Parquet without pyarrow."""

    rules: PairRules = field(default_factory=PairRules)
    format: Format = "conversational"
    shapes: tuple[Shape, ...] = ("pairs",)
    files: tuple[FileType, ...] = ("jsonl",)

    def __post_init__(self) -> None:
        unknown = [shape for shape in self.shapes if shape not in SHAPES]
        if unknown or not self.shapes:
            came = repr(unknown[0]) if unknown else "none"
            raise ConfigError(f"the shapes to write are {', '.join(SHAPES)}, got {came}")
        if "parquet" in self.files and any(shape in IN_PARQUET for shape in self.shapes):
            need_pyarrow()

    def names(self) -> dict[str, Shape]:
        """The files to write, by name."""
        return {
            f"{shape}.{kind}": shape
            for shape in dict.fromkeys(self.shapes)
            for kind in (self.files if shape in IN_PARQUET else ("jsonl",))
        }


async def annotate(
    job: FileJob,
    options: PairOptions,
    settings: Settings,
    agent: RewardAgent,
    out: Path,
    *,
    watch: Watch = lambda tally: None,
) -> tuple[Integrity, PairsReport]:
    """Judges what the folder does not yet hold, and writes the pairs and, unless the run is large, report.html; returns
    what the file was like, and the report of the pairs. Raises DataError for a file without a usable row;
    ConfigError for a required signal that the settings do not have; RunError as `judge_file` does."""
    check_required(options.rules, settings)
    integrity = await judge_file(job, settings, agent, out, watch=watch)
    report = write_pairs(out, options)
    if report.prompts <= LARGE:
        write_html(out)
    return integrity, report


def write_pairs(out: Path, options: PairOptions) -> PairsReport:
    """Makes the pairs of the judgments in a folder, anew, with the card and the report; data files of an earlier call
    that are not among them go. Raises RunError where the folder holds no judged file, or is in use; ConfigError as
    `annotate` does."""
    RunFolder(path=out).recall()  # says what is wrong before a lock file is made
    with RunFolder(path=out).held(), JudgedFile.open(out) as judged:
        if "fingerprint" not in judged.job or judged.job.get("kind") == "benchmark":
            raise RunError(f"{out} holds no judged file of responses, such as `reward-agent annotate` makes.")
        check_required(options.rules, judged.settings)
        data = Path(str(judged.job.get("data", ""))).name or "responses"
        report = _written(judged, options, out, data)
        write_whole(out / REPORT, _REPORT.dump_json(report, indent=2).decode() + "\n")
        write_whole(out / CARD, data_card(report, judged.settings, data))
        for name in OURS - report.files.keys():
            (out / name).unlink(missing_ok=True)
    return report


def check_required(rules: PairRules, settings: Settings) -> None:
    """Raises ConfigError for a required signal that the settings do not have."""
    verifiers = type(settings.verify).model_fields
    names = [name for name in verifiers if not isinstance(getattr(settings.verify, name), Off)]
    names += [model.name for model in settings.prefer]
    for name in rules.require:
        if name not in names:
            raise ConfigError(
                f"--require {name}: there is no such signal under these settings; the signals are "
                f"{', '.join(names) or 'none'}. Name one of them, or choose settings that have it"
            )


def _written(judged: JudgedFile, options: PairOptions, out: Path, data: str) -> PairsReport:
    tally = Tally()
    names = options.names()
    counts = dict.fromkeys(names, 0)
    with ExitStack() as stack:
        writes: dict[str, Write] = {
            name: stack.enter_context(opened(out / name, shape, options.format)) for name, shape in names.items()
        }
        for taken, judgment in judged:
            pairing = _pairing(taken, judgment, options)
            tally.add(taken.sample, judgment, pairing)
            for shape in dict.fromkeys(options.shapes):
                rows = list(_rows(shape, taken, judgment, pairing, options.format, data))
                for name in (name for name, its in names.items() if its == shape and rows):
                    counts[name] += len(rows)
                    for row in rows:
                        writes[name](row)
    return tally.report(options.rules, options.format, code_version(), counts, set_aside=judged.integrity.set_aside)


def _pairing(taken: Taken, judgment: Judgment | None, options: PairOptions) -> Pairing:
    pairing = options.rules.pair(taken.sample, judgment)
    if pairing.pairs and options.format == "plain" and not has_plain_form(taken.sample):
        return replace(pairing, pairs=(), reason=Reason.NO_PLAIN_FORM)
    return pairing


def _rows(
    shape: Shape, taken: Taken, judgment: Judgment | None, pairing: Pairing, format: Format, data: str
) -> Iterator[Row]:
    sample = taken.sample
    if shape == "scores":
        yield scores_row(taken, judgment)
    elif shape == "ultrafeedback":
        row = ultrafeedback_row(sample, judgment, data)
        if row is not None:
            yield row
    elif judgment is not None and pairing.pairs:
        if shape == "kto":
            yield from kto_rows(sample, judgment, pairing.pairs, format)
        else:
            yield from (preference_row(sample, judgment, pair, format) for pair in pairing.pairs)


def pushed_files(out: Path, report: PairsReport) -> Mapping[str, Path]:
    """What goes onto the hub, by name: the data, the card and the report."""
    return {name: out / name for name in (*report.files, REPORT, CARD)}
