import json
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from reward_agent.chat.schemas import fits, wire_schema


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=8)]
    colour: Colour = Field(description="of the part")


class Whole(BaseModel):
    parts: Annotated[list[Part], Field(max_length=3)]
    share: Annotated[float, Field(ge=0, le=1)]
    count: int
    kind: Literal["a", "b"]
    note: str | None = None
    sure: bool = True


SCHEMA = json.dumps(TypeAdapter(Whole).json_schema())
WHOLE = {"parts": [{"name": "x", "colour": "red"}], "share": 0.5, "count": 2, "kind": "a", "note": None, "sure": True}


def test_a_schema_of_known_keys_gets_its_strict_form() -> None:
    schema, strict = wire_schema(SCHEMA)
    assert strict
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(Whole.model_fields)
    assert "default" not in json.dumps(schema)
    part = schema["$defs"]["Part"]
    assert part["required"] == ["name", "colour"]
    assert part["properties"]["colour"] == {"$ref": "#/$defs/Colour"}


@pytest.mark.parametrize("reply", [dict[str, int], list[int], int, tuple[int, str]])
def test_a_schema_without_a_strict_form_is_sent_as_it_is(reply: type) -> None:
    text = json.dumps(TypeAdapter(reply).json_schema())
    assert wire_schema(text) == (json.loads(text), False)


def test_a_property_may_be_named_like_a_keyword() -> None:
    class Odd(BaseModel):
        title: str
        default: int
        items: list[str]

    schema, strict = wire_schema(json.dumps(Odd.model_json_schema()))
    assert strict
    assert schema["required"] == ["title", "default", "items"]


@pytest.mark.parametrize(
    "change",
    [
        {"share": 2},
        {"share": "half"},
        {"count": 1.5},
        {"count": True},
        {"kind": "c"},
        {"note": 3},
        {"parts": [{"name": "", "colour": "red"}]},
        {"parts": [{"name": "x", "colour": "green"}]},
        {"parts": [{"name": "x"}]},
        {"parts": [{"name": "x", "colour": "red"}] * 4},
        {"parts": "x"},
    ],
)
def test_a_reply_of_another_shape_does_not_fit(change: dict[str, object]) -> None:
    assert fits(json.dumps(WHOLE), SCHEMA)
    assert not fits(json.dumps(WHOLE | change), SCHEMA)


def test_a_broken_reply_does_not_fit_and_a_fenced_one_does() -> None:
    text = json.dumps(WHOLE)
    assert not fits(text[:-10], SCHEMA)
    assert not fits("", SCHEMA)
    assert not fits("[" * 100_000, SCHEMA)
    assert fits(f"```json\n{text}\n```", SCHEMA)


def test_without_a_schema_any_text_fits() -> None:
    assert fits("yes", None)
    assert not fits(" ", None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 2.5, "a", "x", "red", ""]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "colour", "more"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional={name: VALUES | st.just(value) for name, value in WHOLE.items()}))
def test_what_pydantic_reads_from_strict_json_fits(value: dict[str, object]) -> None:
    text = json.dumps(value)
    try:
        Whole.model_validate_json(text, strict=True)
    except ValidationError:
        return
    assert fits(text, SCHEMA)
