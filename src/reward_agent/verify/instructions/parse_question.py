"""From a yes/no question about a response to constraints that code can check, without a model.

    asked = parse_question("Does the answer have exactly three paragraphs?")
    asked.holds(response, prompt=instruction)        # True, False, or None where the code cannot tell

The question is turned into the statement it asks about ("The response must have exactly three paragraphs.") and read
by the same rules as an instruction; a few rules of its own read forms ("Is it a poem?") and what a text mentions. What
this does not promise: that a question about content is decided. Most are not, and `parse_question` says None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reward_agent.verify.instructions.catalog import measure
from reward_agent.verify.instructions.catalog.forms import without_opener
from reward_agent.verify.instructions.catalog.loose import measure_loosely
from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.parse_rules import parse
from reward_agent.verify.instructions.question_demand import demanded
from reward_agent.verify.instructions.question_rules import QUESTION_RULES
from reward_agent.verify.instructions.remember import remembered

QUESTION_AT_MOST = 600
"""Characters of a question that are read; a longer one is no question about one requirement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question asks of a response. `complete`: the constraints are all that it asks, so that all met is a yes;
    else they can only show a no. `statement` is the question as a demand."""

    statement: str
    constraints: tuple[Constraint, ...]
    complete: bool

    def holds(self, response: str, *, prompt: str = "") -> bool | None:
        """Whether the response does what is asked, None where the code cannot tell.

        Counts the way a careful person does, and forgives an opener or a closing line, as a person would.
        """
        if not response.strip():
            return False
        met = [self._met(constraint, response, prompt) for constraint in self.constraints]
        if False in met:
            return False
        return True if self.complete and all(met) else None

    def _met(self, constraint: Constraint, response: str, prompt: str) -> bool | None:
        text = without_opener(response)
        first = measure(constraint, text if text.strip() else response, prompt=prompt, reading="natural").met
        return (
            first if first is not False else measure_loosely(constraint, response, prompt=prompt, reading="natural").met
        )


@remembered
def parse_question(question: str) -> Asked | None:
    """What a yes/no question about a response asks for, None where no rule reads it. Never raises."""
    statement = demanded(question[: QUESTION_AT_MOST + 1]) if len(question) <= QUESTION_AT_MOST else None
    if statement is None:
        return None
    found = parse(statement).constraints
    if found:
        return Asked(statement=statement, constraints=found, complete=_is_all(statement, found))
    for rule in QUESTION_RULES:
        if (match := rule.pattern.match(statement)) and (demand := rule.read(match)):
            constraint = Constraint(kind=demand.kind, params=demand.params, span=statement)
            return Asked(statement=statement, constraints=(constraint,), complete=demand.complete)
    return None


_SAYS_NOTHING = re.compile(
    r"\b(?:the|a|an|its|it|response|must|be|is|are|have|has|include|includes|contain|consist|of|and|in|with|to|all|"
    r"each|every|only|written|long|exactly|at|least|most|text|use|uses|that|total|also|just|length|whole|entire|"
    r"entirely|format|formatted|structured|presented|organi[sz]ed|divided|into|as|single|"
    r"items|entries|points)\b",
    re.IGNORECASE,
)


def _is_all(statement: str, found: tuple[Constraint, ...]) -> bool:
    """Whether the statement asks for nothing beside what was found in it."""
    rest = statement
    for span in _spans(found):
        rest = rest.replace(span, " ", 1)
    return not re.search(r"\w", _SAYS_NOTHING.sub(" ", rest))


def _spans(found: tuple[Constraint, ...]) -> Iterator[str]:
    yield from dict.fromkeys(constraint.span for constraint in found if constraint.span)
