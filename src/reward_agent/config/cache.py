"""`[cache]`: where replies are kept, so that the same question is paid for once."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Tag

from reward_agent.config.section import Off, Section, type_or


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


CacheSettings = Annotated[Annotated[FileCache, Tag("file")] | Annotated[Off, Tag("off")], type_or("file")]
