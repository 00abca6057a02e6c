"""Judging a file of samples into a run folder, however large: what best-of-n and annotation have in common.

    job = FileJob(kind="annotate", data="responses.jsonl")
    await judge_file(job, settings, agent, out, watch=watch)
    with JudgedFile.open(out) as judged:
        for taken, judgment in judged: ...        # in the file's order; judgment is None where there is none yet

The file is read twice, once to check it and to keep its samples in the run folder, once to judge them; memory holds
what is in flight, and an id a row. Rows that cannot be read are set aside, and integrity.json says which.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TextIO

from pydantic import TypeAdapter, ValidationError

from reward_agent.config import Settings
from reward_agent.engines import Judge, in_flight
from reward_agent.errors import DataError, RunError
from reward_agent.jobs.folder import RunFolder, code_version, evidence_fingerprint, whole_file, write_whole
from reward_agent.jobs.journal import read_rows
from reward_agent.jobs.judging import KeptJudgments, judge_all
from reward_agent.jobs.rows_taken import RowsTaken
from reward_agent.jobs.run import Watch
from reward_agent.jobs.samples import Taken, read_taken
from reward_agent.reports.metrics import Integrity
from reward_agent.types import Judgment, Problem

_TAKEN: TypeAdapter[Taken] = TypeAdapter(Taken)
_INTEGRITY: TypeAdapter[Integrity] = TypeAdapter(Integrity)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileJob:
    """What to judge: a file as `jobs.samples` reads it, all of it or its first `limit` samples. `kind` says which job
    asked; `options` are what else the job was told that its judgments depend on."""

    kind: str
    data: str
    limit: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


async def judge_file(
    job: FileJob, settings: Settings, agent: Judge, out: Path, *, watch: Watch = lambda tally: None
) -> Integrity:
    """Judges what the folder does not yet hold; returns what the file was like.

    Raises DataError for a file without a usable row; RunError when the folder belongs to another job, other settings or
    data, or is in use.
    """
    folder = RunFolder(path=out)
    with folder.held():
        integrity, count = take_in(job, settings, folder)
        await judge_all(
            agent,
            (taken.sample for taken in read_rows(folder.samples_file, _TAKEN)),
            folder.journal_file,
            both_orders=False,
            concurrency=in_flight(agent, settings),
            count=count,
            watch=watch,
        )
    return integrity


def take_in(job: FileJob, settings: Settings, folder: RunFolder) -> tuple[Integrity, int]:
    """Checks the file, makes the folder (which is `held`) this job's, and keeps the samples and what was wrong with
    the rows in it; returns that and the number of samples. Raises as `judge_file` does."""
    with whole_file(folder.samples_file) as file:
        rows = _take_all(read_taken(job.data, settings), file, job.limit)
        integrity = rows.integrity()
        if not rows.kept:
            raise DataError(f"{job.data}: {_why_nothing_was_read(rows)}")
        told = {"kind": job.kind, "data": job.data, "limit": job.limit, **job.options}
        told |= {"fingerprint": integrity.fingerprint, "evidence": evidence_fingerprint(settings)}
        folder.claim({**told, "version": code_version()}, settings)
    write_whole(folder.integrity_file, _INTEGRITY.dump_json(integrity, indent=2).decode())
    return integrity, rows.kept


class JudgedFile:
    """The samples of a run folder with their judgments, in the order of the file. Use `open`."""

    def __init__(self, folder: RunFolder) -> None:
        self.job, self.settings = folder.recall()
        self._folder = folder
        if not folder.integrity_file.exists():
            raise RunError(f"{folder.path}: the run was stopped before its data were read. Run the same command again.")
        try:
            self.integrity = _INTEGRITY.validate_json(folder.integrity_file.read_bytes())
        except ValidationError as error:
            raise RunError(f"{folder.integrity_file} is damaged. Run the same command again.") from error
        self.judgments = KeptJudgments(folder.journal_file)

    @classmethod
    def open(cls, out: Path) -> Self:
        """Raises RunError where the folder holds no run of this kind."""
        return cls(RunFolder(path=out))

    def __iter__(self) -> Iterator[tuple[Taken, Judgment | None]]:
        again = "Run the same command again: it writes this file anew."
        for taken in read_rows(self._folder.samples_file, _TAKEN, remedy=again):
            yield taken, self.judgments.of(taken.sample.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.judgments.close()


def _take_all(items: Iterator[Taken | Problem], file: TextIO, limit: int | None) -> RowsTaken:
    """Writes the first `limit` samples, each under an id of its own."""
    rows = RowsTaken()
    for item in items:
        if limit is not None and rows.kept >= limit:
            break
        if isinstance(item, Problem):
            rows.note(item)
            continue
        sample = item.sample
        own_id = rows.own_id(sample.id, item.place)
        if own_id != sample.id:
            item = replace(item, sample=replace(sample, id=own_id))
        turns = [{"role": turn.role, "content": turn.content} for turn in sample.prompt]
        rows.keep(own_id, json.dumps([*turns, *sample.responses]).encode("ascii"))
        file.write(_TAKEN.dump_json(item).decode() + "\n")
    return rows


def _why_nothing_was_read(rows: RowsTaken) -> str:
    if not rows.problems:
        return "there are no rows. Check that the file is whole"
    reasons = "\n  ".join(str(problem) for problem in rows.problems[:3])
    return f"not one of {rows.rows} rows can be used. The first reasons:\n  {reasons}"
