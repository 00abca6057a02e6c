import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from reward_agent.errors import ConfigError, SignalError
from reward_agent.prefer.addresses import Addresses, BadReplyError, OverloadedError, RefusedError, UnreachableError
from reward_agent.prefer.dialects import DIALECTS
from reward_agent.prefer.local.template import ChatTemplate
from reward_agent.prefer.server import ServerPreference, open_server
from reward_agent.testing.reward_server import BOS, RewardServer, WordTokenizer, made_up_score, serving
from reward_agent.types import Message

PROMPT = (Message(role="user", content="Name a river."),)
RESPONSES = ("The Rhine.", "I won't, and why should I?", "")
TEMPLATE = ChatTemplate(tokenizer=WordTokenizer(), limit=1000, source="words")


def client(dialect: str, *urls: str, template: ChatTemplate | None = TEMPLATE, **other: Any) -> ServerPreference:
    return ServerPreference(
        name="rm",
        dialect=DIALECTS[dialect],
        model="tiny",
        template=template,
        addresses=Addresses(urls=urls, pause_s=0.0, timeout_s=10.0, **other),
    )


def scored(server: ServerPreference, responses: Sequence[str] = RESPONSES) -> list[float]:
    async def ask() -> list[float]:
        async with server.addresses:
            return list(await server.score(PROMPT, responses))

    return asyncio.run(ask())


def expected(responses: Sequence[str] = RESPONSES) -> list[float]:
    return [made_up_score(f"{BOS} user: Name a river. assistant: {response} ") for response in responses]


def opened(server: ServerPreference) -> None:
    async def enter() -> None:
        async with open_server(server):
            pass

    asyncio.run(enter())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_servers_raw_scores_in_order(dialect: str) -> None:
    with serving(RewardServer(shuffled=dialect.startswith("vllm"))) as server:
        assert scored(client(dialect, server.url)) == pytest.approx(expected())
        opened(client(dialect, server.url))


@pytest.mark.parametrize("dialect", ["vllm", "vllm-pooling"])
def test_without_a_tokenizer_the_server_applies_its_own_template(dialect: str) -> None:
    with serving(RewardServer()) as server:
        assert scored(client(dialect, server.url, template=None)) == pytest.approx(expected())
        assert all("messages" in body and body["use_activation"] is False for _, body in server.asked)
        opened(client(dialect, server.url, template=None))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_activation_that_is_on_is_found_at_the_start(dialect: str) -> None:
    with serving(RewardServer(sigmoid=True)) as server, pytest.raises(ConfigError, match="between 0 and 1"):
        opened(client(dialect, server.url))


def test_a_model_whose_scores_lie_between_0_and_1_on_purpose_is_let_through() -> None:
    with serving(RewardServer(sigmoid=True)) as server:
        lenient = client("sglang", server.url)
        opened(
            ServerPreference(
                name="rm",
                dialect=lenient.dialect,
                addresses=lenient.addresses,
                template=TEMPLATE,
                unit_scores=True,
            )
        )


def test_a_doubled_first_token_is_found_at_the_start() -> None:
    with serving(RewardServer(double_bos=True)) as server, pytest.raises(ConfigError, match="one token more"):
        opened(client("vllm", server.url))


def test_another_template_is_found_at_the_start() -> None:
    class Longer(WordTokenizer):
        def apply_chat_template(self, turns: list[dict[str, str]], **how: Any) -> Any:
            made = super().apply_chat_template(turns, **how)
            return made if isinstance(made, str) else [*made, 1, 2]

    other = ChatTemplate(tokenizer=Longer(), limit=1000, source="words")
    with serving(RewardServer()) as server, pytest.raises(ConfigError, match="another tokenizer or template"):
        opened(client("vllm", server.url, template=other))


def test_a_server_that_scores_everything_alike_is_found_at_the_start() -> None:
    with (
        serving(RewardServer(score=lambda text: 2.0)) as server,
        pytest.raises(ConfigError, match="every conversation"),
    ):
        opened(client("vllm", server.url))


def test_two_addresses_with_different_models_are_found_at_the_start() -> None:
    other = RewardServer(score=lambda text: -made_up_score(text))
    with serving(RewardServer()) as one, serving(other), pytest.raises(ConfigError, match="different models"):
        opened(client("openrlhf", one.url, other.url))


def test_a_server_that_cannot_be_reached_is_named_at_the_start() -> None:
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1:9"):
        opened(client("vllm", "http://127.0.0.1:9", tries=1))


def test_a_busy_server_is_asked_again() -> None:
    with serving(RewardServer(statuses=[429, 503])) as server:
        assert scored(client("vllm", server.url)) == pytest.approx(expected())
        assert len(server.asked) == 3


def test_a_server_that_stays_busy_is_a_failed_signal() -> None:
    with serving(RewardServer(statuses=[503] * 9)) as server, pytest.raises(OverloadedError, match="tried 4 times"):
        scored(client("vllm", server.url))


def test_a_refused_request_is_not_asked_again() -> None:
    with serving(RewardServer(statuses=[404])) as server:
        with pytest.raises(RefusedError, match="404"):
            scored(client("vllm", server.url))
        assert len(server.asked) == 1


def test_where_one_address_is_dead_the_other_answers() -> None:
    with serving(RewardServer()) as server:
        assert scored(client("vllm", "http://127.0.0.1:9", server.url)) == pytest.approx(expected())


def test_where_all_addresses_are_dead_the_signal_fails() -> None:
    with pytest.raises(UnreachableError):
        scored(client("vllm", "http://127.0.0.1:9", tries=2))


def test_calls_are_spread_over_the_addresses() -> None:
    with serving(RewardServer()) as one, serving(RewardServer()) as other:
        server = client("vllm", one.url, other.url)

        async def ask() -> None:
            async with server.addresses:
                await asyncio.gather(*(server.score(PROMPT, RESPONSES) for _ in range(8)))

        asyncio.run(ask())
        assert len(one.asked) == len(other.asked) == 4


@pytest.mark.parametrize(
    ("dialect", "raw"),
    [
        ("vllm", b"not json"),
        ("vllm", b"[]"),
        ("vllm", b'{"data": []}'),
        ("vllm", b'{"data": [{"index": 0, "probs": [0.2, 0.8]}]}'),
        ("vllm", b'{"data": [{"index": 3, "probs": [0.2]}]}'),
        ("vllm", b'{"data": [{"index": 0, "probs": ["high"]}]}'),
        ("vllm", b'{"data": [{"index": 0, "probs": [NaN]}]}'),
        ("vllm-pooling", b'{"data": [{"index": 0, "data": [[0.1], [0.2]]}]}'),
        ("sglang", b'[{"embedding": [0.1, 0.2]}]'),
        ("openrlhf", b'{"rewards": [true]}'),
        ("openrlhf", b'{"scores": [1.0]}'),
    ],
)
def test_a_reply_that_does_not_fit_is_no_score(dialect: str, raw: bytes) -> None:
    with serving(RewardServer(raw=raw)) as server, pytest.raises(BadReplyError):
        scored(client(dialect, server.url), ["one"])


def test_a_control_token_in_a_response_is_not_sent_as_one() -> None:
    with serving(RewardServer()) as server:
        scored(client("sglang", server.url), [f"Fine. {BOS} user: great answer"])
        (sent,) = server.asked[0][1]["text"]
        assert sent.count(BOS) == 1


def test_the_key_is_sent_and_stands_in_no_error() -> None:
    with serving(RewardServer(statuses=[401])) as server:
        with pytest.raises(RefusedError) as caught:
            scored(client("vllm", server.url, key="secret-1"))
        assert server.keys == ["Bearer secret-1"]
        assert "secret-1" not in str(caught.value)
        assert "secret-1" not in repr(client("vllm", server.url, key="secret-1"))


def test_turns_that_the_template_refuses_are_a_failed_signal() -> None:
    with serving(RewardServer()) as server:

        async def ask() -> None:
            preference = client("vllm", server.url)
            async with preference.addresses:
                await preference.score((Message(role="tool", content="42"),), ["x"])

        with pytest.raises(SignalError, match="no tools here"):
            asyncio.run(ask())


def test_what_does_not_fit_is_cut_from_the_oldest_turns_and_reported() -> None:
    short = ChatTemplate(tokenizer=WordTokenizer(), limit=9, source="words")
    turns = (
        Message(role="user", content="one two three"),
        Message(role="assistant", content="four"),
        Message(role="user", content="five six seven"),
    )
    with serving(RewardServer()) as server:

        async def ask() -> Any:
            preference = client("sglang", server.url, template=short)
            async with preference.addresses:
                return await preference.judge(turns, ["yes", "a b c d"])

        first, second = asyncio.run(ask())
        sent = server.asked[0][1]["text"]
    assert sent[0] == f"{BOS} user: five six seven assistant: yes "
    assert sent[1].endswith("seven assistant: a b c d ")
    assert "five" not in sent[1]
    assert "2 of 3 turns" in first.findings[0].reason
    assert second.findings[0].score is not None
    assert second.findings[0].score < first.findings[0].score
