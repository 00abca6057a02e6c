"""A small stand-in for a SandboxFusion server on the loopback: it runs the program in a fresh interpreter."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    reply: bytes | None = None

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = self.reply if self.reply is not None else json.dumps(_answer(question)).encode()
        self.send_response(200 if self.path == "/run_code" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _answer(question: dict[str, str]) -> dict[str, object]:
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", question["code"]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            # The real server waits five seconds more for its own start; a test need not.
            printed, _ = process.communicate(question["stdin"].encode(), timeout=float(question["run_timeout"]) - 4.5)
            status = "Finished"
        except subprocess.TimeoutExpired:
            process.kill()
            printed, _ = process.communicate()
            status = "TimeLimitExceeded"
    failed = status != "Finished" or process.returncode != 0
    result = {"status": status, "return_code": process.returncode, "stdout": printed.decode(errors="replace")}
    return {"status": "Failed" if failed else "Success", "message": "", "run_result": result}


@contextmanager
def fusion_server(reply: bytes | None = None) -> Iterator[str]:
    """The server's address; with `reply` it always says that."""
    handler = type("Handler", (_Handler,), {"reply": reply})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
