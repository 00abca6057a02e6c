from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_agent.verify.instructions.catalog import CATALOG, measure
from reward_agent.verify.instructions.constraint import Quantity
from reward_agent.verify.instructions.parameters import constraint_of, signature
from tests.verify.instructions.catalog.examples import EXAMPLES

TEXTS = ["", "a", "One. Two! Three?\n\n- a\n- b\n", "1. a\n\n> q\n", "rain " * 500, "(" * 500, "é日本 " * 200, "\x00‮"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.just(10**400),
    st.floats(allow_nan=True),
    st.text(max_size=6),
    st.sampled_from(["line", "sentence", "word", "first", "words", "AABB", "en", "(", "\\", "\ud800"]),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.fixed_dictionaries({"low": SCALARS, "high": SCALARS}),
)


@pytest.mark.parametrize("kind", sorted(CATALOG))
def test_every_kind_has_a_signature_and_takes_its_own_example_as_json_would_give_it(kind: str) -> None:
    assert "number: number" not in signature(kind)
    params = {
        name: plain(value) for name, value in EXAMPLES[kind].params.items() if name not in ("reading", "identifier")
    }
    read = constraint_of(kind, params, span="words")
    assert (read.kind, read.span) == (kind, "words")
    assert dict(read.params) == {name: value for name, value in EXAMPLES[kind].params.items() if name in params}


def plain(value: Any) -> Any:
    if isinstance(value, Quantity):
        return {"low": value.low, "high": value.high}
    return [plain(entry) for entry in value] if isinstance(value, tuple) else value


def test_a_signature_is_short_and_says_what_may_be_left_out() -> None:
    assert signature("unit.length") == (
        "each: UNIT, quantity: range, unit: words|sentences|characters|lines|paragraphs"
    )
    assert signature("list.present") == "kind: bulleted|numbered|any?"
    assert signature("case.title") == "small: bool?"


def test_a_bare_number_is_an_exact_count_and_one_text_a_list_of_one() -> None:
    assert constraint_of("words.count", {"quantity": 3}, span="").params == {"quantity": Quantity.exactly(3)}
    assert constraint_of("keywords.include", {"words": "rain"}, span="").params == {"words": ("rain",)}


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        ("words.prettiness", {}, "has no kind"),
        ("words.count", {}, "quantity"),
        ("words.count", {"quantity": {"low": 5, "high": 2}}, "above its high end"),
        ("words.count", {"quantity": {"low": None, "high": None}}, "low or a high end"),
        ("words.count", {"quantity": {"low": 10**400}}, "counts go from 0"),
        ("words.count", {"quantity": {"low": -1}}, "counts go from 0"),
        ("words.count", {"quantity": {"low": 0}}, "asks for nothing"),
        ("words.count", {"quantity": "many"}, "quantity"),
        ("words.count", {"quantity": 3, "reading": "natural"}, "reading"),
        ("keywords.some_listed", {"quantity": 1, "prompt": "Ann, Bob"}, "prompt"),
        ("words.count", {"quantity": 3, "colour": "red"}, "colour"),
        ("keywords.include", {"words": []}, "1 to 50 entries"),
        ("keywords.include", {"words": ["a"] * 51}, "1 to 50 entries"),
        ("keywords.include", {"words": [" "]}, "1 to 500 characters"),
        ("keywords.include", {"words": ["a" * 501]}, "1 to 500 characters"),
        ("keywords.include", {"words": ["\ud800"]}, "1 to 500 characters"),
        ("overlap.share", {"text": "a b", "low": 1, "high": float("inf")}, "high"),
        ("nth.contains", {"each": "line", "nth": 0, "words": ["a"]}, "count from 1"),
        ("unit.length", {"each": "stanza", "quantity": 1, "unit": "words"}, "each"),
        ("keywords.counts", {"words": ["a", "b"], "quantities": [{"low": 1}]}, "cannot run"),
        ("sentences.type_ratio", {"types": ["declarative"], "parts": [1, 2]}, "cannot run"),
        ("sentences.type_ratio", {"types": ["declarative"], "parts": [1, 10**400]}, "numbers go up to"),
    ],
)
def test_what_a_checker_cannot_take_is_refused_with_the_reason(kind: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        constraint_of(kind, params, span="")


@given(st.sampled_from(sorted(CATALOG)), st.data())
def test_parameters_that_are_let_through_never_make_a_checker_fail(kind: str, data: st.DataObject) -> None:
    names = sorted(CATALOG[kind].takes - {"reading", "prompt", "identifier"})
    params = {name: data.draw(VALUES) for name in names}
    try:
        constraint = constraint_of(kind, params, span="")
    except ValueError:
        return
    for text in TEXTS:
        assert 0 <= measure(constraint, text, prompt="Name Ann, Bob.", reading="literal").distance <= 1
