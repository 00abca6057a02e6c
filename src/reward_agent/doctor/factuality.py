"""What judges facts without a language model: the words alone, or an entailment model beside them."""

from collections.abc import AsyncIterator

from reward_agent.config import Settings
from reward_agent.config.factuality import GroundedFactuality
from reward_agent.config.section import Off
from reward_agent.doctor.check import Finding
from reward_agent.errors import ConfigError
from reward_agent.extras import ENTAILMENT, not_installed

PAIR = ("The bridge was finished in 1911.", "The bridge was finished in 1911 and crosses the Ousel.")


async def grounded_factuality(settings: Settings) -> AsyncIterator[Finding]:
    factuality, subject = settings.verify.factuality, "verify.factuality.model"
    if not isinstance(factuality, GroundedFactuality) or isinstance(settings.evidence, Off):
        return
    if factuality.model == "none":
        missing = not_installed(ENTAILMENT)
        yield Finding(
            state="note",
            subject=subject,
            what="none: facts are judged by the words alone" + (f" ({', '.join(missing)} missing)" if missing else ""),
            remedy="pip install 'reward-agent[entailment]'"
            if missing
            else "set it to 'embedded' for the one that ships",
        )
        return
    from reward_agent.verify.factuality.grounded.entailment import open_entailment

    try:
        ((supported, *_),) = open_entailment(factuality.model).chances([PAIR])
    except ConfigError as error:
        yield Finding(state="failed", subject=subject, what=str(error))
        return
    yield Finding(
        state="ok", subject=subject, what=f"{factuality.model}: reads a fixed pair, supported {supported:.2f}"
    )
