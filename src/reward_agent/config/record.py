"""`[record]`: a run's replies and search results in one file, to judge again from it alone."""

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from reward_agent.config.section import Section


class RecordSettings(Section):
    """`mode = "record"` keeps what models and searches reply in `file`; "replay" takes it from there and asks nothing.
    Without a file, neither."""

    file: str | None = None
    mode: Literal["record", "replay"] = "record"

    @model_validator(mode="after")
    def _replay_has_a_file(self) -> "RecordSettings":
        if self.mode == "replay" and self.file is None:
            raise ValueError("record.mode = replay needs record.file, a file that an earlier run has recorded")
        return self

    @property
    def path(self) -> Path | None:
        """The file's place, if there is one."""
        return None if self.file is None else Path(self.file).expanduser()
