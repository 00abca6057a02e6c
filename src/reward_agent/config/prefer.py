"""`[[prefer]]`: the preference models."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from reward_agent.config.section import Section


class CalibrationSettings(Section):
    """The fixed scale of a preference model: its typical score, and how many of its units make one logit."""

    centre: float = Field(allow_inf_nan=False)
    spread: float = Field(gt=0, allow_inf_nan=False)


class PythonPrefer(Section):
    """A Python function `package.module:function` of (prompt, responses) that returns one number a response."""

    type: Literal["python"]
    name: str = Field(min_length=1)
    function: str = Field(pattern=r"^[\w.]+:\w+$")
    calibration: CalibrationSettings | None = None


CALIBRATIONS: dict[str, CalibrationSettings] = {
    "point": CalibrationSettings(centre=5.5, spread=1.5),
    "pair": CalibrationSettings(centre=0.0, spread=1.0),
}
"""The scale of 1 to 10 around its middle, its ends near 0.05 and 0.95; and logits, which need none."""


class ModelPrefer(Section):
    """A chat model that says what people like: `mode` "point" rates each response alone from 1 to 10, "pair" compares
    two at a time, each with about `opponents` others where there are more than two, into strengths in logits. Both
    units are known, so a calibration is there by default."""

    type: Literal["model"]
    name: str = Field(default="preference", min_length=1)
    chat: str = "default"
    mode: Literal["point", "pair"] = "point"
    opponents: int = Field(default=4, ge=1, le=256)
    calibration: CalibrationSettings | None = Field(default_factory=lambda of: CALIBRATIONS.get(of.get("mode", "")))


PreferSettings = Annotated[PythonPrefer | ModelPrefer, Discriminator("type")]
