"""The shapes of secrets and providers, as OpenAPI shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pointwork.library import ProviderKind
from pointwork.server.schemas import Shape, Strict, Time
from pointwork.workflow import JsonObject

__all__ = ["ProviderBody", "ProviderEntry", "ProviderTest", "SecretBody", "SecretEntry", "SecretName"]


class SecretBody(Strict):
    """The value of a secret."""

    value: str = Field(min_length=1, max_length=65_536, repr=False, json_schema_extra={"writeOnly": True})


class SecretName(Strict):
    """A secret that is stored already."""

    secret: str = Field(max_length=100, description="Its name.")


class ProviderBody(Strict):
    """A provider of models. A key that is sent as text is stored as a secret and never shown again."""

    kind: ProviderKind
    base_url: str | None = Field(default=None, max_length=2_000, description="Needed for openai-compatible only.")
    key: str | SecretName | None = Field(default=None, repr=False)
    options: JsonObject = Field(
        default={}, description="models, silence_s, first_token_s, total_s, max_retries, max_concurrency."
    )


class SecretEntry(Shape):
    """What may be known about a secret."""

    name: str
    created_at: Time
    updated_at: Time
    last_used_at: Time | None
    last_four: str | None = Field(description="Of a value of at least twelve characters.")
    readable: bool = Field(description="Whether the key that it was stored with is at hand.")
    reason: str = Field(description="Why it cannot be read, else empty.")
    hidden: bool = Field(description="Whether it is long enough, six characters, to be hidden wherever it turns up.")


class ProviderEntry(Shape):
    """A provider. `key` names a secret or a variable of the environment."""

    name: str
    kind: str
    base_url: str
    key: JsonObject | None
    options: JsonObject
    source: Literal["environment", "stored"]
    usable: bool
    reason: str
    created_at: Time | None
    updated_at: Time | None


class ProviderTest(Shape):
    """What came of trying a provider."""

    ok: bool
    message: str
    models: list[str]
    duration_ms: float
