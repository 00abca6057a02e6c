"""The entailment model's door: what it makes of logits, and what it says where there is no model."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reward_agent.errors import ConfigError
from reward_agent.verify.factuality.grounded.entailment import EntailmentModel, load_entailment


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
MODEL = EntailmentModel(session=SESSION, tokenizer=TOKENIZER)


def test_chances_sum_to_one_and_do_not_depend_on_the_other_pairs() -> None:
    pairs = [("one two", "three"), ("", ""), ("\ud800", "\u202e")]
    together = MODEL.chances(pairs)
    assert all(sum(chances) == pytest.approx(1) for chances in together)
    assert together == [MODEL.chances([pair])[0] for pair in pairs]
    assert together[0][0] > together[1][0]


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"holds no entailment\.onnx"):
        load_entailment(tmp_path)
