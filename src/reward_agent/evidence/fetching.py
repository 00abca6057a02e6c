"""One polite request to a search service: bounded in time and size, repeated where that can help.

    body = await Fetcher(client=client, name="Brave").json("GET", url, params={...}, headers={...})

429, 502, 503, 504 and lost connections are tried again, after the seconds that `Retry-After` names where it does;
a refused key or request is not. Redirects are not followed: a key would travel with them.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reward_agent.evidence.faults import SearchError, SearchLimited, SearchRefused, SearchTimeout, UnreadableResults

if TYPE_CHECKING:
    import httpx2

MAX_BODY_BYTES = 4 << 20
QUOTED_CHARS = 200
_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fetcher:
    """Asks the service called `name` through `client`.

    `timeout_s`: for one try. `tries`: at most so many. `longest_wait_s`: a service that asks for more patience than
    this is not waited for. `first_wait_s` doubles from try to try where the service names no time.
    """

    client: "httpx2.AsyncClient"
    name: str
    timeout_s: float = 10.0
    tries: int = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0

    async def json(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        lines: bytes | None = None,
    ) -> Any:
        """The JSON of the service's answer. `body` is sent as JSON, `lines` as JSON lines.

        Raises SearchRefused, SearchLimited, SearchTimeout, UnreadableResults, and SearchError for the rest.
        """
        sent = dict(headers or {}) | {"Accept": "application/json"}
        content = lines
        if lines is not None:
            sent["Content-Type"] = "application/x-ndjson"
        elif body is not None:
            sent["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        request = self.client.build_request(method, url, params=params, headers=sent, content=content)
        wait = self.first_wait_s
        for tries_left in range(self.tries - 1, -1, -1):
            try:
                return await self._tried(request)
            except _Passing as passing:
                asked = passing.wait_s if passing.wait_s is not None else wait
                if not tries_left or asked > self.longest_wait_s:
                    raise passing.error from None
                await asyncio.sleep(asked)
                wait *= 2
        raise AssertionError("unreachable: the last try returns or raises")

    async def _tried(self, request: "httpx2.Request") -> Any:
        import httpx2

        try:
            async with asyncio.timeout(self.timeout_s):
                response = await self.client.send(request, stream=True)
                try:
                    raw = await self._read(response)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx2.TimeoutException):
            raise _Passing(SearchTimeout(f"{self.name} did not answer in {self.timeout_s:g} s")) from None
        except httpx2.LocalProtocolError:  # its words may hold the key
            raise SearchRefused(f"the request to {self.name} cannot be sent: see that its key is one") from None
        except httpx2.HTTPError as error:
            what = f"{self.name} could not be reached ({type(error).__name__}). Check the address and the network"
            raise _Passing(SearchError(what)) from None
        if response.status_code != 200:
            raise self._refusal(response, raw)
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise UnreadableResults(f"{self.name} answered with something else than JSON. Check the address") from None

    async def _read(self, response: "httpx2.Response") -> bytes:
        raw = bytearray()
        async for chunk in response.aiter_bytes():
            raw += chunk
            if len(raw) > MAX_BODY_BYTES:
                raise UnreadableResults(f"{self.name} answered with more than {MAX_BODY_BYTES:,} bytes")
        return bytes(raw)

    def _refusal(self, response: "httpx2.Response", raw: bytes) -> Exception:
        status = response.status_code
        said = " ".join(raw[: 4 * QUOTED_CHARS].decode("utf-8", "replace").split())[:QUOTED_CHARS]
        if status in _PASSING:
            kind = SearchLimited if status == 429 else SearchError
            what = "limits the rate of requests" if status == 429 else "failed on its side"
            return _Passing(kind(f"{self.name} {what} (HTTP {status})"), wait_s=_retry_after_s(response.headers))
        if status in (401, 402, 403):  # its words may quote the key
            return SearchRefused(f"{self.name} refused the request (HTTP {status}). Check the key, and what it may do")
        if 300 <= status < 400:
            return SearchRefused(f"{self.name} sends elsewhere (HTTP {status}). Give the address that it sends to")
        if status >= 500:
            return SearchError(f"{self.name} failed on its side (HTTP {status}): {said}")
        return SearchRefused(f"{self.name} refused the request (HTTP {status}): {said}")


class _Passing(Exception):  # not an error yet: it may pass
    """What went wrong may be gone at the next try."""

    def __init__(self, error: SearchError, *, wait_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` names; None where it names a date, as search services do not."""
    value = headers.get("retry-after", "").strip()
    return float(value) if value.isdecimal() and len(value) < 9 else None
