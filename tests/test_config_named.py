import pytest

from reward_agent.config import Settings, load_settings
from reward_agent.config.chat import OpenAIChatSettings, SimulatedChatSettings
from reward_agent.config.named import model_of, with_chat_model
from reward_agent.errors import ConfigError

LOCAL = "http://127.0.0.1:8000/v1"


def openai(settings: Settings, name: str) -> OpenAIChatSettings:
    entry = settings.chat[name]
    assert isinstance(entry, OpenAIChatSettings)
    return entry


def test_a_name_of_the_settings_is_that_model() -> None:
    settings = with_chat_model(load_settings(preset="vllm"), "coder", None)
    assert list(settings.chat) == ["coder"]
    assert openai(settings, "coder").base_url == "http://127.0.0.1:8002/v1"
    assert model_of(settings, "coder").startswith("Qwen/")


def test_another_name_is_a_model_of_the_default_server() -> None:
    settings = with_chat_model(load_settings(preset="vllm"), "org/other", None)
    entry = openai(settings, "org/other")
    assert (entry.model, entry.base_url, entry.api_key_env) == ("org/other", "http://127.0.0.1:8001/v1", "VLLM_API_KEY")


def test_without_a_default_it_is_a_model_at_the_address_given() -> None:
    entry = openai(with_chat_model(Settings(), "org/model", LOCAL), "org/model")
    assert (entry.model, entry.base_url) == ("org/model", LOCAL)
    assert openai(with_chat_model(Settings(), "gpt", None), "gpt").base_url is None


def test_an_address_overrides_that_of_the_settings() -> None:
    assert openai(with_chat_model(load_settings(preset="vllm"), "coder", LOCAL), "coder").base_url == LOCAL


def test_a_simulated_default_stands_in_for_any_model() -> None:
    settings = with_chat_model(Settings(chat={"default": SimulatedChatSettings(type="simulated")}), "gpt", None)
    assert isinstance(settings.chat["gpt"], SimulatedChatSettings)
    assert model_of(settings, "gpt") == "gpt"


@pytest.mark.parametrize(("model", "base_url"), [("m", "localhost:8000"), ("", LOCAL)])
def test_what_is_no_server_or_no_model_is_refused(model: str, base_url: str) -> None:
    with pytest.raises(ConfigError, match="expected a model's name and a server"):
        with_chat_model(Settings(), model, base_url)
