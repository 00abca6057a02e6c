"""ArmoRM-Llama3-8B-v0.1 in this process (extra `local`): 19 objectives, mixed by a gate that reads the prompt.

    [[prefer]]
    type = "armorm"
    name = "armorm"
    model = "RLHFlow/ArmoRM-Llama3-8B-v0.1"

The checkpoint brings Python code of its own, which is not run: the backbone is a Llama, and the head below is ours with
the checkpoint's weights. As published ("Interpretable Preferences via Multi-Objective Reward Modeling and
Mixture-of-Experts", arXiv 2406.12845, and the code beside it):

    rewards = h_last W^T                        h_last: hidden state of the last token; W: 19 x width
    gate    = s softmax(mlp(h_gate) / T)        h_gate: hidden state where the last turn before the response ends
    score   = sum(gate * (rewards M))           M: 19 x 19, takes the liking for length out of the other objectives

h_gate is at the first token of `<|eot_id|><|start_header_id|>assistant<|end_header_id|>` (the published
`find_token_for_gating`), the last time that it stands in the conversation.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reward_agent.errors import ConfigError, SignalError
from reward_agent.prefer.classifier import LocalPreference
from reward_agent.prefer.local.engine import BatchEngine, Outputs
from reward_agent.prefer.local.forward import CausalScorer
from reward_agent.prefer.local.load import Checkpoint, pad_token
from reward_agent.prefer.local.template import ChatTemplate
from reward_agent.prefer.local.trial import Places, shares, trial_rows
from reward_agent.types import Finding

OBJECTIVES = (
    "helpsteer-helpfulness", "helpsteer-correctness", "helpsteer-coherence", "helpsteer-complexity",
    "helpsteer-verbosity", "ultrafeedback-overall_score", "ultrafeedback-instruction_following",
    "ultrafeedback-truthfulness", "ultrafeedback-honesty", "ultrafeedback-helpfulness", "beavertails-is_safe",
    "prometheus-score", "argilla-overall_quality", "argilla-judge_lm", "code-complexity", "code-style",
    "code-explanation", "code-instruction-following", "code-readability",
)  # fmt: skip
"""The objectives, in the order of the checkpoint (its model card)."""

HEADER = "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
_REGRESSION, _TRANSFORM, _SCALE = "regression_layer.weight", "reward_transform_matrix", "gating.logit_scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedHead:
    """The head, in 32 bits. `gating`: (weight, bias) of each layer of the gate's network, ReLU between them."""

    regression: Any
    transform: Any
    gating: Sequence[tuple[Any, Any]]
    scale: float
    temperature: float

    @classmethod
    def of(cls, weights: Mapping[str, Any], *, temperature: float, device: str) -> "GatedHead":
        """From the checkpoint's tensors by name. Raises ConfigError naming one that is missing or of another shape."""
        placed = {name: tensor.float().to(device) for name, tensor in weights.items()}
        layers = sum(name.startswith("gating.layers.") and name.endswith(".weight") for name in placed)
        names = [_REGRESSION, _TRANSFORM, _SCALE, "gating.layers.0.weight"]
        if missing := [name for name in names if name not in placed]:
            raise ConfigError(
                f"the checkpoint lacks {missing[0]}: it is no ArmoRM. For other models: type = 'classifier'"
            )
        count = len(OBJECTIVES)
        if placed[_REGRESSION].shape[0] != count or tuple(placed[_TRANSFORM].shape) != (count, count):
            raise ConfigError(f"ArmoRM has {count} objectives, {_REGRESSION} is {tuple(placed[_REGRESSION].shape)}")
        return cls(
            regression=placed[_REGRESSION],
            transform=placed[_TRANSFORM],
            gating=[(placed[f"gating.layers.{k}.weight"], placed[f"gating.layers.{k}.bias"]) for k in range(layers)],
            scale=float(placed[_SCALE].reshape(-1)[0]),
            temperature=temperature,
        )

    def __call__(self, states: Any) -> Any:
        """From the hidden states at the gate and at the last token, [rows, 2, width], to [rows, 1 + 19 + 19]: the
        score, the objectives' rewards, and how much of each goes into the score."""
        import torch

        rewards = torch.nn.functional.linear(states[:, 1], self.regression)
        gate = states[:, 0]
        for number, (weight, bias) in enumerate(self.gating, start=1):
            gate = torch.nn.functional.linear(gate, weight, bias)
            if number < len(self.gating):
                gate = torch.relu(gate)
        gate = self.scale * torch.softmax(gate / self.temperature, dim=1)
        shares = gate @ self.transform.T  # sum(gate * (rewards M)) = sum(rewards * (gate M^T))
        score = (gate * (rewards @ self.transform)).sum(dim=1, keepdim=True)
        return torch.cat([score, rewards, shares], dim=1)


def explained(numbers: Outputs) -> tuple[Finding, ...]:
    """The objectives: the model's reward for each, its weight for this prompt, and what both make of the score."""
    count = len(OBJECTIVES)
    rows = zip(OBJECTIVES, numbers[1 : 1 + count], numbers[1 + count :], strict=True)
    return tuple(
        Finding(subject=name, score=reward, reason=f"weight {weight:.4f}, adds {weight * reward:+.4f} to the score")
        for name, reward, weight in rows
    )


def gate_places(header: Sequence[int]) -> Places:
    """Where the gate reads and the last token, for conversations whose response stands after `header`."""

    def places(ids: Sequence[int]) -> tuple[int, ...]:
        for at in range(len(ids) - len(header), -1, -1):
            if list(ids[at : at + len(header)]) == list(header):
                return at, len(ids) - 1
        raise SignalError(f"the conversation has no {HEADER!r}, at which ArmoRM's gate reads: it is another template")

    return places


@asynccontextmanager
async def open_armorm(name: str, checkpoint: Checkpoint) -> AsyncIterator[LocalPreference]:
    """ArmoRM, loaded and on its devices until the end. Raises ConfigError."""
    template, places, scorers, share = await asyncio.to_thread(_load, checkpoint)
    async with BatchEngine(scorers=scorers, budget=checkpoint.budget(), share=share) as engine:
        yield LocalPreference(name=name, template=template, engine=engine, places=places, explained=explained)


def _load(checkpoint: Checkpoint) -> tuple[ChatTemplate, Places, list[CausalScorer], bool]:
    checkpoint.torch()
    from transformers import LlamaConfig, LlamaModel

    config = checkpoint.loaded(LlamaConfig)
    template = checkpoint.template(config)
    places = gate_places(template.tokenizer.encode(HEADER, add_special_tokens=False))
    weights = _head_weights(checkpoint)
    rows = trial_rows(template, places)
    scorers: list[CausalScorer] = []
    share = checkpoint.share
    for device in checkpoint.placed():
        backbone, report = checkpoint.loaded(LlamaModel, dtype=checkpoint.precision(device), output_loading_info=True)
        if report["missing_keys"]:
            raise ConfigError(f"{checkpoint.model!r} lacks the weights {sorted(report['missing_keys'])[:3]}")
        head = GatedHead.of(weights, temperature=float(getattr(config, "gating_temperature", 10)), device=device)
        scorer = CausalScorer(backbone=backbone.to(device).eval(), head=head, pad=pad_token(config, template))
        share = share and shares(scorer, rows, exact=checkpoint.exact(device))
        scorers += [scorer] * checkpoint.streams(device, backbone)
    return template, places, scorers, share


def _head_weights(checkpoint: Checkpoint) -> dict[str, Any]:
    """The tensors that are not the backbone's, from the checkpoint's safetensors files."""
    from safetensors import safe_open

    found = {}
    for file in _weight_files(checkpoint):
        with safe_open(file, framework="pt") as tensors:
            for name in tensors.keys():  # noqa: SIM118  # it is no dict
                if not name.startswith(("model.", "lm_head.")):
                    found[name] = tensors.get_tensor(name)
    return found


def _weight_files(checkpoint: Checkpoint) -> list[Path]:
    import json

    from transformers.utils import cached_file

    def file(name: str) -> Path | None:
        found = cached_file(
            checkpoint.model, name, revision=checkpoint.revision or "main", _raise_exceptions_for_missing_entries=False
        )
        return None if found is None else Path(found)

    index = file("model.safetensors.index.json")
    names = set(json.loads(index.read_text())["weight_map"].values()) if index else {"model.safetensors"}
    files = [file(name) for name in sorted(names)]
    if None in files:
        raise ConfigError(f"{checkpoint.model!r} has no safetensors weights, and other formats could run code")
    return [path for path in files if path is not None]
