"""vLLM 0.33: POST /classify and POST /score, as a reward model behind `vllm serve --runner pooling` answers them."""

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from reward_agent.service.wire import Foreign, Text, TurnIn


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
    index: int
    object: str = "score"
    score: float


class PairsReply(BaseModel):
    id: str
    object: str = "list"
    created: int
    model: str
    data: list[PairScore]
    usage: Tokens = Tokens()
