import asyncio

import pytest

from reward_agent.errors import SignalError
from reward_agent.testing import ScriptedChat, ScriptedSandbox
from reward_agent.types import Outcome
from reward_agent.verify.instructions.checker import Admission, Checker
from reward_agent.verify.instructions.parse_model import ModelParser
from reward_agent.verify.instructions.read import ModelReader, Parsing, ReadInstruction, read_by_rules
from reward_agent.verify.instructions.requirement import Asked, Unchecked, Vetted, Written
from reward_agent.verify.instructions.write import CheckerWriter
from reward_agent.verify.instructions.written import QUARANTINE_FROM, WrittenChecks
from tests.verify.instructions.replies import EVEN_SAYS, code, even, parsed

PROMPT = "Describe rain in exactly two sentences, in a calm tone. Count the characters: it must be even."


def by_length(source: str, response: str) -> Outcome:
    return Outcome.TRUE if len(response) % 2 == 0 else Outcome.FALSE


def reader(
    *replies: str | SignalError, parsing: Parsing = "model", writes: bool = True, asks: bool = True
) -> ModelReader:
    chat = ScriptedChat(list(replies))
    sandbox = ScriptedSandbox(by_length)
    return ModelReader(
        parser=ModelParser(chat=chat),
        parsing=parsing,
        writer=CheckerWriter(coder=chat, admission=Admission(sandbox=sandbox, tier="strict")) if writes else None,
        checks=WrittenChecks(sandbox=sandbox, tier="strict"),
        asks=asks,
    )


def read(one: ModelReader, instruction: str = PROMPT) -> ReadInstruction:
    return asyncio.run(one.read((instruction,)))


def ways(found: ReadInstruction) -> list[type]:
    return [type(requirement.way) for requirement in found.requirements]


def test_by_rules_alone_what_is_unread_stays_unchecked() -> None:
    found = read_by_rules((PROMPT,))
    assert ways(found) == [Vetted, *[Unchecked] * (len(found.requirements) - 1)]
    assert found.requirements[1].planned().reason == "not checked: no rule could read it"


def test_each_requirement_gets_its_way() -> None:
    counted = {"span": "Count the characters", "hard": True, "kind": "characters.count", "params": {"quantity": 4}}
    soft = {"span": "in a calm tone", "says": "The tone is calm."}
    found = read(reader(parsed(soft, counted, even("it must be even")), code()))
    assert ways(found) == [Vetted, Asked, Vetted, Written]
    assert [requirement.kind for requirement in found.requirements] == [
        "sentences.count",
        "soft",
        "characters.count",
        "written",
    ]
    assert [requirement.planned().reason for requirement in found.requirements] == [
        "vetted checker, quantity: exactly 2",
        "model question",
        "vetted checker, quantity: exactly 4, chosen by the model",
        f"written checker {digest(found)}, admitted on 9 examples, sandbox tier strict",
    ]
    assert found.errors == ()


def digest(found: ReadInstruction) -> str:
    way = found.requirements[-1].way
    assert isinstance(way, Written)
    return way.checker.digest


def test_a_written_checker_comes_with_its_source_and_tests_once_a_sample() -> None:
    found = read(reader(parsed(even("it must be even")), code()))
    (note,) = [note for note in found.notes if note.subject.startswith("written checker")]
    assert note.sources[0].startswith("def check_following")
    assert "must pass: 12" in note.sources
    assert "must fail: abc" in note.sources


def test_what_could_not_be_used_of_the_reply_is_noted() -> None:
    found = read(reader(parsed({"span": "in a merry tone"}, even("it must be even", kind="x.y")), code()))
    reasons = [note.reason for note in found.notes if note.subject == "reading by the model"]
    assert reasons == [
        "dropped: 1 that quotes words that are not in the instruction",
        "not taken from the catalog: the catalog has no kind 'x.y'",
    ]


def test_without_code_a_hard_requirement_becomes_a_question_that_says_why() -> None:
    found = read(reader(parsed(even("it must be even")), writes=False))
    requirement = found.requirements[1]
    assert (requirement.kind, requirement.subject) == ("asked", f"asked: {EVEN_SAYS.rstrip('.')}")
    assert requirement.planned().reason == "model question (no code is written)"


def test_a_checker_that_is_never_admitted_leaves_a_question_with_the_reason() -> None:
    found = read(reader(parsed(even("it must be even")), *[code(passing=("1", "123"))] * 3))
    assert isinstance(found.requirements[1].way, Asked)
    assert "no written checker was admitted in 3 attempts" in found.requirements[1].planned().reason
    assert found.errors == ()


def test_a_failed_writer_is_recorded_and_leaves_a_question() -> None:
    found = read(reader(parsed(even("it must be even")), SignalError("too busy")))
    assert found.requirements[1].planned().reason == "model question (writing a checker failed: too busy)"
    assert [str(error) for error in found.errors] == ["too busy"]


def test_without_questions_what_code_cannot_decide_is_unchecked() -> None:
    soft = {"span": "in a calm tone", "says": "The tone is calm."}
    found = read(reader(parsed(soft, even("it must be even")), writes=False, asks=False))
    assert [r.planned().reason for r in found.requirements[1:3]] == [
        "not checked: soft, and no model is asked",
        "not checked: no code is written",
    ]


def test_a_quarantined_checker_is_not_used_again() -> None:
    one = reader(parsed(even("it must be even")), code())
    checker = read(one).requirements[1].way
    assert isinstance(checker, Written)
    timeouts = WrittenChecks(sandbox=ScriptedSandbox(lambda source, response: Outcome.TIMEOUT))
    asyncio.run(timeouts.measured(checker.checker, ["a"] * QUARANTINE_FROM))
    again = ModelReader(parser=one.parser, writer=one.writer, checks=timeouts)
    assert "quarantined" in read(again).requirements[1].planned().reason


def test_when_the_model_fails_the_rules_stand_and_the_failure_is_noted() -> None:
    found = read(reader(SignalError("too busy")))
    assert ways(found)[0] is Vetted
    assert all(isinstance(r.way, Unchecked) and "too busy" in r.way.why for r in found.requirements[1:])
    assert [str(error) for error in found.errors] == ["too busy"]
    assert [note.reason for note in found.notes] == ["failed: too busy"]


def test_a_clause_in_which_nobody_reads_a_requirement_is_said() -> None:
    instruction = "Describe rain. Please make sure to have fun with it."
    (left,) = read(reader(parsed()), instruction).requirements
    assert left.span == "Please make sure to have fun with it."
    assert left.planned().reason == "not checked: neither a rule nor the model read a requirement in it"


@pytest.mark.parametrize(
    ("parsing", "instruction", "calls"),
    [
        ("model", "Use exactly 9 words.", 1),
        ("unread", "Use exactly 9 words.", 0),
        ("unread", "Use exactly 9 words. Write in a calm tone.", 1),
        ("rules", "Use exactly 9 words. Write in a calm tone.", 0),
    ],
)
def test_the_settings_say_when_the_model_reads(parsing: Parsing, instruction: str, calls: int) -> None:
    one = reader(*[parsed()] * calls, parsing=parsing)
    read(one, instruction)
    assert isinstance(one.parser.chat, ScriptedChat)
    assert len(one.parser.chat.requests) == calls


def test_by_rules_a_clause_that_was_not_read_is_put_to_the_model_as_it_stands() -> None:
    found = read(reader(parsing="rules"), "Use exactly 9 words. Write in a calm tone.")
    assert ways(found) == [Vetted, Asked]
    assert found.requirements[1].says == "Write in a calm tone."
    silent = read(reader(parsing="rules", asks=False), "Use exactly 9 words. Write in a calm tone.")
    assert ways(silent) == [Vetted, Unchecked]


def test_written_checkers_are_bounded_for_an_instruction() -> None:
    demands = "abcdefghij"
    instruction = " ".join(f"Demand {letter} must hold." for letter in demands)
    many = [even(f"Demand {letter} must hold", says=f"Demand {letter} holds.") for letter in demands]
    found = read(reader(parsed(*many), *[code()] * 8), instruction)
    assert ways(found) == [Written] * 8 + [Asked] * 2
    assert "more than 8" in found.requirements[-1].planned().reason


def test_two_prompts_with_the_same_requirement_share_the_checker() -> None:
    one = reader(parsed(even("it must be even")), code(), parsed(even("must be even")))
    first = read(one).requirements[1].way
    second = read(one, "Its length must be even.").requirements[0].way
    assert isinstance(first, Written)
    assert isinstance(second, Written)
    assert first.checker is second.checker
    assert isinstance(first.checker, Checker)
