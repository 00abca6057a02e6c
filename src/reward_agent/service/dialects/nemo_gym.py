"""NeMo-Gym: POST /verify {"responses_create_params", "response", ...} -> the same with reward and reward_components.

A judge that failed is no reward of 0: the answer is then 503, the failures in its body, and the rollout can be verified
again.
"""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, ValidationError

from reward_agent.service.counter import Counter
from reward_agent.service.judges import Job
from reward_agent.service.refusals import unfit
from reward_agent.service.strict import StrictRoute
from reward_agent.service.translate import check_whole, messages_of, named
from reward_agent.service.wire import TurnIn
from reward_agent.types import Candidate, Message, Sample

ROLES = {"developer": "system"}


class VerifyRequest(BaseModel):
    """NeMo-Gym: the Responses API's request and response of one rollout. Everything that comes is echoed."""

    responses_create_params: dict[str, Any]
    response: dict[str, Any]

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "responses_create_params": {"input": [{"role": "user", "content": "Answer in one word."}]},
                    "response": {
                        "output": [
                            {
                                "type": "message",
                                "role": "assistant",
                                "content": [{"type": "output_text", "text": "Yes"}],
                            }
                        ]
                    },
                }
            ]
        },
    )


class VerifyReply(BaseModel):
    """The request with `reward`, the judger's score, and `reward_components`, each signal's own score."""

    reward: float
    reward_components: dict[str, float]

    model_config = ConfigDict(extra="allow")


def nemo_gym_routes(counter: Counter) -> APIRouter:
    """The route over one counter."""
    routes = APIRouter(route_class=StrictRoute, tags=["NeMo-Gym"])

    @routes.post("/verify", response_model=VerifyReply)
    async def verify(request: Request, body: VerifyRequest) -> Response:
        """The reward of one rollout, beside everything that came."""
        prompt = _prompt(body.responses_create_params)
        candidate = Candidate(text="\n".join(_said(body.response)))
        (done,) = await counter.judged(
            request, [Job(sample=Sample(id=named(prompt), prompt=prompt, candidates=(candidate,)))]
        )
        check_whole(done)
        assert done.judgment.decision is not None
        components = {
            signal.name: signal.verdicts[0].score
            for signal in done.judgment.signals
            if signal.verdicts[0].score is not None
        }
        echoed = {**body.model_dump(), "reward": done.judgment.decision.scores[0], "reward_components": components}
        return Response(json.dumps(echoed, allow_nan=False), media_type="application/json")

    return routes


def _prompt(params: dict[str, Any]) -> tuple[Message, ...]:
    """The turns of the Responses API's `input`, after its `instructions`."""
    given = params.get("input")
    turns: list[Any] = [{"role": "user", "content": given}] if isinstance(given, str) else _turns(given)
    instructions = params.get("instructions")
    if isinstance(instructions, str) and instructions:
        turns = [{"role": "system", "content": instructions}, *turns]
    try:
        prompt = messages_of([TurnIn.model_validate(turn) for turn in turns])
    except ValidationError as error:
        problem = error.errors(include_input=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise unfit(f"responses_create_params.input: a turn cannot be read: {place[:60]}: {problem['msg']}") from None
    if not any(message.content for message in prompt):
        raise unfit("responses_create_params.input must be a text, or a list of turns with a text")
    return prompt


def _turns(given: Any) -> list[Any]:
    """Turns with their content as one text. Items that are no message (calls of tools) are left out."""
    items = given if isinstance(given, list) else []
    return [
        {"role": ROLES.get(str(item.get("role")), item.get("role")), "content": _text(item.get("content"))}
        for item in items
        if isinstance(item, dict) and item.get("type", "message") == "message"
    ]


def _said(response: dict[str, Any]) -> Iterator[str]:
    """The texts that the model said at last, in order. Raises Refusal where the response has no output."""
    output = response.get("output")
    if not isinstance(output, list):
        raise unfit("response.output must be a list of items, as the Responses API gives it")
    for item in output:
        if isinstance(item, dict) and item.get("type", "message") == "message":
            yield _text(item.get("content"))


def _text(content: Any) -> str:
    """The content's text, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(p["text"] for p in parts if isinstance(p, dict) and isinstance(p.get("text"), str))
