import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from reward_agent.agent import RewardAgent
from reward_agent.build.chat import open_chat_models
from reward_agent.build.kept import open_kept
from reward_agent.config import Settings, load_settings
from reward_agent.errors import ConfigError, SignalError, StoreError
from reward_agent.prompting import Fence, ask, parse_prompt
from reward_agent.protocols import ChatModel
from reward_agent.testing import agent_of
from reward_agent.testing.llm_server import Faults, LlmServer, llm_server
from reward_agent.testing.simulated import ANSWERS, fenced_texts
from reward_agent.types import ChatRequest, Judgment, Sample, Signal, Usage, Verdict

PURPOSE = "tests.length"
PROMPT = parse_prompt("[system]\nHow long is each? {{rule}}\n[user]\n{{texts}}", name="length")


class Asked(Settings):
    """Settings of which a stage asks the model `default`, as the presets' stages will."""

    @property
    def asked(self) -> dict[str, str]:
        return {"tests.chat": "default"}


@dataclass(frozen=True, slots=True)
class LengthVerifier:
    """Asks a model how long the responses are."""

    model: ChatModel
    name: str = "length"
    purpose: str = "a test double"

    async def verify(self, sample: Sample) -> Signal:
        fence = Fence(*sample.responses)
        texts = "\n".join(fence("response", text) for text in sample.responses)
        scores = await ask(self.model, PROMPT, list[float], purpose=PURPOSE, texts=texts, rule=fence.rule)
        return Signal(name=self.name, kind="verification", verdicts=tuple(Verdict(score=score) for score in scores))


def lengths(request: ChatRequest) -> str:
    return json.dumps([len(text.text) / 1000 for text in fenced_texts(request)])


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(ANSWERS, PURPOSE, lengths)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "VLLM_API_KEY"):
        monkeypatch.delenv(variable, raising=False)


def settings_of(*overrides: str, preset: str = "openai") -> Settings:
    settings = load_settings(preset=preset, overrides=overrides)
    return Asked.model_validate(settings.model_dump())


@asynccontextmanager
async def open_agent(settings: Settings, said: list[str]) -> AsyncIterator[RewardAgent]:
    async with (
        open_kept(settings, say=said.append) as kept,
        open_chat_models(settings, kept, say=said.append) as models,
    ):
        yield agent_of(verifiers=[LengthVerifier(models["default"])])


SAMPLES = [Sample.of("Say it.", [str(number), "x" * number, "y"], id=f"s{number}") for number in range(1, 41)]


async def judged(settings: Settings, said: list[str], samples: Sequence[Sample] = SAMPLES) -> list[Judgment]:
    async with open_agent(settings, said) as agent:
        return await asyncio.gather(*(agent.judge(sample) for sample in samples))


def against(server: LlmServer, *overrides: str) -> Settings:
    return settings_of(f"chat.default.base_url={server.url}", *overrides)


def scores(judgments: Sequence[Judgment]) -> list[tuple[float, ...] | None]:
    return [None if judgment.decision is None else judgment.decision.scores for judgment in judgments]


def test_the_second_run_of_the_same_work_makes_no_call_and_says_so() -> None:
    async def run() -> tuple[int, int, list[str]]:
        async with llm_server() as server:
            first = await judged(against(server), [])
            calls = server.stats.calls[PURPOSE]
            said: list[str] = []
            second = await judged(against(server), said)
            assert scores(first) == scores(second)
            assert all(judgment.usage.calls == 0 and judgment.usage.cached == 1 for judgment in second)
            return calls, server.stats.calls[PURPOSE], said

    first, second, said = asyncio.run(run())
    assert first == second == len(SAMPLES)
    assert said == [
        "models: 0 calls, 40 from the cache; 0 + 0 tokens",
        "  tests.length (default): 0 calls, 40 from the cache; 0 + 0 tokens",
    ]


def test_no_fault_changes_a_score_and_every_failure_has_its_reason() -> None:
    shares = {"429": 0.1, "500": 0.1, "hang": 0.03, "malformed": 0.1, "cut": 0.05, "empty": 0.05, "refusal": 0.05}

    async def run() -> tuple[list[Judgment], list[Judgment], LlmServer]:
        async with llm_server() as sound:
            right = await judged(against(sound), [])
        async with llm_server(faults=Faults(shares=shares, seed=3), retry_after_s=0.001) as server:
            quick = ("chat.default.timeout_s=0.3", "chat.default.retries=8", "chat.default.in_flight=16")
            return right, await judged(against(server, "cache.type=off", *quick), []), server

    right, found, server = asyncio.run(run())
    assert sum(server.stats.faults.values()) > 10
    judgments = [(one, other) for one, other in zip(found, right, strict=True)]
    for one, other in judgments:
        if one.decision is None:
            (failure,) = one.failures
            assert failure.kind in ("refused", "unreadable reply", "timeout")
        else:
            assert scores([one]) == scores([other])
    assert sum(one.decision is not None for one, _ in judgments) > 25


def test_a_replayed_run_equals_the_recorded_one_and_needs_no_server(tmp_path: Path) -> None:
    record = f"record.file={tmp_path / 'run.sqlite'}"
    faults = Faults(shares={"refusal": 0.2, "malformed": 0.2})

    async def run() -> tuple[list[Judgment], list[Judgment], list[str]]:
        said: list[str] = []
        async with llm_server(faults=faults) as server:
            recorded = await judged(against(server, record), [])
            settings = against(server, record, "record.mode=replay")
        return recorded, await judged(settings, said), said

    recorded, replayed, said = asyncio.run(run())
    assert any(judgment.failures for judgment in recorded)
    assert any(judgment.decision for judgment in recorded)
    assert [replace(judgment, usage=Usage(), roles={}) for judgment in replayed] == [
        replace(judgment, usage=Usage(), roles={}) for judgment in recorded
    ]
    assert all(judgment.usage.calls == 0 for judgment in replayed)
    assert said[0].startswith("models: 0 calls")


def test_a_question_that_is_not_on_record_fails_its_sample(tmp_path: Path) -> None:
    record = f"record.file={tmp_path / 'run.sqlite'}"

    async def run() -> Judgment:
        async with llm_server() as server:
            await judged(against(server, record), [], SAMPLES[:1])
            settings = against(server, record, "record.mode=replay")
        return (await judged(settings, [], SAMPLES[1:2]))[0]

    judgment = asyncio.run(run())
    assert judgment.decision is None
    assert judgment.failures[0].kind == "not on record"


def test_a_replay_of_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    settings = settings_of(f"record.file={tmp_path / 'nothing'}", "record.mode=replay")
    with pytest.raises(StoreError, match="there is no file"):
        asyncio.run(judged(settings, []))


def test_a_replay_needs_no_key(tmp_path: Path) -> None:
    async def run() -> list[Judgment]:
        async with llm_server() as server:
            await judged(against(server, f"record.file={tmp_path / 'run'}"), [])
        return await judged(settings_of(f"record.file={tmp_path / 'run'}", "record.mode=replay"), [])

    assert all(judgment.decision for judgment in asyncio.run(run()))


def test_a_missing_key_is_named_before_anything_is_asked() -> None:
    with pytest.raises(ConfigError, match=r"chat\.default needs the environment variable OPENAI_API_KEY"):
        asyncio.run(judged(settings_of(), []))
    with pytest.raises(ConfigError, match="GATEWAY"):
        asyncio.run(judged(settings_of("chat.default.headers_env.X-Key=GATEWAY", preset="vllm"), []))


def test_the_simulated_model_needs_neither_server_nor_key() -> None:
    judgments = asyncio.run(judged(settings_of("chat.default.type=simulated"), []))
    assert all(judgment.decision for judgment in judgments)


def test_a_cache_that_cannot_be_opened_is_said_and_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said: list[str] = []

    async def run() -> list[Judgment]:
        async with llm_server() as server:
            return await judged(against(server, f"cache.file={tmp_path / 'file' / 'cache'}"), said)

    assert all(judgment.decision for judgment in asyncio.run(run()))
    assert said[0].startswith("warning: no cache: ")


def test_a_stage_that_fails_does_so_as_the_model_did() -> None:
    async def run() -> Judgment:
        async with llm_server(faults=Faults(shares={"length": 1.0})) as server:
            return (await judged(against(server), [], SAMPLES[:1]))[0]

    judgment = asyncio.run(run())
    assert [failure.kind for failure in judgment.failures] == ["truncated"]
    assert judgment.usage.tokens > 0, "what a failed call cost is the sample's"
    assert issubclass(StoreError, Exception) and not issubclass(StoreError, SignalError)
