"""One or more addresses of the same server: the load is spread, and a call goes on to the next where one fails.

    async with Addresses(urls=("http://a:8000", "http://b:8000")) as addresses:
        reply = await addresses.post("/classify", {...})

Busy (429), failing (5xx), unreachable and silent addresses are tried again, another one first; what the server refuses
(other 4xx) is not. Every call is bounded in time and in the size of the reply.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from reward_agent.errors import SignalError

if TYPE_CHECKING:
    import httpx2

MAX_REPLY_BYTES = 2**24
LONGEST_PAUSE_S = 30.0
SHOWN = 300


class UnreachableError(SignalError):
    """No address answered."""

    kind = "unreachable"


class TimedOutError(SignalError):
    """No address answered in time."""

    kind = "timeout"


class OverloadedError(SignalError):
    """Every address was busy or failing, as often as it was tried."""

    kind = "overloaded"


class RefusedError(SignalError):
    """The server refused the request: trying again would change nothing."""

    kind = "refused"


class BadReplyError(SignalError):
    """The server answered, and not what its interface promises."""

    kind = "bad reply"


@dataclass(slots=True, kw_only=True)
class Addresses:
    """`tries`: calls in all before one fails. `pause_s`: before an address is tried a second time; it doubles each
    time. `concurrency`: calls at once, over all addresses. `key`: a bearer token, never shown."""

    urls: Sequence[str]
    key: str | None = field(default=None, repr=False)
    concurrency: int = 64
    timeout_s: float = 180.0
    tries: int = 4
    pause_s: float = 0.5
    _client: "httpx2.AsyncClient | None" = field(default=None, init=False, repr=False)
    _room: asyncio.Semaphore = field(init=False, repr=False)
    _busy: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(self.concurrency)
        self._busy = {url.rstrip("/"): 0 for url in self.urls}

    async def __aenter__(self) -> Self:
        import httpx2

        headers = {} if self.key is None else {"Authorization": f"Bearer {self.key}"}
        limits = httpx2.Limits(max_connections=self.concurrency, max_keepalive_connections=self.concurrency)
        self._client = httpx2.AsyncClient(headers=headers, timeout=self.timeout_s, limits=limits)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def post(self, path: str, payload: Mapping[str, Any], *, only: str | None = None) -> Any:
        """The reply, read as JSON; from the address `only`, where given. Raises the SignalErrors above."""
        failed: dict[str, SignalError] = {}
        async with self._room:
            for number in range(self.tries):
                fresh = [url for url in self._candidates(only) if url not in failed]
                url = min(fresh or self._candidates(only), key=lambda address: self._busy[address])
                if not fresh:
                    await asyncio.sleep(min(LONGEST_PAUSE_S, self.pause_s * 2 ** (number // len(self._busy))))
                self._busy[url] += 1
                try:
                    return await self._asked(url + path, payload)
                except (UnreachableError, TimedOutError, OverloadedError) as error:
                    failed[url] = error
                finally:
                    self._busy[url] -= 1
        last = list(failed.values())[-1]
        raise type(last)(f"{last} (tried {self.tries} times)")

    def _candidates(self, only: str | None) -> list[str]:
        return list(self._busy) if only is None else [only.rstrip("/")]

    async def _asked(self, url: str, payload: Mapping[str, Any]) -> Any:
        import httpx2

        if self._client is None:
            raise RuntimeError("the addresses are not open: use `async with`")
        try:
            async with asyncio.timeout(self.timeout_s), self._client.stream("POST", url, json=payload) as response:
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > MAX_REPLY_BYTES:
                        raise BadReplyError(f"{url} sent more than {MAX_REPLY_BYTES} bytes")
        except (httpx2.TimeoutException, TimeoutError):
            raise TimedOutError(f"{url} did not answer within {self.timeout_s:g} s") from None
        except httpx2.HTTPError as error:
            raise UnreachableError(f"{url} cannot be asked ({type(error).__name__}: {error})") from None
        said = ascii(bytes(body[:SHOWN]).decode(errors="replace"))
        if response.status_code == 429 or response.status_code >= 500:
            raise OverloadedError(f"{url} answered {response.status_code}: {said}")
        if response.status_code != 200:
            raise RefusedError(f"{url} refused the request ({response.status_code}): {said}")
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise BadReplyError(f"{url} sent no JSON: {said}") from None
