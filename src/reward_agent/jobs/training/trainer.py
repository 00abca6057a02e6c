"""Settings -> DPOConfig -> DPOTrainer. What the settings do not name stays TRL's default, but for three things:
nothing is reported to a service, half precision is used only where the device has it, and states are saved so that a
run can go on.

Tested with trl 1.16, peft 0.21, transformers 5.24, torch 2.13.
"""

import contextlib
import dataclasses
import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reward_agent.config import TrainSettings
from reward_agent.errors import ConfigError

MISSING = "training needs trl, peft, datasets and torch ({error}): install the extra, pip install 'reward-agent[train]'"
SAVE_EVERY = 100
KEPT_STATES = 2
Log = Callable[[int, int, dict[str, Any]], None]
"""Told the step, the number of steps, and what was logged."""


def libraries() -> Any:
    """The trl module. Raises ConfigError where the extra is missing."""
    try:
        import datasets
        import peft  # noqa: F401
        import torch  # noqa: F401
        import transformers
        import trl
    except ImportError as error:
        raise ConfigError(MISSING.format(error=error)) from error
    for library in (transformers, datasets):
        quiet: Any = library
        quiet.utils.logging.set_verbosity_error()
        quiet.utils.logging.disable_progress_bar()
    logging.getLogger("trl").setLevel(logging.ERROR)
    return trl


def dpo_config(settings: TrainSettings, folder: Path) -> Any:
    """TRL's DPOConfig. Raises ConfigError for an argument it does not have, or a value it refuses."""
    trl = libraries()
    known = {field.name for field in dataclasses.fields(trl.DPOConfig)}
    for name in settings.dpo:
        if name not in known:
            raise ConfigError(
                f"dpo.{name}: TRL's DPOConfig has no such argument; see its documentation for those it has"
            )
    told = {"save_steps": SAVE_EVERY, "save_total_limit": KEPT_STATES, "report_to": "none", "disable_tqdm": True}
    told |= {"bf16": _has_bfloat16()} if not settings.dpo.get("fp16") else {}
    told |= {"save_strategy": "steps", "dataloader_pin_memory": _has_gpu()} | settings.dpo
    try:
        return trl.DPOConfig(output_dir=str(folder), **told)
    except (TypeError, ValueError, ImportError) as error:
        first_line = (str(error) or type(error).__name__).split("\n", 1)[0]
        raise ConfigError(f"[dpo] cannot be used: {first_line[:300]}") from None


def make_trainer(settings: TrainSettings, config: Any, tokenizer: Any, data: Path, cache: Path, log: Log) -> Any:
    """A DPOTrainer over the pairs in `data`. Raises ConfigError for a model that cannot be loaded."""
    trl = libraries()
    import datasets

    pairs: Any = datasets.Dataset.from_json(str(data), cache_dir=str(cache))
    if settings.revision is not None:
        config.model_init_kwargs = {**(config.model_init_kwargs or {}), "revision": settings.revision}
    try:
        trainer = trl.DPOTrainer(
            model=settings.model,
            args=config,
            train_dataset=pairs,
            processing_class=tokenizer,
            peft_config=_adapters(settings),
            callbacks=[_logging(log)],
        )
    except (OSError, ValueError) as error:
        first_line = (str(error) or type(error).__name__).split("\n", 1)[0]
        raise ConfigError(f"the model {settings.model!r} cannot be trained ({first_line[:300]})") from error
    import transformers

    library: Any = transformers
    trainer.remove_callback(library.PrinterCallback)  # `log` says it
    return trainer


@contextlib.contextmanager
def without_their_warnings() -> Iterator[None]:
    """The libraries warn of each other's coming changes, which a user can do nothing about."""
    with warnings.catch_warnings():
        for name in ("transformers", "torch", "trl", "peft", "datasets", "accelerate"):
            warnings.filterwarnings("ignore", module=rf"{name}(\.|$)")
        yield


def _adapters(settings: TrainSettings) -> Any:
    lora = settings.lora
    if lora is None:
        return None
    import peft

    targets = lora.targets if isinstance(lora.targets, str) else list(lora.targets)
    library: Any = peft
    return library.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets,
        task_type="CAUSAL_LM",
    )


def _logging(log: Log) -> Any:
    import transformers

    library: Any = transformers

    def on_log(self: Any, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        log(state.global_step, state.max_steps, dict(logs or {}))

    return type("Logging", (library.TrainerCallback,), {"on_log": on_log})()


def _has_gpu() -> bool:
    import torch

    library: Any = torch
    return bool(library.cuda.is_available())


def _has_bfloat16() -> bool:
    import torch

    library: Any = torch
    return _has_gpu() and bool(library.cuda.is_bf16_supported())
