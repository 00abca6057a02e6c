"""How large a request may be, and how long it may take."""

import math
from collections.abc import Sequence

from starlette.requests import Request

from reward_agent.config.serve import ServeSettings
from reward_agent.service.refusals import unfit
from reward_agent.types import Sample


def checked_size(samples: Sequence[Sample], settings: ServeSettings) -> None:
    """Raises Refusal for what is larger than the settings take."""
    if len(samples) > settings.max_samples:
        raise unfit(f"a request takes {settings.max_samples} samples (serve.max_samples), got {len(samples)}")
    for place, sample in enumerate(samples):
        if len(sample.candidates) > settings.max_candidates:
            raise unfit(
                f"sample {place}: a sample takes {settings.max_candidates} candidates (serve.max_candidates), got "
                f"{len(sample.candidates)}"
            )
        longest = max(sum(len(message.content) for message in sample.prompt), *map(len, sample.responses))
        if longest > settings.max_chars:
            raise unfit(
                f"sample {place}: a prompt or candidate takes {settings.max_chars} characters (serve.max_chars), got "
                f"{longest}"
            )


def timeout_of(request: Request, field_s: float | None, settings: ServeSettings) -> float:
    """The least of the header X-Timeout-S, the body's field and the server's own limit, in seconds."""
    given = request.headers.get("x-timeout-s")
    try:
        header_s = math.inf if given is None else float(given)
    except ValueError:
        header_s = math.nan
    if not header_s > 0:
        raise unfit("the header X-Timeout-S takes a number of seconds above 0")
    return min(header_s, field_s or math.inf, settings.timeout_s)
