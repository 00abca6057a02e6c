"""This machine: disk room, keys in the environment, the sandbox's tier."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from pydantic import BaseModel

from reward_agent.build import open_sandbox
from reward_agent.config import Settings
from reward_agent.doctor.check import Finding
from reward_agent.errors import ConfigError

LEAST_DISK_MB = 500
"""A journal of a large benchmark with its samples takes tens of megabytes."""


async def disk_room(settings: Settings) -> AsyncIterator[Finding]:
    free_mb = shutil.disk_usage(Path.cwd()).free // 2**20
    if free_mb < LEAST_DISK_MB:
        yield Finding(
            state="failed",
            subject="disk",
            what=f"{free_mb} MB are free in {Path.cwd()}, runs want {LEAST_DISK_MB}",
            remedy="make room, or run from another disk",
        )
    else:
        yield Finding(state="ok", subject="disk", what=f"{free_mb / 1024:.0f} GB are free here")


async def keys(settings: Settings) -> AsyncIterator[Finding]:
    """Every setting that ends in `key_env` names an environment variable; its value is never shown."""
    for place, name in sorted(set(_named_keys(settings, ()))):
        if os.environ.get(name):
            yield Finding(state="ok", subject=place, what=f"{name} is set")
        else:
            yield Finding(
                state="note",
                subject=place,
                what=f"{name} is not set",
                remedy=f"export {name}=... where the service asks for a key; one of your own may do without",
            )


def _named_keys(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            inside = getattr(value, field)
            if field.endswith("key_env") and isinstance(inside, str):
                yield ".".join((*path, field)), inside
            else:
                yield from _named_keys(inside, (*path, field))
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _named_keys(inside, (*path, str(key)))
    elif isinstance(value, tuple):
        for place, inside in enumerate(value):
            yield from _named_keys(inside, (*path, str(place)))


async def sandbox(settings: Settings) -> AsyncIterator[Finding]:
    try:
        async with open_sandbox(settings) as opened:
            yield Finding(state="ok", subject="sandbox", what=f"its tier is {opened.report().tier}")
    except ConfigError as error:
        yield Finding(
            state="note",
            subject="sandbox",
            what=str(error),
            remedy="only checkers that a model writes need it; reward-agent sandbox-check shows each layer",
        )
