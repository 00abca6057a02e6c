"""What stands before every request: who may come in, how large a body is, how many at once; and what is counted.

A plain ASGI layer around the application, so that nothing below it sees a body that is too large or a stranger's words.
"""

import asyncio
import hashlib
import hmac
import logging
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reward_agent.config.serve import ServeSettings
from reward_agent.service.judges.work import told_bug
from reward_agent.service.refusals import Refusal, too_much
from reward_agent.service.telemetry import Telemetry
from reward_agent.service.turns import next_turn

LOG = logging.getLogger("reward_agent.service")
OPEN = frozenset({"/healthz", "/readyz"})
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
REALM = {"WWW-Authenticate": 'Bearer, Basic realm="RewardAgent: any name, the token as password"'}
HEADERS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


@dataclass(slots=True, kw_only=True, eq=False)
class Door:
    """The application as it is served. Without `tokens` it is for this machine alone, under one of its own names, so
    that no page in a browser can reach it under another."""

    app: ASGIApp
    settings: ServeSettings
    telemetry: Telemetry
    paths: frozenset[str]
    tokens: Sequence[str] = ()
    leaving: Callable[[], bool] = lambda: False
    """Whether replies ask clients to let go of their connections, since the service stops soon."""
    _under_way: "Counter[bytes]" = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(source=receive, send=send, settings=self.settings, leaving=self.leaving)
        path = scope["path"] if scope["path"] in self.paths else "other"
        began = perf_counter()
        self.telemetry.request_began()
        try:
            await self._let_in(scope, exchange)
        except Refusal as refusal:
            if not exchange.status:
                await refusal.response()(scope, exchange.receive, exchange.reply)
        except Exception as error:  # noqa: BLE001  # told without its words, which may quote a prompt
            LOG.error("a bug at %s: %s", path, told_bug(error))
            if not exchange.status:
                await Refusal(500, "bug", "the service met a bug; its log says where").response()(
                    scope, exchange.receive, exchange.reply
                )
        finally:
            seconds = perf_counter() - began
            self.telemetry.request_ended(path, exchange.status or 499, seconds)
            if self.settings.log_requests:
                LOG.info("%s %s %d %.1f ms", scope["method"], path, exchange.status or 499, seconds * 1000)

    async def _let_in(self, scope: Scope, exchange: "_Exchange") -> None:
        if scope["path"] in OPEN:
            await self.app(scope, exchange.receive, exchange.reply)
            return
        headers = dict(scope["headers"])
        holder = self._holder(headers)
        exchange.check_announced(headers.get(b"content-length"))
        if scope["method"] != "POST":
            await self.app(scope, exchange.receive, exchange.reply)
            return
        if self._under_way[holder] >= self.settings.per_token:
            raise too_much(f"{self.settings.per_token} requests of this token are under way (serve.per_token)", 1.0)
        self._under_way[holder] += 1
        try:
            await next_turn()
            await self.app(scope, exchange.receive, exchange.reply)
        finally:
            self._under_way[holder] -= 1
            if not self._under_way[holder]:
                del self._under_way[holder]

    def _holder(self, headers: dict[bytes, bytes]) -> bytes:
        """Whose request it is: the digest of a token that is one of ours. Raises Refusal."""
        if not self.tokens:
            name = headers.get(b"host", b"").decode("latin-1")
            name = name if name.endswith("]") else name.rpartition(":")[0] or name
            if name.lower() not in LOCAL_NAMES:
                raise Refusal(421, "another host", "without a token this service answers to localhost alone")
            return b""
        given = hashlib.sha256(_given_token(headers.get(b"authorization", b""))).digest()
        known = [hashlib.sha256(token.encode()).digest() for token in self.tokens]
        if sum(hmac.compare_digest(given, token) for token in known) == 0:  # all are compared, whichever fits
            raise Refusal(
                401, "not let in", "send `Authorization: Bearer TOKEN` with a token of this service", headers=REALM
            )
        return given


@dataclass(slots=True, kw_only=True, eq=False)
class _Exchange:
    """One request's two directions, watched."""

    source: Receive
    send: Send
    settings: ServeSettings
    leaving: Callable[[], bool]
    status: int = 0
    read: int = 0
    whole: bool = False

    def check_announced(self, length: bytes | None) -> None:
        """Raises Refusal for a body that says it is too large."""
        if length is not None and (not length.isdigit() or int(length[:20]) > self.settings.max_body_bytes):
            raise self._too_large()

    async def receive(self) -> Message:
        """The next piece of the body, which is too large or too slow at some point, or what comes after it."""
        if self.whole:
            return await self.source()
        try:
            async with asyncio.timeout(self.settings.body_timeout_s):
                message = await self.source()
        except TimeoutError:
            raise Refusal(408, "too slow", "the body did not arrive in time", headers={"Connection": "close"}) from None
        self.read += len(message.get("body", b""))
        self.whole = message["type"] != "http.request" or not message.get("more_body", False)
        if self.read > self.settings.max_body_bytes:
            raise self._too_large()
        return message

    async def reply(self, message: Message) -> None:
        """Sends, with the headers that every reply has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            if self.leaving():
                message["headers"].append((b"connection", b"close"))
        await self.send(message)

    def _too_large(self) -> Refusal:
        headers = {"Connection": "close"}
        limit = f"{self.settings.max_body_mb:g} MB (serve.max_body_mb)"
        return Refusal(413, "too large", f"the body may have {limit}; send fewer samples a request", headers=headers)


def _given_token(header: bytes) -> bytes:
    """The token of an Authorization header, as bearer or as the password of a browser's Basic."""
    scheme, _, value = header.partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip()
    if scheme.lower() == b"basic":
        try:
            return b64decode(value, validate=True).partition(b":")[2]
        except ValueError:
            return b""
    return b""
