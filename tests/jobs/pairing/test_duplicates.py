import pytest

from reward_agent.jobs.pairing.duplicates import HEAD_CHARS, Print, without_near_duplicates

RIVER = "The river is long and slow and it flows to the sea past many old towns and quiet farms in the north."


def similarity(a: str, b: str) -> float:
    return Print.of(a).similarity(Print.of(b))


def test_equal_texts_are_alike_and_unrelated_ones_are_not() -> None:
    assert similarity(RIVER, RIVER) == 1
    assert similarity(RIVER, RIVER.upper()) == 1
    assert similarity(RIVER, "Bread needs flour, water, salt, time and a hot oven to rise and brown.") == 0


def test_similarity_falls_with_every_change_and_is_the_same_from_both_sides() -> None:
    one = RIVER.replace("slow", "fast")
    two = one.replace("farms", "fields")
    assert 1 > similarity(RIVER, one) > similarity(RIVER, two) > 0
    assert similarity(RIVER, two) == similarity(two, RIVER)


def test_a_text_that_repeats_itself_is_not_its_shorter_version() -> None:
    assert similarity("It flows on. " * 3, "It flows on. " * 6) <= 0.5


@pytest.mark.parametrize("text", ["", "  ", "One", "two words"])
def test_texts_of_a_few_words_are_alike_only_where_they_are_equal(text: str) -> None:
    assert similarity(text, text) == 1
    assert similarity(text, "Something else entirely, and longer than that.") == 0


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    text = "河流很长也很慢它流过许多古老的城镇和安静的农场然后流入大海" * 2
    assert 0.5 < similarity(text, text.replace("安静", "热闹", 1)) < 1


def test_long_texts_with_the_same_beginning_are_told_apart_by_their_lengths() -> None:
    head = "word " * (HEAD_CHARS // 5)
    assert similarity(head, head + "more " * HEAD_CHARS) < 0.3


def test_of_two_near_duplicates_the_earlier_one_stays() -> None:
    texts = [RIVER, RIVER.replace("north", "south"), "Bread rises.", RIVER]
    assert without_near_duplicates([1, 2, 0, 3], texts, 0.8) == [1, 2]
    assert without_near_duplicates([1, 2, 0, 3], texts, 1.0) == [1, 2, 0]
