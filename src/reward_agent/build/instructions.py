"""Settings and open resources -> the instruction verifier."""

from collections.abc import Iterable

from reward_agent.agent import RewardAgent
from reward_agent.build.resources import Resources
from reward_agent.config.instructions import ModelInstructions, RuleInstructions
from reward_agent.errors import ConfigError
from reward_agent.verify.instructions.catalog import CATALOG
from reward_agent.verify.instructions.checker import Admission, Lint
from reward_agent.verify.instructions.parse_model import ModelParser
from reward_agent.verify.instructions.questions import ModelQuestions
from reward_agent.verify.instructions.read import ModelReader
from reward_agent.verify.instructions.requirement import ASKED, SOFT, WRITTEN
from reward_agent.verify.instructions.verifier import InstructionVerifier
from reward_agent.verify.instructions.write import CheckerWriter
from reward_agent.verify.instructions.written import WrittenChecks

PLACE = "verify.instructions"


def instruction_verifier(settings: RuleInstructions | ModelInstructions, resources: Resources) -> InstructionVerifier:
    """The verifier these settings describe. Raises ConfigError for a weight of no kind, or where something that the
    settings name is not open."""
    _check_weights(settings.weights)
    if isinstance(settings, RuleInstructions):
        return InstructionVerifier(reading=settings.reading, graded=settings.graded, weights=settings.weights)
    chat = resources.chat_model(settings.chat, asked_by=PLACE)
    writer, checks = _written(settings, resources) if settings.write else (None, None)
    return InstructionVerifier(
        reading=settings.reading,
        graded=settings.graded,
        weights=settings.weights,
        reader=ModelReader(
            parser=ModelParser(chat=chat), parsing=settings.parse, writer=writer, checks=checks, asks=settings.soft
        ),
        checks=checks,
        questions=ModelQuestions(chat=chat) if settings.soft else None,
    )


def instruction_verifier_of(agent: RewardAgent) -> InstructionVerifier:
    """The agent's own, which has read what the agent has read. Raises ConfigError where there is none."""
    for verifier in agent.verifiers:
        if isinstance(verifier, InstructionVerifier):
            return verifier
    raise ConfigError(f"{PLACE} is off; set {PLACE}.type=rules")


def _written(settings: ModelInstructions, resources: Resources) -> tuple[CheckerWriter, WrittenChecks]:
    if resources.sandbox is None:
        raise ConfigError(
            f"{PLACE}.write = true needs the sandbox, which is not open: use `async with open_agent(settings)`, or set "
            f"{PLACE}.write = false"
        )
    lint = resources.sandbox if isinstance(resources.sandbox, Lint) else None
    writer = CheckerWriter(
        coder=resources.chat_model(settings.coder, asked_by=PLACE),
        admission=Admission(sandbox=resources.sandbox, lint=lint, tier=resources.tier),
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
