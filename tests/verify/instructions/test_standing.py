"""What a system prompt asks of every answer is checked; personas, conditions and earlier turns are not."""

import asyncio

import pytest

from reward_agent.types import Candidate, Message, Sample
from reward_agent.verify.instructions.parse_rules import parse
from reward_agent.verify.instructions.standing import standing_wishes, texts_to_parse
from reward_agent.verify.instructions.verifier import InstructionVerifier


def sample(*turns: tuple[str, str], response: str = "So.") -> Sample:
    prompt = tuple(Message(role=role, content=content) for role, content in turns)  # type: ignore[arg-type]
    return Sample(id="s", prompt=prompt, candidates=(Candidate(text=response),))


def kinds(system: str) -> list[str]:
    return [constraint.kind for constraint in parse(standing_wishes(system)).constraints]


@pytest.mark.parametrize(
    ("system", "found"),
    [
        ("Always answer in at most 50 words.", ["words.count"]),
        ("You are a kind helper. Never use exclamation marks. Reply in French.", ["punctuation.forbid", "language.is"]),
        ("You are an assistant that answers in exactly 3 sentences.", ["sentences.count"]),
        ("You must end every reply with 'Over and out.'", ["end.phrase"]),
        ("You are a poet. Your responses should be in all lowercase letters.", ["case.lower"]),
    ],
)
def test_what_binds_every_answer_is_read(system: str, found: list[str]) -> None:
    assert kinds(system) == found


@pytest.mark.parametrize(
    "system",
    [
        "You are a novelist of 500-word stories with 10 years of practice.",
        "You are an expert in JSON, YAML and French.",
        "If the user asks for a summary, answer in exactly 3 sentences.",
        "When writing code, use a code block in Python.",
        "The user will send 3 paragraphs in Italian.",
        "For math questions, give at least 2 steps in a numbered list.",
        "You have read 20 paragraphs on the history of the word 'tide'.",
        "Imagine you live in a town where all letters are lowercase.",
    ],
)
def test_personas_conditions_and_other_people_ask_for_nothing(system: str) -> None:
    assert kinds(system) == []


def test_earlier_turns_of_the_user_are_not_read() -> None:
    texts = texts_to_parse(
        sample(("system", "Be brief."), ("user", "In 3 sentences: why?"), ("assistant", "So."), ("user", "And now?"))
    )
    assert texts == ("Be brief.", "And now?")


def test_the_verdict_quotes_the_words_of_the_system_prompt() -> None:
    turns = (("system", "Always answer in at most 3 words."), ("user", "What is rain? Use the word 'water'."))
    signal = asyncio.run(InstructionVerifier().verify(sample(*turns, response="Falling water, of course, so wet")))
    first, second = signal.verdicts[0].findings
    assert (first.score, second.score) == (0.0, 1.0)
    assert first.sources == ("at most 3 words",)


def test_a_wish_said_twice_counts_once() -> None:
    turns = (("system", "Use at most 9 words."), ("user", "What is rain? Use at most 9 words."))
    signal = asyncio.run(InstructionVerifier().verify(sample(*turns)))
    assert len(signal.verdicts[0].findings) == 1
