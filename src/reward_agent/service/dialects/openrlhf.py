"""OpenRLHF 0.11: POST /get_reward {"query", "prompts", "labels"} -> {"rewards", "scores", "extra_logs"}.

Its client tries again after a 5xx and takes whatever a 200 says for the reward, so a 200 needs a whole reward for every
query: where a signal failed the answer is 503.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from reward_agent.service.counter import Counter
from reward_agent.service.dialects.chat_text import last_turn, prompt_of, split_off
from reward_agent.service.judges import Job
from reward_agent.service.refusals import unfit
from reward_agent.service.rollouts import group_reply, grouped
from reward_agent.service.strict import StrictRoute, json_reply
from reward_agent.service.translate import check_whole
from reward_agent.service.wire import Foreign, Text
from reward_agent.types import Message


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


def openrlhf_routes(counter: Counter) -> APIRouter:
    """The route over one counter."""
    routes = APIRouter(route_class=StrictRoute, tags=["OpenRLHF"])

    @routes.post("/get_reward", response_model=RewardReply)
    async def get_reward(request: Request, body: RewardRequest) -> Response:
        """Rewards of queries, for `--reward.remote_url` (older: `--remote_rm_url`)."""
        if body.prompts and len(body.prompts) != len(body.query):
            raise unfit(f"prompts must be as many as query, got {len(body.prompts)} and {len(body.query)}")
        pairs = [_pair(body, place) for place in range(len(body.query))]
        groups = grouped((None, prompt, response) for prompt, response in pairs)
        done = await counter.judged(request, [Job(sample=group.sample) for group in groups])
        for one in done:
            check_whole(one)
        reply = group_reply(groups, done, len(pairs))
        rewards = [reward for reward in reply.rewards if reward is not None]
        means = {name: _mean(scores) for name, scores in reply.signals.items()}
        logs = {name: mean for name, mean in means.items() if mean is not None}
        return json_reply(RewardReply(rewards=rewards, scores=rewards, extra_logs=logs))

    return routes


def _pair(body: RewardRequest, place: int) -> tuple[tuple[Message, ...], str]:
    """Prompt and response of one query."""
    query = body.query[place]
    if body.prompts:
        response = split_off(body.prompts[place], query)
        if response is not None:
            return prompt_of(body.prompts[place]), response
    found = last_turn(query)
    if found is None:
        raise unfit(
            f"query {place}: it does not begin with its prompt, and no known chat template ends it with the "
            "assistant's turn; send `prompts` as the model saw them"
        )
    return found


def _mean(scores: list[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
