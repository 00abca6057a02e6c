"""vLLM 0.33: POST /classify and POST /score, as a reward model behind `vllm serve --runner pooling` answers them.

The scores are the judger's, as they are: no activation is applied, whatever `use_activation` says. Nothing is
tokenized, so `usage` counts nothing. As with OpenRLHF a 200 needs a whole score for every conversation.
"""

import time
import uuid
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from reward_agent.service.counter import Counter
from reward_agent.service.dialects.chat_text import last_turn, prompt_of, without_special
from reward_agent.service.judges import Job
from reward_agent.service.refusals import unfit
from reward_agent.service.rollouts import group_reply, grouped
from reward_agent.service.strict import StrictRoute, json_reply
from reward_agent.service.translate import check_whole, turns_in
from reward_agent.service.wire import Foreign, Text, TurnIn
from reward_agent.types import Message

MODEL = "reward-agent"
Pair = tuple[tuple[Message, ...], str]


class ClassifyRequest(Foreign):
    """vLLM's /classify: `input` holds conversations that went through a chat template, or `messages` one conversation;
    the last assistant turn is what is scored."""

    model: str | None = None
    input: Text | list[Text] | None = None
    messages: list[TurnIn] | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "messages": [
                        {"role": "user", "content": "Answer in one word."},
                        {"role": "assistant", "content": "Yes"},
                    ]
                }
            ]
        }
    )


class Classified(BaseModel):
    """One conversation; `probs` holds its raw score alone."""

    index: int
    label: str
    probs: list[float]
    num_classes: int


class Tokens(BaseModel):
    """Always zero: nothing is tokenized here."""

    prompt_tokens: int = 0
    total_tokens: int = 0
    completion_tokens: int = 0


class ClassifyReply(BaseModel):
    """One entry a conversation, in order."""

    id: str
    object: str = "list"
    created: int
    model: str
    data: list[Classified]
    usage: Tokens = Tokens()


class PairsRequest(Foreign):
    """vLLM's /score: prompts and responses; one prompt for several responses makes them candidates of one sample."""

    model: str | None = None
    text_1: Text | list[Text] = Field(validation_alias=AliasChoices("text_1", "queries", "data_1"))
    text_2: Text | list[Text] = Field(validation_alias=AliasChoices("text_2", "documents", "data_2"))

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text_1": "Answer in one word.", "text_2": ["Yes", "I would say yes"]}]}
    )


class PairScore(BaseModel):
    """One pair."""

    index: int
    object: str = "score"
    score: float


class PairsReply(BaseModel):
    """One entry a pair, in order."""

    id: str
    object: str = "list"
    created: int
    model: str
    data: list[PairScore]
    usage: Tokens = Tokens()


def vllm_routes(counter: Counter) -> APIRouter:
    """The routes over one counter."""
    routes = APIRouter(route_class=StrictRoute, tags=["vLLM"])

    @routes.post("/classify", response_model=ClassifyReply)
    async def classify(request: Request, body: ClassifyRequest) -> Response:
        """Scores of whole conversations, as a reward model of one label gives them."""
        scores = await _scores(counter, request, _conversations(body))
        data = [Classified(index=i, label="LABEL_0", probs=[s], num_classes=1) for i, s in enumerate(scores)]
        model = body.model or MODEL
        return json_reply(ClassifyReply(id=_id("classify"), created=int(time.time()), model=model, data=data))

    @routes.post("/score", response_model=PairsReply)
    async def score(request: Request, body: PairsRequest) -> Response:
        """Scores of responses to prompts, as a cross-encoder gives them."""
        scores = await _scores(counter, request, _pairs(body))
        data = [PairScore(index=i, score=s) for i, s in enumerate(scores)]
        model = body.model or MODEL
        return json_reply(PairsReply(id=_id("score"), created=int(time.time()), model=model, data=data))

    return routes


async def _scores(counter: Counter, request: Request, pairs: Sequence[Pair]) -> list[float]:
    groups = grouped((None, prompt, response) for prompt, response in pairs)
    done = await counter.judged(request, [Job(sample=group.sample) for group in groups])
    for one in done:
        check_whole(one)
    return [reward for reward in group_reply(groups, done, len(pairs)).rewards if reward is not None]


def _conversations(body: ClassifyRequest) -> list[Pair]:
    if (body.input is None) == (body.messages is None):
        raise unfit("give either input or messages")
    if body.messages is not None:
        found = turns_in(body.messages)
        if found is None:
            raise unfit("messages must be a prompt and, as the last one, the assistant's response")
        return [found]
    texts = [body.input] if isinstance(body.input, str) else body.input or []
    if not texts:
        raise unfit("input must hold at least one conversation")
    pairs = []
    for place, text in enumerate(texts):
        found = last_turn(text)
        if found is None:
            raise unfit(
                f"input {place}: no known chat template ends it with the assistant's turn; send messages, or text that "
                "went through the model's chat template"
            )
        pairs.append(found)
    return pairs


def _pairs(body: PairsRequest) -> list[Pair]:
    prompts = [body.text_1] if isinstance(body.text_1, str) else body.text_1
    responses = [body.text_2] if isinstance(body.text_2, str) else body.text_2
    if len(prompts) == 1:
        prompts = prompts * len(responses)
    if not responses or len(prompts) != len(responses) or not all(prompts):
        raise unfit(f"text_1 must hold one prompt, or one for each of text_2, got {len(prompts)} and {len(responses)}")
    return [(prompt_of(p), without_special(r)) for p, r in zip(prompts, responses, strict=True)]


def _id(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex}"
