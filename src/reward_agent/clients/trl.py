"""A reward function for TRL's trainers (GRPO, RLOO ...) that asks a running `reward-agent serve`.

One file on the standard library: import it from the package, or copy it beside your training script under another name
(a file called trl.py there would hide TRL itself).

    from reward_agent.clients.trl import RewardAgent
    trainer = GRPOTrainer(model=..., reward_funcs=RewardAgent("http://127.0.0.1:8000"), ...)

`RewardAgent` blocks, `AsyncRewardAgent` runs beside TRL's other asynchronous reward functions. Prompts and completions
may be texts or conversations. All rollouts of a prompt are verified together. A rollout without a score, because
nothing applied or because something failed, is `None`, which TRL leaves out of its sums; a wrong address or token stops
the run. The share of rollouts without a score is logged as a metric of the trainer.

The part between the lines of dashes stands in the other clients too, word for word, so that each can be copied alone.
"""

import asyncio
import json
import logging
import math
import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

log = logging.getLogger("reward_agent.clients")
Completion = str | list[dict[str, Any]]
LogMetric = Callable[[str, float], None]


class _Rewards:
    """What both reward functions are made from.

    `url`: where the service listens (default: the variable REWARD_AGENT_URL). `deadline_s`: for one call of the reward
    function, tries included. `signal`: the name of one signal, such as "instructions", whose own score in [0, 1] is the
    reward, for combining with a reward model of one's own; without it the judger's score. `name`: under which TRL logs
    the reward. The bearer token is read from the variable `token_env`.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        deadline_s: float = 120.0,
        signal: str | None = None,
        name: str = "reward_agent",
        token_env: str = "REWARD_AGENT_TOKEN",  # noqa: S107  (a variable's name)
    ) -> None:
        self.service = Service(url, deadline_s=deadline_s, token_env=token_env)
        self.signal = signal
        self.__name__ = name

    def rewards(
        self, prompts: Sequence[Any], completions: Sequence[Completion], log_metric: LogMetric | None
    ) -> list[float | None]:
        rollouts: list[tuple[list[dict[str, str]], str]] = []
        places = []
        for place, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
            try:
                rollouts.append((messages_of(prompt), response_of(completion)))
            except ValueError as error:
                log.warning("a rollout has no reward: %s", error)
            else:
                places.append(place)
        outcomes = [FAILED] * len(prompts)
        for place, outcome in zip(places, score_rollouts(self.service, rollouts, self.signal), strict=True):
            outcomes[place] = outcome
        if log_metric is not None and outcomes:
            for status in ("failed", "abstained"):
                share = sum(outcome.status == status for outcome in outcomes) / len(outcomes)
                log_metric(f"{self.__name__}/{status}", share)
            log_metric(f"{self.__name__}/partial", sum(outcome.partial for outcome in outcomes) / len(outcomes))
        return [outcome.score for outcome in outcomes]


class RewardAgent(_Rewards):
    """A reward function: `reward_funcs=RewardAgent("http://127.0.0.1:8000")`."""

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Completion],
        log_metric: LogMetric | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """A reward or None for every completion; TRL's other keywords are not read. Raises RewardServiceError for an
        address or a token that cannot work."""
        return self.rewards(prompts, completions, log_metric)


class AsyncRewardAgent(_Rewards):
    """The same as a coroutine, which waits in a thread: TRL runs such reward functions at the same time."""

    async def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Completion],
        log_metric: LogMetric | None = None,
        **columns: Any,
    ) -> list[float | None]:
        return await asyncio.to_thread(self.rewards, prompts, completions, log_metric)


def response_of(completion: Completion) -> str:
    """The text that is judged: the completion, or the last assistant turn of a conversation."""
    if isinstance(completion, str):
        return completion
    turns = [turn for turn in completion if turn["role"] == "assistant"]
    return text_of(turns[-1].get("content")) if turns else ""


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


# ---- scoring rollouts: the same text in trl.py and verl.py ----

CANDIDATES_PER_REQUEST, REQUESTS_AT_ONCE = 64, 8
REFUSED = frozenset({400, 413, 422})
ROLES = {"developer": "system", "function": "tool"}


class Outcome(NamedTuple):
    """What became of one rollout. `score` is None where `status` is "abstained" (nothing applied) or "failed".
    `partial`: something failed, and the score is of what stands."""

    score: float | None
    status: str
    partial: bool = False


FAILED = Outcome(None, "failed")


def messages_of(prompt: Any) -> list[dict[str, str]]:
    """A prompt, a text or messages (a list or an array of them), as the service takes it. Raises ValueError for what
    is no text, such as an image: what cannot be read cannot be judged."""
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    return [{"role": ROLES.get(turn["role"], turn["role"]), "content": text_of(turn.get("content"))} for turn in prompt]


def text_of(content: Any) -> str:
    """A message's content: a text, nothing, or blocks of text."""
    if content is None or isinstance(content, str):
        return content or ""
    for block in content:
        if not isinstance(block, dict) or not isinstance(block.get("text"), str):
            kind = block.get("type") if isinstance(block, dict) else type(block).__name__
            raise ValueError(f"the service judges text, and a message holds a block of type {kind!r}")
    return "".join(block["text"] for block in content)


def score_rollouts(
    service: Service, rollouts: Sequence[tuple[list[dict[str, str]], str]], signal: str | None = None
) -> list[Outcome]:
    """An outcome for every rollout, a prompt's messages and a response; `signal` names one signal whose own score is
    wanted instead of the judger's.

    All rollouts of a prompt are verified together, in one request, and several requests run at once. A request that
    fails costs its own rollouts; a wrong address or token raises RewardServiceError, since it would cost all of them.
    """
    groups: dict[str, list[int]] = {}
    for place, (prompt, _) in enumerate(rollouts):
        groups.setdefault(json.dumps(prompt), []).append(place)
    requests: list[list[list[int]]] = []
    for group in groups.values():
        if not requests or sum(map(len, requests[-1])) + len(group) > CANDIDATES_PER_REQUEST:
            requests.append([])
        requests[-1].append(group)
    outcomes: dict[int, Outcome] = {}
    with ThreadPoolExecutor(max_workers=min(len(requests), REQUESTS_AT_ONCE) or 1) as pool:
        for part in pool.map(partial(_ask, service, rollouts, signal), requests):
            outcomes |= part
    return [outcomes[place] for place in range(len(rollouts))]


def _ask(
    service: Service, rollouts: Sequence[tuple[list[dict[str, str]], str]], signal: str | None, groups: list[list[int]]
) -> dict[int, Outcome]:
    places = [place for group in groups for place in group]
    body = {"rollouts": [{"prompt": rollouts[place][0], "response": rollouts[place][1]} for place in places]}
    try:
        return dict(zip(places, _outcomes(service.post("/v1/group", body), len(places), signal), strict=True))
    except RewardServiceError as error:
        if error.misconfigured:
            raise
        if error.status in REFUSED and len(groups) > 1:  # one of them is too long, say: the others need not suffer
            return {p: o for group in groups for p, o in _ask(service, rollouts, signal, [group]).items()}
        log.warning("%d rollouts have no reward: %s", len(places), error)
        return dict.fromkeys(places, FAILED)


def _outcomes(reply: Any, expected: int, signal: str | None) -> list[Outcome]:
    try:
        outcomes: list[Outcome | None] = [None] * expected
        scores = reply["rewards"] if signal is None else reply["signals"].get(signal, [None] * expected)
        for group in reply["groups"]:
            failed = bool(group["failures"])
            for place in group["rollouts"]:
                score = scores[place]
                if score is None:
                    outcomes[place] = Outcome(None, "failed" if failed else "abstained")
                elif isinstance(score, bool) or not math.isfinite(score):
                    raise ValueError(f"{score!r} is no score")
                else:
                    outcomes[place] = Outcome(float(score), "scored", failed)
        if len(scores) != expected or None in outcomes:
            raise ValueError(f"{expected} rollouts, {len(scores)} scores")
        return [outcome for outcome in outcomes if outcome is not None]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise RewardServiceError(f"the reply is not as /v1/group replies: {error!r}", status=200) from None


# ---- end of the same text ----
