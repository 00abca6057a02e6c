"""What makes a question the same question, for a cache or a record."""

import json

from reward_agent.store import key_of
from reward_agent.types import ChatRequest


def question_key(identity: str, request: ChatRequest) -> str:
    """A key over everything that changes the answer: the model's `identity` (server, name, settings that reach it),
    messages, schema, temperature and length. The purpose is for the meter alone and changes nothing."""
    messages = [[message.role, message.content] for message in request.messages]
    schema = "" if request.schema is None else "schema:" + request.schema
    return key_of(identity, json.dumps(messages), schema, repr(float(request.temperature)), str(request.max_tokens))
