"""What makes a question the same question, for a cache or a record."""

import json

from reward_agent.store import key_of
from reward_agent.types import ChatRequest


def question_key(identity: str, request: ChatRequest) -> str:
    """A key over everything that changes the answer: the model's `identity` (server, name, settings that reach it),
    messages, schema, temperature, length and sampling. The purpose is for the meter alone and changes nothing."""
    messages = [[message.role, message.content] for message in request.messages]
    schema = "" if request.schema is None else "schema:" + request.schema
    told = [identity, json.dumps(messages), schema, repr(float(request.temperature)), str(request.max_tokens)]
    if request.sampling is not None:  # each seed and number is a question of its own: samples are never shared
        told.append(json.dumps([request.sampling.n, request.sampling.seed, float(request.sampling.top_p)]))
    return key_of(*told)
