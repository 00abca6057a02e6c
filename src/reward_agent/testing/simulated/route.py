"""How the simulated model picks checks: by a few words of the request."""

import json
import re

from reward_agent.testing.simulated.registry import answers, fenced_texts
from reward_agent.types import ChatRequest

_CHECK = re.compile(r"^- ([^:\n]+):", re.MULTILINE)
_FACTS = re.compile(r"\b(?:who|when|where|which|what|why|how|explain|about|history|describe|facts?)\b", re.IGNORECASE)
_INVENTION = re.compile(r"\b(?:poem|story|song|joke|imagine|cheer)\b", re.IGNORECASE)
_FORM = re.compile(r"\d|\b(?:words?|sentences?|list|must|include|exactly|without|only|start|end)\b", re.IGNORECASE)


@answers("route.checks")
def checks(request: ChatRequest) -> str:
    (asked,) = [found.text for found in fenced_texts(request) if found.name == "request"]
    needed = {
        "instructions": _FORM.search(asked) is not None,
        "factuality": _FACTS.search(asked) is not None and _INVENTION.search(asked) is None,
    }
    names = [
        name for message in request.messages if message.role == "system" for name in _CHECK.findall(message.content)
    ]
    return json.dumps({name: needed.get(name, True) for name in names})
