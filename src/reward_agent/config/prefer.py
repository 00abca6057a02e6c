"""`[[prefer]]`: the preference models."""

from typing import Literal

from pydantic import Field

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


PreferSettings = PythonPrefer
