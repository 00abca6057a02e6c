"""One tree of settings, with sections named as the folders, and where it comes from.

    preset  <-  --config FILE  <-  --set KEY=VALUE          (each overrides what stands before it)

Unknown keys are refused. Secrets are named by environment variable and never stored. `load_settings` reads and
checks; `build` turns the result into objects.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, ValidationError, model_validator

from reward_agent.errors import ConfigError

DEFAULT_PRESET = "offline"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleRouting(_Section):
    """Picks checks by cue words."""

    type: Literal["rules"] = "rules"


class EveryCheckRouting(_Section):
    """Runs every configured check on every sample."""

    type: Literal["every"]


class RuleInstructions(_Section):
    """Constraints found by grammar rules, verified by vetted checkers.

    `reading`: how to count where people differ. `graded`: among candidates that meet equally many constraints, the
    one that misses by less scores higher (false gives the published plain share).
    """

    type: Literal["rules"]
    reading: Literal["literal", "natural"] = "literal"
    graded: bool = True


class Off(_Section):
    """The check is not there."""

    type: Literal["off"] = "off"


class VerifySettings(_Section):
    """The verifiers, by signal name."""

    instructions: Annotated[RuleInstructions | Off, Discriminator("type")] = Off()


class CalibrationSettings(_Section):
    """The fixed scale of a preference model: its typical score, and how many of its units make one logit."""

    centre: float = Field(allow_inf_nan=False)
    spread: float = Field(gt=0, allow_inf_nan=False)


class PythonPrefer(_Section):
    """A Python function `package.module:function` of (prompt, responses) that returns one number a response."""

    type: Literal["python"]
    name: str = Field(min_length=1)
    function: str = Field(pattern=r"^[\w.]+:\w+$")
    calibration: CalibrationSettings | None = None


class WeightedJudge(_Section):
    """The weighted sum. `normalize = false` sums raw preference scores, as published."""

    type: Literal["weighted"] = "weighted"
    weights: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {}
    normalize: bool = True


class VoteJudge(_Section):
    """One weighted vote a signal; without `weights` the published ones."""

    type: Literal["vote"]
    weights: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}


class SandboxSettings(_Section):
    """Where generated checkers run. `require`: the least tier to accept ("degraded" is resource limits alone).
    `tier`: "wasm" takes WebAssembly (extra `wasm`) even where the kernel's jail would do. `workers`: one a core by
    default. `cpu_s` and `wall_s`: for one response, the second as a backstop. `memory_mb`: for one batch. `in_flight`:
    calls served at once. `server`: the address of a SandboxFusion server that runs them instead; the other settings but
    `wall_s` are then that server's own."""

    require: Literal["strict", "wasm", "degraded"] = "strict"
    tier: Literal["auto", "wasm"] = "auto"
    workers: int | None = Field(default=None, ge=1, le=1024)
    cpu_s: float = Field(default=1.0, gt=0, le=600)
    wall_s: float = Field(default=10.0, gt=0, le=3600)
    memory_mb: int = Field(default=512, ge=32, le=65536)
    in_flight: int = Field(default=1024, ge=1, le=65536)
    server: str | None = Field(default=None, pattern=r"^https?://")


class RunSettings(_Section):
    """How a job runs. `concurrency`: samples in flight. `max_row_mb`: a larger row of data is set aside.
    `unknown_label`: whether a label the benchmark does not publish stops the reader or sets the row aside."""

    concurrency: int = Field(default=8, ge=1, le=4096)
    max_row_mb: float = Field(default=4.0, gt=0, le=1024)
    unknown_label: Literal["stop", "set aside"] = "stop"

    @property
    def max_row_bytes(self) -> int:
        """`max_row_mb` as the readers take it."""
        return int(self.max_row_mb * 1024 * 1024)


class Settings(_Section):
    """The whole tree."""

    preset: str = DEFAULT_PRESET
    route: Annotated[RuleRouting | EveryCheckRouting, Discriminator("type")] = RuleRouting()
    verify: VerifySettings = VerifySettings()
    prefer: tuple[Annotated[PythonPrefer, Field()], ...] = ()
    judge: Annotated[WeightedJudge | VoteJudge, Discriminator("type")] = WeightedJudge()
    sandbox: SandboxSettings = SandboxSettings()
    run: RunSettings = RunSettings()

    @model_validator(mode="after")
    def _weighted_signals_exist(self) -> "Settings":
        signals = [*VerifySettings.model_fields, *(model.name for model in self.prefer)]
        for name in self.judge.weights:
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
                        "`calibration = { centre = ..., spread = ... }`, or set judge.normalize = false for a raw sum"
                    )
        return self


def load_settings(preset: str | None = None, config: Path | None = None, overrides: Iterable[str] = ()) -> Settings:
    """Resolves the settings. `overrides` are `key.path=value` texts, the value in TOML (a bare word is a string).

    Raises ConfigError naming the key and what it takes.
    """
    tree: dict[str, Any] = {}
    if config is not None:
        tree = _read_toml(config)
        tree.pop("job", None)  # a run's own settings.toml says there what was asked for
    name = preset or tree.get("preset") or DEFAULT_PRESET
    tree = _merged(_read_preset(str(name)), tree)
    tree["preset"] = name
    for override in sorted(overrides, key=_sets_a_type, reverse=True):  # a type first: it drops the old one's keys
        _apply(tree, override)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise ConfigError(_explained(error, tree)) from None


def presets() -> list[str]:
    """The names `--preset` takes."""
    folder = resources.files("reward_agent").joinpath("presets")
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def _read_preset(name: str) -> dict[str, Any]:
    if name not in presets():
        raise ConfigError(f"there is no preset {name!r}; the presets are: {', '.join(presets())}")
    text = resources.files("reward_agent").joinpath("presets", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the configuration {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`, table by table. A table of another `type` replaces the one below it whole: the old
    type's keys would be unknown to it."""
    tree = dict(below)
    for key, value in above.items():
        old = tree.get(key)
        same = (
            isinstance(old, dict) and isinstance(value, dict) and value.get("type", old.get("type")) == old.get("type")
        )
        tree[key] = _merged(old, value) if same and isinstance(old, dict) else value
    return tree


def _apply(tree: dict[str, Any], override: str) -> None:
    path, sep, text = override.partition("=")
    keys = path.strip().split(".")
    if keys == ["preset"]:
        raise ConfigError(f"--set {override!r}: choose the preset by --preset, it is what the other settings override")
    if not sep or not all(keys):
        raise ConfigError(f"--set takes KEY=VALUE such as judge.weights.instructions=0.5, got {override!r}")
    node: Any = tree
    for depth, key in enumerate(keys[:-1]):
        node = node[_index(node, key, override)] if isinstance(node, list) else node.setdefault(key, {})
        if not isinstance(node, dict | list):
            raise ConfigError(f"--set {override!r}: {'.'.join(keys[: depth + 1])} is a value, not a section")
    value = _value(text.strip())
    if isinstance(node, list):
        node[_index(node, keys[-1], override)] = value
    elif keys[-1] == "type" and node.get("type", value) != value:
        node.clear()
        node["type"] = value
    else:
        node[keys[-1]] = value


def _sets_a_type(override: str) -> bool:
    return override.partition("=")[0].strip().endswith("type")


def _index(items: list[Any], key: str, override: str) -> int:
    if not key.isdecimal() or int(key) >= len(items):
        raise ConfigError(f"--set {override!r}: {key!r} must be a position from 0 to {len(items) - 1} here")
    return int(key)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _explained(error: ValidationError, tree: Mapping[str, Any]) -> str:
    lines = []
    for detail in error.errors(include_url=False):
        place = ".".join(_keys(detail["loc"], tree)) or "settings"
        match detail["type"]:
            case "extra_forbidden":
                what = "there is no such setting"
            case "union_tag_invalid":
                what = f"type must be one of {detail['ctx']['expected_tags']}, got {detail['ctx']['tag']!r}"
            case "value_error":
                what = str(detail["ctx"]["error"])
            case _:
                what = f"{detail['msg']}, got {detail['input']!r}"
        lines.append(f"{place}: {what}")
    return "the settings cannot be used:\n  " + "\n  ".join(lines)


def _keys(loc: Iterable[str | int], tree: Any) -> Iterator[str]:
    """The path as the user wrote it: pydantic puts the `type` of a section into its path."""
    node = tree
    for part in loc:
        if isinstance(node, Mapping) and part not in node and node.get("type") == part:
            continue
        yield str(part)
        if isinstance(node, Mapping):
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part]
