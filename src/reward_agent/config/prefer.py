"""`[[prefer]]`: the preference models, told apart by `type`."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator

from reward_agent.config.section import Section

Number = Annotated[float, Field(allow_inf_nan=False)]


class CalibrationSettings(Section):
    """The fixed scale of a preference model: its typical score, and how many of its units make one logit. `points`: an
    isotonic curve of (score, chance to be the better one), if one was fitted."""

    centre: Number
    spread: float = Field(gt=0, allow_inf_nan=False)
    points: tuple[tuple[Number, Annotated[float, Field(ge=0, le=1)]], ...] = ()

    @model_validator(mode="after")
    def _rising(self) -> "CalibrationSettings":
        for (x, y), (next_x, next_y) in zip(self.points, self.points[1:], strict=False):
            if not (x < next_x and y <= next_y):
                raise ValueError(f"points must rise from one to the next, got [{x}, {y}] before [{next_x}, {next_y}]")
        return self


class PythonPrefer(Section):
    """A Python function `package.module:function` of (prompt, responses) that returns one number a response."""

    type: Literal["python"]
    name: str = Field(min_length=1)
    function: str = Field(pattern=r"^[\w.]+:\w+$")
    calibration: CalibrationSettings | None = None


CALIBRATIONS: dict[str, CalibrationSettings] = {
    "point": CalibrationSettings(centre=5.5, spread=1.5),
    "pair": CalibrationSettings(centre=0.0, spread=1.0),
}
"""The scale of 1 to 10 around its middle, its ends near 0.05 and 0.95; and logits, which need none."""


EMBEDDED_WEIGHT = 0.001
"""What an embedded model weighs in a sum or a vote where `judge.weights` says nothing of it: enough to break a tie."""


class EmbeddedPrefer(Section):
    """The small model that ships with the package: no download, no GPU, a millisecond a response. Its scores are
    log-odds about an average response, so the calibration is known. It sees form, not truth: in a sum or a vote
    it weighs 0.001 where `judge.weights` says nothing of it. `length_neutral`: the weights for which length does not
    count; it predicts people's choice less well, and does not fall for length."""

    type: Literal["embedded"]
    name: str = Field(default="preference", min_length=1)
    length_neutral: bool = False
    calibration: CalibrationSettings = CalibrationSettings(centre=0.0, spread=1.0)


class ModelPrefer(Section):
    """A chat model that says what people like: `mode` "point" rates each response alone from 1 to 10, "pair" compares
    two at a time, each with about `opponents` others where there are more than two, into strengths in logits. Both
    units are known, so a calibration is there by default."""

    type: Literal["model"]
    name: str = Field(default="preference", min_length=1)
    chat: str = "default"
    mode: Literal["point", "pair"] = "point"
    opponents: int = Field(default=4, ge=1, le=256)
    calibration: CalibrationSettings | None = Field(default_factory=lambda of: CALIBRATIONS.get(of.get("mode", "")))


class LocalPrefer(Section):
    """A reward model in this process (extra `local`). `model`: a hub id or a folder; `revision`: of the hub id.
    `devices`: as torch names them, one replica each; by default every GPU, else the CPU. `dtype`: "auto" is bfloat16
    on a GPU and float32 on a CPU. `max_tokens`: what of a conversation is read at most; by default all the model can.
    `batch_tokens`: tokens in a batch, padding counted. `share_prompts`: whether the candidates of a prompt may have it
    computed once, where that pays."""

    name: str = Field(min_length=1)
    model: str = Field(min_length=1)
    revision: str | None = None
    devices: tuple[str, ...] = ()
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = "auto"
    max_tokens: int | None = Field(default=None, ge=16)
    batch_tokens: int | None = Field(default=None, ge=1)
    share_prompts: bool = True
    calibration: CalibrationSettings | None = None


class ClassifierPrefer(LocalPrefer):
    """Any `AutoModelForSequenceClassification` with one label."""

    type: Literal["classifier"]


class ArmoPrefer(LocalPrefer):
    """ArmoRM-Llama3-8B-v0.1, or a checkpoint with the same head."""

    type: Literal["armorm"]
    model: str = "RLHFlow/ArmoRM-Llama3-8B-v0.1"


class ServerPrefer(Section):
    """A server that holds a reward model. `urls`: one or more that hold the same, among which the load is spread.
    `dialect`: "vllm" (/classify), "vllm-pooling" (/pooling), "sglang" (/classify), "openrlhf" (/get_reward).
    `tokenizer`: a hub id or folder whose chat template writes the conversation; sglang and openrlhf need one, with vllm
    the server's own template is used where it is not given. `max_tokens`: what of a conversation is sent at most, by
    that tokenizer. `unit_scores`: set it to true for a model whose scores lie between 0 and 1 on purpose: without it,
    such scores are taken for a sigmoid that nobody turned off. `api_key_env`: the environment variable with the key."""

    type: Literal["server"]
    name: str = Field(min_length=1)
    dialect: Literal["vllm", "vllm-pooling", "sglang", "openrlhf"]
    urls: tuple[Annotated[str, Field(pattern=r"^https?://")], ...] = Field(min_length=1)
    model: str = ""
    tokenizer: str | None = None
    max_tokens: int | None = Field(default=None, ge=16)
    concurrency: int = Field(default=64, ge=1, le=4096)
    timeout_s: float = Field(default=180.0, gt=0, le=3600)
    tries: int = Field(default=4, ge=1, le=20)
    api_key_env: str | None = None
    unit_scores: bool = False
    calibration: CalibrationSettings | None = None

    @model_validator(mode="after")
    def _complete(self) -> "ServerPrefer":
        if self.dialect in ("sglang", "openrlhf") and self.tokenizer is None:
            raise ValueError(
                f"the dialect {self.dialect!r} takes text that went through the chat template: give `tokenizer`, the "
                "hub id or folder of the model"
            )
        if self.dialect.startswith("vllm") and not self.model:
            raise ValueError("give `model`, the name under which the server holds it (GET /v1/models lists it)")
        return self


PreferSettings = Annotated[
    EmbeddedPrefer | PythonPrefer | ModelPrefer | ClassifierPrefer | ArmoPrefer | ServerPrefer, Discriminator("type")
]
