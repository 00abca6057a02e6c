"""The instruction verifier out of settings and what is open."""

import asyncio

import pytest

from reward_agent.build import build_agent, instruction_verifier_of, open_agent
from reward_agent.build.resources import Resources, open_resources
from reward_agent.config import Settings, load_settings
from reward_agent.errors import ConfigError
from reward_agent.testing import ScriptedSandbox
from reward_agent.testing.simulated import SimulatedChat
from reward_agent.types import Outcome, Sample

MODEL = ("verify.instructions.type=model", 'chat.default={type="simulated"}', "cache.type=off")
SANDBOX = ScriptedSandbox(lambda source, response: Outcome.TRUE)


def settings(*overrides: str) -> Settings:
    return load_settings(overrides=[*MODEL, *overrides])


def resources(chat: SimulatedChat | None = None, sandbox: ScriptedSandbox | None = SANDBOX) -> Resources:
    return Resources(chat={"default": chat or SimulatedChat()}, sandbox=sandbox, tier="strict")


def test_a_model_that_is_asked_for_must_be_configured() -> None:
    with pytest.raises(ConfigError, match=r"verify\.instructions\.coder: there is no chat model 'coder'"):
        settings("verify.instructions.coder=coder")


def test_the_model_verifier_is_made_over_what_is_open() -> None:
    verifier = instruction_verifier_of(build_agent(settings(), resources()))
    assert verifier.reader is not None
    assert verifier.reader.parsing == "model"
    assert verifier.reader.writer is not None
    assert verifier.reader.writer.admission.lint is None  # this sandbox has none
    assert verifier.reader.writer.admission.tier == "strict"
    assert verifier.questions is not None
    assert "tone" in verifier.purpose


def test_parts_can_be_left_out() -> None:
    bare = settings(
        "verify.instructions.write=false", "verify.instructions.soft=false", "verify.instructions.parse=unread"
    )
    verifier = instruction_verifier_of(build_agent(bare, resources(sandbox=None)))
    assert verifier.reader is not None
    assert (verifier.reader.writer, verifier.checks, verifier.questions) == (None, None, None)
    assert not verifier.reader.asks


def test_a_sandbox_that_is_not_open_is_said() -> None:
    with pytest.raises(ConfigError, match=r"verify\.instructions\.write = false"):
        build_agent(settings(), resources(sandbox=None))


def test_a_chat_model_that_is_not_open_is_said() -> None:
    with pytest.raises(ConfigError, match=r"verify\.instructions asks the chat model 'default'"):
        build_agent(settings(), Resources(sandbox=SANDBOX))


@pytest.mark.parametrize("kind", ["wrods", "words.cuont", "written.by"])
def test_a_weight_of_no_kind_is_refused(kind: str) -> None:
    with pytest.raises(ConfigError, match=f"there is no kind '{kind}'"):
        build_agent(load_settings(overrides=[f'verify.instructions.weights={{"{kind}" = 2.0}}']))


def test_weights_reach_the_score() -> None:
    weighed = load_settings(
        overrides=['verify.instructions.weights={"words.count"=3, soft=1}', "verify.instructions.graded=false"]
    )
    sample = Sample.of("Use exactly two words. Include the word 'rain'.", ["Snow fell"])
    judgment = asyncio.run(build_agent(weighed).judge(sample))
    assert judgment.signals[0].verdicts[0].score == 0.75


def test_without_an_instruction_verifier_there_is_nothing_to_explain() -> None:
    with pytest.raises(ConfigError, match=r"verify\.instructions is off"):
        instruction_verifier_of(build_agent(load_settings(overrides=["verify.instructions.type=off"])))


def test_the_sandbox_is_open_as_long_as_checkers_are_written_and_its_tier_is_said() -> None:
    said: list[str] = []

    async def use(*overrides: str) -> Resources:
        async with open_resources(settings(*overrides), say=said.append) as opened:
            if opened.sandbox is not None:
                source = "def check_following(response):\n    return response == 'a'\n"
                assert list(await opened.sandbox.run(source, ["a", "b"])) == [Outcome.TRUE, Outcome.FALSE]
            return opened

    try:
        opened = asyncio.run(use("sandbox.workers=1"))
    except ConfigError as error:
        pytest.skip(str(error))
    assert opened.tier == "strict"
    assert any("tier strict" in line for line in said)
    assert asyncio.run(use("verify.instructions.write=false")).sandbox is None


def test_offline_opens_nothing() -> None:
    async def use() -> bool:
        async with open_agent(load_settings(preset="offline")) as agent:
            return instruction_verifier_of(agent).reader is None

    assert asyncio.run(use())


class Memory:
    """A store in a dictionary."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], bytes] = {}

    async def get(self, namespace: str, key: str) -> bytes | None:
        return self.values.get((namespace, key))

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        self.values[namespace, key] = value


@pytest.mark.parametrize(("recorded", "kept"), [(False, True), (True, False)])
def test_checkers_are_kept_between_runs_but_not_while_a_record_is_made(recorded: bool, kept: bool) -> None:
    chosen = settings(*(["record.file=record.sqlite"] if recorded else []))
    store = Memory()
    opened = Resources(chat={"default": SimulatedChat()}, sandbox=SANDBOX, store=store)
    writer = (instruction_verifier_of(build_agent(chosen, opened)).reader or pytest.fail("no reader")).writer
    assert writer is not None
    assert (writer.store is store) is kept
