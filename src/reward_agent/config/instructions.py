"""`[verify.instructions]`: how constraints are found and checked."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from reward_agent.config.section import Off, Section


class Counting(Section):
    """How measurements become a score.

    `reading`: how to count where people differ. `graded`: among candidates that meet equally many constraints, the
    one that misses by less scores higher (false gives the published plain share). `weights`: by kind, the longest
    leading part counts: `{ words = 0.5, "words.count" = 2.0 }`; "written", "asked" and "soft" stand for what the
    catalog does not check.
    """

    reading: Literal["literal", "natural"] = "literal"
    graded: bool = True
    weights: dict[str, Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]] = Field(default_factory=dict)


class RuleInstructions(Counting):
    """Constraints found by grammar rules, verified by vetted checkers."""

    type: Literal["rules"]


class ModelInstructions(Counting):
    """Rules and vetted checkers first; a model for the rest.

    `chat` reads and judges, `coder` writes checkers: names of chat models. `parse`: the model reads every instruction
    ("model"), only one in which the rules left a clause unread ("unread"), or none ("rules": clauses that the rules
    could not read are then put to the model as questions). `write`: have checkers written, which run in the sandbox.
    `soft`: ask the model about what code cannot decide.
    """

    type: Literal["model"]
    chat: str = "default"
    coder: str = "default"
    parse: Literal["model", "unread", "rules"] = "model"
    write: bool = True
    soft: bool = True


InstructionSettings = Annotated[RuleInstructions | ModelInstructions | Off, Discriminator("type")]
