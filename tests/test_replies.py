import pytest
from pydantic import TypeAdapter, ValidationError

from reward_agent.replies import each_of, one_of


def test_a_reply_holds_each_name_once_and_no_other() -> None:
    adapter = TypeAdapter(each_of(("A", "B"), int))
    assert adapter.validate_json('{"A": 1, "B": 2}') == {"A": 1, "B": 2}
    for reply in ('{"A": 1}', '{"A": 1, "B": 2, "C": 3}', '{"A": 1, "B": "many"}', "[1, 2]"):
        with pytest.raises(ValidationError):
            adapter.validate_json(reply)


def test_names_can_be_any_text() -> None:
    adapter = TypeAdapter(each_of(("model_config", "1", "über"), bool))
    assert adapter.validate_json('{"model_config": true, "1": false, "über": true}')["1"] is False


def test_the_schema_names_what_is_required() -> None:
    schema = TypeAdapter(each_of(("A", "B"), int)).json_schema()
    assert schema["required"] == ["A", "B"]
    assert schema["additionalProperties"] is False


def test_a_name_outside_the_list_is_refused() -> None:
    adapter: TypeAdapter[str] = TypeAdapter(one_of(("A", "B")))
    assert adapter.validate_json('"B"') == "B"
    with pytest.raises(ValidationError):
        adapter.validate_json('"C"')


@pytest.mark.parametrize("reply", ["B", "candidate B", "Candidate B", "[[B]]", " B. ", "answer B"])
def test_a_name_may_be_spelt_as_the_prompt_spells_it(reply: str) -> None:
    assert TypeAdapter(one_of(("A", "B", "not enough"))).validate_python(reply) == "B"


@pytest.mark.parametrize("reply", ["Not_enough", "NOT ENOUGH", "not enough."])
def test_a_word_may_be_spelt_in_any_case(reply: str) -> None:
    assert TypeAdapter(one_of(("A", "B", "not enough"))).validate_python(reply) == "not enough"


def test_the_schema_of_a_name_stays_strict() -> None:
    assert TypeAdapter(one_of(("A", "B"))).json_schema() == {"enum": ["A", "B"], "type": "string"}
    for reply in ("a", "A or B", "C", 1, None, ["A"]):
        with pytest.raises(ValidationError):
            TypeAdapter(one_of(("A", "B"))).validate_python(reply)
