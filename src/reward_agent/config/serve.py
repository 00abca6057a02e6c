"""`[serve]`: what `reward-agent serve` takes on, and when it says no."""

from typing import Literal

from pydantic import Field

from reward_agent.config.section import Section


class ServeSettings(Section):
    """`timeout_s`: the longest a request may take; a request may ask for less. `queue`: samples that wait or are judged
    at once, over all requests; one more is answered 429. `per_token`: requests at once with the same token, or of
    everybody where no token is asked for. `in_flight`: samples at once in each worker; `run.concurrency` by default.

    `max_body_mb`, `max_samples`, `max_candidates` (of one sample), `max_chars` (of one prompt or candidate): a request
    beyond them is refused whole. `body_timeout_s`: for the body to arrive.

    `drain_s`: how long it still takes requests after it was told to stop, with readiness false. `stop_s`: how long work
    under way may then go on; what is not done by then is answered 503.

    `flip_probe`: the share of samples that are judged once more in the opposite order, when there is room, to see
    whether the winner changes. `first_hour_s`: the scores of how long at the start later ones are held against.

    `where`: judge in processes of their own, or in a thread of the server's (one worker, for small machines).
    `token_env`: the environment variable that holds the bearer tokens, separated by commas or spaces.
    `log_requests`: a line a request, without any of its text.
    """

    timeout_s: float = Field(default=120.0, gt=0, le=86400)
    queue: int = Field(default=2048, ge=1, le=1_000_000)
    per_token: int = Field(default=256, ge=1, le=100_000)
    in_flight: int | None = Field(default=None, ge=1, le=4096)
    max_body_mb: float = Field(default=8.0, gt=0, le=1024)
    max_samples: int = Field(default=512, ge=1, le=100_000)
    max_candidates: int = Field(default=128, ge=1, le=10_000)
    max_chars: int = Field(default=262_144, ge=1, le=100_000_000)
    body_timeout_s: float = Field(default=30.0, gt=0, le=3600)
    drain_s: float = Field(default=1.0, ge=0, le=600)
    stop_s: float = Field(default=30.0, ge=0, le=3600)
    flip_probe: float = Field(default=0.01, ge=0, le=1)
    first_hour_s: float = Field(default=3600.0, gt=0, le=86400)
    where: Literal["process", "thread"] = "process"
    token_env: str = Field(default="REWARD_AGENT_TOKEN", min_length=1)
    log_requests: bool = False

    @property
    def max_body_bytes(self) -> int:
        """`max_body_mb` as it is counted."""
        return int(self.max_body_mb * 1024 * 1024)
