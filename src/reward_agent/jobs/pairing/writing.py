"""Rows of one shape into JSON lines or Parquet: a file stands there whole or not at all, and memory holds a batch.

Parquet needs pyarrow (the extra `parquet`), and columns whose type is the same in every row: `pairs` and `kto` have
them, the other shapes name their signals in their keys and are written as JSON lines only.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic_core import to_json

from reward_agent.errors import ConfigError
from reward_agent.jobs.folder import whole_file, whole_path
from reward_agent.jobs.pairing.rows import Format, Row

Shape = Literal["pairs", "kto", "ultrafeedback", "scores"]
FileType = Literal["jsonl", "parquet"]
Write = Callable[[Row], None]

BATCH_ROWS = 1_000
IN_PARQUET: tuple[Shape, ...] = ("pairs", "kto")


@contextmanager
def opened(path: Path, shape: Shape, format: Format) -> Iterator[Write]:
    """A function that writes a row into `path`, a name that ends in .jsonl or .parquet. Raises RunError; ConfigError
    without pyarrow."""
    if path.suffix == ".parquet":
        with _parquet(path, shape, format) as write:
            yield write
        return
    with whole_file(path) as file:

        def write_line(row: Row) -> None:
            file.write(to_json(row).decode() + "\n")

        yield write_line


def need_pyarrow() -> Any:
    """pyarrow, or a ConfigError that says how to get it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ConfigError(
            "writing Parquet needs pyarrow. Install it with: pip install 'reward-agent[parquet]', or write JSON lines "
            "(--files jsonl)"
        ) from None
    return pyarrow


@contextmanager
def _parquet(path: Path, shape: Shape, format: Format) -> Iterator[Write]:
    pyarrow = need_pyarrow()
    schema = _schema(pyarrow, shape, format)
    waiting: list[Row] = []
    with whole_path(path) as temporary, pyarrow.parquet.ParquetWriter(temporary, schema, compression="zstd") as writer:

        def flush() -> None:
            writer.write_table(pyarrow.Table.from_pylist(waiting, schema=schema))
            waiting.clear()

        def write_row(row: Row) -> None:
            waiting.append(row)
            if len(waiting) >= BATCH_ROWS:
                flush()

        yield write_row
        flush()


def _schema(pa: Any, shape: Shape, format: Format) -> Any:
    text, number, whole = pa.string(), pa.float64(), pa.int64()
    messages = pa.list_(pa.struct([("role", text), ("content", text)]))
    turn = text if format == "plain" else messages
    if shape == "kto":
        signals = pa.list_(pa.struct([("name", text), ("kind", text), ("score", number)]))
        columns = {"id": text, "sample_id": text, "prompt": turn, "completion": turn, "label": pa.bool_()}
        columns |= {"index": whole, "source": text, "score": number, "signals": signals}
        return pa.schema(list(columns.items()))
    signals = pa.list_(pa.struct([("name", text), ("kind", text), ("chosen", number), ("rejected", number)]))
    findings = pa.list_(pa.struct([("signal", text), ("subject", text), ("score", number), ("reason", text)]))
    columns = {"id": text, "sample_id": text, "prompt": turn, "chosen": turn, "rejected": turn}
    columns |= {"chosen_index": whole, "rejected_index": whole, "chosen_source": text, "rejected_source": text}
    columns |= {"chosen_score": number, "rejected_score": number, "margin": number, "signals": signals}
    columns |= {"chosen_findings": findings, "rejected_findings": findings, "decision": text}
    return pa.schema([*columns.items(), ("failures", pa.list_(text))])
