"""Uploads: against a double of the library's interface, and (with the extra) a fake of the hub itself on loopback."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reward_agent.errors import ConfigError, RunError
from reward_agent.jobs.pairing.push import HuggingFaceHub, repository_of

TOKEN = "hf_secret"


def test_an_address_names_owner_and_data_set() -> None:
    assert repository_of("hf:me/river-pairs") == "me/river-pairs"
    for wrong in ("me/pairs", "hf:pairs", "hf:me/pairs/x", "https://huggingface.co/me/pairs", "hf:../pairs x"):
        with pytest.raises(ConfigError, match="hf:OWNER/NAME"):
            repository_of(wrong)


class FakeHub(ThreadingHTTPServer):
    """Takes the requests of an upload, and remembers them."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refuses = refuses
        self.tokens: set[str] = set()
        self.created: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        self.server.tokens.add(self.headers.get("Authorization", ""))
        if self.server.refuses:
            self._reply(403, {"error": "this token may not write"})
        elif self.path == "/api/repos/create":
            self.server.created.append(json.loads(body))
            self._reply(200, {"url": f"{self.server.endpoint}/datasets/me/pairs"})
        elif self.path == "/api/validate-yaml":
            self._reply(200, {"errors": [], "warnings": []})
        elif self.path.endswith("/preupload/main"):
            files = [{"path": file["path"], "uploadMode": "regular"} for file in json.loads(body)["files"]]
            self._reply(200, {"files": [{**file, "shouldIgnore": False} for file in files]})
        elif self.path.endswith("/commit/main"):
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.server.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            self._reply(
                200,
                {
                    "commitUrl": f"{self.server.endpoint}/datasets/me/pairs/commit/main",
                    "commitOid": "0" * 40,
                    "success": True,
                },
            )
        else:
            self._reply(404, {"error": self.path})

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    pytest.importorskip("huggingface_hub")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    server = FakeHub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    for name in ("pairs.jsonl", "README.md"):
        (tmp_path / name).write_text(f"this is {name}\n")
    return {name: tmp_path / name for name in ("pairs.jsonl", "README.md")}


@pytest.mark.extras
def test_data_and_card_are_uploaded_in_one_commit_with_the_token_of_the_environment(
    hub: FakeHub, files: dict[str, Path]
) -> None:
    there = HuggingFaceHub.from_environment(endpoint=hub.endpoint)
    address = there.upload("me/pairs", files, private=True)
    assert address == f"{hub.endpoint}/datasets/me/pairs"
    assert hub.files == {"pairs.jsonl": b"this is pairs.jsonl\n", "README.md": b"this is README.md\n"}
    assert hub.created[0]["type"] == "dataset"
    assert "private" in (hub.created[0].get("visibility"), *(["private"] if hub.created[0].get("private") else []))
    assert hub.tokens == {f"Bearer {TOKEN}"}


@pytest.mark.extras
def test_a_refused_upload_says_what_to_check_and_not_the_token(hub: FakeHub, files: dict[str, Path]) -> None:
    hub.refuses = True
    with pytest.raises(RunError, match="hf:me/pairs: the upload failed") as raised:
        HuggingFaceHub.from_environment(endpoint=hub.endpoint).upload("me/pairs", files, private=True)
    assert TOKEN not in str(raised.value)


@pytest.mark.extras
def test_without_a_token_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("huggingface_hub")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(ConfigError, match="HF_TOKEN"):
        HuggingFaceHub.from_environment()
