"""The preference models: each can be opened (a server is probed for activation, template and model on the way), scores
as a reward model does, and a server scores as the same model does here where both are configured."""

from collections.abc import AsyncIterator, Mapping, Sequence

from reward_agent.build import open_preference_model
from reward_agent.config import Settings
from reward_agent.config.prefer import LocalPrefer, PreferSettings, ServerPrefer
from reward_agent.doctor.check import Finding
from reward_agent.errors import ConfigError, SignalError
from reward_agent.prefer.probe import PROBES
from reward_agent.protocols import PreferenceModel
from reward_agent.types import Message

APART = 0.05
"""A server in 16 bits differs from the model here by less, relative to the spread of the scores."""


async def preference_models(settings: Settings) -> AsyncIterator[Finding]:
    seen: dict[str, Sequence[float]] = {}
    for place, model in enumerate(settings.prefer):
        subject = f"prefer.{place} ({model.name})"
        try:
            seen[model.name] = await _scores(settings, model)
        except (ConfigError, SignalError) as error:
            yield Finding(state="failed", subject=subject, what=str(error), remedy=_remedy(model))
            continue
        scores = seen[model.name]
        yield Finding(state="ok", subject=subject, what=f"scores fixed answers {min(scores):.3g} to {max(scores):.3g}")
        if isinstance(model, ServerPrefer) and model.tokenizer is None:
            yield Finding(
                state="note",
                subject=subject,
                what="the server's own chat template is used, and cannot be compared without a tokenizer here",
                remedy="give prefer.tokenizer to have tokens and first token compared",
            )
    for server, local in _same_models(settings.prefer):
        if server.name in seen and local.name in seen:
            yield _parity(server.name, local.name, seen)


async def _scores(settings: Settings, model: PreferSettings) -> Sequence[float]:
    """The fixed answers' scores; what is opened for them is closed again, so that one model at a time is in memory."""
    async with open_preference_model(settings, model.name) as opened:
        return await fixed_scores(opened)


async def fixed_scores(model: PreferenceModel) -> Sequence[float]:
    """The model's scores of the probes. Raises SignalError."""
    return [
        score
        for prompt, responses in PROBES
        for score in await model.score([Message(role="user", content=prompt)], responses)
    ]


def _same_models(models: Sequence[PreferSettings]) -> list[tuple[ServerPrefer, LocalPrefer]]:
    return [
        (server, local)
        for server in models
        for local in models
        if isinstance(server, ServerPrefer) and isinstance(local, LocalPrefer) and _held(server) == local.model
    ]


def _held(server: ServerPrefer) -> str:
    return server.tokenizer or server.model


def _parity(server: str, local: str, seen: Mapping[str, Sequence[float]]) -> Finding:
    there, here = seen[server], seen[local]
    apart = max(abs(a - b) for a, b in zip(there, here, strict=True))
    scale = max(here) - min(here)
    what = f"the fixed answers differ by {apart:.3g} at most, their scores by {scale:.3g}"
    if apart <= APART * max(scale, 1e-6):
        return Finding(state="ok", subject=f"{server} against {local}", what=what)
    return Finding(
        state="failed",
        subject=f"{server} against {local}",
        what=what,
        remedy="the server holds another model or revision, or applies another template, first token or activation",
    )


def _remedy(model: PreferSettings) -> str:
    if isinstance(model, ServerPrefer):
        return f"start the server, or correct prefer.urls ({', '.join(model.urls)}) and prefer.model ({model.model!r})"
    return ""
