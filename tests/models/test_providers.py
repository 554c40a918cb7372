"""Which provider a name means: the one that it names, and never another in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pointwork.errors import ConfigurationError, ModelUnavailable
from pointwork.models import OFFLINE_DEMO, Models
from pointwork.models.providers import KNOWN, Provider, configured
from pointwork.settings import Settings

ALL = {
    "ANTHROPIC_API_KEY": "a", "GEMINI_API_KEY": "g", "GROQ_API_KEY": "q", "MISTRAL_API_KEY": "m",
    "OPENROUTER_API_KEY": "r", "OLLAMA_HOST": "127.0.0.1:11434",
}  # fmt: skip


def where(models: Models, name: str) -> tuple[str, str | None]:
    """The address that a name goes to, and the name that is sent there (None: as it is)."""
    client: Any = models.client(name)
    renamed = getattr(client, "model", None)
    return getattr(client, "client", client).endpoint.base_url, renamed


def two_of_a_kind() -> list[Provider]:
    [anthropic] = configured({"ANTHROPIC_API_KEY": "a"})
    return [replace(anthropic, known=replace(anthropic.known, name=name)) for name in ("work", "home")]


@pytest.mark.parametrize(
    ("name", "url", "sent"),
    [
        ("anthropic:claude-opus-5", "https://api.anthropic.com", "claude-opus-5"),
        ("claude-opus-5", "https://api.anthropic.com", None),
        ("gemini-3.8-flash", "https://generativelanguage.googleapis.com", None),
        ("google:gemini-3.8-flash", "https://generativelanguage.googleapis.com", "gemini-3.8-flash"),
        ("groq:llama-3.3-70b-versatile", "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile"),
        ("mistral:mistral-small-latest", "https://api.mistral.ai/v1", "mistral-small-latest"),
        ("mistral-small-latest", "https://api.mistral.ai/v1", None),
        ("openrouter:meta-llama/llama-3.3-70b-instruct:free", "https://openrouter.ai/api/v1",
         "meta-llama/llama-3.3-70b-instruct:free"),
        ("ollama:llama3.2:3b", "http://127.0.0.1:11434/v1", "llama3.2:3b"),
        ("gpt-4o", "https://api.openai.com/v1", None),
        ("openai:gpt-4o", "https://api.openai.com/v1", "gpt-4o"),
        ("ft:gpt-4o-mini:acme::7q2x", "https://api.openai.com/v1", None),
    ],
)  # fmt: skip
def test_where_a_name_goes(name: str, url: str, sent: str | None) -> None:
    assert where(Models(api_key="sk-x", providers=configured(ALL)), name) == (url, sent)


def test_a_server_of_ones_own_gets_every_bare_name() -> None:
    models = Models(base_url="http://127.0.0.1:9/v1", providers=configured(ALL))
    assert where(models, "claude-opus-5")[0] == "http://127.0.0.1:9/v1"
    assert where(models, "llama3:8b")[0] == "http://127.0.0.1:9/v1"
    assert where(models, "anthropic:claude-opus-5")[0] == "https://api.anthropic.com"


@pytest.mark.parametrize(
    ("models", "name", "told"),
    [
        (Models(api_key="sk-x"), "claude-opus-5", "Set ANTHROPIC_API_KEY"),
        (Models(api_key="sk-x"), "groq:llama", "Set GROQ_API_KEY"),
        (Models(api_key="sk-x"), "ollama:llama", "Set OLLAMA_HOST"),
        (Models(), "anthropic:claude-opus-5", "Set ANTHROPIC_API_KEY"),
        (Models(providers=configured({"GROQ_API_KEY": "q"})), "gpt-4o", "groq:…"),  # and not the demo
        (Models(providers=configured({"GROQ_API_KEY": "q"})), "gork:llama", "groq:…"),
        (Models(providers=configured({"GROQ_API_KEY": "q"})), "gemini-3.8-flash", "Set GEMINI_API_KEY"),
        (Models(api_key="sk-x"), "gork:llama", "Did you mean groq:llama?"),  # and it is not sent to OpenAI
        (Models(api_key="sk-x"), "antropic:claude-opus-5", "Did you mean anthropic:claude-opus-5?"),
        (Models(providers=configured({"GROQ_API_KEY": "q"})), "llama-3.3-70b-versatil", "groq:llama-3.3-70b-versatile"),
        (Models(providers=two_of_a_kind()), "claude-opus-5", "work:claude-opus-5"),
    ],
)
def test_nobody_stands_in_for_a_provider(models: Models, name: str, told: str) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        models.client(name)
    assert told in str(caught.value)


def test_of_two_alike_the_one_with_the_usual_name_is_meant() -> None:
    [usual] = configured({"ANTHROPIC_API_KEY": "a"})
    models = Models(providers=[*two_of_a_kind(), usual])
    assert models.client("claude-opus-5") is models.client("claude-opus-5")
    assert models.client("claude-opus-5") is not models.client("home:claude-opus-5")


def test_ollama_needs_no_setting_where_it_may_be_found() -> None:
    models = Models(find_ollama=True)
    assert where(models, "ollama:llama3.2") == ("http://127.0.0.1:11434/v1", "llama3.2")
    assert type(models.client("gpt-4o")).__name__ == "OfflineDemo"  # it is not set up, so it changes nothing else
    with pytest.raises(ModelUnavailable, match="Ollama, which is not set up"):
        Models().client("ollama:llama3.2")


def test_the_list_says_what_is_there_and_what_to_do() -> None:
    found = {model.name: model for model in Models(providers=configured({"GROQ_API_KEY": "q"})).available()}
    assert found["groq:llama-3.3-70b-versatile"].available
    assert not found["anthropic:claude-sonnet-5-5"].available
    assert "Set ANTHROPIC_API_KEY" in found["anthropic:claude-sonnet-5-5"].reason
    assert found[OFFLINE_DEMO].available
    assert {model.provider for model in found.values()} >= {known.name for known in KNOWN}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("http://box:11434/", "http://box:11434/v1"),
        ("0.0.0.0:11434", "http://127.0.0.1:11434/v1"),
        ("http://box/v1", "http://box/v1"),
    ],
)
def test_how_ollama_is_named(host: str, url: str) -> None:
    assert configured({"OLLAMA_HOST": host})[0].endpoint.base_url == url


def test_keys_that_cannot_be_right_are_named_and_never_shown() -> None:
    with pytest.raises(ConfigurationError, match="GROQ_API_KEY") as caught:
        configured({"GROQ_API_KEY": "two words"})
    assert "two words" not in str(caught.value)
    settings = Settings.from_environment({"GROQ_API_KEY": "gsk-secret"})
    assert "gsk-secret" not in repr(settings)
    assert "gsk-secret" not in repr(settings.providers)
