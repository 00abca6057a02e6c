"""Chat models: one OpenAI-compatible client, and the wrappers around it. Each is a `ChatModel`.

    record.py      every reply on record, and answers from a record alone
    meter.py       what was asked, by purpose
    cache.py       a question is paid for once, also while it is being asked; stored.py: how a reply is kept
    retry.py       tries again what another try may help
    throttle.py    how many calls at once; rate.py: how many a minute
    openai.py      one call; wire.py: as it goes over the wire; schemas.py: the shape of a reply
    vllm.py        answers drawn in this process, by vLLM
    errors.py      how a call fails; refusals.py: what a server's error means

An agent's model is record(meter(cache(retry(throttle(openai))))), as `build` puts it together.
"""

from reward_agent.chat.errors import ChatError
from reward_agent.chat.wire import PURPOSE_HEADER, schema_name

__all__ = ["PURPOSE_HEADER", "ChatError", "schema_name"]
