"""Where the settings come from.

    preset  <-  --config FILE  <-  --set KEY=VALUE          (each overrides what stands before it)

`load_settings` reads and checks; `build` turns the result into objects.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from reward_agent.config.section import Section
from reward_agent.config.settings import DEFAULT_PRESET, Settings
from reward_agent.config.train import DEFAULT_TRAIN_PRESET, TrainSettings
from reward_agent.errors import ConfigError

JUDGING, TRAINING = "", "training"
"""Where the presets lie: those of judging at the top, those of training in a folder of their own."""


Tree = TypeVar("Tree", bound=Section)


def load_settings(preset: str | None = None, config: Path | None = None, overrides: Iterable[str] = ()) -> Settings:
    """Resolves the settings. `overrides` are `key.path=value` texts, the value in TOML (a bare word is a string).

    Raises ConfigError naming the key and what it takes.
    """
    return _loaded(Settings, JUDGING, preset, DEFAULT_PRESET, config, overrides)


def load_train_settings(
    preset: str | None = None, config: Path | None = None, overrides: Iterable[str] = ()
) -> TrainSettings:
    """The same for training, whose presets are its own."""
    return _loaded(TrainSettings, TRAINING, preset, DEFAULT_TRAIN_PRESET, config, overrides)


def presets(folder: str = JUDGING) -> list[str]:
    """The names `--preset` takes."""
    return sorted(item.name.removesuffix(".toml") for item in _presets(folder).iterdir() if item.name.endswith(".toml"))


def _presets(folder: str) -> Traversable:
    return resources.files("reward_agent").joinpath("presets", folder)


def _loaded(
    model: type[Tree], folder: str, preset: str | None, default: str, config: Path | None, overrides: Iterable[str]
) -> Tree:
    tree: dict[str, Any] = {}
    if config is not None:
        tree = _read_toml(config)
        tree.pop("job", None)  # a run's own settings.toml says there what was asked for
    name = preset or tree.get("preset") or default
    tree = _merged(_read_preset(str(name), folder), tree)
    tree["preset"] = name
    for override in sorted(overrides, key=_sets_a_type, reverse=True):  # a type first: it drops the old one's keys
        _apply(tree, override)
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise ConfigError(_explained(error, tree)) from None


def _read_preset(name: str, folder: str) -> dict[str, Any]:
    known = presets(folder)
    if name not in known:
        raise ConfigError(f"there is no preset {name!r}; the presets are: {', '.join(known)}")
    return tomllib.loads(_presets(folder).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


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


def _keys(loc: Sequence[str | int], tree: Any) -> Iterator[str]:
    """The path as the user wrote it: pydantic puts the `type` of a section into its path, also one that is left out."""
    node = tree
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if isinstance(node, Mapping) and part not in node and node.get("type", part) == part and not last:
            continue
        yield str(part)
        if isinstance(node, Mapping):
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part]
