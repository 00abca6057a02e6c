import pytest

from reward_agent.verify.instructions.kinds_offered import kinds_offered


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Every pair of neighbouring lines should rhyme.", "rhyme.lines("),
        ("Put a table with three columns in it.", "table.shape("),
        ("Nothing but capitals.", "case.upper("),
        ("Quote somebody, and explain every quoted piece.", "quotations.explained("),
    ],
)
def test_the_kinds_whose_words_occur_are_offered(words: str, kind: str) -> None:
    assert any(line.startswith(kind) for line in kinds_offered(words))


def test_words_that_no_kind_knows_offer_nothing() -> None:
    assert kinds_offered("Sound warm, please.") == ()
    assert kinds_offered("") == ()


def test_the_offer_is_bounded_and_the_same_for_the_same_text() -> None:
    text = (
        "number words sentences paragraphs lines letters table list bullet items section heading quote emoji digits "
        * 500
    )
    offered = kinds_offered(text)
    assert 0 < len(offered) <= 12
    assert sum(map(len, offered)) <= 900
    assert offered == kinds_offered(text)
    assert len(kinds_offered(text, most=3)) == 3
