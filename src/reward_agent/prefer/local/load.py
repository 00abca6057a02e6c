"""A hub id or a folder -> tokenizer, weights, devices. No code of a checkpoint is run (no trust_remote_code).

Tested with torch 2.13 and transformers 5.24.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reward_agent.errors import ConfigError
from reward_agent.prefer.local.template import ChatTemplate

CPU_BATCH_TOKENS = 1024
"""Enough rows to use a core well, few enough for its caches (benchmarks/preference_speed.py)."""
GPU_BATCH_TOKENS = 16384
MOST_STREAMS = 16
SMALL_MODEL = 500_000_000
"""Parameters. In larger models one operation is work enough for all cores."""
UNBOUNDED = 10**9
"""A tokenizer that knows no limit says so with an enormous number."""

MISSING = (
    "the model {model!r} needs torch and transformers ({error}): install the extra, pip install 'reward-agent[local]'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Which weights, and where they go. `devices`: as torch names them; empty for every GPU here, else the CPU, one
    replica each. `dtype`: "auto" is bfloat16 (float16 where there is none) on a GPU and float32 on a CPU.
    `max_tokens`: what the model reads at most, None for what its configuration says. `batch_tokens`: a batch's, padding
    counted. `share`: whether the candidates of a prompt may have their common beginning computed once."""

    model: str
    revision: str | None = None
    devices: Sequence[str] = ()
    dtype: str = "auto"
    max_tokens: int | None = None
    batch_tokens: int | None = None
    share: bool = True

    def torch(self) -> Any:
        """The torch module. Raises ConfigError where the extra is missing."""
        try:
            import torch
            import transformers
        except ImportError as error:
            raise ConfigError(MISSING.format(model=self.model, error=error)) from error
        transformers.utils.logging.set_verbosity_error()  # what they warn of at loading is checked here
        transformers.utils.logging.disable_progress_bar()
        return torch

    def placed(self) -> list[str]:
        """The devices, one replica each."""
        torch = self.torch()
        if self.devices:
            return list(self.devices)
        return [f"cuda:{number}" for number in range(torch.cuda.device_count())] or ["cpu"]

    def precision(self, device: str) -> Any:
        """The torch dtype of the weights on that device."""
        torch = self.torch()
        if self.dtype != "auto":
            return getattr(torch, self.dtype)
        if device.startswith("cpu"):
            return torch.float32
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16

    def streams(self, device: str, model: Any) -> int:
        """How many batches are computed at the same time there. A small model on a CPU takes one a core, over the same
        weights: two batches with a thread each are faster than one whose two threads wait for each other at every
        small operation. That sets torch's threads for the process."""
        if not device.startswith("cpu") or model.num_parameters() > SMALL_MODEL:
            return 1
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        streams = min(cores, MOST_STREAMS)
        self.torch().set_num_threads(max(1, cores // streams))
        return streams

    def exact(self, device: str) -> bool:
        """Whether the weights have 32 bits there."""
        return bool(self.precision(device) == self.torch().float32)

    def budget(self) -> int:
        """Tokens in a batch."""
        on_cpu = all(device.startswith("cpu") for device in self.placed())
        return self.batch_tokens or (CPU_BATCH_TOKENS if on_cpu else GPU_BATCH_TOKENS)

    def config(self) -> Any:
        """The model's configuration, by the classes of transformers. Raises ConfigError."""
        from transformers import AutoConfig

        return self.loaded(AutoConfig)

    def template(self, config: Any = None) -> ChatTemplate:
        """The chat template and the limit of tokens, without a `config` the tokenizer's own. Raises ConfigError."""
        try:
            from transformers import AutoTokenizer
        except ImportError as error:
            raise ConfigError(MISSING.format(model=self.model, error=error)) from error
        tokenizer = self.loaded(AutoTokenizer)
        known = None if config is None else getattr(config.get_text_config(), "max_position_embeddings", None)
        reads = known or UNBOUNDED
        if self.max_tokens is not None and self.max_tokens > reads:
            raise ConfigError(f"max_tokens = {self.max_tokens}, but {self.model!r} reads {reads} tokens at most")
        limit = self.max_tokens or min(reads, tokenizer.model_max_length)
        return ChatTemplate(tokenizer=tokenizer, limit=int(limit), source=self.model)

    def loaded(self, kind: Any, **options: Any) -> Any:
        """`kind.from_pretrained`. Raises ConfigError naming the model and what went wrong."""
        try:
            return kind.from_pretrained(self.model, revision=self.revision or "main", **options)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ConfigError(
                f"the model {self.model!r} cannot be loaded ({type(error).__name__}: {str(error)[:400]}). Give a "
                "folder, or a hub id that this machine holds or can download"
            ) from error


def pad_token(config: Any, template: ChatTemplate) -> int:
    """A token to pad with: which one does not matter where nothing reads it."""
    pad = config.get_text_config().pad_token_id
    return next((token for token in (pad, template.tokenizer.pad_token_id) if token is not None), 0)
