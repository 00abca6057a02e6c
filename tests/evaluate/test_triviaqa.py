import pytest

from reward_agent.evaluate import TriviaQA
from reward_agent.evaluate.answers import f1, normalised
from reward_agent.evaluate.triviaqa import accepted_answers

HUB = {"answer": {"value": "Sunset Blvd", "aliases": ["Sunset Boulevard"], "normalized_aliases": ["sunset blvd"],
                  "matched_wiki_entity_name": "", "type": "WikipediaEntity"}}  # fmt: skip
ORIGINAL = {
    "Answer": {"Value": "Sunset Blvd", "NormalizedAliases": ["sunset boulevard"], "HumanAnswers": ["Sunset B."]}
}


def values(response: str, **columns: object) -> dict[str, float]:
    return dict(TriviaQA().score(columns, response, 0).values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Beatles!", "beatles"),
        ("an_Answer", "answer"),
        ("A‘b’c´d`e", "b c d e"),
        ("Another theatre", "another theatre"),
        ("U.S.A.", "u s"),  # as the official script has it: the last "a" is an article
        ("the", ""),
    ],
)
def test_normalisation_is_the_official_one(text: str, expected: str) -> None:
    assert normalised(text) == expected


def test_an_accepted_answer_matches_whatever_its_case_articles_and_punctuation() -> None:
    assert values("the sunset, boulevard.", **HUB) == {"exact match": 1.0, "F1": 1.0, "contains": 1.0}


def test_an_answer_in_a_sentence_matches_none_and_is_contained() -> None:
    found = values("It is Sunset Boulevard, of course.", **HUB)
    assert found["exact match"] == 0.0
    assert found["contains"] == 1.0
    assert found["F1"] == pytest.approx(2 * 2 / (6 + 2))


def test_parts_of_words_are_not_contained() -> None:
    assert values("Popular", answer=["Po"])["contains"] == 0.0


def test_words_count_as_often_as_they_occur() -> None:
    assert f1("duran duran", "duran") == pytest.approx(2 / 3)
    assert f1("x", "y") == 0.0


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (HUB, {"sunset blvd", "sunset boulevard"}),
        (ORIGINAL, {"sunset blvd", "sunset boulevard", "sunset b"}),
        ({"answer": "PULSAR; pulsars"}, {"pulsar", "pulsars"}),
        ({"answers": ["Po", "Padus"]}, {"po", "padus"}),
        ({"possible_answers": '["Po", "Padus"]'}, {"po", "padus"}),
        ({"answer": "[not json"}, {"not json"}),
        ({"answer": None, "aliases": ["Po", "The"]}, {"po"}),
    ],
)
def test_accepted_answers_are_found_where_files_have_them(columns: dict[str, object], expected: set[str]) -> None:
    assert accepted_answers(columns) == expected


def test_a_row_without_accepted_answers_is_not_scored() -> None:
    score = TriviaQA().score({"question": "Which river?"}, "Po", 0)
    assert score.value is None
    assert "expected accepted answers" in score.reason


def test_an_empty_response_is_wrong_and_scored_so() -> None:
    assert values("", **HUB) == {"exact match": 0.0, "F1": 0.0, "contains": 0.0}
