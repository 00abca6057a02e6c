"""The whole tree of settings, and what must hold between its sections."""

from pydantic import Field, model_validator

from reward_agent.config.cache import CacheSettings, FileCache
from reward_agent.config.chat import ChatSettings
from reward_agent.config.evidence import EvidenceSettings
from reward_agent.config.factuality import FactualitySettings, GroundedFactuality
from reward_agent.config.instructions import InstructionSettings
from reward_agent.config.judge import PUBLISHED_VOTES, JudgeSettings, ModelJudge, VoteJudge, WeightedJudge
from reward_agent.config.prefer import EMBEDDED_WEIGHT, EmbeddedPrefer, PreferSettings
from reward_agent.config.record import RecordSettings
from reward_agent.config.route import RouteSettings, RuleRouting
from reward_agent.config.run import RunSettings
from reward_agent.config.sandbox import SandboxSettings
from reward_agent.config.section import Off, Section
from reward_agent.config.serve import ServeSettings

DEFAULT_PRESET = "offline"


class VerifySettings(Section):
    """The verifiers, by signal name."""

    instructions: InstructionSettings = Off()
    factuality: FactualitySettings = Off()


class Settings(Section):
    """The whole tree."""

    preset: str = DEFAULT_PRESET
    chat: dict[str, ChatSettings] = Field(default_factory=dict)
    cache: CacheSettings = FileCache()
    record: RecordSettings = RecordSettings()
    evidence: EvidenceSettings = Off()
    route: RouteSettings = RuleRouting()
    verify: VerifySettings = VerifySettings()
    prefer: tuple[PreferSettings, ...] = ()
    judge: JudgeSettings = WeightedJudge()
    sandbox: SandboxSettings = SandboxSettings()
    run: RunSettings = RunSettings()
    serve: ServeSettings = ServeSettings()

    @property
    def asked(self) -> dict[str, str]:
        """The setting that asks a chat model -> the name of that model, for every stage that asks one."""
        stages = {
            "evidence": self.evidence,
            "route": self.route,
            "verify.instructions": self.verify.instructions,
            "verify.factuality": self.verify.factuality,
            **{f"prefer.{place}": model for place, model in enumerate(self.prefer)},
            "judge": self.judge,
        }
        return {
            f"{place}.{key}": getattr(stage, key)
            for place, stage in stages.items()
            for key in ("chat", "coder")
            if hasattr(stage, key)
        }

    @property
    def weights(self) -> dict[str, float]:
        """What a signal weighs in the judger's sum or vote, by its name; 1 where it is not named here. An embedded
        model is the weakest voice in both, whatever else is named or not."""
        if isinstance(self.judge, ModelJudge):
            return {}
        published = dict(PUBLISHED_VOTES) if isinstance(self.judge, VoteJudge) else {}
        embedded = {model.name: EMBEDDED_WEIGHT for model in self.prefer if isinstance(model, EmbeddedPrefer)}
        return embedded | (self.judge.weights or published)

    @model_validator(mode="after")
    def _asked_models_exist(self) -> "Settings":
        for place, name in self.asked.items():
            if name not in self.chat:
                known = f"the chat models are {', '.join(self.chat)}" if self.chat else "no chat model is configured"
                raise ValueError(f"{place}: there is no chat model {name!r}; {known}. Add a section [chat.{name}]")
        return self

    @model_validator(mode="after")
    def _facts_have_evidence(self) -> "Settings":
        asks_a_model = not isinstance(self.verify.factuality, Off | GroundedFactuality)
        if asks_a_model and isinstance(self.evidence, Off):
            raise ValueError(
                "verify.factuality holds claims against evidence, and evidence is off: set evidence.type (a corpus of "
                "your own, a web search, or recall, the model's own memory), or set verify.factuality.type=off"
            )
        return self

    @model_validator(mode="after")
    def _weighted_signals_exist(self) -> "Settings":
        signals = [*VerifySettings.model_fields, *(model.name for model in self.prefer)]
        for name in () if isinstance(self.judge, ModelJudge) else self.judge.weights:
            if name not in signals:
                raise ValueError(f"judge.weights.{name}: there is no such signal; the signals are {', '.join(signals)}")
        return self

    @model_validator(mode="after")
    def _comparable(self) -> "Settings":
        if isinstance(self.judge, WeightedJudge) and self.judge.normalize:
            for model in self.prefer:
                if model.calibration is None:
                    raise ValueError(
                        f"the preference model {model.name!r} has no calibration, so its unit is unknown: give it "
                        "`calibration = { centre = ..., spread = ... }`, which `reward-agent calibrate "
                        f"--prefer {model.name} [--data PAIRS]` fits and prints, or set judge.normalize = false for a "
                        "raw sum"
                    )
        return self
