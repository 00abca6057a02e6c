"""The settings of `train-dpo`: a tree of its own, with presets of its own (`presets/training/`).

    preset "trl"     TRL's defaults
    preset "paper"   the paper's model; nothing else of its setting is published
    preset "lora"    TRL's defaults with LoRA

`[dpo]` takes any argument of TRL's DPOConfig, and what it does not name stays TRL's default.
"""

from typing import Any, Literal

from pydantic import Field, field_validator

from reward_agent.config.section import Section

DEFAULT_TRAIN_PRESET = "trl"
KEPT_BY_US = {
    "output_dir": "--out names the folder",
    "resume_from_checkpoint": "the same command again resumes by itself",
    "trust_remote_code": "no code of a checkpoint is run",
    "push_to_hub": "upload the folder yourself",
    "hub_token": "secrets stand in no settings; upload the folder yourself",
    "logging_dir": "curves are written into --out",
    "save_strategy": "checkpoints are written every dpo.save_steps steps, so that a run can go on",
}
"""Arguments of DPOConfig that are not the user's to set here, and why."""


class LoraSettings(Section):
    """Low-rank adapters instead of all weights. `targets`: the layers by name, or "all-linear"."""

    rank: int = Field(default=16, ge=1, le=4096)
    alpha: float = Field(default=32.0, gt=0, allow_inf_nan=False)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: str | tuple[str, ...] = "all-linear"


class TrainSettings(Section):
    """`model`: a folder or a hub id, at `revision`. `too_long`: whether a pair that is longer than `dpo.max_length`
    tokens is cut there or set aside; one whose prompt leaves no room is set aside in any case."""

    preset: str = DEFAULT_TRAIN_PRESET
    model: str | None = Field(default=None, min_length=1)
    revision: str | None = None
    too_long: Literal["cut", "drop"] = "cut"
    lora: LoraSettings | None = None
    dpo: dict[str, Any] = Field(default_factory=dict)

    @field_validator("dpo")
    @classmethod
    def _not_ours(cls, dpo: dict[str, Any]) -> dict[str, Any]:
        inner = dpo.get("model_init_kwargs")
        names = [*dpo, *(inner if isinstance(inner, dict) else ())]
        for name in names:
            if name in KEPT_BY_US:
                raise ValueError(f"{name} cannot be set: {KEPT_BY_US[name]}")
        return dpo
