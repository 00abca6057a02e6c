"""A reward function for OpenRLHF that asks a running `reward-agent serve`.

One file on the standard library: copy it, and give its path where OpenRLHF takes the address of a reward model.

    export REWARD_AGENT_URL=http://127.0.0.1:8000 REWARD_AGENT_TOKEN=...
    --reward.remote_url /path/to/reward_agent_openrlhf.py              (older versions: --remote_rm_url)

Without a token `--reward.remote_url http://127.0.0.1:8000/get_reward` needs no file at all. This one adds what
OpenRLHF's own request lacks: the bearer token, kept connections, and waiting as long as a busy service asks for.

A reward that cannot be had raises: OpenRLHF logs it and has no number for the rollout. REWARD_AGENT_DEADLINE_S (default
120) is the time for one call, tries included.

The part between the lines of dashes stands in the other clients too, word for word, so that each can be copied alone.
"""

import json
import math
import os
import random
import time
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from functools import cache, partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

DEADLINE_ENV = "REWARD_AGENT_DEADLINE_S"


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> dict[str, Any]:
    """The rewards of some rollouts: `queries` are prompts with their responses, special tokens included, and `prompts`
    the prompts alone. `labels` is not read.

    Returns `rewards` and `scores`, the same numbers, and `extra_logs`, the mean of each signal. Raises
    RewardServiceError where there is no reward for one of them.
    """
    reply = _service(os.environ.get("REWARD_AGENT_URL", ""), os.environ.get(DEADLINE_ENV, "120")).post(
        "/get_reward", {"query": list(queries), "prompts": list(prompts), "labels": list(labels)}
    )
    try:
        rewards, extra_logs = list(reply["rewards"]), dict(reply.get("extra_logs") or {})
        if len(rewards) != len(queries) or not all(map(math.isfinite, rewards)):
            raise ValueError(f"{len(queries)} queries, rewards {rewards}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RewardServiceError(f"the reply is not as /get_reward replies: {error!r}", status=200) from None
    return {"rewards": rewards, "scores": rewards, "extra_logs": extra_logs}


@cache
def _service(url: str, deadline_s: str) -> "Service":
    return Service(url, deadline_s=float(deadline_s))


# ---- asking the service: the same text in trl.py, verl.py and openrlhf.py ----

URL_ENV, TOKEN_ENV = "REWARD_AGENT_URL", "REWARD_AGENT_TOKEN"
DEADLINE_S = 120.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
LARGEST_REPLY = 64 * 1024 * 1024
TRANSIENT = frozenset({408, 429, 502, 503, 504})
MISCONFIGURED = frozenset({301, 302, 303, 307, 308, 401, 403, 404, 405})


class RewardServiceError(Exception):
    """The service gave no answer. `status` is the HTTP status (None where no reply came); `pause_s` is how long to
    wait before asking again: None where asking again is no use, below zero where the service did not say."""

    def __init__(self, message: str, *, status: int | None = None, pause_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.pause_s = pause_s

    @property
    def misconfigured(self) -> bool:
        """A wrong address or token: no row can be scored until a person changes it."""
        return self.status in MISCONFIGURED


class Service:
    """JSON over kept connections, asked again until a deadline. May be used from many threads, and pickled.

    `url` is where `reward-agent serve` listens (default: REWARD_AGENT_URL), `deadline_s` the time for one call with
    all its tries, which the server is told too. The bearer token is read from `token_env` at each call.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        token_env: str = TOKEN_ENV,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        url = url or os.environ.get(URL_ENV, "")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError(
                f"url or {URL_ENV} must be the service's address, such as http://127.0.0.1:8000, without a user or "
                f"password (a token goes into {token_env}); got {url.split('@')[-1]!r}"
            )
        if not deadline_s > 0:
            raise ValueError(f"deadline_s must be above 0, got {deadline_s}")
        self.url, self.deadline_s, self.token_env = url.rstrip("/"), deadline_s, token_env
        self._parts, self._clock, self._sleep = parts, clock, sleep
        self._idle: list[HTTPConnection] = []

    def __del__(self) -> None:
        for connection in getattr(self, "_idle", []):
            connection.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Service, self.url, deadline_s=self.deadline_s, token_env=self.token_env), ()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What the service replies to `body`, which also gets what is left of the deadline as `timeout_s`. Raises
        RewardServiceError when the deadline passes, or at once for a reply that no repetition mends."""
        end, pause_s = self._clock() + self.deadline_s, FIRST_PAUSE_S
        while True:
            try:
                return self._once(path, body, end)
            except RewardServiceError as error:
                if error.pause_s is None:
                    raise
                asked = error.pause_s >= 0
                wait_s = error.pause_s * random.uniform(1, 1.2) if asked else pause_s * random.uniform(0.5, 1)  # noqa: S311
                if self._clock() + wait_s >= end:
                    raise
            self._sleep(wait_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _once(self, path: str, body: dict[str, Any], end: float) -> Any:
        left_s, where = max(end - self._clock(), 0.001), f"{self.url}{path}"
        timeout_s = left_s - min(1.0, left_s / 10)  # so that the server's word that time is up still arrives
        payload = json.dumps({**body, "timeout_s": timeout_s}).encode()
        connection, kept = self._connection(left_s)
        try:
            connection.request("POST", self._parts.path.rstrip("/") + path, payload, self._headers())
            reply = connection.getresponse()
            text = self._read(reply, end)
        except (OSError, HTTPException) as error:
            connection.close()
            pause_s = 0.0 if kept else -1.0  # the server may have closed a kept connection meanwhile: no failure
            raise RewardServiceError(f"{where}: {type(error).__name__}: {error}", pause_s=pause_s) from None
        if reply.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        if reply.status != 200:
            pause = _pause_s(reply.getheader("Retry-After")) if reply.status in TRANSIENT else None
            said = "".join(sign if sign.isprintable() else " " for sign in text[:300].decode(errors="replace"))
            raise RewardServiceError(f"{where}: HTTP {reply.status}: {said}", status=reply.status, pause_s=pause)
        try:
            return json.loads(text)
        except ValueError:
            raise RewardServiceError(f"{where}: the reply is no JSON: {text[:80]!r}", status=200) from None

    def _connection(self, timeout_s: float) -> tuple[HTTPConnection, bool]:
        try:
            connection = self._idle.pop()
        except IndexError:
            kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
            return kind(str(self._parts.hostname), self._parts.port, timeout=timeout_s), False
        if connection.sock is not None:
            connection.sock.settimeout(timeout_s)
        return connection, True

    def _headers(self) -> dict[str, str]:
        token = os.environ.get(self.token_env, "").strip()
        return {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def _read(self, reply: HTTPResponse, end: float) -> bytes:
        chunks, size = [], 0
        while chunk := reply.read1(65536):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_REPLY or self._clock() > end:
                raise HTTPException(f"a reply of more than {size} bytes had not ended at the deadline")
        if reply.length:
            raise HTTPException(f"cut off {reply.length} bytes before its end")
        reply.close()  # done with: the connection may carry the next request
        return b"".join(chunks)


def _pause_s(retry_after: str | None) -> float:
    """Retry-After in seconds, from either of its forms; below zero where it is absent or says nothing of use."""
    try:
        seconds = int(retry_after or "")
    except ValueError:
        try:
            seconds = round(parsedate_to_datetime(retry_after or "").timestamp() - time.time())
        except ValueError:
            seconds = 0
    return float(seconds) if seconds > 0 else -1.0


# ---- end of the same text ----
