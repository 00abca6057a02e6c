"""Which terms are looked up."""

from reward_agent.evidence.corpus.terms import MAX_TERMS, analyzer, spaced, telling


def test_terms_are_plain_words_in_one_form() -> None:
    assert analyzer().analyze(spaced("The Cafés weren't RUNNING; ran 1,234 km")) == [
        "the",
        "cafe",
        "weren",
        "t",
        "run",
        "ran",
        "1",
        "234",
        "km",
    ]


def test_scripts_without_spaces_are_a_term_a_character() -> None:
    assert analyzer().analyze(spaced("東京 tower")) == ["東", "京", "tower"]


def test_the_rarest_terms_are_looked_up_and_common_ones_only_where_there_is_nothing_else() -> None:
    counts = {"the": 90_000, "of": 80_000, "harbour": 900, "ferry": 40, "noon": 7, "zyx": 0}
    assert telling(list(counts), counts.__getitem__, 100_000) == ["noon", "ferry", "harbour"]
    assert telling(["the", "of", "zyx"], counts.__getitem__, 100_000) == ["of", "the"]


def test_a_small_corpus_has_no_common_terms() -> None:
    counts = {"port": 9, "salt": 8, "sea": 7, "quay": 6}
    assert telling(list(counts), counts.__getitem__, 10) == ["quay", "sea", "salt", "port"]


def test_a_long_query_is_bounded() -> None:
    assert len(telling([str(number) for number in range(500)], lambda term: 1, 1_000)) == MAX_TERMS
