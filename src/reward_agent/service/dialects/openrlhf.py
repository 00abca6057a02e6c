"""OpenRLHF 0.11: POST /get_reward {"query", "prompts", "labels"} -> {"rewards", "scores", "extra_logs"}."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reward_agent.service.wire import Foreign, Text


class RewardRequest(Foreign):
    """OpenRLHF: `query` is prompt and response as the model saw them, special tokens included; `prompts` the prompts
    alone, which are cut off the query; `labels` is not read."""

    query: list[Text] = Field(min_length=1)
    prompts: list[Text] = Field(default_factory=list)
    labels: list[Any] | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "query": ["<|im_start|>user\nOne word.<|im_end|>\n<|im_start|>assistant\nYes<|im_end|>"],
                    "prompts": ["<|im_start|>user\nOne word.<|im_end|>\n<|im_start|>assistant\n"],
                    "labels": [""],
                }
            ]
        }
    )


class RewardReply(BaseModel):
    """`rewards` and `scores` are the same numbers, one a query; `extra_logs` holds the mean of each signal."""

    rewards: list[float]
    scores: list[float]
    extra_logs: dict[str, float]
