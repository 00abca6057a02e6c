"""Direct preference optimisation on a folder of pairs, in a folder that resumes.

report = train_dpo(pairs, settings, out, say=print)

settings.toml   what was asked for            train.jsonl    the pairs that are trained on
checkpoints/    states to go on from          curves.json, .svg, .png
model/          the result, with tokenizer    report.json    counts and figures; there once the run is done
"""

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from reward_agent.benchmarks.rows import DEFAULT_MAX_ROW_BYTES
from reward_agent.config import TrainSettings
from reward_agent.errors import ConfigError, DataError
from reward_agent.jobs.folder import RunFolder, code_version, whole_file, write_whole
from reward_agent.jobs.training.checkpoint import last_whole, load_tokenizer, need_template, token_lengths
from reward_agent.jobs.training.curves import Point, draw, points_of
from reward_agent.jobs.training.pairs import Sifting, TrainingPair, pairs_file, read_pairs
from reward_agent.jobs.training.trainer import dpo_config, libraries, make_trainer, without_their_warnings
from reward_agent.types import Problem

KIND = "train-dpo"
SHOWN_PROBLEMS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """`pairs` were trained on, of which `cut` were longer than the limit; `set_aside` counts the others by why.
    `steps` were made in all, `resumed_at` the step this run began at (0: from the start). `versions` of the libraries
    that did the work. The curve's points are means over the steps between them."""

    model: str
    version: str
    versions: Mapping[str, str]
    pairs: int
    cut: int
    set_aside: Mapping[str, int]
    steps: int
    resumed_at: int
    curve: tuple[Point, ...]


_REPORT: TypeAdapter[TrainReport] = TypeAdapter(TrainReport)
_CURVE: TypeAdapter[tuple[Point, ...]] = TypeAdapter(tuple[Point, ...])


def train_dpo(pairs: Path, settings: TrainSettings, out: Path, *, say: Callable[[str], None]) -> TrainReport:
    """Trains, or goes on, or returns the report of a run that is done.

    Raises ConfigError for settings or a model that cannot be used, DataError for data without a pair to train on,
    RunError where the folder belongs to other settings or pairs, or is in use.
    """
    libraries()
    model = settings.model
    if model is None:
        raise ConfigError("which model? Give --model, a folder or a hub id, or a preset that names one (paper)")
    file = pairs_file(pairs)
    folder = RunFolder(path=out)
    with folder.held():
        folder.claim(
            {"kind": KIND, "data": str(pairs), "fingerprint": _digest(file), "version": code_version()}, settings
        )
        if (out / "report.json").exists():
            say("this run is done; nothing is left to train")
            return _REPORT.validate_json((out / "report.json").read_bytes())
        with without_their_warnings():
            return _trained(file, model, settings, out, say)


def _trained(file: Path, model: str, settings: TrainSettings, out: Path, say: Callable[[str], None]) -> TrainReport:
    config = dpo_config(settings, out / "checkpoints")
    tokenizer = load_tokenizer(model, settings.revision)
    sifting = Sifting(
        lengths=token_lengths(tokenizer), max_length=config.max_length, drop_long=settings.too_long == "drop"
    )
    _write_training_pairs(file, out / "train.jsonl", sifting, tokenizer, model)
    _say_sifted(sifting, config.max_length, say)

    def log(step: int, steps: int, logged: Mapping[str, Any]) -> None:
        if "loss" in logged:
            margin = logged.get("rewards/margins")
            shown = f", margin {margin:.4f}" if isinstance(margin, float) else ""
            say(f"step {step:,} of {steps:,}: loss {float(logged['loss']):.4f}{shown}")

    trainer = make_trainer(settings, config, tokenizer, out / "train.jsonl", out / ".cache", log)
    state = last_whole(out / "checkpoints")
    if state is not None:
        say(f"going on from {state.name}")
    trainer.train(resume_from_checkpoint=None if state is None else str(state))
    trainer.save_model(str(out / "model"))
    tokenizer.save_pretrained(str(out / "model"))
    curve = points_of(trainer.state.log_history)
    write_whole(out / "curves.json", _CURVE.dump_json(curve, indent=2).decode() + "\n")
    if not draw(curve, out, title=f"DPO on {sifting.used:,} pairs"):
        say("no picture of the curves: pip install 'reward-agent[plots]'")
    report = TrainReport(
        model=model,
        version=code_version(),
        versions=_versions(),
        pairs=sifting.used,
        cut=sifting.cut,
        set_aside=dict(sifting.set_aside.most_common()),
        steps=trainer.state.global_step,
        resumed_at=0 if state is None else int(state.name.rsplit("-", 1)[1]),
        curve=curve,
    )
    write_whole(out / "report.json", _REPORT.dump_json(report, indent=2).decode() + "\n")
    return report


def _write_training_pairs(file: Path, to: Path, sifting: Sifting, tokenizer: Any, model: str) -> None:
    with whole_file(to) as written:
        for pair in sifting.through(
            _with_template(read_pairs(file, max_row_bytes=DEFAULT_MAX_ROW_BYTES), tokenizer, model)
        ):
            written.write(to_json(pair.columns()).decode() + "\n")
        if not sifting.used:
            reasons = "; ".join(f"{count:,}: {reason}" for reason, count in sifting.set_aside.most_common())
            first = f" The first: {sifting.problems[0]}" if sifting.problems else ""
            raise DataError(f"{file} holds no pair to train on ({reasons or 'it is empty'}).{first}")


def _with_template(
    items: Iterator[TrainingPair | Problem], tokenizer: Any, model: str
) -> Iterator[TrainingPair | Problem]:
    """The items; the first conversation asks for a chat template."""
    asked = False
    for item in items:
        if not asked and isinstance(item, TrainingPair) and item.conversational:
            need_template(tokenizer, model)
            asked = True
        yield item


def _say_sifted(sifting: Sifting, max_length: int | None, say: Callable[[str], None]) -> None:
    for problem in sifting.problems[:SHOWN_PROBLEMS]:
        say(f"warning: {problem}")
    for reason, count in sifting.set_aside.most_common():
        say(f"warning: {count:,} pairs are set aside: {reason}")
    if sifting.cut:
        say(f"warning: {sifting.cut:,} pairs are longer than {max_length:,} tokens and are cut there (too_long)")
    say(f"{sifting.used:,} pairs to train on")


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("trl", "peft", "transformers", "datasets", "torch")}
