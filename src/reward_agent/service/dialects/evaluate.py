"""The reference's server: POST /evaluate/ {"instruction", "answers"} -> {"result": [number]}.

Instruction-following scores alone. What cannot be scored is an HTTP error, never a number.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from reward_agent.service.counter import Counter
from reward_agent.service.judges import Job
from reward_agent.service.refusals import Refusal
from reward_agent.service.strict import StrictRoute, json_reply
from reward_agent.service.translate import check_whole, named, nothing_to_score
from reward_agent.service.wire import Foreign, Text
from reward_agent.types import Candidate, Message, Sample

VERIFIER = "instructions"


class EvaluateRequest(Foreign):
    """The reference's server: an instruction and the answers to it."""

    instruction: Text = Field(min_length=1)
    answers: list[Text] = Field(min_length=1)

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"instruction": "Answer in one word.", "answers": ["Yes", "I would say yes"]}]}
    )


class EvaluateReply(BaseModel):
    """Instruction-following scores in [0, 1], aligned with the answers."""

    result: list[float]


def evaluate_routes(counter: Counter) -> APIRouter:
    """The route over one counter."""
    routes = APIRouter(route_class=StrictRoute, tags=["reference"])

    @routes.post("/evaluate/", response_model=EvaluateReply)
    async def evaluate(request: Request, body: EvaluateRequest) -> Response:
        """Instruction-following scores of answers, as the reference's server gives them."""
        if VERIFIER not in counter.reception.judges.offer.verifiers:
            raise Refusal(
                503,
                "not configured",
                "verify.instructions is off here; start with --set verify.instructions.type=rules",
            )
        prompt = (Message(role="user", content=body.instruction),)
        sample = Sample(id=named(prompt), prompt=prompt, candidates=tuple(Candidate(text=a) for a in body.answers))
        (done,) = await counter.judged(request, [Job(sample=sample, checks=(VERIFIER,))])
        check_whole(done, needs="signals")
        scores = done.judgment.signals[0].scores
        if scores is None:
            raise nothing_to_score()
        return json_reply(EvaluateReply(result=list(scores)))

    return routes
