import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from reward_agent.chat.errors import BadCallError
from reward_agent.chat.vllm import InProcessChat, VllmEngine, open_vllm
from reward_agent.errors import ConfigError
from reward_agent.types import ChatRequest, Completion, Drawn, Message, Sampling
from tests.chat.conftest import question


@dataclass(slots=True, kw_only=True)
class Params:
    """What `vllm.SamplingParams` is told."""

    n: int
    temperature: float
    top_p: float
    max_tokens: int
    seed: int | None


@dataclass(slots=True)
class Output:
    """A `CompletionOutput`, as much of it as is read."""

    text: str
    token_ids: Sequence[int] = (1, 2)
    finish_reason: str | None = "stop"


@dataclass(slots=True)
class RequestOutput:
    """Likewise."""

    outputs: list[Output]
    prompt_token_ids: list[int] | None = None


@dataclass(slots=True)
class FakeLLM:
    """A `vllm.LLM` that repeats what it is asked; refuses a batch with a prompt over ten characters, as vLLM does."""

    batches: list[list[Any]] = field(default_factory=list)
    params: list[Params] = field(default_factory=list)
    broken: bool = False

    def chat(self, messages: list[Any], sampling_params: list[Params], *, use_tqdm: bool) -> list[RequestOutput]:
        assert not use_tqdm
        self.batches.append(messages)
        self.params += sampling_params
        if self.broken:
            raise RuntimeError("the engine is dead")
        texts = [conversation[-1]["content"] for conversation in messages]
        if any(len(text) > 10 for text in texts):
            raise ValueError("the prompt is longer than the model's context")
        return [
            RequestOutput([Output(f"{text} {k}") for k in range(params.n)], prompt_token_ids=[1, 2, 3])
            for text, params in zip(texts, sampling_params, strict=True)
        ]


def sampled(text: str, **sampling: Any) -> ChatRequest:
    return replace(question(text, schema=None), temperature=0.8, max_tokens=64, sampling=Sampling(**sampling))


def asked(llm: FakeLLM, *requests: ChatRequest) -> list[Completion | BaseException]:
    async def run() -> list[Completion | BaseException]:
        engine = VllmEngine(llm=llm, params=Params)
        async with InProcessChat(engine=engine, collect_s=0).serving() as chat:
            return await asyncio.gather(*map(chat.complete, requests), return_exceptions=True)

    return asyncio.run(run())


def test_what_is_asked_together_is_one_batch_each_with_its_own_parameters() -> None:
    llm = FakeLLM()
    system = Message(role="system", content="Be brief.")
    first = sampled("a", n=2, seed=7, top_p=0.9)
    found = asked(llm, replace(first, messages=(system, *first.messages)), sampled("b", seed=9))
    assert len(llm.batches) == 1
    assert llm.batches[0][0] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a"}]
    assert llm.params == [
        Params(n=2, temperature=0.8, top_p=0.9, max_tokens=64, seed=7),
        Params(n=1, temperature=0.8, top_p=1.0, max_tokens=64, seed=9),
    ]
    completion = found[0]
    assert isinstance(completion, Completion)
    assert completion.answers == (Drawn(text="a 0", finish="stop"), Drawn(text="a 1", finish="stop"))
    assert (completion.usage.calls, completion.usage.tokens, completion.usage.completion_tokens) == (1, 7, 4)


def test_without_chance_one_answer_is_drawn_as_vllm_insists() -> None:
    llm = FakeLLM()
    (completion,) = asked(llm, replace(sampled("a", n=3), temperature=0.0))
    assert isinstance(completion, Completion)
    assert len(completion.answers) == 1


def test_a_prompt_that_the_model_cannot_take_fails_alone() -> None:
    llm = FakeLLM()
    good, bad = asked(llm, sampled("a"), sampled("far too long a prompt"))
    assert isinstance(good, Completion)
    assert isinstance(bad, BadCallError)
    assert "longer than the model's context" in str(bad)
    assert [len(batch) for batch in llm.batches] == [2, 1, 1]


def test_an_engine_that_broke_is_no_answer_s_fault_and_ends_the_run() -> None:
    found = asked(FakeLLM(broken=True), sampled("a"), sampled("b"))
    assert [type(error) for error in found] == [RuntimeError, RuntimeError]


def test_an_answer_cut_off_or_without_a_reason_is_what_it_is() -> None:
    @dataclass(slots=True)
    class Cut(FakeLLM):
        def chat(self, messages: list[Any], sampling_params: list[Params], *, use_tqdm: bool) -> list[RequestOutput]:
            return [RequestOutput([Output("", finish_reason="length"), Output("x", finish_reason=None)])]

    (completion,) = asked(Cut(), sampled("a", n=2))
    assert isinstance(completion, Completion)
    assert [answer.finish for answer in completion.answers] == ["length", "unknown"]
    assert completion.text == ""


def test_one_who_stopped_waiting_is_not_answered() -> None:
    llm = FakeLLM()

    async def run() -> None:
        async with InProcessChat(engine=VllmEngine(llm=llm, params=Params), collect_s=0).serving() as chat:
            gone = asyncio.create_task(chat.complete(sampled("gone")))
            await asyncio.sleep(0)
            gone.cancel()
            await chat.complete(sampled("here"))

    asyncio.run(run())
    assert [[turns[-1]["content"] for turns in batch] for batch in llm.batches] == [["here"]]


def test_without_vllm_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)

    async def run() -> None:
        async with open_vllm("m", {}):
            pytest.fail("it opened")

    with pytest.raises(ConfigError, match=r"reward-agent\[vllm\]"):
        asyncio.run(run())


def test_a_model_that_cannot_be_loaded_is_said_with_vllm_s_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    class Module:
        SamplingParams = Params

        @staticmethod
        def LLM(**options: Any) -> FakeLLM:
            if options["model"] == "m":
                raise ValueError(f"no such dtype: {options['dtype']}")
            return FakeLLM()

    monkeypatch.setitem(sys.modules, "vllm", Module)

    async def run(model: str) -> str:
        async with open_vllm(model, {"dtype": "f3"}) as chat:
            return (await chat.complete(sampled("a"))).text

    assert asyncio.run(run("other")) == "a 0"
    with pytest.raises(ConfigError, match="no such dtype: f3"):
        asyncio.run(run("m"))
