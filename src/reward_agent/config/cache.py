"""`[cache]`: where replies are kept, so that the same question is paid for once."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from reward_agent.config.section import Off, Section
from reward_agent.store.redis import Address


class FileCache(Section):
    """One SQLite file, which many processes may share; by default in the user's cache folder."""

    type: Literal["file"] = "file"
    file: str | None = None

    @property
    def path(self) -> Path:
        """The file's place."""
        if self.file is not None:
            return Path(self.file).expanduser()
        home = os.environ.get("XDG_CACHE_HOME", "")
        folder = Path(home) if Path(home).is_absolute() else Path("~/.cache").expanduser()
        return folder / "reward-agent" / "cache.sqlite"


class RedisCache(Section):
    """A Redis server that many machines share (extra `redis`): `url` is `redis://HOST[:PORT][/DATABASE]`, `rediss://`
    for TLS, or `unix:///PATH`. `password_env`: the environment variable with its password. `ca_file`: certificates to
    trust beside the system's. `prefix`: what the names of our keys begin with. `timeout_s`: for a connection
    and for a reply; a server that takes longer is done without."""

    type: Literal["redis"] = "redis"
    url: str
    password_env: str | None = None
    ca_file: str | None = None
    prefix: str = Field(default="reward-agent", pattern=r"^[\w.-]{1,100}$")
    timeout_s: float = Field(default=5.0, gt=0, le=600)

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        Address(url=url)
        return url


def _kind(value: Any) -> Any:
    """A `url` alone says which kind it is."""
    if isinstance(value, dict):
        return value.get("type", "redis" if "url" in value else "file")
    return getattr(value, "type", None)


CacheSettings = Annotated[
    Annotated[FileCache, Tag("file")] | Annotated[RedisCache, Tag("redis")] | Annotated[Off, Tag("off")],
    Discriminator(_kind),
]
