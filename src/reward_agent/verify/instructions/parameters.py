"""The parameters of the catalog's kinds, as a model writes them and as a checker takes them.

    signature("unit.length")                                  # "each: UNIT, quantity: range, unit: words|sentences|..."
    constraint_of("words.count", {"quantity": {"high": 50}}, span="at most 50 words")

The types come from the checkers' own signatures. What a model gives is data: unknown names, wrong types, values out of
bounds and parameters that a checker cannot run with are refused, never passed on.
"""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from reward_agent.verify.instructions.catalog import CATALOG, measure
from reward_agent.verify.instructions.constraint import Constraint, Quantity
from reward_agent.verify.instructions.units import Each

LARGEST = 1_000_000
LONGEST_TEXT = 500
LONGEST_LIST = 50
_WITHHELD = frozenset({"reading", "prompt", "identifier"})  # the settings and the sample decide these
_TRIED_ON = (
    "",
    "Word.",
    "One. Two! Three?",
    'One "two".\n\n## Head\n\n- a\n  * b\n1. c\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx\n```\nP.S. é 日本',
)
UNITS = "|".join(get_args(Each))
"""What `UNIT` stands for in a signature."""


def constraint_of(kind: str, params: Mapping[str, object], *, span: str) -> Constraint:
    """The constraint with its parameters in the types that its checker takes. Raises ValueError with the reason."""
    if kind not in CATALOG:
        raise ValueError(f"the catalog has no kind {kind[:60]!r}")
    form = _form(kind)
    try:
        read = form.model_validate({name: _eased(form, name, value) for name, value in params.items()})
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ValueError(f"{kind}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None
    given = {name: getattr(read, name) for name in sorted(read.model_fields_set) if getattr(read, name) is not None}
    for name, value in given.items():
        if complaint := next(_complaints(value), None) or _misplaced(name, value):
            raise ValueError(f"{kind}: {name}: {complaint}")
    constraint = Constraint(kind=kind, params=given, span=span)
    _try(constraint)
    return constraint


@cache
def signature(kind: str) -> str:
    """The parameters in short: `quantity: range, each: UNIT?`. A mark of `?` says that one may be left out."""
    return ", ".join(
        f"{name}: {_short(field.annotation)}{'' if field.is_required() else '?'}"
        for name, field in _form(kind).model_fields.items()
    )


@cache
def _form(kind: str) -> type[BaseModel]:
    hints = get_type_hints(CATALOG[kind].check)
    parameters = list(inspect.signature(CATALOG[kind].check).parameters.values())[1:]
    fields: dict[str, Any] = {
        p.name: (hints[p.name], ... if p.default is p.empty else p.default)
        for p in parameters
        if p.name not in _WITHHELD
    }
    return create_model("Parameters", __config__=ConfigDict(extra="forbid", allow_inf_nan=False), **fields)


def _eased(form: type[BaseModel], name: str, value: object) -> object:
    """A bare number for a range, or one text for a list of texts, as models like to write them."""
    options = _options(form.model_fields[name].annotation) if name in form.model_fields else ()
    if isinstance(value, int) and not isinstance(value, bool) and Quantity in options:
        return {"low": value, "high": value}
    if isinstance(value, str) and str not in options and any(get_origin(option) is tuple for option in options):
        return [value]
    return value


def _complaints(value: object) -> Iterator[str]:
    match value:
        case bool():
            return
        case int() | float():
            if abs(value) > LARGEST or not math.isfinite(value):  # in this order: a huge int has no float
                yield f"numbers go up to {LARGEST:,}"
        case str():
            if not value.strip() or len(value) > LONGEST_TEXT or any("\ud800" <= c <= "\udfff" for c in value):
                yield f"a text has 1 to {LONGEST_TEXT} characters"
        case Quantity(low=low, high=high):
            if (low or 0) < 0 or (high or 0) < 0 or max(low or 0, high or 0) > LARGEST:
                yield f"counts go from 0 to {LARGEST:,}"
            if high is None and not low:
                yield "at least 0 asks for nothing"
        case tuple():
            if not 1 <= len(value) <= LONGEST_LIST:
                yield f"a list has 1 to {LONGEST_LIST} entries"
            for entry in value:
                yield from _complaints(entry)


def _misplaced(name: str, value: object) -> str | None:
    """Places count from 1, or from the end by negative numbers."""
    places = value if isinstance(value, tuple) else (value,)
    return "places count from 1" if name in {"nth", "n", "positions", "sentence"} and 0 in places else None


def _try(constraint: Constraint) -> None:
    """Parameters can fit one by one and still not go together. The checkers are our own code and take no harm."""
    for text in _TRIED_ON:
        try:
            measure(constraint, text, prompt=text, reading="literal")
        except Exception as error:
            raise ValueError(f"{constraint.kind}: its checker cannot run with these parameters ({error})") from error


def _options(annotation: Any) -> tuple[Any, ...]:
    """The types that a union allows; one type alone allows itself."""
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _short(annotation: Any) -> str:
    if get_origin(annotation) is tuple:
        return f"list of {_short(get_args(annotation)[0])}"
    if len(_options(annotation)) > 1:
        return _short(next(option for option in _options(annotation) if option is not type(None)))
    if get_origin(annotation) is Literal:
        names = "|".join(map(str, get_args(annotation)))
        return "UNIT" if names == UNITS else names
    return {Quantity: "range", str: "text", bool: "bool"}.get(annotation, "number")
