"""The part of the settings whose signals cost nothing to ask: what `best-of-n --budget` asks first, of every candidate.

Cheap by type: rules, vetted checkers, claims held against a corpus by their words, embedded models. Expensive: whatever
asks a chat model, a reward model, or a function whose price is not known.
"""

from collections.abc import Mapping

from reward_agent.config.evidence import CorpusSource
from reward_agent.config.factuality import GroundedFactuality
from reward_agent.config.instructions import ModelInstructions, RuleInstructions
from reward_agent.config.judge import ModelJudge, WeightedJudge
from reward_agent.config.prefer import EmbeddedPrefer, ModelPrefer
from reward_agent.config.route import ModelRouting, RuleRouting
from reward_agent.config.section import Off
from reward_agent.config.settings import Settings, VerifySettings
from reward_agent.errors import ConfigError


def cheap_part(settings: Settings) -> Settings:
    """The settings with cheap stages only. Instructions that a model helps to read are read by rules alone. Raises
    ConfigError where no cheap signal is left, or none but cheap ones was there."""
    if not expensive_weights(settings):
        raise ConfigError(
            "--budget saves expensive signals, and these settings have none: every signal is rules, vetted checkers or "
            "an embedded model. Leave --budget out"
        )
    prefer = tuple(model for model in settings.prefer if isinstance(model, EmbeddedPrefer))
    verify = _cheap_checks(settings)
    if isinstance(verify.instructions, Off) and isinstance(verify.factuality, Off) and not prefer:
        raise ConfigError(
            "--budget needs a cheap signal that tells candidates apart before the expensive ones are asked, and these "
            'settings have none. Set verify.instructions.type=rules, or add a [[prefer]] of type "embedded"'
        )
    judge = settings.judge
    names = {*VerifySettings.model_fields, *(model.name for model in prefer)}
    if isinstance(judge, ModelJudge):
        judge = WeightedJudge()
    else:
        judge = judge.model_copy(update={"weights": {k: v for k, v in judge.weights.items() if k in names}})
    route = RuleRouting() if isinstance(settings.route, ModelRouting) else settings.route
    evidence = Off() if isinstance(verify.factuality, Off) else settings.evidence
    kept = {"verify": verify, "prefer": prefer, "judge": judge, "route": route, "evidence": evidence}
    return settings.model_copy(update=kept)


def expensive_weights(settings: Settings) -> Mapping[str, float]:
    """The weight in the decision of every signal that is not cheap, by its name."""
    names = [model.name for model in settings.prefer if not isinstance(model, EmbeddedPrefer)]
    if isinstance(settings.verify.instructions, ModelInstructions):
        names.append("instructions")
    if not (isinstance(settings.verify.factuality, Off) or _looks_up_for_nothing(settings)):
        names.append("factuality")
    weights = {} if isinstance(settings.judge, ModelJudge) else settings.judge.weights
    return {name: abs(weights.get(name, 1.0)) for name in names}


def alone_and_bounded(settings: Settings) -> bool:
    """Whether every expensive signal scores a candidate whatever its company, on a known scale, and the decision is
    their sum: then candidates that were asked about at different times can be compared."""
    by_model = isinstance(settings.verify.instructions, ModelInstructions)
    facts = not isinstance(settings.verify.factuality, Off) and not isinstance(settings.evidence, Off)
    pairs = any(isinstance(model, ModelPrefer) and model.mode == "pair" for model in settings.prefer)
    if by_model or facts or pairs or not isinstance(settings.judge, WeightedJudge) or not settings.judge.normalize:
        return False
    weights = settings.judge.weights
    return all(weights.get(name, 1.0) > 0 for name in expensive_weights(settings))


def _cheap_checks(settings: Settings) -> VerifySettings:
    instructions, factuality = settings.verify.instructions, settings.verify.factuality
    if isinstance(instructions, ModelInstructions):
        kept = instructions.model_dump(include=set(RuleInstructions.model_fields) - {"type"})
        instructions = RuleInstructions(type="rules", **kept)
    asked = _looks_up_for_nothing(settings) and not isinstance(settings.evidence, Off)
    return VerifySettings(instructions=instructions, factuality=factuality if asked else Off())


def _looks_up_for_nothing(settings: Settings) -> bool:
    """Whether claims are held against an index of the user's own, or none, without a language model."""
    own = isinstance(settings.evidence, CorpusSource | Off)
    return isinstance(settings.verify.factuality, GroundedFactuality) and own
