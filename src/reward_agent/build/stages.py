"""Settings and open resources -> the stages of an agent. The only module that names concrete stages."""

import importlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from reward_agent.agent import RewardAgent
from reward_agent.build.instructions import instruction_verifier
from reward_agent.build.resources import NOTHING_OPEN, Resources
from reward_agent.config import Settings
from reward_agent.config.factuality import GroundedFactuality, GroupedFactuality, PairwiseFactuality
from reward_agent.config.judge import ModelJudge, WeightedJudge
from reward_agent.config.prefer import EmbeddedPrefer, ModelPrefer, PreferSettings, PythonPrefer
from reward_agent.config.route import ModelRouting, RuleRouting
from reward_agent.config.section import Off
from reward_agent.errors import ConfigError
from reward_agent.judge.calibrate import Calibration
from reward_agent.judge.model import ModelJudger
from reward_agent.judge.vote import VoteJudger
from reward_agent.judge.weighted import WeightedJudger
from reward_agent.prefer.model import PairwiseModel, PointwiseModel
from reward_agent.prefer.python import PythonPreference
from reward_agent.protocols import Judger, PreferenceModel, Router, Verifier
from reward_agent.route.every import EveryCheckRouter
from reward_agent.route.model import ModelRouter
from reward_agent.route.rules import RuleRouter
from reward_agent.verify.factuality.grouped import GroupedClaims
from reward_agent.verify.factuality.pairwise import PairedDifferences
from reward_agent.verify.factuality.verifier import FactualityVerifier, Way


def build_agent(settings: Settings, resources: Resources = NOTHING_OPEN, *, eager: bool = False) -> RewardAgent:
    """The agent these settings describe, over what was opened for it.

    With `eager`, what is otherwise loaded on first use is loaded now: right for a long run, whose rate and remaining
    time then mean something from the first sample on. Raises ConfigError where something the settings name cannot be
    had, or needs to be opened and was not.
    """
    verifiers = tuple(_verifiers(settings, resources, eager))
    return RewardAgent(
        router=_router(settings, resources, verifiers),
        verifiers=verifiers,
        preference_models=tuple(_preference_model(model, resources) for model in settings.prefer),
        judger=_judger(settings, resources),
        timeout_s=settings.run.sample_timeout_s,
    )


def _router(settings: Settings, resources: Resources, verifiers: Sequence[Verifier]) -> Router:
    checks = tuple(verifier.name for verifier in verifiers)
    route = settings.route
    if isinstance(route, ModelRouting):
        purposes = {verifier.name: verifier.purpose for verifier in verifiers}
        chat = resources.chat_model(route.chat, asked_by="route")
        return ModelRouter(chat=chat, purposes=purposes, rules_first=route.rules_first)
    return RuleRouter(checks=checks) if isinstance(route, RuleRouting) else EveryCheckRouter(checks=checks)


def _verifiers(settings: Settings, resources: Resources, eager: bool) -> Iterator[Verifier]:
    instructions = instruction_verifier(settings, resources)
    if instructions is not None:
        if eager:
            instructions.load()
        yield instructions
    factuality = settings.verify.factuality
    if isinstance(factuality, GroundedFactuality):
        if not isinstance(settings.evidence, Off):
            yield FactualityVerifier(way=_grounded(factuality, resources))
    elif not isinstance(factuality, Off):
        yield FactualityVerifier(way=_way(factuality, resources))


def _grounded(factuality: GroundedFactuality, resources: Resources) -> Way:
    from reward_agent.verify.factuality.grounded import GroundedClaims
    from reward_agent.verify.factuality.grounded.entailment import load_entailment

    if resources.evidence is None:
        raise ConfigError("verify.factuality needs evidence, which is not open: use `async with open_agent(settings)`")
    options = factuality.model_dump(exclude={"type", "entailment", "model"})
    model = None if factuality.model is None else load_entailment(Path(factuality.model).expanduser())
    everything = factuality.entailment == "all"
    return GroundedClaims(evidence=resources.evidence, entailment=model, read_sentences=everything, **options)


def _way(factuality: GroupedFactuality | PairwiseFactuality, resources: Resources) -> Way:
    if resources.evidence is None:
        raise ConfigError("verify.factuality needs evidence, which is not open: use `async with open_agent(settings)`")
    chat = resources.chat_model(factuality.chat, asked_by="verify.factuality")
    options = factuality.model_dump(exclude={"type", "chat"})
    way = GroupedClaims if isinstance(factuality, GroupedFactuality) else PairedDifferences
    return way(chat=chat, evidence=resources.evidence, **options)


def _preference_model(settings: PreferSettings, resources: Resources) -> PreferenceModel:
    if isinstance(settings, EmbeddedPrefer):
        from reward_agent.prefer.embedded import EmbeddedPreference, load_weights

        return EmbeddedPreference(name=settings.name, weights=load_weights(length_neutral=settings.length_neutral))
    if isinstance(settings, ModelPrefer):
        chat = resources.chat_model(settings.chat, asked_by=f"prefer {settings.name!r}")
        if settings.mode == "point":
            return PointwiseModel(name=settings.name, chat=chat)
        return PairwiseModel(name=settings.name, chat=chat, opponents=settings.opponents)
    if isinstance(settings, PythonPrefer):
        return PythonPreference(name=settings.name, function=_imported(settings.function))
    return resources.preference_model(settings.name)


def _imported(path: str) -> Callable[[list[dict[str, str]], list[str]], Any]:
    module_name, _, name = path.partition(":")
    try:
        function = getattr(importlib.import_module(module_name), name)
    except Exception as error:  # the module is the user's, and may fail in any way as it is imported
        raise ConfigError(
            f"prefer.function = {path!r} cannot be imported ({type(error).__name__}: {error}). Mend or install it, or "
            "put its folder on PYTHONPATH"
        ) from error
    if not _takes_two(function):
        raise ConfigError(f"prefer.function = {path!r} must be a function of (prompt, responses)")
    return function  # type: ignore[no-any-return]  # checked above as far as Python can


def _takes_two(function: object) -> bool:
    try:
        return callable(function) and len(inspect.signature(function).parameters) >= 2
    except ValueError:  # a built-in without a signature
        return False


def _judger(settings: Settings, resources: Resources) -> Judger:
    judge = settings.judge
    if isinstance(judge, ModelJudge):
        return ModelJudger(chat=resources.chat_model(judge.chat, asked_by="judge"))
    if isinstance(judge, WeightedJudge):
        scales = {
            model.name: Calibration(
                centre=model.calibration.centre, spread=model.calibration.spread, points=model.calibration.points
            )
            for model in settings.prefer
            if judge.normalize and model.calibration is not None
        }
        return WeightedJudger(weights=settings.weights, calibrations=scales)
    return VoteJudger(weights=settings.weights)
