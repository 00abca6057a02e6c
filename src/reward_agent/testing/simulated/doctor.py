"""The simulated model's answer to the doctor: the word that it was given."""

import json

from reward_agent.testing.simulated.registry import answers, fenced_texts
from reward_agent.types import ChatRequest


@answers("doctor.ready")
def ready(request: ChatRequest) -> str:
    return json.dumps({"word": next(text.text for text in fenced_texts(request) if text.name == "word")})
