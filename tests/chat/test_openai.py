import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from reward_agent.chat.errors import ChatError
from reward_agent.chat.openai import OpenAIChat, open_openai
from reward_agent.errors import ConfigError
from reward_agent.testing.llm_server.http import HttpConnection, HttpReply, HttpRequest
from reward_agent.types import Completion, Sampling
from tests.chat.conftest import question

KEY = "sk-very-secret-0123456789"


@dataclass(slots=True)
class Server:
    """A server that answers by a function of the request's JSON, and keeps what came."""

    rule: Callable[[dict[str, Any]], HttpReply]
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: list[HttpRequest] = field(default_factory=list)

    def answer(self, request: HttpRequest) -> HttpReply:
        self.requests.append(request)
        self.bodies.append(json.loads(request.body))
        return self.rule(self.bodies[-1])


@asynccontextmanager
async def serving(rule: Callable[[dict[str, Any]], HttpReply]) -> AsyncIterator[Server]:
    server = Server(rule)
    connections: list[HttpConnection] = []

    def connected() -> HttpConnection:
        connections.append(HttpConnection(server.answer, lambda: None))
        return connections[-1]

    listening = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    try:
        yield server
    finally:
        listening.close()
        for connection in connections:
            connection.close()


def reply(text: str = '{"answer": "yes"}') -> HttpReply:
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    return HttpReply.of({"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": usage})


def refusal(status: int, message: str, **more: str) -> HttpReply:
    return HttpReply.of({"error": {"message": message, **more}}, status=status)


def asked(
    rule: Callable[[dict[str, Any]], HttpReply], *, times: int = 1, **settings: Any
) -> tuple[list[Completion | BaseException], Server, OpenAIChat]:
    async def run() -> tuple[list[Completion | BaseException], Server, OpenAIChat]:
        async with (
            serving(rule) as server,
            open_openai(**{"model": "m", "base_url": server.url, "api_key": KEY, **settings}) as chat,
        ):
            results = [
                (await asyncio.gather(chat.complete(question()), return_exceptions=True))[0] for _ in range(times)
            ]
            return results, server, chat

    return asyncio.run(run())


def test_a_question_arrives_with_its_key_its_purpose_and_its_schema() -> None:
    (completion,), server, _ = asked(lambda body: reply(), headers={"X-Gateway": "blue"})
    assert isinstance(completion, Completion)
    assert completion.text == '{"answer": "yes"}'
    assert (completion.usage.calls, completion.usage.tokens) == (1, 15)
    assert completion.usage.seconds > 0
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-reward-agent-purpose"] == "tests.answer"
    assert request.headers["x-gateway"] == "blue"
    assert server.bodies[0]["model"] == "m"
    assert server.bodies[0]["response_format"]["json_schema"]["strict"] is True


def test_text_that_json_cannot_carry_does_not_stop_a_call() -> None:
    async def run() -> str:
        async with (
            serving(lambda body: reply()) as server,
            open_openai(model="m", base_url=server.url, api_key=None) as chat,
        ):
            await chat.complete(question("half \ud800 a pair, \x00 and é"))
            content: str = server.bodies[0]["messages"][0]["content"]
            return content

    assert asyncio.run(run()) == "half ? a pair, \x00 and é"


def test_a_server_that_refuses_schemas_is_asked_in_the_prompt_from_then_on() -> None:
    def rule(body: dict[str, Any]) -> HttpReply:
        return refusal(400, "unknown field response_format") if "response_format" in body else reply()

    results, server, chat = asked(rule, times=3)
    assert all(isinstance(result, Completion) for result in results)
    assert ["response_format" in body for body in server.bodies] == [True, False, False, False]
    assert chat.dialect.schemas is False


def test_a_server_that_drops_schemas_silently_is_found_out_too() -> None:
    def rule(body: dict[str, Any]) -> HttpReply:
        return reply("Well, yes." if "response_format" in body else '{"answer": "yes"}')

    results, server, _ = asked(rule, times=2)
    assert [result.text for result in results if isinstance(result, Completion)] == ['{"answer": "yes"}'] * 2
    assert ["response_format" in body for body in server.bodies] == [True, False, False]
    assert isinstance(results[0], Completion)
    assert results[0].usage.calls == 2


def test_one_schema_that_is_refused_does_not_turn_the_others_away() -> None:
    def rule(body: dict[str, Any]) -> HttpReply:
        bad = "second" in body.get("response_format", {}).get("json_schema", {}).get("schema", {}).get("properties", {})
        return refusal(400, "Invalid schema") if bad else reply()

    async def run() -> list[bool]:
        async with serving(rule) as server, open_openai(model="m", base_url=server.url, api_key=None) as chat:
            other = '{"type": "object", "properties": {"second": {"type": "string"}}}'
            for schema in (None, other, other):
                await chat.complete(question() if schema is None else question(schema=schema))
            await chat.complete(question())
            return ["response_format" in body for body in server.bodies]

    assert asyncio.run(run()) == [True, True, False, False, True]


def test_a_question_that_is_refused_either_way_fails_as_it_was_refused_first() -> None:
    (error,), _, chat = asked(lambda body: refusal(400, "the context is 9 tokens too long"))
    assert isinstance(error, ChatError)
    assert error.kind == "bad request"
    assert "too long" in str(error)
    assert chat.dialect.schemas is None


@pytest.mark.parametrize(("structured", "beside"), [("schema", True), ("prompt", False)])
def test_where_the_schema_goes_can_be_set(structured: str, beside: bool) -> None:
    results, server, _ = asked(lambda body: reply("no json"), structured=structured)
    assert isinstance(results[0], Completion)
    assert ["response_format" in body for body in server.bodies] == [beside]


def test_parameters_that_a_model_does_not_take_are_learnt_once() -> None:
    def rule(body: dict[str, Any]) -> HttpReply:
        if "max_tokens" in body:
            return refusal(400, "Use 'max_completion_tokens' instead.", param="max_tokens")
        if "temperature" in body:
            return refusal(400, "Unsupported value: 'temperature'", param="temperature")
        return reply()

    results, server, _ = asked(rule, times=2)
    assert all(isinstance(result, Completion) for result in results)
    assert len(server.bodies) == 4
    assert server.bodies[-1]["max_completion_tokens"] == 1024


def test_a_model_that_thinks_gets_room_to() -> None:
    _, server, _ = asked(lambda body: reply(), least_tokens=4000)
    assert server.bodies[0]["max_tokens"] == 4000


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (refusal(429, "slow down"), "rate limit", "slow down"),
        (refusal(429, "pay first", code="insufficient_quota"), "quota", "billing"),
        (refusal(500, "oops"), "server error", "status 500"),
        (refusal(503, "overloaded"), "server error", "overloaded"),
        (HttpReply(status=502, body=b"<html>"), "server error", "502"),
        (refusal(413, "too big"), "bad request", "too big"),
        (refusal(400, "no", code="content_filter"), "refused", "content filter"),
        (HttpReply(body=b"<html>hello"), "server error", "no chat completion"),
        (HttpReply(body=b'{"x": 1}', cut=True), "connection", "broke off"),
        (HttpReply(hang=True), "timeout", "within 0.2 s"),
    ],
)
def test_every_trouble_has_its_kind_and_says_what_to_do(answer: HttpReply, kind: str, says: str) -> None:
    (error,), _, _ = asked(lambda body: answer, timeout_s=0.2)
    assert isinstance(error, ChatError)
    assert error.kind == kind
    assert says in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After-Ms": "250", "Retry-After": "7"}, 0.25),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"Retry-After": "1e9"}, 600.0),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "inf"}, None),
        ({}, None),
    ],
)
def test_how_long_a_server_asks_to_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    (error,), _, _ = asked(lambda body: HttpReply(status=429, body=b"{}", headers=headers))
    assert isinstance(error, ChatError)
    assert error.retry_after_s == seconds


def test_a_server_that_is_not_there_is_a_lost_connection() -> None:
    async def run() -> None:
        async with serving(lambda body: reply()) as server:
            url = server.url
        async with open_openai(model="m", base_url=url, api_key=None) as chat:
            await chat.complete(question())

    with pytest.raises(ChatError, match="See that the server runs") as caught:
        asyncio.run(run())
    assert caught.value.kind == "connection"


@pytest.mark.parametrize(
    ("status", "setting"), [(401, "chat.NAME.api_key_env"), (403, "chat.NAME.api_key_env"), (404, "chat.NAME.model")]
)
def test_a_key_or_model_that_the_server_never_took_is_a_wrong_setting(status: int, setting: str) -> None:
    (error,), _, _ = asked(lambda body: refusal(status, f"no such thing for {KEY}"))
    assert isinstance(error, ConfigError)
    assert setting in str(error)


def test_a_key_that_is_refused_later_is_a_failed_call() -> None:
    replies = [reply(), refusal(401, "expired")]
    (_, error), _, _ = asked(lambda body: replies.pop(0), times=2)
    assert isinstance(error, ChatError)
    assert error.kind == "authentication"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
def test_no_error_and_no_log_holds_the_key(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    replies = [refusal(status, f"the key {KEY} is odd", code=KEY, param=KEY)]
    (error,), _, chat = asked(lambda body: replies[0])
    assert KEY not in "".join(map(str, [error, repr(error), error.__cause__, repr(chat)]))  # type: ignore[union-attr]
    assert KEY not in caplog.text


def test_a_cancelled_call_leaves_the_client_usable() -> None:
    replies = [HttpReply(hang=True), reply()]
    arrived = asyncio.Event()

    def rule(body: dict[str, Any]) -> HttpReply:
        arrived.set()
        return replies.pop(0)

    async def run() -> str:
        async with (
            serving(rule) as server,
            open_openai(model="m", base_url=server.url, api_key=None) as chat,
        ):
            task = asyncio.create_task(chat.complete(question()))
            await arrived.wait()
            task.cancel()
            await asyncio.wait([task])
            return (await chat.complete(question())).text

    assert asyncio.run(run()) == '{"answer": "yes"}'


def drawn(rule: Callable[[dict[str, Any]], HttpReply], *, n: int = 3, times: int = 1) -> tuple[list[Any], Server]:
    request = replace(question(schema=None), sampling=Sampling(n=n, seed=11))

    async def run() -> tuple[list[Any], Server]:
        async with serving(rule) as server, open_openai(model="m", base_url=server.url, api_key=KEY) as chat:
            results = [(await asyncio.gather(chat.complete(request), return_exceptions=True))[0] for _ in range(times)]
            return results, server

    return asyncio.run(run())


def choices(body: dict[str, Any], *, most: int = 100) -> HttpReply:
    texts = [f"answer {number}" for number in range(min(body.get("n", 1), most))]
    return HttpReply.of({"choices": [{"message": {"content": text}, "finish_reason": "stop"} for text in texts]})


def test_several_answers_are_drawn_in_one_request() -> None:
    (completion,), server = drawn(choices)
    assert [answer.text for answer in completion.answers] == ["answer 0", "answer 1", "answer 2"]
    assert [(body["n"], body["seed"]) for body in server.bodies] == [(3, 11)]


def test_a_server_that_gives_one_answer_whatever_is_asked_is_heard() -> None:
    (completion,), server = drawn(lambda body: choices(body, most=1))
    assert len(completion.answers) == 1
    assert len(server.bodies) == 1


def test_a_server_that_refuses_several_is_asked_for_one() -> None:
    (completion,), server = drawn(
        lambda body: refusal(400, "only one completion choice is allowed") if "n" in body else choices(body)
    )
    assert len(completion.answers) == 1
    assert ["n" in body for body in server.bodies] == [True, False]


def test_a_question_that_is_refused_with_one_answer_too_fails_as_it_was_refused_first() -> None:
    (error,), _ = drawn(lambda body: refusal(400, f"too long for n = {body.get('n', 1)}"))
    assert isinstance(error, ChatError)
    assert "too long for n = 3" in str(error)


def test_a_server_that_refuses_seeds_is_given_none_from_then_on() -> None:
    results, server = drawn(
        lambda body: refusal(400, "unsupported parameter: seed") if "seed" in body else choices(body), times=2
    )
    assert all(len(completion.answers) == 3 for completion in results)
    assert ["seed" in body for body in server.bodies] == [True, False, False]
