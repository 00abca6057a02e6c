"""`[chat.NAME]`: the chat models, by the name under which the stages ask for them.

    [chat.default]
    type = "openai"
    model = "gpt-4o-mini"

A stage names the model it asks with its own key `chat` ("default" where it says nothing).
"""

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from reward_agent.config.section import Section, type_or


class PriceSettings(Section):
    """Dollars per million tokens, for the cost that reports show."""

    prompt: float = Field(ge=0, allow_inf_nan=False)
    completion: float = Field(ge=0, allow_inf_nan=False)


class OpenAIChatSettings(Section):
    """A model behind an OpenAI-compatible API.

    `base_url`: the server; where it is not given, what the environment variable `base_url_env` holds, else OpenAI's.
    `api_key_env`: the environment variable that holds the key; a server on loopback may do without. `headers_env`:
    more headers, each by the environment variable that holds its value. `extra`: more keys for each request's body.

    `structured`: whether a reply's JSON schema goes beside the question or into the prompt; "auto" finds out.
    `least_tokens`: room for a reply where a prompt gives it less, for models that think before they reply.
    `timeout_s`: for one try; `retries`: tries after the first; `patience_s`: for all of them, waits included.
    `in_flight`: calls at once, at most; fewer after the server limits the rate.
    """

    type: Literal["openai"] = "openai"
    model: str = Field(min_length=1)
    base_url: str | None = Field(default=None, pattern=r"^https?://")
    base_url_env: str = "OPENAI_BASE_URL"
    api_key_env: str = "OPENAI_API_KEY"
    headers_env: dict[str, str] = Field(default_factory=dict)
    extra: dict[str, Any] = Field(default_factory=dict)
    structured: Literal["auto", "schema", "prompt"] = "auto"
    least_tokens: int = Field(default=0, ge=0)
    timeout_s: float = Field(default=120.0, gt=0, le=3600)
    retries: int = Field(default=5, ge=0, le=100)
    patience_s: float = Field(default=600.0, gt=0, le=86400)
    in_flight: int = Field(default=64, ge=1, le=4096)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    prices: PriceSettings | None = None


class SimulatedChatSettings(Section):
    """The simulated model inside this process, for rehearsals and estimates: no model, no network. Its replies follow
    a few rules and say nothing of what a real model would find."""

    type: Literal["simulated"]


ChatSettings = Annotated[
    Annotated[OpenAIChatSettings, Tag("openai")] | Annotated[SimulatedChatSettings, Tag("simulated")],
    type_or("openai"),
]
