"""Drawing n answers to every prompt of a file, over any chat model, into one file of responses.

    job = GenerateJob(data="prompts.jsonl", generator="gpt-4o-mini", n=32)
    drawn = await generate(job, settings, open_model, Path("responses.jsonl"), concurrency=8)

The run's state lies beside the file, in `responses.jsonl.run/`: the settings, the prompts, and a journal with a row a
request. The file itself is written whole from the journal when the run ends or is stopped, and may be written again at
any time. Killed at any instant, the same command asks for what is missing and for nothing else; with a larger n, for
the further answers alone.

An answer that failed is missing, with its reason on record. An empty one, and one cut off at max_tokens, is what it is,
and `finish_reasons` says so.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from reward_agent.config import Settings
from reward_agent.config.chat import OpenAIChatSettings
from reward_agent.errors import DataError, RunError
from reward_agent.jobs.answers import LENGTH, Answer, KeptAnswers, Request, Standing
from reward_agent.jobs.drawing import Drawing, GenerateJob
from reward_agent.jobs.folder import RunFolder, code_version, whole_file, write_whole
from reward_agent.jobs.journal import Journal, read_rows
from reward_agent.jobs.prompts import Prompt, prompt_content, read_prompts
from reward_agent.jobs.rows_taken import RowsTaken
from reward_agent.jobs.run import Watch
from reward_agent.protocols import ChatModel
from reward_agent.reports.metrics import Integrity
from reward_agent.types import Problem, Usage

_PROMPT: TypeAdapter[Prompt] = TypeAdapter(Prompt)
_INTEGRITY: TypeAdapter[Integrity] = TypeAdapter(Integrity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What a run came to: `answers` of the `asked` that were wanted, `complete` prompts with all of theirs; `empty` and
    `truncated` answers among them; `missing` ones of this run by the kind of failure, and an `example` of each."""

    prompts: int
    complete: int
    asked: int
    answers: int
    empty: int
    truncated: int
    missing: Mapping[str, int]
    example: Mapping[str, str]
    usage: Usage


OpenModel = Callable[[], AbstractAsyncContextManager[ChatModel]]
_GENERATED: TypeAdapter[Generated] = TypeAdapter(Generated)


def run_folder(out: Path) -> RunFolder:
    """The folder beside the file of responses, which the run lives in."""
    return RunFolder(path=out.with_name(f"{out.name}.run"))


async def generate(
    job: GenerateJob,
    settings: Settings,
    model: OpenModel,
    out: Path,
    *,
    concurrency: int,
    watch: Watch = lambda tally: None,
    read: Callable[[Integrity], None] = lambda integrity: None,
) -> Generated:
    """Asks for what is not yet there, `concurrency` requests at a time, and writes the file.

    `settings` hold the chat model. `model` opens it, once the data are read and only where something is wanted of it;
    `read` is told before that what the data were like. Raises DataError for data without a usable prompt; RunError
    when the file belongs to another run or is in use.
    """
    _refuse_other_files(out)
    folder = run_folder(out)
    with folder.held():
        integrity, ids = _take_in(job, settings, folder)
        read(integrity)
        journal_file = folder.path / "answers.jsonl"
        with Journal.open(journal_file, Request, key=lambda request: request.key) as journal:
            run = Drawing(job=job, standing=Standing.read(journal_file, job.n), watch=watch)
            try:
                if run.begin(ids):
                    async with model() as opened:
                        while await run.round(opened, folder, journal, concurrency):
                            pass
            finally:
                written = _write_responses(job, folder, journal_file, out)
        generated = _generated(job, run, written)
        write_whole(folder.path / "report.json", _GENERATED.dump_json(generated, indent=2).decode() + "\n")
    return generated


def _refuse_other_files(out: Path) -> None:
    """Raises RunError rather than write over what is not ours."""
    if not out.name or out.is_dir():
        raise RunError(f"{out} is a folder. Give --out the name of a file, such as {out / 'responses.jsonl'}.")
    if out.exists() and not run_folder(out).settings_file.exists():
        raise RunError(f"{out} is there and no run of this command wrote it. Choose another --out file.")


def _take_in(job: GenerateJob, settings: Settings, folder: RunFolder) -> tuple[Integrity, list[str]]:
    """Reads the prompts into the folder and makes it this job's; returns what the data were like, and the ids."""
    rows, ids = RowsTaken(), list[str]()
    with whole_file(folder.samples_file) as file:
        for item in read_prompts(job.data, job.shape, max_row_bytes=settings.run.max_row_bytes):
            if job.limit is not None and rows.kept >= job.limit:
                break
            if isinstance(item, Problem):
                rows.note(item)
                continue
            prompt = replace(item, id=rows.own_id(item.id, item.place))
            rows.keep(prompt.id, prompt_content(prompt).encode("ascii"))
            ids.append(prompt.id)
            file.write(_PROMPT.dump_json(prompt).decode() + "\n")
        if not ids:
            reasons = "\n  ".join(map(str, rows.problems[:3])) or "there are no rows. Check that the file is whole"
            raise DataError(f"{job.data}: there is no usable prompt:\n  {reasons}")
        integrity = rows.integrity()
        folder.claim(_told(job, integrity.fingerprint), _that_count(settings))
    write_whole(folder.integrity_file, _INTEGRITY.dump_json(integrity, indent=2).decode() + "\n")
    return integrity, ids


def _that_count(settings: Settings) -> Settings:
    """The settings that an answer depends on: not how patiently or how fast it is asked for, so that a run may go on
    with less in flight."""
    patience = {"timeout_s", "retries", "patience_s", "in_flight", "requests_per_minute", "tokens_per_minute", "prices"}
    chat = {
        name: entry.model_dump(exclude=patience) if isinstance(entry, OpenAIChatSettings) else entry
        for name, entry in settings.chat.items()
    }
    return Settings.model_validate({"chat": chat})


def _told(job: GenerateJob, fingerprint: str) -> dict[str, Any]:
    """What the answers depend on: not how many there are to be."""
    told = {key: value for key, value in asdict(job).items() if key not in ("n", "shape")}
    told |= {"prompt_column": job.shape.column, "template": job.shape.template}
    return {"kind": "generate", **told, "fingerprint": fingerprint, "version": code_version()}


@dataclass(kw_only=True)
class _Written:
    """What stands in the file."""

    prompts: int = 0
    complete: int = 0
    answers: int = 0
    empty: int = 0
    truncated: int = 0


def _write_responses(job: GenerateJob, folder: RunFolder, journal_file: Path, out: Path) -> _Written:
    """Writes the file from the journal: a row for every prompt with an answer, in the order of the data."""
    written = _Written()
    kept = KeptAnswers(journal_file)
    ids = (prompt.id for prompt in read_rows(folder.samples_file, _PROMPT))
    prompts = read_rows(folder.samples_file, _PROMPT)
    with whole_file(out) as file:
        for prompt, (_, answers) in zip(prompts, kept.of_each(ids, job.n), strict=True):
            written.prompts += 1
            if answers:
                file.write(json.dumps(_response_row(job, prompt, answers), ensure_ascii=False) + "\n")
            written.complete += len(answers) == job.n
            written.answers += len(answers)
            written.empty += sum(not answer.text.strip() for answer in answers)
            written.truncated += sum(answer.finish == LENGTH for answer in answers)
    return written


def _response_row(job: GenerateJob, prompt: Prompt, answers: Sequence[Answer]) -> dict[str, Any]:
    turns = [asdict(turn) for turn in prompt.messages]
    return {
        "id": prompt.id,
        "prompt": prompt.messages[0].content if prompt.plain else turns,
        "responses": [answer.text for answer in answers],
        "generator": job.generator,
        "finish_reasons": [answer.finish for answer in answers],
        "missing": job.n - len(answers),
        **prompt.columns,
    }


def _generated(job: GenerateJob, run: Drawing, written: _Written) -> Generated:
    return Generated(
        prompts=written.prompts,
        complete=written.complete,
        asked=written.prompts * job.n,
        answers=written.answers,
        empty=written.empty,
        truncated=written.truncated,
        missing=dict(run.kinds),
        example=run.example,
        usage=run.usage,
    )
