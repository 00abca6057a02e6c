"""The entailment model's door: what it makes of logits, what ships, and what it says where there is no model."""

import hashlib
import importlib.util
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reward_agent.config import load_settings
from reward_agent.config.factuality import GroundedFactuality
from reward_agent.errors import ConfigError, RunError
from reward_agent.extras import ENTAILMENT
from reward_agent.jobs.folder import RunFolder
from reward_agent.verify.factuality.grounded.entailment import (
    FILES,
    SHIPPED,
    Encoder,
    EntailmentModel,
    open_entailment,
)


@dataclass
class Encoding:
    ids: list[int]

    @property
    def attention_mask(self) -> list[int]:
        return [1] * len(self.ids)

    @property
    def type_ids(self) -> list[int]:
        return [0] * len(self.ids)


class WordTokenizer:
    """A number a word."""

    def encode(self, claim: str, evidence: str) -> Encoding:
        (claim + evidence).encode()  # as a real one, it refuses half a character
        return Encoding([len(word) for word in f"{claim} {evidence}".split()])


class LengthSession:
    """More words, more support."""

    def run(self, names: list[str], inputs: dict[str, Any]) -> list[Any]:
        return [np.array([[float(inputs["input_ids"].size), 0.0, 0.0]])]


SESSION: Any = LengthSession()
TOKENIZER: Any = WordTokenizer()


def model() -> EntailmentModel:
    return EntailmentModel(folder=Path(), encoder=Encoder(session=SESSION, tokenizer=TOKENIZER))


def test_chances_sum_to_one_and_do_not_depend_on_the_other_pairs() -> None:
    pairs = [("one two", "three"), ("", ""), ("\ud800", "\u202e")]
    together = model().chances(pairs)
    assert all(sum(chances) == pytest.approx(1) for chances in together)
    assert together == [model().chances([pair])[0] for pair in pairs]
    assert together[0][0] > together[1][0]


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"holds no entailment\.onnx"):
        open_entailment(str(tmp_path))


def test_what_ships_is_what_was_made() -> None:
    made = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))["files"]
    assert sorted(made) == sorted(FILES)
    for name, known in made.items():
        content = (SHIPPED / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (known["bytes"], known["sha256"])
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 13_000_000


def model_of_settings(*overrides: str) -> str:
    factuality = load_settings(preset="offline", overrides=overrides).verify.factuality
    assert isinstance(factuality, GroundedFactuality)
    return factuality.model


def test_without_the_packages_the_words_alone_judge_and_the_settings_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in ENTAILMENT else object())
    assert model_of_settings() == "none"
    assert model_of_settings("verify.factuality.model=embedded") == "embedded"
    open_entailment.cache_clear()
    with pytest.raises(ConfigError, match=r"not installed \(onnxruntime, tokenizers\): pip install 'reward-agent\[ent"):
        open_entailment("embedded")


def test_with_the_packages_the_model_that_ships_judges_and_the_settings_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert model_of_settings() == "embedded"
    assert model_of_settings("verify.factuality.model=none") == "none"


@pytest.mark.extras
def test_the_model_that_ships_reads() -> None:
    claim, evidence = "The mill was built in 1820.", "Brane Mill: The mill was built in 1820 by Ada Quent."
    pairs = [
        (claim, evidence),
        ("The mill was built in 1911.", evidence),
        ("Tessel Bridge crosses the Ousel near Farrow.", evidence),
        ("word " * 500, evidence * 50),
        ("\ud800", ""),
    ]
    supported, other_year, other_thing, *_ = together = open_entailment("embedded").chances(pairs)
    assert supported[0] > 0.5
    assert other_year[1] > supported[1]
    assert other_thing[0] < 0.5
    again = EntailmentModel(folder=SHIPPED)
    assert [again.chances([pair])[0] for pair in reversed(pairs)] == together[::-1]


@pytest.mark.extras
def test_a_damaged_file_of_ones_own_is_refused_before_a_run(tmp_path: Path) -> None:
    for name in FILES:
        shutil.copy(SHIPPED / name, tmp_path)
    assert open_entailment(str(tmp_path)).chances([("a", "b")])
    (tmp_path / "broken").mkdir()
    shutil.copy(SHIPPED / "tokenizer.json", tmp_path / "broken")
    (tmp_path / "broken" / "entailment.onnx").write_bytes((SHIPPED / "entailment.onnx").read_bytes()[:5_000])
    with pytest.raises(ConfigError, match="files that are no model"):
        open_entailment(str(tmp_path / "broken"))


def test_a_run_judged_by_the_words_alone_is_not_resumed_with_the_model(tmp_path: Path) -> None:
    folder = RunFolder(path=tmp_path / "run")
    with folder.held():
        folder.claim({}, load_settings(preset="offline", overrides=["verify.factuality.model=none"]))
        with pytest.raises(RunError, match=r"verify\.factuality\.model: none there, embedded now"):
            folder.claim({}, load_settings(preset="offline", overrides=["verify.factuality.model=embedded"]))
