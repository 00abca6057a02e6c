"""What an error of the `openai` SDK means, in our words.

The server's own words are quoted, cut, and without the key.
"""

import email.utils
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reward_agent.chat.errors import (
    AuthenticationError,
    BadCallError,
    ChatError,
    ConnectionLostError,
    QuotaError,
    RateLimitError,
    RefusedError,
    ServerError,
)

if TYPE_CHECKING:
    import openai

_QUOTED = 300  # characters of a server's message
LONGEST_WAIT_S = 600.0  # a Retry-After beyond it is taken for this


def explained(error: "openai.APIError", *, server: str, model: str, key: str) -> ChatError:
    """The ChatError that this error is."""
    import openai

    if not isinstance(
        error, openai.APIStatusError
    ):  # timeouts are ours, so what the SDK calls one is a lost connection
        return ConnectionLostError(
            f"no reply from {server}: the connection failed or broke off ({_cause(error)}). See that the server runs "
            "and that base_url is right"
        )
    said = _quoted(error, key)
    wait = retry_after_s(error.response.headers)
    match error.status_code:
        case 429 if "quota" in (error.code or ""):
            return QuotaError(f"{server}: the account's quota is used up; see its billing page ({said})")
        case 429:
            return RateLimitError(f"{server} limits the rate of calls ({said})", retry_after_s=wait)
        case 401 | 403:  # its words may quote the key
            return AuthenticationError(f"{server} refused the key for {model!r} (status {error.status_code})")
        case 400 if "content" in (error.code or "") and "filter" in (error.code or ""):
            return RefusedError(f"{server}: a content filter refused the question ({said})")
        case 408 | 409:
            return ServerError(f"{server} could not take the call ({said})", retry_after_s=wait)
        case status if status >= 500:
            return ServerError(f"{server} had an error, status {status} ({said})", retry_after_s=wait)
        case 404:
            return BadCallError(f"{server} does not know the model {model!r} or the path ({said})", parameter="model")
    return BadCallError(
        f"{server} refused the call, status {error.status_code} ({said})", parameter=error.param or _named(said)
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that the reply asks to wait (`Retry-After-Ms`, or `Retry-After` in seconds or as a date); None where it
    does not say or cannot be read."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(milliseconds / 1000, LONGEST_WAIT_S)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is None and value:
        date = email.utils.parsedate_tz(value)
        seconds = None if date is None else max(0.0, email.utils.mktime_tz(date) - time.time())
    return None if seconds is None else min(seconds, LONGEST_WAIT_S)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _quoted(error: "openai.APIStatusError", key: str) -> str:
    said = " ".join(str(error.message).split())
    if key:
        said = said.replace(key, "***")
    return said[:_QUOTED]


def _cause(error: BaseException) -> str:
    inner = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    return type(inner).__name__


def _named(said: str) -> str | None:
    """The parameter that the server's words name, where it has no field for it."""
    known = ("response_format", "json_schema", "max_completion_tokens", "max_tokens", "temperature", "seed")
    return next((name for name in known if name in said), None)
