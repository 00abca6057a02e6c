import json

import pytest

from reward_agent.chat.errors import ChatError, EmptyReplyError, RefusedError, ServerError, TruncatedError
from reward_agent.chat.wire import Dialect, Prices, body_of, read_reply, schema_name
from reward_agent.types import ChatRequest, Message
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
