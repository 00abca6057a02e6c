"""A SandboxFusion server behind the same seam, for those who already run one (github.com/bytedance/SandboxFusion).

Asks `POST /run_code` with a small program around the checker; the responses go in as standard input, one letter a
response comes back on standard output.

Does NOT promise: anything about isolation, which is the server's. Batches of one checker share an interpreter there,
a checker can forge its own answers, and the time limit is for a batch and by the wall clock.
"""

import asyncio
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reward_agent.errors import ConfigError
from reward_agent.sandbox.report import Layer, SandboxReport
from reward_agent.sandbox.worker import SandboxError
from reward_agent.types import Outcome

MAX_BATCH = 16
MAX_REPLY_BYTES = 2**20
_START_S = 5.0  # of the interpreter there, beside the checks
_TIMEOUTS = 2
_LATE = "TimeLimitExceeded"

_LETTERS = {
    "T": Outcome.TRUE,
    "F": Outcome.FALSE,
    "B": Outcome.NOT_A_BOOL,
    "E": Outcome.EXCEPTION,
    "N": Outcome.NO_FUNCTION,
    "M": Outcome.MEMORY,
}

_PROGRAM = """
import io, json, os, sys, types
def run():
    source, mark, out = {source!r}, {mark!r}, os.dup(1)
    responses = json.loads(sys.stdin.buffer.read())
    sys.stdout = sys.stderr = io.StringIO()
    write = os.write
    write(out, mark.encode())
    for response in responses:
        module = sys.modules["checker"] = types.ModuleType("checker")
        try:
            exec(compile(source, "<checker>", "exec", dont_inherit=True), module.__dict__)
            function = module.__dict__.get("check_following")
            if not callable(function):
                letter = b"N"
            else:
                result = function(response)
                letter = b"T" if result is True else b"F" if result is False else b"B"
        except MemoryError:
            letter = b"M"
        except BaseException:
            letter = b"E"
        write(out, letter)
    write(out, mark.encode())
    os._exit(0)
run()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionSandbox:
    """A `Sandbox` on a server. `timeout_s`: for one response. Raises ConfigError for an address that is no HTTP one."""

    url: str
    timeout_s: float = 2.0
    concurrency: int = 16
    _room: asyncio.Semaphore = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ConfigError(f"sandbox.server must be an http:// or https:// address, got {self.url!r}")
        object.__setattr__(self, "_room", asyncio.Semaphore(self.concurrency))

    def report(self) -> SandboxReport:
        """What is known of a server: that it is another process, elsewhere."""
        layer = Layer(name="separate process", held=True, detail=f"the server {self.url}")
        return SandboxReport(
            tier="remote", platform="unknown", python="unknown", workers=self.concurrency, layers=(layer,)
        )

    async def run(self, checker: str, responses: Sequence[str]) -> Sequence[Outcome]:
        """One outcome a response. Raises SandboxError where the server fails or answers something else."""
        outcomes: list[Outcome] = []
        while len(outcomes) < len(responses):
            if outcomes.count(Outcome.TIMEOUT) >= _TIMEOUTS:
                return (*outcomes, *[Outcome.NOT_RUN] * (len(responses) - len(outcomes)))
            batch = responses[len(outcomes) : len(outcomes) + MAX_BATCH]
            outcomes += await self._batch(checker, batch)
        return tuple(outcomes)

    async def _batch(self, checker: str, responses: Sequence[str]) -> list[Outcome]:
        """Outcomes for one or more of the responses, from the first on."""
        mark = secrets.token_hex(8)
        wait_s = _START_S + self.timeout_s * len(responses)
        question = {
            "code": _PROGRAM.format(source=checker, mark=mark),
            "language": "python",
            "stdin": json.dumps(list(responses)),  # ASCII, so that any text survives
            "run_timeout": wait_s,
        }
        async with self._room:
            reply = await asyncio.to_thread(self._ask, json.dumps(question).encode(), wait_s + 30)
        result = reply.get("run_result")
        if reply.get("status") == "SandboxError" or not isinstance(result, dict):
            raise SandboxError(f"the server {self.url} failed: {str(reply.get('message'))[:200]!r}")
        return _read(str(result.get("stdout") or ""), mark, len(responses), late=result.get("status") == _LATE)

    def _ask(self, body: bytes, wait_s: float) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310  # the scheme was checked
            f"{self.url.rstrip('/')}/run_code", data=body, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=wait_s) as response:  # noqa: S310
                text = response.read(MAX_REPLY_BYTES + 1)
        except (OSError, urllib.error.HTTPError) as error:
            raise SandboxError(f"the server {self.url} cannot be asked: {error}") from None
        if len(text) > MAX_REPLY_BYTES:
            raise SandboxError(f"the server {self.url} sent more than {MAX_REPLY_BYTES} bytes")
        try:
            reply = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SandboxError(f"the server {self.url} sent no JSON: {error}") from None
        if not isinstance(reply, dict):
            raise SandboxError(f"the server {self.url} sent {type(reply).__name__}, expected an object")
        return reply


def _read(printed: str, mark: str, wanted: int, *, late: bool) -> list[Outcome]:
    """What the program printed: the mark, a letter a response, and the mark again if it came to its end."""
    _, _, rest = printed.partition(mark)
    letters, ended, surplus = rest.partition(mark)
    if ended and (len(letters) != wanted or surplus.strip()):
        return [Outcome.VIOLATION] * wanted
    if len(letters) > wanted or not _LETTERS.keys() >= set(letters):
        return [Outcome.VIOLATION] * wanted
    outcomes = [_LETTERS[letter] for letter in letters]
    if len(outcomes) < wanted:
        outcomes.append(Outcome.TIMEOUT if late else Outcome.CRASH)
    return outcomes
