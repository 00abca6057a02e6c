"""One thing that an instruction asks for, and how it is checked.

vetted      by a checker of the catalog, with its parameters
written     by a checker that a model wrote and that was admitted
asked       by a question to a model
unchecked   not at all, and why
"""

from __future__ import annotations

from dataclasses import dataclass

from reward_agent.types import Finding
from reward_agent.verify.instructions.catalog import CATALOG
from reward_agent.verify.instructions.checker import Checker
from reward_agent.verify.instructions.constraint import Constraint, Measurement

WRITTEN, ASKED, SOFT = "written", "asked", "soft"
"""What stands for a kind, in subjects and weights, where the catalog has none: a written checker, a hard requirement
put to a model, a soft one put to a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetted:
    """By the catalog. `by_model`: a model chose kind and parameters, not a rule."""

    constraint: Constraint
    by_model: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """By a model's code, in a sandbox of the given tier."""

    checker: Checker
    tier: str

    @property
    def admitted(self) -> str:
        """On what ground it is believed, and where it runs."""
        tier = f", sandbox tier {self.tier}" if self.tier else ""
        return f"admitted on {self.checker.examples} examples{tier}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """By a model's judgment. `why` says what stood against code, where code could decide it."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """Not at all."""

    why: str


Way = Vetted | Written | Asked | Unchecked


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """`says`: the requirement by itself; `span`: the words of the instruction that ask for it."""

    says: str
    span: str
    way: Way
    hard: bool = True

    @property
    def kind(self) -> str:
        """What weights go by: the catalog's kind, or one of `written`, `asked`, `soft`; empty where it is unchecked."""
        match self.way:
            case Vetted(constraint=constraint):
                return constraint.kind
            case Written():
                return WRITTEN
            case Asked():
                return ASKED if self.hard else SOFT
            case Unchecked():
                return ""

    @property
    def subject(self) -> str:
        """The requirement as findings name it."""
        says = self.says.rstrip(".")
        return f"{self.kind or 'requirement'}: {says}" if says else self.kind or "requirement"

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.span,) if self.span else ()

    def planned(self) -> Finding:
        """How it will be checked, undecided for want of a candidate."""
        return Finding(subject=self.subject, score=None, reason=self._plan(), sources=self.sources)

    def found(self, measurement: Measurement) -> Finding:
        """How one candidate came out."""
        score = None if measurement.met is None else float(measurement.met)
        return Finding(subject=self.subject, score=score, reason=measurement.measured, sources=self.sources)

    def _plan(self) -> str:
        match self.way:
            case Vetted(constraint=constraint, by_model=by_model):
                params = "; ".join(f"{name}: {_listed(value)}" for name, value in constraint.params.items())
                return ", ".join(filter(None, ("vetted checker", params, "chosen by the model" if by_model else "")))
            case Written(checker=checker) as way:
                return f"written checker {checker.digest}, {way.admitted}"
            case Asked(why=why):
                return f"model question ({why})" if why else "model question"
            case Unchecked(why=why):
                return f"not checked: {why}"


def vetted(constraint: Constraint, *, by_model: bool = False) -> Requirement:
    """A requirement that the catalog checks."""
    says = CATALOG[constraint.kind].description.rstrip(".")
    return Requirement(says=says, span=constraint.span, way=Vetted(constraint=constraint, by_model=by_model))


def unread(clause: str) -> Requirement:
    """A clause that looks like a requirement and that no rule could read."""
    return Requirement(says="", span=clause, way=Unchecked(why="no rule could read it"))


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
