"""Settings -> objects. The only module that names concrete classes.

>>> agent = build_agent(load_settings(preset="offline"))
"""

import importlib
import inspect
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from reward_agent.agent import RewardAgent
from reward_agent.config import Off, PythonPrefer, RuleRouting, Settings, WeightedJudge
from reward_agent.errors import ConfigError
from reward_agent.judge.calibrate import Calibration
from reward_agent.judge.vote import PUBLISHED_WEIGHTS, VoteJudger
from reward_agent.judge.weighted import WeightedJudger
from reward_agent.prefer.python import PythonPreference
from reward_agent.protocols import Judger, PreferenceModel, Router, Verifier
from reward_agent.route.every import EveryCheckRouter
from reward_agent.route.rules import RuleRouter
from reward_agent.verify.instructions.verifier import InstructionVerifier

if TYPE_CHECKING:
    from reward_agent.sandbox import FusionSandbox, JailedSandbox


def build_agent(settings: Settings, *, eager: bool = False) -> RewardAgent:
    """The agent these settings describe. Raises ConfigError where something they name cannot be had.

    With `eager`, what is otherwise loaded on first use is loaded now: right for a long run, whose rate and remaining
    time then mean something from the first sample on.
    """
    verifiers = _verifiers(settings, eager)
    return RewardAgent(
        router=_router(settings, tuple(v.name for v in verifiers)),
        verifiers=verifiers,
        preference_models=tuple(_preference_model(model) for model in settings.prefer),
        judger=_judger(settings),
    )


def open_sandbox(settings: Settings) -> AbstractAsyncContextManager["JailedSandbox | FusionSandbox"]:
    """The sandbox these settings describe, for `async with`. Entering raises ConfigError where the host cannot give it.

    Presets that run no generated code never call this.
    """
    from reward_agent.sandbox import FusionSandbox
    from reward_agent.sandbox import open_sandbox as opened

    sandbox = settings.sandbox
    if sandbox.server is not None:
        return nullcontext(FusionSandbox(url=sandbox.server, timeout_s=sandbox.wall_s))
    return opened(
        require=sandbox.require,
        tier=sandbox.tier,
        workers=sandbox.workers,
        cpu_s=sandbox.cpu_s,
        wall_s=sandbox.wall_s,
        memory_mb=sandbox.memory_mb,
        in_flight=sandbox.in_flight,
    )


def _router(settings: Settings, checks: tuple[str, ...]) -> Router:
    return RuleRouter(checks=checks) if isinstance(settings.route, RuleRouting) else EveryCheckRouter(checks=checks)


def _verifiers(settings: Settings, eager: bool) -> tuple[Verifier, ...]:
    if isinstance(settings.verify.instructions, Off):
        return ()
    verifier = build_instruction_verifier(settings)
    if eager:
        verifier.load()
    return (verifier,)


def build_instruction_verifier(settings: Settings) -> InstructionVerifier:
    """The instruction verifier alone. Raises ConfigError where it is off."""
    instructions = settings.verify.instructions
    if isinstance(instructions, Off):
        raise ConfigError("verify.instructions is off; set verify.instructions.type=rules")
    return InstructionVerifier(reading=instructions.reading, graded=instructions.graded)


def _preference_model(settings: PythonPrefer) -> PreferenceModel:
    return PythonPreference(name=settings.name, function=_imported(settings.function))


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


def _judger(settings: Settings) -> Judger:
    judge = settings.judge
    if isinstance(judge, WeightedJudge):
        scales = {
            model.name: Calibration(centre=model.calibration.centre, spread=model.calibration.spread)
            for model in settings.prefer
            if judge.normalize and model.calibration is not None
        }
        return WeightedJudger(weights=judge.weights, calibrations=scales)
    return VoteJudger(weights=judge.weights or PUBLISHED_WEIGHTS)
