"""Settings and open resources -> the instruction verifier."""

from collections.abc import Iterable
from dataclasses import replace

from reward_agent.agent import RewardAgent
from reward_agent.build.resources import Resources
from reward_agent.config import Settings
from reward_agent.config.instructions import ModelInstructions, RuleInstructions
from reward_agent.config.section import Off
from reward_agent.errors import ConfigError
from reward_agent.store import Store
from reward_agent.verify.instructions.catalog import CATALOG
from reward_agent.verify.instructions.checker import Admission, Lint
from reward_agent.verify.instructions.parse_model import ModelParser
from reward_agent.verify.instructions.questions import ModelQuestions
from reward_agent.verify.instructions.read import ModelReader
from reward_agent.verify.instructions.requirement import ASKED, SOFT, WRITTEN
from reward_agent.verify.instructions.verifier import PURPOSE_WITH_MODEL, InstructionVerifier
from reward_agent.verify.instructions.write import CheckerWriter
from reward_agent.verify.instructions.written import WrittenChecks

PLACE = "verify.instructions"


def instruction_verifier(settings: Settings, resources: Resources) -> InstructionVerifier | None:
    """The verifier these settings describe, if any. Raises ConfigError for a weight of no kind, or where something that
    the settings name is not open."""
    section = settings.verify.instructions
    if isinstance(section, Off):
        return None
    _check_weights(section.weights)
    counted = InstructionVerifier(reading=section.reading, graded=section.graded, weights=section.weights)
    if isinstance(section, RuleInstructions):
        return counted
    chat = resources.chat_model(section.chat, asked_by=PLACE)
    # A record must hold every reply that a judgment rests on: no checker is taken from elsewhere while one is made.
    store = resources.store if settings.record.path is None else None
    writer, checks = _written(section, resources, store) if section.write else (None, None)
    reader = ModelReader(
        parser=ModelParser(chat=chat), parsing=section.parse, writer=writer, checks=checks, asks=section.soft
    )
    return replace(
        counted,
        reader=reader,
        checks=checks,
        questions=ModelQuestions(chat=chat) if section.soft else None,
        purpose=PURPOSE_WITH_MODEL if section.soft else counted.purpose,
    )


def instruction_verifier_of(agent: RewardAgent) -> InstructionVerifier:
    """The agent's own, which has read what the agent has read. Raises ConfigError where there is none."""
    for verifier in agent.verifiers:
        if isinstance(verifier, InstructionVerifier):
            return verifier
    raise ConfigError(f"{PLACE} is off; set {PLACE}.type=rules")


def _written(
    settings: ModelInstructions, resources: Resources, store: Store | None
) -> tuple[CheckerWriter, WrittenChecks]:
    if resources.sandbox is None:
        raise ConfigError(
            f"{PLACE}.write = true needs the sandbox, which is not open: use `async with open_agent(settings)`, or set "
            f"{PLACE}.write = false"
        )
    lint = resources.sandbox if isinstance(resources.sandbox, Lint) else None
    writer = CheckerWriter(
        coder=resources.chat_model(settings.coder, asked_by=PLACE),
        admission=Admission(sandbox=resources.sandbox, lint=lint, tier=resources.tier),
        store=store,
    )
    return writer, WrittenChecks(sandbox=resources.sandbox, tier=resources.tier)


def _check_weights(names: Iterable[str]) -> None:
    known = {WRITTEN, ASKED, SOFT, *CATALOG, *(kind.partition(".")[0] for kind in CATALOG)}
    for name in names:
        if name not in known:
            raise ConfigError(
                f"{PLACE}.weights: there is no kind {name!r}; it is one that `reward-agent explain` names, such as "
                f"words.count, a family such as words, or {WRITTEN}, {ASKED} or {SOFT}"
            )
