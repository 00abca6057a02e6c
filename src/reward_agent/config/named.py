"""The chat model that a command names: one of the settings, or any other that a server has."""

from pydantic import ValidationError

from reward_agent.config.chat import OpenAIChatSettings, SimulatedChatSettings
from reward_agent.config.settings import Settings
from reward_agent.errors import ConfigError


def with_chat_model(settings: Settings, model: str, base_url: str | None) -> Settings:
    """The settings with a section [chat.MODEL], and no other, for the model that was named.

    A name that the settings have is that section. Another is the name by which a server knows its model: the one of
    [chat.default], or where there is none the one at `base_url`, else at OPENAI_BASE_URL, else OpenAI's. Raises
    ConfigError for a `base_url` that is none.
    """
    entry = settings.chat.get(model) or settings.chat.get("default")
    if isinstance(entry, SimulatedChatSettings):
        chosen: OpenAIChatSettings | SimulatedChatSettings = entry
    else:
        told = {} if entry is None else entry.model_dump()
        if model not in settings.chat:
            told["model"] = model
        if base_url is not None:
            told["base_url"] = base_url
        try:
            chosen = OpenAIChatSettings.model_validate(told)
        except ValidationError:
            raise ConfigError(
                f"expected a model's name and a server such as http://127.0.0.1:8000/v1, got {model!r} at {base_url!r}"
            ) from None
    return settings.model_copy(update={"chat": {model: chosen}})


def model_of(settings: Settings, name: str) -> str:
    """What the server calls the model of [chat.NAME]; the name itself for a simulated one."""
    entry = settings.chat[name]
    return entry.model if isinstance(entry, OpenAIChatSettings) else name
