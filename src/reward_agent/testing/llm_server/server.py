"""The endpoints: /v1/chat/completions, /v1/models, /stats."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from weakref import WeakSet

from pydantic import TypeAdapter

from reward_agent.chat import PURPOSE_HEADER, schema_name
from reward_agent.testing.llm_server.faults import Faults
from reward_agent.testing.llm_server.http import HttpConnection, HttpReply, HttpRequest
from reward_agent.testing.simulated import ANSWERS, drawn
from reward_agent.testing.simulated.generate import PURPOSE as DRAWN
from reward_agent.types import ChatRequest, Message, Sampling

MODEL = "simulated"
Choices = Literal["all", "one", "refused"]


@dataclass(slots=True, kw_only=True)
class Stats:
    """What was asked since the start, or since `DELETE /stats`: requests by purpose, faults and refused requests
    included, and the characters of their messages; the faults given; the most requests that waited at once."""

    calls: Counter[str] = field(default_factory=Counter)
    prompt_characters: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    peak_in_flight: int = 0


_STATS = TypeAdapter(Stats)


@dataclass(slots=True, kw_only=True)
class LlmServer:
    """A running server: `url` is the base_url for a client. `retry_after_s` is what its 429 asks for. `choices`: what
    it does with `n` above 1."""

    latency_s: float = 0.0
    faults: Faults = field(default_factory=Faults)
    retry_after_s: float = 0.05
    schemas: bool = True
    choices: Choices = "all"
    url: str = ""
    stats: Stats = field(default_factory=Stats)

    def answer(self, request: HttpRequest) -> HttpReply:
        """What to send back."""
        self.stats.in_flight += 1
        match request.method, request.path:
            case "POST", "/v1/chat/completions":
                self.stats.peak_in_flight = max(self.stats.peak_in_flight, self.stats.in_flight)
                return replace(self._complete(request), delay_s=self.latency_s)
            case "GET", "/v1/models":
                return HttpReply.of({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
            case "GET", "/stats":
                return HttpReply.of(_STATS.dump_python(self.stats))
            case "DELETE", "/stats":
                self.stats = Stats(in_flight=self.stats.in_flight)
                return HttpReply.of({})
        return _error(404, f"there is no {request.method} {request.path} here")

    def replied(self) -> None:
        """A request is no longer waited for."""
        self.stats.in_flight -= 1

    def _complete(self, request: HttpRequest) -> HttpReply:
        try:
            asked = json.loads(request.body)
            chat = _read(asked, request.headers)
        except (ValueError, TypeError, KeyError) as error:
            return _error(400, f"the request cannot be read ({type(error).__name__}: {error})")
        characters = sum(len(message.content) for message in chat.messages)
        self.stats.calls[chat.purpose] += 1
        self.stats.prompt_characters[chat.purpose] += characters
        if chat.purpose not in ANSWERS:
            return _error(400, f"the simulated model has no answer to prompts of {chat.purpose!r}")
        if "response_format" in asked and not self.schemas:
            return _error(400, "response_format is not supported here")
        if chat.sampling is not None and chat.sampling.n > 1 and self.choices != "all":
            if self.choices == "refused":
                return _error(400, "only one completion choice is allowed")
            chat = replace(chat, sampling=replace(chat.sampling, n=1))
        fault = self.faults.draw(request.body)
        if fault is not None:
            self.stats.faults[fault] += 1
        return self._replied_with(fault, lambda: drawn(chat), characters)

    def _replied_with(self, fault: str | None, answer: Callable[[], list[str]], characters: int) -> HttpReply:
        match fault:
            case "429":
                reply = _error(429, "rate limit reached", kind="rate_limit_exceeded")
                return replace(reply, headers={"Retry-After-Ms": str(int(self.retry_after_s * 1000))})
            case "500" | "503":
                return _error(int(fault), "the server had an error", kind="server_error")
            case "hang":
                return HttpReply(hang=True)
            case "refusal":
                return _completion([None], characters, refusal="I cannot help with that.")
            case "empty":
                return _completion([""], characters)
            case "garbled":
                return HttpReply(body=b"<html>bad gateway</html>")
        texts = answer()
        halves = [text[: len(text) // 2] for text in texts]
        match fault:
            case "cut":
                return replace(_completion(texts, characters), cut=True)
            case "malformed":
                return _completion(halves, characters)
            case "length":
                return _completion(halves, characters, finish="length")
        return _completion(texts, characters)


@asynccontextmanager
async def llm_server(
    *,
    port: int = 0,
    latency_ms: float = 0.0,
    faults: Faults | None = None,
    retry_after_s: float = 0.05,
    schemas: bool = True,
    choices: Choices = "all",
) -> AsyncIterator[LlmServer]:
    """Runs the server on loopback in this event loop (`port` 0: a free one). Without `schemas` it refuses
    `response_format`, and by `choices` it gives one answer where several are asked for, or refuses to, as some servers
    do. Raises OSError where the port is taken."""
    server = LlmServer(
        latency_s=latency_ms / 1000,
        faults=faults or Faults(),
        retry_after_s=retry_after_s,
        schemas=schemas,
        choices=choices,
    )
    connections: WeakSet[HttpConnection] = WeakSet()

    def connected() -> HttpConnection:
        connection = HttpConnection(server.answer, server.replied)
        connections.add(connection)
        return connection

    listening = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", port, backlog=1024)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    try:
        yield server
    finally:
        listening.close()
        for connection in tuple(connections):
            connection.close()
        await listening.wait_closed()


def _read(asked: Any, headers: Mapping[str, str]) -> ChatRequest:
    if asked.get("stream"):
        raise ValueError("this server does not stream")
    schema = (asked.get("response_format") or {}).get("json_schema")
    named = schema["name"] if schema else ""
    purpose = headers.get(PURPOSE_HEADER.lower()) or next((p for p in ANSWERS if schema_name(p) == named), named)
    return ChatRequest(
        messages=tuple(Message(role=m["role"], content=str(m["content"])) for m in asked["messages"]),
        schema=json.dumps(schema["schema"]) if schema else None,
        temperature=float(asked.get("temperature", 1.0)),
        purpose=purpose,
        sampling=Sampling(n=int(asked.get("n", 1)), seed=asked.get("seed")) if purpose == DRAWN else None,
    )


def _completion(
    texts: Sequence[str | None], characters: int, *, finish: str = "stop", refusal: str | None = None
) -> HttpReply:
    tokens = {"prompt_tokens": characters // 4, "completion_tokens": sum(len(text or "") for text in texts) // 4}
    messages = [{"role": "assistant", "content": text, "refusal": refusal} for text in texts]
    choices = [
        {"index": place, "message": message, "finish_reason": finish, "logprobs": None}
        for place, message in enumerate(messages)
    ]
    usage = {**tokens, "total_tokens": sum(tokens.values())}
    return HttpReply.of(
        {
            "id": "chatcmpl-0",
            "object": "chat.completion",
            "created": 0,
            "model": MODEL,
            "choices": choices,
            "usage": usage,
        }
    )


def _error(status: int, message: str, *, kind: str = "invalid_request_error") -> HttpReply:
    return HttpReply.of({"error": {"message": message, "type": kind, "param": None, "code": None}}, status=status)
