"""`[run]`: how a job runs."""

from typing import Literal

from pydantic import Field

from reward_agent.config.section import Section


class RunSettings(Section):
    """How a job runs. `concurrency`: samples in flight. `sample_timeout_s`: what of a sample is not done by then has
    failed; without it nothing but the stages' own limits ends them. `max_row_mb`: a larger row of data is set aside.
    `unknown_label`: whether a label the benchmark does not publish stops the reader or sets the row aside."""

    concurrency: int = Field(default=8, ge=1, le=4096)
    sample_timeout_s: float | None = Field(default=None, gt=0)
    max_row_mb: float = Field(default=4.0, gt=0, le=1024)
    unknown_label: Literal["stop", "set aside"] = "stop"

    @property
    def max_row_bytes(self) -> int:
        """`max_row_mb` as the readers take it."""
        return int(self.max_row_mb * 1024 * 1024)
