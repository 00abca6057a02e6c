"""Any reward model of the class `AutoModelForSequenceClassification` with one label, in this process (extra `local`).

    [[prefer]]
    type = "classifier"
    name = "skywork"
    model = "Skywork/Skywork-Reward-V2-Llama-3.1-8B"       # a hub id or a folder
    calibration = { centre = ..., spread = ... }           # reward-agent calibrate --data PAIRS --prefer skywork

The score is the model's raw logit. Many samples at once make full batches: raise run.concurrency with a GPU.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from reward_agent.errors import ConfigError, SignalError
from reward_agent.prefer.local.batches import Row
from reward_agent.prefer.local.engine import BatchEngine, Outputs, Scorer
from reward_agent.prefer.local.forward import CausalScorer, WholeModelScorer
from reward_agent.prefer.local.load import Checkpoint, pad_token
from reward_agent.prefer.local.template import ChatTemplate
from reward_agent.prefer.local.trial import Places, agree, shares, trial_rows
from reward_agent.types import Finding, Message, Verdict

Findings = Callable[[Outputs], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPreference:
    """A reward model behind a queue of batches. `places`: which hidden states of a conversation the head reads;
    `explained`: the findings in what the head says, whose first number is the score."""

    name: str
    template: ChatTemplate
    engine: BatchEngine
    places: Places
    explained: Findings = lambda numbers: ()

    async def score(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[float]:
        """See `PreferenceModel`."""
        return [verdict.score for verdict in await self.judge(prompt, responses) if verdict.score is not None]

    async def judge(self, prompt: Sequence[Message], responses: Sequence[str]) -> Sequence[Verdict]:
        """See `ExplainedPreference`. Raises TooLongError, OutOfMemoryError, and SignalError for a score that is no
        number."""
        conversations = await self.template.conversations(prompt, responses)
        rows = [Row(ids=conversation.ids, places=self.places(conversation.ids)) for conversation in conversations]
        outputs = await self.engine.outputs(rows)
        if not all(math.isfinite(number) for numbers in outputs for number in numbers):
            raise SignalError(f"the model gave {[numbers[0] for numbers in outputs]}: numbers too large for its dtype?")
        return [
            Verdict(score=numbers[0], findings=(*conversation.findings, *self.explained(numbers)))
            for conversation, numbers in zip(conversations, outputs, strict=True)
        ]


@asynccontextmanager
async def open_classifier(name: str, checkpoint: Checkpoint) -> AsyncIterator[LocalPreference]:
    """The reward model, loaded and on its devices until the end. Raises ConfigError."""
    loaded = await asyncio.to_thread(_load, checkpoint)
    async with BatchEngine(scorers=loaded.scorers, budget=checkpoint.budget(), share=loaded.share) as engine:
        yield LocalPreference(name=name, template=loaded.template, engine=engine, places=loaded.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    template: ChatTemplate
    scorers: Sequence[Scorer]
    places: Places
    share: bool


def _load(checkpoint: Checkpoint) -> _Loaded:
    checkpoint.torch()
    config = checkpoint.config()
    if config.num_labels != 1:
        raise ConfigError(
            f"{checkpoint.model!r} has {config.num_labels} labels, and a reward model has one. A classifier of another "
            "kind, or a checkpoint that was saved without num_labels = 1, cannot be scored"
        )
    template = checkpoint.template(config)
    pooled_over = config.get_text_config().pad_token_id

    def places(ids: Sequence[int]) -> tuple[int, ...]:
        """As transformers pools: the last token that is not the padding token."""
        last = len(ids) - 1
        return (next((at for at in range(last, -1, -1) if ids[at] != pooled_over), last),)

    rows = trial_rows(template, places)
    scorers: list[Scorer] = []
    share = checkpoint.share
    for device in checkpoint.placed():
        model = _model(checkpoint, device)
        whole = WholeModelScorer(model=model, pad=pooled_over)
        causal = _causal(model, pad_token(config, template))
        fits = causal is not None and agree(causal, whole, rows, exact=checkpoint.exact(device))
        scorer: Scorer = causal if causal is not None and fits else whole
        share = share and fits and shares(scorer, rows, exact=checkpoint.exact(device))
        scorers += [scorer] * checkpoint.streams(device, model)
    return _Loaded(template=template, scorers=scorers, places=places, share=share)


def _model(checkpoint: Checkpoint, device: str) -> Any:
    from transformers import AutoModelForSequenceClassification

    model, report = checkpoint.loaded(
        AutoModelForSequenceClassification, dtype=checkpoint.precision(device), output_loading_info=True
    )
    if report["missing_keys"]:
        raise ConfigError(
            f"{checkpoint.model!r} lacks the weights {sorted(report['missing_keys'])[:3]}, which would be random: it "
            "is no reward model, or one with a head of its own (for ArmoRM use type = 'armorm')"
        )
    return model.to(device).eval()


def _causal(model: Any, pad: int) -> CausalScorer | None:
    """Backbone and head apart, where the model is built as most reward models are."""
    import torch

    score, backbone = getattr(model, "score", None), model.base_model
    if not isinstance(score, torch.nn.Linear) or backbone is model:
        return None
    weight, bias = score.weight.float(), None if score.bias is None else score.bias.float()
    return CausalScorer(
        backbone=backbone, head=lambda states: torch.nn.functional.linear(states[:, 0], weight, bias), pad=pad
    )
