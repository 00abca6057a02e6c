"""The run folder: everything a run was told and found out, in files that outlast it.

    settings.toml      the resolved settings, and under [job] what was asked for; works as --config
    samples.jsonl      the samples with their answer key, as read
    integrity.json     what was wrong with the data
    judgments.jsonl    the journal
    report.json, report.md

A folder belongs to one job under one set of settings: another is refused, with the keys that differ.
"""

import importlib.metadata
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import tomli_w
from pydantic import ValidationError

from reward_agent.config import Settings
from reward_agent.config.evidence import CorpusSource
from reward_agent.config.section import Section
from reward_agent.errors import RunError
from reward_agent.jobs.journal import locked

IRRELEVANT = frozenset({"job.data", "evidence.path", "run.concurrency", "record.mode", "record.file"})
"""Keys that cannot change a judgment: where data and index lie (their fingerprints count), how many samples run at
once, and where replies are kept, to which the whole section `cache` belongs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """Paths and bookkeeping of one run."""

    path: Path

    @property
    def settings_file(self) -> Path:
        return self.path / "settings.toml"

    @property
    def samples_file(self) -> Path:
        return self.path / "samples.jsonl"

    @property
    def integrity_file(self) -> Path:
        return self.path / "integrity.json"

    @property
    def journal_file(self) -> Path:
        return self.path / "judgments.jsonl"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Makes the folder and keeps other processes from running in it. Raises RunError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = locked(self.journal_file)
        except OSError as error:
            raise RunError(f"cannot make the run folder {self.path}: {error.strerror}") from error
        try:
            yield
        finally:
            lock.release()

    def claim(self, job: Mapping[str, Any], settings: Section) -> None:
        """Makes the folder, which is `held`, this job's. Raises RunError when it is another's, naming what differs."""
        tree = {"job": _without_none(job), **settings.model_dump(mode="json", exclude_none=True, exclude={"serve"})}
        if self.settings_file.exists():
            differences = list(_differences(self._read_tree(), tree))
            if differences:
                raise RunError(
                    f"{self.path} holds a run made under other settings, so it cannot be resumed:\n  "
                    + "\n  ".join(differences)
                    + "\nUse the same settings, or choose another --out folder."
                )
            return
        if self.journal_file.exists():
            raise RunError(f"{self.path} holds judgments but no settings.toml; choose another --out folder.")
        write_whole(self.settings_file, tomli_w.dumps(tree))

    def recall(self) -> tuple[dict[str, Any], Settings]:
        """The job and settings the folder was claimed with. Raises RunError where there is no run."""
        if not self.settings_file.exists():
            raise RunError(f"{self.path} holds no run: there is no settings.toml in it.")
        tree = self._read_tree()
        job = tree.pop("job", {})
        try:
            return job, Settings.model_validate(tree)
        except ValidationError as error:
            raise RunError(f"{self.settings_file} was made by another version or changed: {error}") from error

    def _read_tree(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.settings_file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RunError(f"{self.settings_file} is damaged ({error}); choose another --out folder.") from error


def code_version() -> str:
    """The version of this package, as runs record it."""
    return importlib.metadata.version("reward-agent")


def evidence_fingerprint(settings: Settings) -> str | None:
    """What tells the index that the settings name from another; None where they name none. Raises ConfigError."""
    source = settings.evidence
    if not isinstance(source, CorpusSource) or source.path is None:
        return None
    from reward_agent.evidence.corpus.stamp import read_stamp

    return read_stamp(Path(source.path).expanduser()).fingerprint


def write_whole(path: Path, text: str) -> None:
    """Writes the file so that it is there whole or not at all, whenever the process dies. Raises RunError."""
    with whole_file(path) as file:
        file.write(text)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A file to write piece by piece that stands at `path`, whole, when the block ends without an error, and else not
    at all. Raises RunError."""
    with whole_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_path(path: Path) -> Iterator[Path]:
    """The same for what writes a file by its path."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror}. Make room or choose another --out folder.") from error
    finally:
        temporary.unlink(missing_ok=True)


def _without_none(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if value is not None}


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for key in sorted(before.keys() | after.keys()):
        if key not in IRRELEVANT and not key.startswith("cache.") and before.get(key) != after.get(key):
            yield f"{key}: {before.get(key, 'not set')} there, {after.get(key, 'not set')} now"


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    items = tree.items() if isinstance(tree, Mapping) else enumerate(tree)
    for key, value in items:
        place = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping | list):
            yield from _leaves(value, place)
        else:
            yield place, value
