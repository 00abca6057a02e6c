import json
from dataclasses import replace
from typing import Any

import pytest

from reward_agent.chat.errors import ChatError, EmptyReplyError, RefusedError, ServerError, TruncatedError
from reward_agent.chat.wire import Dialect, Prices, body_of, read_answers, read_reply, schema_name
from reward_agent.types import ChatRequest, Drawn, Message, Sampling
from tests.chat.conftest import SCHEMA, question


def reply(content: str | None = "yes", *, finish: str = "stop", refusal: str | None = None) -> bytes:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}], "usage": usage}).encode()


def read(content: bytes) -> str:
    return read_reply(content, prices=Prices(), seconds=0.5, max_tokens=7)[0]


def test_a_schema_goes_beside_the_question_in_strict_form() -> None:
    body = body_of(question(), "m", Dialect(), with_schema=True, extra={})
    assert body["messages"] == [{"role": "user", "content": "Is the sea salt?"}]
    named = body["response_format"]["json_schema"]
    assert named["name"] == "tests_answer"
    assert named["strict"] is True
    assert named["schema"]["additionalProperties"] is False


def test_or_into_the_prompt_after_what_the_system_is_told() -> None:
    system = ChatRequest(messages=(Message(role="system", content="Judge."), *question().messages), schema=SCHEMA)
    body = body_of(system, "m", Dialect(), with_schema=False, extra={})
    assert "response_format" not in body
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["messages"][0]["content"].startswith("Judge.\n\n")
    assert body["messages"][0]["content"].endswith(SCHEMA)
    assert body_of(question(), "m", Dialect(), with_schema=False, extra={})["messages"][0]["role"] == "system"


def test_what_a_server_does_not_take_is_left_out_and_what_the_user_adds_goes_last() -> None:
    dialect = Dialect(tokens_key="max_completion_tokens", temperature=False)
    body = body_of(question(schema=None), "m", dialect, with_schema=True, extra={"reasoning_effort": "low"})
    assert "max_tokens" not in body
    assert "temperature" not in body
    assert body["max_completion_tokens"] == 1024
    assert body["reasoning_effort"] == "low"


def test_a_purpose_becomes_a_legal_name() -> None:
    assert schema_name("judge.compare") == "judge_compare"
    assert schema_name("é" * 100) == "_" * 64
    assert schema_name("") == "reply"


def test_a_reply_has_its_text_and_its_price() -> None:
    prices = Prices(prompt=2.0, completion=30.0)
    text, usage = read_reply(reply(), prices=prices, seconds=0.5, max_tokens=7)
    assert text == "yes"
    assert (usage.calls, usage.tokens, usage.completion_tokens, usage.seconds) == (1, 110, 10, 0.5)
    assert usage.cost == pytest.approx((100 * 2 + 10 * 30) / 1e6)


def test_thoughts_before_a_reply_are_dropped() -> None:
    assert read(reply("<think>\nHm.\n</think>\n\nyes")) == "yes"
    assert read(reply("<think> is a mark")) == "<think> is a mark"


@pytest.mark.parametrize(
    ("content", "kind", "error"),
    [
        (reply(None, refusal="I would rather not."), "refused", RefusedError),
        (reply("", finish="content_filter"), "refused", RefusedError),
        (reply("ye", finish="length"), "truncated", TruncatedError),
        (reply(""), "empty reply", EmptyReplyError),
        (reply(None), "empty reply", EmptyReplyError),
        (reply(" \n"), "empty reply", EmptyReplyError),
    ],
)
def test_a_reply_without_an_answer_fails_with_its_true_kind_and_its_cost(
    content: bytes, kind: str, error: type[ChatError]
) -> None:
    with pytest.raises(error) as caught:
        read(content)
    assert caught.value.kind == kind
    assert caught.value.usage.tokens == 110


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [null]}', b'{"choices": [{"message": "x"}]}',
     b'{"choices": [{"message": {}}], "usage": {"prompt_tokens": "many"}}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_completion_is_a_server_error(content: bytes) -> None:
    with pytest.raises(ServerError, match="no chat completion"):
        read(content)


def drawing(**sampling: Any) -> dict[str, Any]:
    request = replace(question(schema=None), temperature=0.7, sampling=Sampling(**sampling))
    return body_of(request, "m", Dialect(), with_schema=False, extra={})


def test_a_server_is_told_only_what_differs_from_its_own_defaults() -> None:
    assert drawing().keys() == {"model", "messages", "max_tokens", "temperature"}
    told = drawing(n=4, seed=7, top_p=0.9)
    assert (told["n"], told["seed"], told["top_p"], told["temperature"]) == (4, 7, 0.9, 0.7)


def test_a_server_that_takes_no_seed_is_given_none() -> None:
    request = replace(question(schema=None), sampling=Sampling(seed=7))
    assert "seed" not in body_of(request, "m", Dialect(seeds=False), with_schema=False, extra={})


def drawn(*choices: dict[str, Any], n: int = 8) -> tuple[Drawn, ...]:
    content = json.dumps({"choices": choices, "usage": {"prompt_tokens": 3, "completion_tokens": 5}}).encode()
    answers, usage = read_answers(content, prices=Prices(), seconds=0.5, n=n)
    assert (usage.calls, usage.tokens, usage.completion_tokens) == (1, 8, 5)
    return answers


def choice(content: str | None, finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    return {"message": {"content": content, **message}, "finish_reason": finish}


def test_answers_are_what_they_are_empty_cut_off_or_with_thoughts() -> None:
    assert drawn(choice("yes"), choice("ye", "length"), choice(""), choice(None), choice("<think>x</think>y")) == (
        Drawn(text="yes", finish="stop"),
        Drawn(text="ye", finish="length"),
        Drawn(text="", finish="stop"),
        Drawn(text="", finish="stop"),
        Drawn(text="<think>x</think>y", finish="stop"),
    )


def test_an_answer_that_was_refused_is_marked_so() -> None:
    refused = drawn(choice(None, refusal="I will not."), choice("part", "content_filter"))
    assert [answer.finish for answer in refused] == ["content_filter", "content_filter"]


def test_an_ending_that_is_not_said_is_unknown_and_a_long_one_is_cut() -> None:
    assert drawn(choice("a", None))[0].finish == "unknown"
    assert len(drawn(choice("a", "x" * 500))[0].finish) == 40


def test_half_a_character_is_made_storable() -> None:
    assert drawn(choice("half \ud800"))[0].text == "half \ufffd"


def test_more_answers_than_were_asked_for_are_left_out() -> None:
    assert len(drawn(choice("a"), choice("b"), choice("c"), n=2)) == 2


@pytest.mark.parametrize("content", [b"", b"{}", b'{"choices": []}', b'{"choices": "ab"}', b'{"choices": [{}]}'])
def test_what_holds_no_answer_is_a_server_error(content: bytes) -> None:
    with pytest.raises(ServerError, match="no chat completion"):
        read_answers(content, prices=Prices(), seconds=0.5, n=1)
