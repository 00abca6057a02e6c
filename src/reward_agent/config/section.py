"""What every section of the settings has in common: unknown keys are refused, values do not change."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Off(Section):
    """The part is not there."""

    type: Literal["off"] = "off"
