"""`[judge]`: how signals become scores."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Discriminator, Field

from reward_agent.config.section import Section

PUBLISHED_VOTES: Mapping[str, float] = MappingProxyType({"factuality": 1.2, "instructions": 1.1})
"""The published weights of the vote, beside 1 for a preference model ("Agentic Reward Modeling", ACL 2025)."""


class WeightedJudge(Section):
    """The weighted sum. `normalize = false` sums raw preference scores, as published."""

    type: Literal["weighted"] = "weighted"
    weights: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(default_factory=dict)
    normalize: bool = True


class VoteJudge(Section):
    """One weighted vote a signal; without `weights` the published ones."""

    type: Literal["vote"]
    weights: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(default_factory=dict)


class ModelJudge(Section):
    """A chat model that reads the candidates and what the signals found."""

    type: Literal["model"]
    chat: str = "default"


JudgeSettings = Annotated[WeightedJudge | VoteJudge | ModelJudge, Discriminator("type")]
