"""The protocols: how the library's models of an endpoint are made, and which settings are spelled differently there.

Retries have one layer in each: those of the SDKs of OpenAI and Anthropic, which wait as long as the provider asks for,
and `retrying` for Google, whose SDK does not. Redirects are not followed: they would carry keys elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from pointwork.errors import ModelUnavailable
from pointwork.models.client import ModelRequest
from pointwork.models.endpoint import Endpoint
from pointwork.models.gateway.retrying import Retrying
from pointwork.workflow import JsonObject

__all__ = ["Protocol", "protocol_of"]

CONNECT_S = 10.0
CHAT_ONLY = ("stop", "seed", "presence_penalty", "frequency_penalty")  # what OpenAI's Responses have no word for


@dataclass(frozen=True, slots=True)
class Protocol:
    """Makes the library's models of one endpoint, which share its connections, and spells settings its way."""

    model: Callable[[str, ModelRequest], Model]
    settings: Callable[[ModelRequest], JsonObject]
    close: Callable[[], Awaitable[None]]


def protocol_of(endpoint: Endpoint) -> Protocol:
    """The protocol of an endpoint; raises ModelUnavailable when its package is not installed."""
    match endpoint.kind:
        case "openai":
            return _openai(endpoint) if endpoint.is_openai else _compatible(endpoint)
        case "anthropic":
            return _anthropic(endpoint)
        case "google":
            return _google(endpoint)


def _openai(endpoint: Endpoint) -> Protocol:
    """OpenAI itself: Responses, where reasoning goes on from one tool call to the next, else Chat Completions."""
    provider = OpenAIProvider(base_url=endpoint.base_url, api_key=endpoint.api_key or "no-key")
    provider.client.max_retries = endpoint.max_retries
    profile = OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)

    def model(name: str, request: ModelRequest) -> Model:
        if endpoint.responses and not any(setting in request.sampling for setting in CHAT_ONLY):
            return OpenAIResponsesModel(name, provider=provider)
        return OpenAIChatModel(name, provider=provider, profile=profile)

    def settings(request: ModelRequest) -> JsonObject:
        return {"openai_store": False, **_thinking(request)} if endpoint.responses else _thinking(request)

    return Protocol(model, settings, provider.client.close)


def _compatible(endpoint: Endpoint) -> Protocol:
    """Other servers with OpenAI's Chat Completions."""
    # A name that the price list does not take for OpenAI: prices are found by the URL or not at all.
    provider = OpenAICompatibleProvider("custom", base_url=endpoint.base_url, api_key=endpoint.api_key)
    provider.client.max_retries = endpoint.max_retries
    profile = OpenAIModelProfile(
        openai_chat_streaming_requires_finish_reason=True,  # a stream that ends without a reason was cut off
        # OpenAI's newer models refuse `max_tokens`; other servers may know nothing else.
        openai_chat_supports_max_completion_tokens=False,
    )
    if endpoint.host.endswith("mistral.ai"):
        profile["tool_call_id_length"] = 9  # its models take no others

    def settings(request: ModelRequest) -> JsonObject:
        return {"openai_reasoning_effort": request.reasoning_effort}  # as it is: servers know what their models take

    return Protocol(
        lambda name, _: OpenAIChatModel(name, provider=provider, profile=profile), settings, provider.client.close
    )


def _anthropic(endpoint: Endpoint) -> Protocol:
    try:
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider
    except ImportError as error:
        raise _lacking("anthropic") from error
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(endpoint.silence_s, connect=CONNECT_S))
    provider = AnthropicProvider(api_key=endpoint.api_key or "no-key", base_url=endpoint.base_url, http_client=http)
    client: Any = provider.client
    client.max_retries = endpoint.max_retries
    return Protocol(lambda name, _: AnthropicModel(name, provider=provider), _thinking, http.aclose)


def _google(endpoint: Endpoint) -> Protocol:
    try:
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider
    except ImportError as error:
        raise _lacking("google") from error
    http = httpx2.AsyncClient(
        timeout=httpx2.Timeout(endpoint.silence_s, connect=CONNECT_S),
        transport=Retrying(httpx2.AsyncHTTPTransport(), endpoint.max_retries),
    )
    provider = GoogleProvider(api_key=endpoint.api_key or "no-key", base_url=endpoint.base_url, http_client=http)
    return Protocol(lambda name, _: GoogleModel(name, provider=provider), _thinking, http.aclose)


def _thinking(request: ModelRequest) -> JsonObject:
    """The effort in the library's words; it finds the nearest that the model has."""
    effort = request.reasoning_effort
    return {} if effort is None else {"thinking": False if effort == "none" else effort}


def _lacking(extra: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"Models of {extra} need a package that is not installed.",
        hint=f"Install it: pip install 'pointwork[{extra}]', then start again.",
    )
