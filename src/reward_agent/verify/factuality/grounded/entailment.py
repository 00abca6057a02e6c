"""The entailment model: does this evidence support this claim?

    model = open_entailment("embedded")
    ((supported, contradicted, unknown),) = model.chances([(claim, evidence)])

A small encoder (MiniLM, int8, ONNX), made by `training/`: the one that ships with the package (`encoder/`), or one in a
folder of the user's. It needs two packages, the extra `entailment`. One thread, no network, no torch; read from disk at
the first claim. The same pairs give the same chances whatever stands
beside them: each is run by itself. `docs/models.md` says what it scores and what it cannot do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from reward_agent.errors import ConfigError
from reward_agent.extras import ENTAILMENT, not_installed

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

EMBEDDED: Final = "embedded"
"""The name of the model that ships with the package."""
SHIPPED: Final = Path(__file__).parent / "encoder"
FILES: Final = ("entailment.onnx", "tokenizer.json")
MAX_TOKENS = 128
"""Of a claim and its evidence together; what is longer is cut."""
KEPT = 4_096
"""How many pairs' chances are kept: candidates of one sample often say the same."""

Chances = tuple[float, float, float]
"""Supported, contradicted, unknown: they sum to 1."""
_OPENING = Lock()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoder:
    """The model in memory."""

    session: "InferenceSession"
    tokenizer: "Tokenizer"

    def chances(self, claim: str, evidence: str) -> Chances:
        """What it makes of one pair."""
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


@dataclass(slots=True, kw_only=True, eq=False)
class EntailmentModel:
    """Made by `open_entailment`. The files are read when the first pair comes."""

    folder: Path
    encoder: Encoder | None = None
    _kept: dict[tuple[str, str], Chances] = field(default_factory=dict)

    def chances(self, pairs: Sequence[tuple[str, str]]) -> list[Chances]:
        """The chances for each (claim, evidence)."""
        return [self._chances(claim, evidence) for claim, evidence in pairs]

    def _chances(self, claim: str, evidence: str) -> Chances:
        known = self._kept.get((claim, evidence))
        if known is not None:
            return known
        found = self.load().chances(claim, evidence)
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[claim, evidence] = found
        return found

    def load(self) -> Encoder:
        """The encoder, read from disk at the first call. Raises ConfigError where the files are no model."""
        with _OPENING:
            if self.encoder is None:
                self.encoder = _encoder(self.folder)
        return self.encoder


@lru_cache(maxsize=8)
def open_entailment(model: str) -> EntailmentModel:
    """The model that ships ("embedded"), or the one in a folder that `training.export_entailment` has written; one
    object a process. Raises ConfigError where there is none, or where the extra `entailment` is missing."""
    folder = SHIPPED if model == EMBEDDED else Path(model).expanduser()
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        raise ConfigError(
            f"verify.factuality.model: {folder} holds no {' and no '.join(absent)}; give 'embedded' for the model that "
            "ships, 'none' to go by the words alone, or a folder made as training/README.md says"
        )
    if missing := not_installed(ENTAILMENT):
        raise ConfigError(
            f"verify.factuality.model = {model!r} needs what is not installed ({', '.join(missing)}): pip install "
            "'reward-agent[entailment]', or set it to 'none' to go by the words alone"
        )
    opened = EntailmentModel(folder=folder)
    if model != EMBEDDED:
        opened.load()  # files of one's own are tried before a run begins
    return opened


def _encoder(folder: Path) -> Encoder:
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    options: Any = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = InferenceSession(str(folder / FILES[0]), options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_str((folder / FILES[1]).read_text(encoding="utf-8"))
    except Exception as error:  # what the two packages raise of a damaged file is not among their public names
        raise ConfigError(f"verify.factuality.model: {folder} holds files that are no model ({error})") from error
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.no_padding()
    return Encoder(session=session, tokenizer=tokenizer)


def _encodable(text: str) -> str:
    """The text without halves of characters, which a tokenizer refuses."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
