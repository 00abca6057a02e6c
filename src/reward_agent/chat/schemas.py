"""JSON schemas on the wire: the strict form that OpenAI's structured outputs take, and what fits a schema.

`fits` knows the keywords that pydantic writes and lets pass what it does not know: it tells a readable reply from a
spoilt one, and is no validator.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reward_agent.prompting import unfenced

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_UNSTRICT = frozenset(
    {"allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties", "prefixItems"}
)
_DEPTH = 60  # of a reply; deeper than any answer to our prompts


@lru_cache(maxsize=256)
def wire_schema(text: str) -> tuple[Mapping[str, Any], bool]:
    """The schema as it is sent, and whether in strict form: every property required, none added. A schema that has no
    such form is sent as it is."""
    schema = json.loads(text)
    strict = _strict(schema) if schema.get("type") == "object" else None
    return (schema, False) if strict is None else (strict, True)


def fits(text: str, schema: str | None) -> bool:
    """Whether the reply is JSON of the schema's shape; without a schema, whether it has text."""
    if schema is None:
        return bool(text.strip())
    try:
        value = json.loads(unfenced(text))
    except (ValueError, RecursionError):
        return False
    root = _parsed(schema)
    return _fits(value, root, root, 0)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Any:
    return json.loads(text)


def _strict(node: Any) -> Any | None:
    """The strict form of a schema or a part of one; None where there is none."""
    if isinstance(node, list):
        items = [_strict(item) for item in node]
        return None if any(item is None for item in items) else items
    if not isinstance(node, dict):
        return node
    if _UNSTRICT & node.keys() or isinstance(node.get("additionalProperties"), dict):
        return None
    if "$ref" in node:
        return {"$ref": node["$ref"]}  # nothing may stand beside it
    found: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("default", "discriminator", "title") and not isinstance(value, dict | list):
            continue
        if key in ("default", "discriminator"):
            continue
        part = _strict_members(value) if key in ("properties", "$defs") else _strict_part(key, value)
        if part is None and value is not None:
            return None
        found["anyOf" if key == "oneOf" else key] = part
    if node.get("type") == "object":
        if "properties" not in node:
            return None  # an object of any keys
        found["additionalProperties"] = False
        found["required"] = list(node["properties"])
    return found


def _strict_members(members: Mapping[str, Any]) -> dict[str, Any] | None:
    found = {name: _strict(member) for name, member in members.items()}
    return None if any(member is None for member in found.values()) else found


def _strict_part(key: str, value: Any) -> Any | None:
    """Schemas stand under these keys; under the others, plain values."""
    return _strict(value) if key in ("items", "anyOf", "oneOf") else value


def _fits(value: Any, schema: Any, root: Any, depth: int) -> bool:
    if not isinstance(schema, dict) or depth > _DEPTH:
        return bool(schema) if isinstance(schema, bool) else depth <= _DEPTH
    if "$ref" in schema:
        return _fits(value, _referred(schema["$ref"], root), root, depth + 1)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options is not None and not any(_fits(value, option, root, depth + 1) for option in options):
        return False
    return _is_allowed(value, schema) and all(
        _fits(part, under, root, depth + 1) for part, under in _parts(value, schema)
    )


def _is_allowed(value: Any, schema: Mapping[str, Any]) -> bool:
    """What can be said of the value without its parts."""
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if not _has_type(value, schema.get("type")):
        return False
    if isinstance(value, str):
        return _within(len(value), schema, "minLength", "maxLength") and _matches(value, schema.get("pattern"))
    if isinstance(value, list):
        return _within(len(value), schema, "minItems", "maxItems")
    if isinstance(value, dict):
        extra = schema.get("additionalProperties") is False and value.keys() - schema.get("properties", {}).keys()
        return not extra and all(name in value for name in schema.get("required", ()))
    return isinstance(value, bool) or value is None or _within(value, schema, "minimum", "maximum")


def _has_type(value: Any, name: object) -> bool:
    if not isinstance(name, str) or name not in _TYPES:
        return True
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _within(size: float, schema: Mapping[str, Any], least: str, most: str) -> bool:
    low, high = schema.get(least), schema.get(most)
    return (low is None or size >= low) and (high is None or size <= high)


def _matches(text: str, pattern: str | None) -> bool:
    return pattern is None or re.search(pattern, text) is not None


def _parts(value: Any, schema: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        known = schema.get("properties", {})
        other = schema.get("additionalProperties", True)
        return [(part, known.get(name, other)) for name, part in value.items()]
    if isinstance(value, list) and "items" in schema:
        return [(part, schema["items"]) for part in value]
    return []


def _referred(reference: str, root: Any) -> Any:
    node = root
    for name in reference.removeprefix("#/").split("/") if reference != "#" else ():
        node = node.get(name, True) if isinstance(node, dict) else True
    return node
