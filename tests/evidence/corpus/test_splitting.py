"""Pages become passages: bounded, whole where that is possible, nothing lost, each with its place."""

from hypothesis import given
from hypothesis import strategies as st

from reward_agent.evidence.corpus import Page
from reward_agent.evidence.corpus.splitting import passages

TEXTS = st.text(alphabet=st.sampled_from("ab .!?。\n\t\x1b\"')é海"), max_size=600)


def texts(text: str, max_chars: int = 40, overlap_chars: int = 12) -> list[str]:
    return [passage.text for passage in passages(Page(text=text), max_chars=max_chars, overlap_chars=overlap_chars)]


def test_a_short_page_is_one_passage() -> None:
    assert texts("The sea is salt.\n\nThe land is dry.") == ["The sea is salt.\n\nThe land is dry."]
    assert texts(" \n ") == []


def test_a_passage_ends_with_a_sentence_and_the_next_begins_with_a_short_last_one() -> None:
    text = "The harbour froze in January. It thawed. The boats left in March. They came home."
    assert texts(text) == [
        "The harbour froze in January. It thawed.",
        "It thawed. The boats left in March.",
        "They came home.",
    ]


def test_a_paragraph_is_not_cut_where_a_border_between_paragraphs_will_do() -> None:
    text = "The first is a little long.\n\nThe second one is too. It ends."
    assert texts(text) == ["The first is a little long.", "The second one is too. It ends."]


def test_a_sentence_that_is_too_long_is_cut_at_a_space_and_a_word_that_is_too_long_anywhere() -> None:
    assert texts("word " * 20, 22) == ["word word word word"] * 5
    assert texts("x" * 100) == ["x" * 40, "x" * 40, "x" * 20]


def test_a_passage_knows_its_line() -> None:
    text = "First line is here now.\nSecond line is here.\n\nFourth line is here now."
    found = passages(Page(text=text, source="a.txt", line=10), max_chars=30, overlap_chars=0)
    assert [passage.source for passage in found] == ["a.txt:10", "a.txt:11", "a.txt:13"]


def test_titles_and_sources_are_one_bounded_line() -> None:
    (passage,) = passages(Page(text="Salt.", title="A\n\x1b[2J " + "t" * 500, source="s" * 2_000))
    assert passage.title.startswith("A [2J")
    assert (len(passage.title), len(passage.source)) == (200, 500)


@given(TEXTS, st.integers(5, 80), st.integers(0, 20))
def test_passages_are_bounded_pieces_of_the_text(text: str, max_chars: int, overlap_chars: int) -> None:
    found = texts(text, max_chars, overlap_chars)
    assert all(0 < len(passage) <= max_chars for passage in found)
    assert all(passage in text.replace("\x1b", " ") for passage in found)


@given(TEXTS, st.integers(5, 80))
def test_nothing_but_white_space_is_lost(text: str, max_chars: int) -> None:
    found = texts(text, max_chars, overlap_chars=0)
    assert "".join("".join(found).split()) == "".join(text.replace("\x1b", " ").split())


def test_half_characters_and_control_characters_are_replaced() -> None:
    assert texts("a\ud800b \x07c") == ["a\ufffdb  c"]
