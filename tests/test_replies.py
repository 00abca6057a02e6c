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
