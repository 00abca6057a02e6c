"""A stand-in for servers of reward models on the loopback, after the projects' documented interfaces, with the traps.

The score of a conversation is a made-up function of its text, or a function given by the test. What a trap does:

    sigmoid        the activation is on whatever the request says (an old vLLM, or a wrong flag)
    double_bos     the first token is put before the template's own
    shuffled       answers come in another order, with their index
    statuses       the first replies carry these status codes
    raw            every reply is this, whatever was asked
"""

import json
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BOS = "<s>"


def made_up_score(text: str) -> float:
    """Differs between texts, and lies outside of [0, 1] for most."""
    return sum(ord(sign) * (place % 7 + 1) for place, sign in enumerate(text)) % 101 / 10 - 5


def words(text: str) -> int:
    """How many tokens a text has, where a word is a token."""
    return len(text.split())


@dataclass
class RewardServer:
    """What the server does; `asked` keeps the paths and bodies it saw, `keys` the authorization beside each. `tokens`
    counts those of a text without the first one that a server may add."""

    score: Callable[[str], float] = made_up_score
    tokens: Callable[[str], int] = words
    sigmoid: bool = False
    double_bos: bool = False
    shuffled: bool = False
    statuses: list[int] = field(default_factory=list)
    raw: bytes | None = None
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, body: dict[str, Any]) -> Any:
        if path == "/get_reward":
            return {"rewards": [self._scored(text) for text in body["query"]], "scores": [], "extra_logs": {}}
        if path == "/classify" and "text" in body:
            return [{"embedding": [self._scored(text)], "meta_info": {}} for text in body["text"]]
        texts = [_templated(body["messages"])] if "messages" in body else body["input"]
        activation = body.get("use_activation", True) or self.sigmoid
        special = body.get("add_special_tokens", True) or self.double_bos
        rows = []
        for index, text in enumerate(texts):
            score = self._scored(text)
            score = 1 / (1 + math.exp(-score)) if activation and not self.sigmoid else score
            numbers = {"probs": [score], "num_classes": 1} if path == "/classify" else {"data": [score]}
            rows.append({"index": index, "label": "LABEL_0", **numbers})
        tokens = sum(self.tokens(text) + special for text in texts)
        return {"data": rows[::-1] if self.shuffled else rows, "usage": {"prompt_tokens": tokens}}

    def _scored(self, text: str) -> float:
        score = self.score(text)
        return 1 / (1 + math.exp(-score)) if self.sigmoid else score


def _templated(turns: Sequence[dict[str, str]]) -> str:
    return f"{BOS} " + "".join(f"{turn['role']}: {turn['content']} " for turn in turns)


@contextmanager
def serving(server: RewardServer) -> Iterator[RewardServer]:
    """The server on a port of its own until the end; its `url` is set."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append((self.path, body))
            server.keys.append(self.headers["Authorization"])
            status = server.statuses.pop(0) if server.statuses else 200
            if status == 200:
                reply = server.raw if server.raw is not None else json.dumps(server.answer(self.path, body)).encode()
            else:
                reply = b'{"error": "made up"}'
            self.send_response(status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_port}"
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


class WordTokenizer:
    """A tokenizer as transformers has them, as far as a chat template needs one; a word is a token."""

    chat_template = "made up"
    model_max_length = 10**9
    added_tokens_decoder: dict[int, Any]

    def __init__(self) -> None:
        self.added_tokens_decoder = {0: type("Token", (), {"content": BOS, "special": True})}

    def apply_chat_template(
        self,
        turns: list[dict[str, str]],
        *,
        tokenize: bool = True,
        return_dict: bool = True,
        sanitize_control_tokens: bool = False,
    ) -> Any:
        if any(turn["role"] == "tool" for turn in turns):
            raise ValueError("no tools here")
        text = _templated(turns)
        return text if not tokenize else [hash(word) for word in text.split()]
