"""The entailment model: does this evidence support this claim?

    model = load_entailment(Path("my-model"))
    ((supported, contradicted, unknown),) = model.chances([(claim, evidence)])

A small encoder (MiniLM, int8, ONNX), made by `training/` and not part of the package; one thread, no network, no torch.
The same pairs give the same chances whatever stands beside them: each is run by itself. `docs/models.md` says what one
scored and what it cannot do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reward_agent.errors import ConfigError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MAX_TOKENS = 128
"""Of a claim and its evidence together, as in training; what is longer is cut."""

Chances = tuple[float, float, float]
"""Supported, contradicted, unknown: they sum to 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EntailmentModel:
    """Made by `load_entailment`."""

    session: "InferenceSession"
    tokenizer: "Tokenizer"

    def chances(self, pairs: Sequence[tuple[str, str]]) -> list[Chances]:
        """The chances for each (claim, evidence)."""
        return [self._chances(claim, evidence) for claim, evidence in pairs]

    def _chances(self, claim: str, evidence: str) -> Chances:
        found = self.tokenizer.encode(_encodable(claim), _encodable(evidence))
        inputs = {
            "input_ids": np.array([found.ids], dtype=np.int64),
            "attention_mask": np.array([found.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([found.type_ids], dtype=np.int64),
        }
        logits = np.asarray(self.session.run(["logits"], inputs)[0], dtype=np.float64)[0]
        powers = np.exp(logits - logits.max())
        supported, contradicted, unknown = (powers / powers.sum()).tolist()
        return supported, contradicted, unknown


@cache
def load_entailment(folder: Path) -> EntailmentModel:
    """The model in a folder that `training.export_entailment` has written. Raises ConfigError where there is none, or
    where the extra `entailment` is missing."""
    missing = [name for name in ("entailment.onnx", "tokenizer.json") if not (folder / name).is_file()]
    if missing:
        raise ConfigError(
            f"verify.factuality.model: {folder} holds no {' and no '.join(missing)}; training/README.md says how they "
            "are made"
        )
    try:
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ConfigError(
            f"verify.factuality.model needs a package that is missing ({error.name}): pip install "
            "'reward-agent[entailment]'"
        ) from error
    options: Any = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = InferenceSession(str(folder / "entailment.onnx"), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.no_padding()
    return EntailmentModel(session=session, tokenizer=tokenizer)


def _encodable(text: str) -> str:
    """The text without halves of characters, which a tokenizer refuses."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
