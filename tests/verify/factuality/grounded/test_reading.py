"""What of a passage the encoder is given to read."""

from reward_agent.verify.factuality.grounded.reading import READ_WORDS, to_read

FILLER = " ".join(f"Sentence number {n} of the long report speaks about the weather of that year." for n in range(30))


def test_a_short_passage_is_read_whole_behind_its_title() -> None:
    assert (
        to_read("Mills", "It was built in 1820. It is red.", "It is blue.") == "Mills: It was built in 1820. It is red."
    )


def test_of_a_long_one_the_sentences_that_bear_on_the_claim_are_read_in_their_order() -> None:
    text = f"Ada Quent built the mill. {FILLER} The mill burnt down in 1911. {FILLER}"
    shown = to_read("", text, "The mill of Ada Quent burnt down in 1911.")
    assert shown.startswith("Ada Quent built the mill.")
    assert "The mill burnt down in 1911." in shown
    assert len(shown.split()) <= READ_WORDS


def test_the_question_counts_for_less_than_the_claim() -> None:
    text = f"The ferry sank in May. {FILLER} Lamps were lit on the quay in June. {FILLER}"
    shown = to_read("", text, "Lamps on the quay.", "What of the ferry?")
    assert "Lamps were lit" in shown


def test_a_sentence_without_an_end_is_cut() -> None:
    assert len(to_read("", "word " * 5_000, "a word").split()) <= READ_WORDS
    assert to_read("", "", "a word") == ""
