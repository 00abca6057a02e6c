"""`[verify.instructions]`: how constraints are found and checked."""

from typing import Annotated, Literal

from pydantic import Discriminator

from reward_agent.config.section import Off, Section


class RuleInstructions(Section):
    """Constraints found by grammar rules, verified by vetted checkers.

    `reading`: how to count where people differ. `graded`: among candidates that meet equally many constraints, the
    one that misses by less scores higher (false gives the published plain share).
    """

    type: Literal["rules"]
    reading: Literal["literal", "natural"] = "literal"
    graded: bool = True


InstructionSettings = Annotated[RuleInstructions | Off, Discriminator("type")]
