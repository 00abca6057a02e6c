"""The judgments of a run folder as one Parquet file, for tools that read tables (the extra `parquet`).

    write_parquet(folder)        # DIR/judgments.parquet

One row a judgment, in the journal's order: `sample_id`, `scores` (null where unjudged), `reason`, `signals` (name, kind
and each candidate's score), `failures`, `calls`, `tokens`, `cost`, and `judgment`, the journal's own line with all
findings. Written in groups of rows from the journal, in constant memory; there whole or not at all.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from reward_agent.errors import ConfigError, RunError
from reward_agent.jobs.folder import RunFolder
from reward_agent.jobs.journal import read_rows
from reward_agent.types import Judgment

GROUP_ROWS = 1_000
_JUDGMENT: TypeAdapter[Judgment] = TypeAdapter(Judgment)


def write_parquet(folder: RunFolder) -> Path:
    """Writes the file and returns its path. Raises ConfigError where pyarrow is missing, RunError where the journal
    cannot be read or the file not written."""
    require_parquet()
    import pyarrow
    import pyarrow.parquet

    schema = _schema(pyarrow)
    path = folder.path / "judgments.parquet"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with pyarrow.parquet.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for rows in _groups(read_rows(folder.journal_file, _JUDGMENT)):
                writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
        temporary.replace(path)
    except OSError as error:
        raise RunError(
            f"cannot write {path}: {error.strerror or error}. Make room and run the same command again."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def require_parquet() -> None:
    """Raises ConfigError where pyarrow is missing: better before a run than after it."""
    try:
        import pyarrow.parquet  # noqa: F401  # says that it is there
    except ImportError as error:
        raise ConfigError("--parquet needs pyarrow: pip install 'reward-agent[parquet]'") from error


def _groups(judgments: Iterator[Judgment]) -> Iterator[list[dict[str, Any]]]:
    while rows := [_row(judgment) for judgment in itertools.islice(judgments, GROUP_ROWS)]:
        yield rows


def _row(judgment: Judgment) -> dict[str, Any]:
    decision = judgment.decision
    return {
        "sample_id": _text(judgment.sample_id),
        "scores": None if decision is None else list(decision.scores),
        "reason": None if decision is None else _text(decision.reason),
        "signals": [
            {"name": signal.name, "kind": signal.kind, "scores": [verdict.score for verdict in signal.verdicts]}
            for signal in judgment.signals
        ],
        "failures": [_text(f"{failure.source}: {failure.kind}: {failure.error}") for failure in judgment.failures],
        "calls": judgment.usage.calls,
        "tokens": judgment.usage.tokens,
        "cost": judgment.usage.cost,
        "judgment": _JUDGMENT.dump_json(judgment).decode(),
    }


def _text(text: str) -> str:
    """The text as UTF-8 can hold it, which half a surrogate pair is not."""
    return text.encode("utf-8", "replace").decode()


def _schema(pyarrow: Any) -> Any:
    scores = pyarrow.list_(pyarrow.float64())
    signal = pyarrow.struct([("name", pyarrow.string()), ("kind", pyarrow.string()), ("scores", scores)])
    return pyarrow.schema(
        [
            ("sample_id", pyarrow.string()),
            ("scores", scores),
            ("reason", pyarrow.string()),
            ("signals", pyarrow.list_(signal)),
            ("failures", pyarrow.list_(pyarrow.string())),
            ("calls", pyarrow.int64()),
            ("tokens", pyarrow.int64()),
            ("cost", pyarrow.float64()),
            ("judgment", pyarrow.string()),
        ]
    )
