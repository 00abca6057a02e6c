"""The hub, with a stand-in for the `datasets` library, which is not needed here."""

import sys
from types import ModuleType
from typing import Any

import pytest

from reward_agent.benchmarks.rows import Row, read_rows
from reward_agent.errors import ConfigError, DataError
from reward_agent.types import Problem

SPLITS: dict[str, list[Any]] = {"raw": [{"n": 1}], "filtered": [{"n": 2}, {"n": "x" * 50_000}, {"n": "\ud800"}]}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A `datasets` library that knows one set, `owner/two-splits`; what it was asked for."""
    calls: list[dict[str, Any]] = []

    def load_dataset(name: str, **options: Any) -> Any:
        calls.append({"name": name, **options})
        if name == "owner/one-split":
            return {"train": SPLITS["raw"]}
        if name != "owner/two-splits":
            raise FileNotFoundError(f"Dataset {name!r} doesn't exist on the Hub\nwith a long explanation")
        return SPLITS if options["split"] is None else SPLITS[options["split"]]

    datasets: Any = ModuleType("datasets")
    datasets.load_dataset = load_dataset
    datasets.exceptions = ModuleType("datasets.exceptions")
    datasets.exceptions.DatasetsError = type("DatasetsError", (Exception,), {})
    errors: Any = ModuleType("huggingface_hub.errors")
    errors.HfHubHTTPError = type("HfHubHTTPError", (Exception,), {})
    monkeypatch.setitem(sys.modules, "datasets", datasets)
    monkeypatch.setitem(sys.modules, "huggingface_hub", ModuleType("huggingface_hub"))
    monkeypatch.setitem(sys.modules, "huggingface_hub.errors", errors)
    return calls


def test_name_revision_and_split_are_passed_on(asked: list[dict[str, Any]]) -> None:
    row, large, half = read_rows("hf:owner/two-splits@v1.2:filtered", max_row_bytes=10_000)
    assert asked == [{"name": "owner/two-splits", "revision": "v1.2", "split": "filtered"}]
    assert isinstance(row, Row)
    assert row.place == "hf:owner/two-splits@v1.2:filtered: row 1"
    assert isinstance(large, Problem)
    assert "run.max_row_mb" in large.remedy
    assert isinstance(half, Problem)
    assert "surrogate" in half.what


def test_a_single_split_needs_no_name(asked: list[dict[str, Any]]) -> None:
    (row,) = read_rows("hf:owner/one-split")
    assert isinstance(row, Row)
    assert row.data == {"n": 1}


def test_of_several_splits_one_must_be_named(asked: list[dict[str, Any]]) -> None:
    with pytest.raises(DataError, match=r"raw, filtered\. Say which: hf:owner/two-splits:raw"):
        list(read_rows("hf:owner/two-splits"))


def test_a_set_that_cannot_be_loaded_is_a_data_error(asked: list[dict[str, Any]]) -> None:
    with pytest.raises(DataError, match=r"cannot be loaded \(Dataset 'owner/absent' doesn't exist on the Hub\)"):
        list(read_rows("hf:owner/absent"))


@pytest.mark.parametrize("address", ["hf:", "hf:name-only", "hf:a/b/c", "hf:a/b:x y", "hf:../../etc/passwd"])
def test_a_malformed_address_is_refused(address: str) -> None:
    with pytest.raises(DataError, match="expected hf:OWNER/NAME"):
        list(read_rows(address))


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ConfigError, match=r"pip install 'reward-agent\[hub\]'"):
        list(read_rows("hf:owner/name"))
