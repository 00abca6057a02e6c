import asyncio

import pytest

from reward_agent.config import load_settings
from reward_agent.doctor import Finding, examined
from reward_agent.doctor.chat import chat_models
from reward_agent.doctor.evidence import evidence
from reward_agent.testing.llm_server import Faults, llm_server


def found(*, faults: str = "", schemas: bool = True, model: str = "simulated") -> list[Finding]:
    async def run() -> list[Finding]:
        async with llm_server(faults=Faults.parse(faults), schemas=schemas) as server:
            given = [f"chat.default.base_url={server.url}", f"chat.default.model={model}"]
            settings = load_settings(preset="openai", overrides=given)
            return [finding async for finding in examined(settings, [chat_models])]

    return asyncio.run(run())


@pytest.mark.parametrize(("schemas", "said"), [(True, "takes JSON schemas"), (False, "in its prompts")])
def test_a_chat_model_that_answers_is_well_and_it_is_said_how_it_takes_schemas(schemas: bool, said: str) -> None:
    (finding,) = found(schemas=schemas)
    assert finding.state == "ok"
    assert said in finding.what


@pytest.mark.parametrize(
    ("faults", "kind"), [("500=1", "server error"), ("refusal=1", "refused"), ("empty=1", "empty")]
)
def test_one_that_does_not_answer_has_failed_with_the_reason(faults: str, kind: str) -> None:
    (finding,) = found(faults=faults)
    assert finding.state == "failed"
    assert kind in finding.what


def test_a_missing_key_is_a_finding_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)

    async def run() -> list[Finding]:
        return [finding async for finding in examined(load_settings(preset="openai"), [chat_models])]

    (finding,) = asyncio.run(run())
    assert finding.state == "failed"
    assert "OPENAI_API_KEY" in finding.what


def test_evidence_that_cannot_be_opened_has_failed() -> None:
    settings = load_settings(overrides=["evidence.type=corpus", "evidence.path=/nowhere/index"])

    async def run() -> list[Finding]:
        return [finding async for finding in examined(settings, [evidence])]

    (finding,) = asyncio.run(run())
    assert finding.state == "failed"
    assert "/nowhere/index" in finding.what
