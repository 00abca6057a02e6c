"""The door over HTTP: a small server on this machine's own loopback address, for one person's browser.

It reads no file by a name that a request gives, answers GET alone, and refuses a request whose Host is not this
server's own name (so that a page of another site cannot reach it under a name of its own).
"""

import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from reward_agent.errors import RewardAgentError
from reward_agent.reports.html.page import policy

LOOPBACK = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")
MAX_FIELDS = 40
QUIET_S = 30.0


class Answers(Protocol):
    """What the server serves; called from many threads."""

    def page(self) -> str: ...

    def overview(self) -> str: ...

    def rows(self, fields: Mapping[str, str]) -> Mapping[str, Any]: ...

    def sample(self, sample_id: str) -> Mapping[str, Any] | None: ...

    def talk(self, sample_id: str) -> Mapping[str, Any] | None: ...

    def state(self) -> Mapping[str, Any]: ...


class ViewServer(ThreadingHTTPServer):
    """Use with `serve_forever`; `port` 0 takes a free one, which `url` then names. Raises OSError where it is taken."""

    daemon_threads = True

    def __init__(self, answers: Answers, *, port: int) -> None:
        self.answers = answers
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}/"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(f"{name}:{self.server_port}" for name in NAMES)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: ViewServer
    protocol_version = "HTTP/1.1"
    server_version = "reward-agent"
    sys_version = ""
    timeout = QUIET_S

    def do_GET(self) -> None:
        if self.headers.get("Host", "") not in self.server.hosts:
            self._send(HTTPStatus.FORBIDDEN, "text/plain", b"This server answers on this machine alone.\n")
            return
        address = urlsplit(self.path)
        try:
            fields = dict(parse_qsl(address.query, max_num_fields=MAX_FIELDS, encoding="utf-8", errors="replace"))
            self._answer(address.path, fields)
        except ValueError:
            self._send(HTTPStatus.BAD_REQUEST, "text/plain", b"The address cannot be read.\n")
        except RewardAgentError as error:
            self._json({"problem": str(error)}, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _answer(self, path: str, fields: Mapping[str, str]) -> None:
        answers = self.server.answers
        match path:
            case "/":
                self._send(HTTPStatus.OK, "text/html", answers.page().encode("utf-8", "replace"))
            case "/overview":
                self._send(HTTPStatus.OK, "text/html", answers.overview().encode("utf-8", "replace"))
            case "/api/rows":
                started = time.perf_counter()
                rows = answers.rows(fields)
                self._json({**rows, "ms": round(1000 * (time.perf_counter() - started), 1)})
            case "/api/state":
                self._json(answers.state())
            case "/api/sample":
                self._json(answers.sample(fields.get("id", "")))
            case "/api/talk":
                self._json(answers.talk(fields.get("id", "")))
            case _:
                self._json(None)

    def _json(self, value: Mapping[str, Any] | None, status: HTTPStatus = HTTPStatus.OK) -> None:
        found = status if value is not None else HTTPStatus.NOT_FOUND
        self._send(found, "application/json", json.dumps(value, ensure_ascii=True).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy(served=True))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the terminal is for the person."""
