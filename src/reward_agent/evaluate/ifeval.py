"""IFEval: are the verifiable instructions of a prompt followed? (Zhou et al. 2023, arXiv 2311.07911)

The row's columns as published: `instruction_id_list`, and `kwargs` with one object of arguments for each. A blank
response follows nothing. Strict takes the response as it is; loose is met where one of eight variants meets it: the
response, without its first line, without its last, without both, and each of these without asterisks. Prompt level:
every instruction is followed; instruction level: the share of all instructions that are.

Verdicts are the catalog's (`verify/instructions/catalog/ifeval.py`); `python -m benchmarks.ifeval_verdicts` compares
them with the official ones.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reward_agent.evaluate.evaluation import Measure, Score
from reward_agent.verify.instructions.catalog import measure
from reward_agent.verify.instructions.catalog.ifeval import from_ifeval
from reward_agent.verify.instructions.catalog.loose import measure_loosely
from reward_agent.verify.instructions.constraint import Constraint, Measurement

_ALL = "1 where every instruction is followed, else 0"
_SHARE = "share of the instructions that are followed, 0 to 1"
MEASURES = (
    Measure(name="prompt-level loose", unit=_ALL),
    Measure(name="prompt-level strict", unit=_ALL),
    Measure(name="instruction-level loose", unit=_SHARE, pooled=True),
    Measure(name="instruction-level strict", unit=_SHARE, pooled=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IFEval:
    """By the official rules."""

    name: str = "ifeval"
    measures: Sequence[Measure] = MEASURES

    def score(self, row: Mapping[str, object], response: str, index: int) -> Score:
        """Weight: the number of instructions."""
        prompt = str(row.get("prompt") or "")
        try:
            constraints = _constraints(row)
            strict = [_followed(constraint, response, prompt) for constraint in constraints]
            loose = [_followed_loosely(constraint, response, prompt) for constraint in constraints]
        except ValueError as fault:
            return Score.missing(str(fault))
        values = (float(all(loose)), float(all(strict)), _share(loose), _share(strict))
        missed = [constraint.kind for constraint, met in zip(constraints, loose, strict=True) if not met]
        return Score(
            values=dict(zip((m.name for m in MEASURES), values, strict=True)),
            weight=float(len(constraints)),
            reason=f"not followed: {', '.join(missed)}" if missed else "all followed",
        )


def _followed(constraint: Constraint, response: str, prompt: str) -> bool:
    return bool(response.strip()) and _met(measure, constraint, response, prompt)


def _followed_loosely(constraint: Constraint, response: str, prompt: str) -> bool:
    return _met(measure_loosely, constraint, response, prompt)


def _met(by: Callable[..., Measurement], constraint: Constraint, response: str, prompt: str) -> bool:
    try:
        return bool(by(constraint, response, prompt=prompt, reading="literal").met)
    except (TypeError, AttributeError, KeyError, re.error) as error:  # checkers trust their parameters; rows are data
        raise ValueError(f"{constraint.kind} has an argument that cannot be used ({error})") from None


def _share(verdicts: Sequence[bool]) -> float:
    return sum(verdicts) / len(verdicts)


def _constraints(row: Mapping[str, object]) -> list[Constraint]:
    """The row's instructions. Raises ValueError for a row without them, an unknown one and a missing argument."""
    ids, arguments = row.get("instruction_id_list"), _parsed(row.get("kwargs"))
    if not isinstance(ids, list | tuple) or not ids or not isinstance(arguments, list | tuple):
        raise ValueError("expected IFEval's columns instruction_id_list and kwargs, lists of one length")
    if len(ids) != len(arguments):
        raise ValueError(f"instruction_id_list has {len(ids)} entries and kwargs {len(arguments)}")
    return [_constraint(str(id), _parsed(given)) for id, given in zip(ids, arguments, strict=True)]


def _constraint(id: str, given: object) -> Constraint:
    arguments = {key: value for key, value in given.items() if value is not None} if isinstance(given, Mapping) else {}
    try:
        return from_ifeval(id, arguments)
    except KeyError as error:
        raise ValueError(f"{id[:80]!r} is no instruction of IFEval, or lacks the argument {error}") from None
    except (ValueError, TypeError) as error:
        raise ValueError(f"{id[:80]!r} has an argument that cannot be used ({error})") from None


def _parsed(value: object) -> Any:
    """The value, read where a table holds it as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
