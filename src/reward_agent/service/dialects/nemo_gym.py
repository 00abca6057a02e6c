"""NeMo-Gym: POST /verify {"responses_create_params", "response", ...} -> the same with reward and reward_components."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class VerifyRequest(BaseModel):
    """NeMo-Gym: the Responses API's request and response of one rollout. Everything that comes is echoed."""

    responses_create_params: dict[str, Any]
    response: dict[str, Any]

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "responses_create_params": {"input": [{"role": "user", "content": "Answer in one word."}]},
                    "response": {
                        "output": [
                            {
                                "type": "message",
                                "role": "assistant",
                                "content": [{"type": "output_text", "text": "Yes"}],
                            }
                        ]
                    },
                }
            ]
        },
    )


class VerifyReply(BaseModel):
    """The request with `reward`, the judger's score, and `reward_components`, each signal's own score."""

    reward: float
    reward_components: dict[str, float]

    model_config = ConfigDict(extra="allow")
