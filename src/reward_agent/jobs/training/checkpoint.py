"""What training starts from: a tokenizer with a chat template, and the last state a stopped run saved.

A kill while a state is being saved leaves a folder without its last file, trainer_state.json; such a folder is removed,
and the run goes on from the one before.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reward_agent.errors import ConfigError
from reward_agent.jobs.training.pairs import Text, TrainingPair

STATE = "trainer_state.json"
_PREFIX = "checkpoint-"


def load_tokenizer(model: str, revision: str | None) -> Any:
    """The tokenizer of a folder or hub id. Raises ConfigError; no code of the checkpoint is run."""
    import transformers

    library: Any = transformers
    try:
        return library.AutoTokenizer.from_pretrained(model, revision=revision, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        first_line = (str(error) or type(error).__name__).split("\n", 1)[0]
        raise ConfigError(
            f"the model {model!r} cannot be opened ({first_line[:300]}). Give a folder with a checkpoint and its "
            "tokenizer, or a hub id; a gated model needs the variable HF_TOKEN"
        ) from None


def need_template(tokenizer: Any, model: str) -> None:
    """Raises ConfigError where the tokenizer has no chat template, which pairs of messages need."""
    if not getattr(tokenizer, "chat_template", None):
        raise ConfigError(
            f"the tokenizer of {model!r} has no chat template, and the pairs are conversations: nothing says how to "
            "write them for this model. Use a model with a template, or make plain pairs: reward-agent pairs DIR "
            "--format plain"
        )


def token_lengths(tokenizer: Any) -> Callable[[TrainingPair], tuple[int, int, int]]:
    """A function that counts the tokens of a pair as TRL will write it."""

    def count(text: Text, more: Text | None = None) -> int:
        if isinstance(text, str):
            return len(tokenizer(text + more if isinstance(more, str) else text)["input_ids"])
        turns = text + more if isinstance(more, list) else text
        written = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=more is None)
        return len(tokenizer(written, add_special_tokens=False)["input_ids"])

    return lambda pair: (count(pair.prompt), count(pair.prompt, pair.chosen), count(pair.prompt, pair.rejected))


def last_whole(folder: Path) -> Path | None:
    """The last whole state in `folder`; those that a kill tore are removed."""
    found = None
    for path in sorted(folder.glob(f"{_PREFIX}*"), key=_step):
        if _is_whole(path):
            found = path
        else:
            shutil.rmtree(path)
    return found


def _step(path: Path) -> int:
    number = path.name.removeprefix(_PREFIX)
    return int(number) if number.isdecimal() else -1


def _is_whole(path: Path) -> bool:
    try:
        return isinstance(json.loads((path / STATE).read_text(encoding="utf-8")), dict)
    except (OSError, ValueError):
        return False
