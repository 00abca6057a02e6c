"""A reward function for verl that asks a running `reward-agent serve`.

One file on the standard library: copy it to where verl's workers can read it, under a name other than verl.py if your
own scripts lie there too, and name it in the configuration (older versions: without `reward.` in front).

    reward.custom_reward_function.path=/path/to/reward_agent_verl.py
    reward.custom_reward_function.name=compute_score                   (old batch manager: compute_score_batch)
    +reward.custom_reward_function.reward_kwargs.url=http://127.0.0.1:8000

verl does not pass the prompt: put it into each row's `extra_info["prompt"]`, as a text or as messages. `ground_truth`
is not read. Every row gets the same keys, as verl needs: `score`, and `reward_agent_failed`, `reward_agent_abstained`,
`reward_agent_partial`, each 0.0 or 1.0, which verl logs.

verl has no word for "no reward". A rollout that could not be scored gets `no_score` (0.0, which verl itself gives where
a reward function times out) and its flag: the number is no judgment, and the flag says so. All rollouts of a failed
group get the same, so under group-relative advantages they teach nothing. `on_failure="raise"` stops the run instead.
A wrong address or token, or a row without a prompt, always stops it.

The part between the lines of dashes stands in the other clients too, word for word, so that each can be copied alone.
"""

import json
import logging
import math
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from functools import cache, partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

log = logging.getLogger("reward_agent.clients")
PROMPT_KEYS = ("prompt", "raw_prompt", "question")


def compute_score(
    data_source: Any, solution_str: str, ground_truth: Any, extra_info: Mapping[str, Any] | None = None, **options: Any
) -> dict[str, float]:
    """One rollout's reward: the naive, dapo, limited and remote managers' form. `options` as compute_score_batch's."""
    return compute_score_batch([data_source], [solution_str], [ground_truth], [extra_info], **options)[0]


def compute_score_batch(
    data_sources: Sequence[Any],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Sequence[Mapping[str, Any] | None],
    *,
    url: str | None = None,
    deadline_s: float = 120.0,
    signal: str | None = None,
    no_score: float = 0.0,
    on_failure: str = "flag",
    **unread: Any,
) -> list[dict[str, float]]:
    """A batch's rewards, a prompt's rollouts verified together: the batch manager's form.

    `url`: where the service listens (default: the variable REWARD_AGENT_URL). `deadline_s`: for this call, tries
    included. `signal`: the name of one signal whose own score is the reward, instead of the judger's. `no_score` and
    `on_failure` ("flag" or "raise"): what a rollout that could not be scored costs. Raises RewardServiceError for an
    address or a token that cannot work, ValueError for a row without a prompt.
    """
    if on_failure not in ("flag", "raise"):
        raise ValueError(f'on_failure must be "flag" or "raise", got {on_failure!r}')
    rollouts = [
        (messages_of(_prompt(extra_info)), solution)
        for extra_info, solution in zip(extra_infos, solution_strs, strict=True)
    ]
    outcomes = score_rollouts(_service(url, deadline_s), rollouts, signal)
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    if failed and on_failure == "raise":
        raise RewardServiceError(f"{failed} of {len(outcomes)} rollouts could not be scored; the log says why")
    return [
        {
            "score": no_score if outcome.score is None else outcome.score,
            "reward_agent_failed": float(outcome.status == "failed"),
            "reward_agent_abstained": float(outcome.status == "abstained"),
            "reward_agent_partial": float(outcome.partial),
        }
        for outcome in outcomes
    ]


def _prompt(extra_info: Mapping[str, Any] | None) -> Any:
    for key in PROMPT_KEYS:
        prompt = (extra_info or {}).get(key)
        if prompt is not None and len(prompt):
            return prompt
    raise ValueError(
        f"verl does not pass the prompt to a reward function: put it into each row's extra_info[{PROMPT_KEYS[0]!r}] "
        f"when you prepare the data; this row's extra_info has {sorted(extra_info or {})}"
    )


@cache
def _service(url: str | None, deadline_s: float) -> "Service":
    return Service(url, deadline_s=deadline_s)


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
