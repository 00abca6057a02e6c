"""Just enough HTTP/1.1: keep-alive, bodies with a Content-Length, one request at a time on a connection.

The callback sees a whole request and returns a whole reply, which is written after `delay_s`; a reply may also never
come (`hang`) or break off in its middle (`cut`).
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 32 * 2**20

_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request, its header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """What to send back, and when."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    hang: bool = False
    cut: bool = False

    @classmethod
    def of(cls, content: Any, *, status: int = 200) -> "HttpReply":
        """A reply of JSON."""
        return cls(status=status, body=json.dumps(content).encode())


class BadRequestError(Exception):
    """What came is not a request that this server reads."""


class HttpConnection(asyncio.Protocol):
    """One client's connection. `replied` is called when a reply is sent, or is no longer waited for."""

    def __init__(self, answer: Callable[[HttpRequest], HttpReply], replied: Callable[[], None]) -> None:
        self._answer = answer
        self._replied = replied
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waits = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._waits:
            self._done()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._read()

    def close(self) -> None:
        """Drops the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _read(self) -> None:
        while not self._waits and self._transport is not None:
            try:
                request = _taken(self._buffer)
            except BadRequestError as error:
                self._transport.write(_head(400, {"Connection": "close"}, len(str(error))) + str(error).encode())
                self._transport.close()
                return
            if request is None:
                return
            self._waits = True
            reply = self._answer(request)
            if reply.hang:
                return
            if reply.delay_s > 0:
                self._timer = asyncio.get_running_loop().call_later(reply.delay_s, self._write_later, reply)
            else:
                self._write(reply)

    def _write_later(self, reply: HttpReply) -> None:
        self._write(reply)
        self._read()

    def _write(self, reply: HttpReply) -> None:
        self._done()
        if self._transport is None:
            return
        head = _head(reply.status, reply.headers, len(reply.body))
        if reply.cut:
            self._transport.write(head + reply.body[: len(reply.body) // 2])
            self._transport.close()
        else:
            self._transport.write(head + reply.body)

    def _done(self) -> None:
        self._waits = False
        self._replied()


def _taken(buffer: bytearray) -> HttpRequest | None:
    """The first request, taken off the buffer; None where it has not come whole."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > MAX_HEAD_BYTES:
            raise BadRequestError("the request's head is too long")
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3:
        raise BadRequestError("this is no HTTP request")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise BadRequestError(f"a body needs a Content-Length of at most {MAX_BODY_BYTES} bytes")
    stop = end + 4 + int(length)
    if len(buffer) < stop:
        return None
    body = bytes(buffer[end + 4 : stop])
    del buffer[:stop]
    return HttpRequest(method=parts[0], path=parts[1].partition("?")[0], headers=headers, body=body)


def _head(status: int, headers: Mapping[str, str], length: int) -> bytes:
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n{more}\r\n"
    ).encode("latin-1")
