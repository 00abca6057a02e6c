"""`[route]`: which router picks the checks."""

from typing import Annotated, Literal

from pydantic import Discriminator

from reward_agent.config.section import Section


class RuleRouting(Section):
    """Picks checks by cue words."""

    type: Literal["rules"] = "rules"


class EveryCheckRouting(Section):
    """Runs every configured check on every sample."""

    type: Literal["every"]


RouteSettings = Annotated[RuleRouting | EveryCheckRouting, Discriminator("type")]
