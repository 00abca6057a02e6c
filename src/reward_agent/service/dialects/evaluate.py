"""The reference's server: POST /evaluate/ {"instruction", "answers"} -> {"result": [number]}.

Instruction-following scores alone. What cannot be scored is an HTTP error, never a number.
"""

from pydantic import BaseModel, ConfigDict, Field

from reward_agent.service.wire import Foreign, Text


class EvaluateRequest(Foreign):
    """The reference's server: an instruction and the answers to it."""

    instruction: Text = Field(min_length=1)
    answers: list[Text] = Field(min_length=1)

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"instruction": "Answer in one word.", "answers": ["Yes", "I would say yes"]}]}
    )


class EvaluateReply(BaseModel):
    """Instruction-following scores in [0, 1], aligned with the answers."""

    result: list[float]
