"""One set of settings for several workers that together keep its limits."""

import os

from reward_agent.config import Settings
from reward_agent.config.chat import OpenAIChatSettings


def share_out(settings: Settings, workers: int) -> Settings:
    """What each of them gets: calls in flight and rates of each chat model are divided, and so are the sandbox's
    workers; everything else is the same. With more workers than calls a minute each still has one."""
    if workers == 1:
        return settings
    chat = {
        name: model.model_copy(
            update={
                "in_flight": _part(model.in_flight, workers),
                "requests_per_minute": _part(model.requests_per_minute, workers),
                "tokens_per_minute": _part(model.tokens_per_minute, workers),
            }
        )
        if isinstance(model, OpenAIChatSettings)
        else model
        for name, model in settings.chat.items()
    }
    checkers = settings.sandbox.workers or len(os.sched_getaffinity(0))
    sandbox = settings.sandbox.model_copy(update={"workers": _part(checkers, workers)})
    return settings.model_copy(update={"chat": chat, "sandbox": sandbox})


def _part(whole: int | None, workers: int) -> int | None:
    return None if whole is None else max(1, whole // workers)
