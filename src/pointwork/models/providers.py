"""The providers of models that there are: which are configured, where, and what their models are called.

Rule of this file: it only reads what it is given; nothing is asked over a network. A provider is configured by its key,
or, where none is needed, by its address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pointwork.models.endpoint import Endpoint, Kind

__all__ = ["KNOWN", "OLLAMA", "Known", "Provider", "configured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A provider that there is. `begins`: what the bare names of its models begin with."""

    name: str
    title: str
    kind: Kind
    base_url: str
    key_names: tuple[str, ...] = ()
    url_name: str = ""
    begins: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()

    @property
    def how_to(self) -> str:
        """What to do to use it."""
        return f"Set {self.key_names[0] if self.key_names else self.url_name} and start again."


OLLAMA = Known(
    name="ollama",
    title="Ollama",
    kind="openai",
    base_url="http://127.0.0.1:11434/v1",
    url_name="OLLAMA_HOST",
    suggested=("llama3.2",),
)
KNOWN: tuple[Known, ...] = (
    Known(
        name="anthropic", title="Anthropic", kind="anthropic", base_url="https://api.anthropic.com",
        key_names=("ANTHROPIC_API_KEY",), url_name="ANTHROPIC_BASE_URL", begins=("claude-",),
        suggested=("claude-sonnet-5-5", "claude-haiku-5-5"),
    ),
    Known(
        name="google", title="Google Gemini", kind="google", base_url="https://generativelanguage.googleapis.com",
        key_names=("GEMINI_API_KEY", "GOOGLE_API_KEY"), url_name="GEMINI_BASE_URL", begins=("gemini-",),
        suggested=("gemini-3.8-flash", "gemini-3.5-flash-lite"),
    ),
    Known(
        name="groq", title="Groq", kind="openai", base_url="https://api.groq.com/openai/v1",
        key_names=("GROQ_API_KEY",), suggested=("llama-3.3-70b-versatile",),
    ),
    Known(
        name="mistral", title="Mistral", kind="openai", base_url="https://api.mistral.ai/v1",
        key_names=("MISTRAL_API_KEY",), begins=("mistral-", "codestral-", "ministral-"),
        suggested=("mistral-small-latest",),
    ),
    Known(
        name="openrouter", title="OpenRouter", kind="openai", base_url="https://openrouter.ai/api/v1",
        key_names=("OPENROUTER_API_KEY",), suggested=("meta-llama/llama-3.3-70b-instruct",),
    ),
    OLLAMA,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider that is configured."""

    known: Known
    endpoint: Endpoint

    @property
    def name(self) -> str:
        return self.known.name


def configured(environment: Mapping[str, str], **options: Any) -> tuple[Provider, ...]:
    """The providers that these variables configure; raises ConfigurationError for what cannot work.

    `options` are those of `Endpoint` that hold for all of them.

    >>> [provider.name for provider in configured({"GROQ_API_KEY": "gsk-1", "OLLAMA_HOST": "127.0.0.1:11434"})]
    ['groq', 'ollama']
    """
    found: list[Provider] = []
    for known in KNOWN:
        key_name = next((name for name in known.key_names if environment.get(name, "").strip()), None)
        address = environment.get(known.url_name, "").strip() if known.url_name else ""
        if key_name is None and not (address and not known.key_names):
            continue
        endpoint = Endpoint(
            base_url=_address(known, address) or known.base_url,
            api_key=environment[key_name] if key_name else None,
            kind=known.kind,
            key_name=key_name or (known.key_names[0] if known.key_names else ""),
            url_name=known.url_name or known.title,
            **options,
        )
        found.append(Provider(known=known, endpoint=endpoint))
    return tuple(found)


def _address(known: Known, address: str) -> str:
    """Ollama's own variable names a host; its OpenAI-compatible API is at /v1."""
    if known.name != "ollama" or not address:
        return address
    address = address if "://" in address else f"http://{address}"
    address = address.replace("://0.0.0.0", "://127.0.0.1").rstrip("/")
    return address if address.endswith("/v1") else f"{address}/v1"
