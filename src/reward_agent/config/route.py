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


class ModelRouting(Section):
    """Asks a chat model. `rules_first`: not where the rules are certain; false asks about every instruction, as
    published."""

    type: Literal["model"]
    chat: str = "default"
    rules_first: bool = True


RouteSettings = Annotated[RuleRouting | EveryCheckRouting | ModelRouting, Discriminator("type")]
