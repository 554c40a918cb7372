"""Where the API of a provider is and how to reach it. Needs no library, so settings can be checked at start.

Rule of this file: the key never shows, and the URL holds nothing that must not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pointwork.errors import ConfigurationError

__all__ = ["OPENAI_URL", "Endpoint", "Kind"]

# Which protocol is spoken there: OpenAI's Chat Completions, or a provider's own.
Kind: TypeAlias = Literal["openai", "anthropic", "google"]

OPENAI_URL = "https://api.openai.com/v1"
KEY_NAME = "OPENAI_API_KEY"
URL_NAME = "OPENAI_BASE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The API of a provider.

    `silence_s`: how long nothing may come from it, at the beginning or in the middle. Local models read long prompts
    for minutes before their first word, so the default is patient. `first_token_s`, if set, is the patience for the
    beginning, retries included. `total_s` bounds one response, all retries included. `key_name` and `url_name` are the
    settings that it came from, for messages. `max_retries`: how often a request is sent again, after a back-off or as
    long as Retry-After says; nothing else retries a request. `max_concurrency`: how many requests may be under way at
    once, the others wait in their order. `responses`: OpenAI itself is spoken to in its newer protocol.
    """

    base_url: str = OPENAI_URL
    api_key: str | None = field(default=None, repr=False)
    silence_s: float = 300.0
    total_s: float = 1_800.0
    max_retries: int = 2
    kind: Kind = "openai"
    key_name: str = KEY_NAME
    url_name: str = URL_NAME
    first_token_s: float | None = None
    max_concurrency: int | None = None
    responses: bool = True

    def __post_init__(self) -> None:
        key = (self.api_key or "").strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            # Said here, because the library would quote the whole header.
            raise ConfigurationError(
                f"{self.key_name} holds characters that no key has.",
                hint="Copy the key again, without quotes or line breaks.",
            )
        url = self.base_url.strip().rstrip("/")
        object.__setattr__(self, "api_key", key or None)
        object.__setattr__(self, "base_url", url)
        if not _is_plain(url):
            # Users, passwords and queries have no place here: the HTTP library writes URLs into its log.
            raise ConfigurationError(
                f"{self.url_name} is not an http or https URL made of host, port and path alone.",
                hint=f"For example http://127.0.0.1:11434/v1 for Ollama. A key belongs into {self.key_name}.",
            )

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_openai(self) -> bool:
        return self.kind == "openai" and (self.host == "api.openai.com" or self.host.endswith(".api.openai.com"))


def _is_plain(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    rest = parts.query or parts.fragment or "@" in parts.netloc or port == 0
    return parts.scheme in ("http", "https") and bool(host) and not rest and url.isprintable() and " " not in url
