"""A reward service that answers as told: rewards that can be foreseen, or a fault for each of the next requests."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What a request gets instead of an answer. `cut`: half of what was announced, then nothing. `hang`: no word before
    the test is over. `drop`: the connection is closed without a word."""

    status: int = 200
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hang: bool = False
    drop: bool = False


@dataclass(slots=True)
class FaultyService:
    """Scores a response by its length; `failing` names prompts that it fails at, `faults` is used up first."""

    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    failing: tuple[str, ...] = ()
    reply: Any = None
    bodies: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str, body: dict[str, Any]) -> Any:
        if self.reply is not None:
            return self.reply
        if path == "/get_reward":
            rewards = [float(len(query)) for query in body["query"]]
            return {"rewards": rewards, "scores": rewards, "extra_logs": {"instructions": 0.5}}
        places: dict[str, list[int]] = {}
        for place, rollout in enumerate(body["rollouts"]):
            places.setdefault(rollout["prompt"][-1]["content"], []).append(place)
        failed = {place for prompt in self.failing for place in places.get(prompt, [])}
        rewards_or_none = [
            None if place in failed else float(len(rollout["response"]))
            for place, rollout in enumerate(body["rollouts"])
        ]
        failure = {"source": "instructions", "kind": "timeout", "error": "too late"}
        return {
            "rewards": rewards_or_none,
            "signals": {"instructions": [None if reward is None else reward / 100 for reward in rewards_or_none]},
            "groups": [
                {"group": prompt, "rollouts": rows, "failures": [failure] if prompt in self.failing else []}
                for prompt, rows in places.items()
            ],
        }


@contextmanager
def serving(service: FaultyService) -> Iterator[FaultyService]:
    """The service on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            service.connections += 1

        def do_POST(self) -> None:
            service.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            service.tokens.append(self.headers["Authorization"])
            fault = service.faults.pop(0) if service.faults else None
            if fault is None:
                fault = Fault(text=json.dumps(service.answer(self.path, service.bodies[-1])))
            self.close_connection = fault.cut or fault.hang or fault.drop
            if fault.hang:
                service.over.wait()
            if fault.drop:
                return
            self.send_response(fault.status)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(fault.text) * (2 if fault.cut else 1)))
            self.end_headers()
            self.wfile.write(fault.text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """The client went away, as some tests want it to."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
