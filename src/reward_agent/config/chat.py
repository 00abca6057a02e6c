"""`[chat.NAME]`: the chat models, by the name under which the stages ask for them.

    [chat.default]
    model = "gpt-4o-mini"

A stage names the model it asks with its own key `chat` ("default" where it says nothing).
"""

from typing import Literal

from pydantic import Field

from reward_agent.config.section import Section


class ChatSettings(Section):
    """A model behind an OpenAI-compatible API.

    `base_url`: the server; where it is not given, what the environment variable `base_url_env` holds, else OpenAI's.
    `api_key_env`: the environment variable that holds the key; a server on loopback may do without.
    """

    type: Literal["openai"] = "openai"
    model: str = Field(min_length=1)
    base_url: str | None = Field(default=None, pattern=r"^https?://")
    base_url_env: str = "OPENAI_BASE_URL"
    api_key_env: str = "OPENAI_API_KEY"
