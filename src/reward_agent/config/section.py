"""What every section of the settings has in common: unknown keys are refused, values do not change."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator


class Section(BaseModel):
    """A table of the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Off(Section):
    """The part is not there."""

    type: Literal["off"] = "off"


def type_or(default: str) -> Discriminator:
    """Tells the kinds of a section apart by their `type`, which may be left out for the default kind. The kinds need a
    `Tag` each."""

    def kind(value: Any) -> Any:
        return value.get("type", default) if isinstance(value, dict) else getattr(value, "type", None)

    return Discriminator(kind)
