"""Preparing an instruction: literals hidden at their places, sentences cut."""

from __future__ import annotations

from reward_agent.verify.instructions.grammar.text import READ_AT_MOST, prepare


def test_literals_are_hidden_and_kept_by_their_offsets() -> None:
    words = "Use 'one. two', {three} and **four** here."
    text = prepare(words)
    assert {(literal.kind, literal.value) for literal in text.literals.values()} == {
        ("quote", "one. two"),
        ("brace", "three"),
        ("bold", "four"),
    }
    (sentence,) = text.sentences
    assert len(sentence.text) == len(words)
    assert "one" not in sentence.text


def test_an_apostrophe_is_no_quotation_mark() -> None:
    text = prepare("Don't write 'women's rights' or the dogs' bowls.")
    assert [literal.value for literal in text.literals.values()] == ["women's rights"]


def test_sentences_end_at_stops_glued_or_not_and_at_quotations_that_end_in_one() -> None:
    starts = [s.text.split()[0] for s in prepare('One is.Two is e.g. so? Say "Three." Four\n\n- Five').sentences]
    assert starts == ["One", "Two", "Say", "Four", "-"]


def test_only_the_ends_of_a_long_instruction_are_read() -> None:
    text = prepare("Head. " + "x" * 5 * READ_AT_MOST + "\n\nTail.")
    assert text.sentences[0].text == "Head."
    assert text.sentences[-1].text.strip() == "Tail."
    assert sum(len(s.text) for s in text.sentences) <= 2 * READ_AT_MOST
