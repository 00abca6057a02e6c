"""Rows of a data set on the Hugging Face hub, through the `datasets` library (the extra `hub`).

No code of a data set is ever run: `trust_remote_code` is not passed.
"""

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reward_agent.benchmarks.row_errors import row_or_problem
from reward_agent.benchmarks.rows import Row
from reward_agent.errors import ConfigError, DataError
from reward_agent.types import Problem

_ADDRESS: Final = re.compile(
    r"hf:(?P<name>[\w.-]{1,96}/[\w.-]{1,96})(?:@(?P<revision>[\w./-]{1,200}))?(?::(?P<split>[\w.-]{1,100}))?"
)


def read_hub(address: str, *, max_row_bytes: int) -> Iterator[Row | Problem]:
    """The rows of `hf:OWNER/NAME[@REV][:SPLIT]`.

    Raises ConfigError where `datasets` is not installed; DataError for a malformed address, a set that cannot be
    loaded, and one of several splits without a split named.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise DataError(f"{address!r}: expected hf:OWNER/NAME[@REV][:SPLIT], such as hf:allenai/reward-bench:filtered")
    table = _loaded(address, match["name"], match["revision"], match["split"])
    if isinstance(table, Mapping):
        if len(table) != 1:
            raise DataError(
                f"{address}: the data set has the splits {', '.join(map(str, table))}. "
                f"Say which: {address}:{next(iter(table), 'SPLIT')}"
            )
        table = next(iter(table.values()))
    for number, data in enumerate(table, start=1):
        yield row_or_problem(data, file=address, number=number, max_row_bytes=max_row_bytes)


def _loaded(address: str, name: str, revision: str | None, split: str | None) -> Any:
    try:
        datasets = importlib.import_module("datasets")
        errors = importlib.import_module("huggingface_hub.errors")
    except ImportError:
        raise ConfigError(
            f"{address}: reading from the hub needs the datasets library. "
            "Install it with: pip install 'reward-agent[hub]'"
        ) from None
    try:
        return datasets.load_dataset(name, revision=revision, split=split)
    except (OSError, ValueError, RuntimeError, errors.HfHubHTTPError, datasets.exceptions.DatasetsError) as error:
        first_line = (str(error) or type(error).__name__).split("\n", 1)[0]
        raise DataError(
            f"{address}: the data set cannot be loaded ({first_line[:300]}). "
            "Check its name, revision and split, and the network; a gated set needs the variable HF_TOKEN"
        ) from None
