from hypothesis import given
from hypothesis import strategies as st

from reward_agent.verify.factuality.excerpts import LEFT_OUT, READ_CHARS, excerpt, telling


def test_a_short_passage_is_shown_whole() -> None:
    assert excerpt(" It is 1.5 m long. Yes. ", frozenset(), 100) == "It is 1.5 m long. Yes."


def test_the_sentences_with_most_of_the_words_are_shown_with_marks() -> None:
    text = "First comes this. The pier was finished in 1829. It is of stone. Then comes that. And more of it."
    assert (
        excerpt(text, telling("the stone pier of 1829"), 50)
        == f"{LEFT_OUT} The pier was finished in 1829. It is of stone. {LEFT_OUT}"
    )


def test_without_a_word_of_the_claim_the_beginning_is_shown() -> None:
    text = "One two three. Four five six. Seven eight nine."
    assert excerpt(text, telling("pier"), 30) == f"One two three. Four five six. {LEFT_OUT}"


def test_a_number_with_a_point_does_not_end_a_sentence() -> None:
    text = "It is 1.5 metres long and 2.25 wide. " + "So. " * 50
    assert excerpt(text, telling("wide"), 40).startswith("It is 1.5 metres long and 2.25 wide.")


def test_a_page_is_not_read_to_its_end() -> None:
    text = "x " * READ_CHARS + "pier"
    assert "pier" not in excerpt(text, telling("pier"), 100)


@given(st.text(max_size=300), st.text(max_size=30), st.integers(20, 200))
def test_an_excerpt_fits_and_stands_in_the_passage(text: str, claim: str, limit: int) -> None:
    shown = excerpt(text, telling(claim), limit)
    assert len(shown) <= limit + 2 * (len(LEFT_OUT) + 1)
    bare = shown.removeprefix(LEFT_OUT).removesuffix(LEFT_OUT).strip()
    assert bare in text
