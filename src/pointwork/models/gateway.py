"""Models of all providers, through pydantic-ai: OpenAI's Chat Completions, and the protocols of Anthropic and Google.

The only module that imports the model library, and itself imported only by the first call to a model (`catalogue`),
because that takes seconds and a hundred megabytes. It translates three things and adds none: our messages to the
library's, its events to our deltas, its errors to ours. Retries are the library's.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn, cast

import httpx2
from pydantic_ai import exceptions as failures
from pydantic_ai import messages as parts
from pydantic_ai.direct import model_request_stream
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from pointwork.errors import ContextTooLong, ModelError, ModelRefused, ModelUnavailable, RateLimited
from pointwork.models.client import (
    Finished,
    FinishReason,
    ModelDelta,
    ModelRequest,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageDelta,
)
from pointwork.models.endpoint import Endpoint
from pointwork.models.messages import AssistantMessage, Message
from pointwork.workflow import JsonObject

__all__ = ["Gateway"]

CONNECT_S = 10.0
MAX_REASON = 500  # characters of a provider's own words in our messages
# What the SDK, its decoder or the library's reading of chunks raise when a body is not what it should be.
GARBAGE = (failures.UnexpectedModelBehavior, AttributeError, KeyError, TypeError, ValueError)
REASONS: dict[str | None, FinishReason] = {
    "length": "length",
    "content_filter": "content_filter",
    "error": "error",
}


class Gateway:
    """A client for all models of one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._make = {"openai": _openai, "anthropic": _anthropic, "google": _google}[endpoint.kind](endpoint)
        self._model("warm-up")  # loads prices and parts of the SDK: here, in a thread, rather than in the first call

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        """The answer, piece by piece."""
        model = self._model(request.model)
        history, settings = _history(request.messages), self._settings(request)
        tools = ModelRequestParameters(function_tools=[_tool(tool) for tool in request.tools])
        started = False
        try:
            async with model_request_stream(
                model, history, model_settings=settings, model_request_parameters=tools
            ) as stream:
                async for event in stream:
                    for delta in _deltas(event):
                        started = True
                        yield delta
                response = stream.get()
            usage = _usage(response)
        except failures.ModelAPIError as error:
            self._fail(self._translate(error, request.model, started=started), error)
        except GARBAGE as error:
            self._fail(self._garbage(error, request.model), error)
        if usage:
            yield UsageDelta(usage)
        usual: FinishReason = "tool_calls" if response.tool_calls else "stop"
        yield Finished(REASONS.get(response.finish_reason, usual), response.model_name or request.model)

    async def close(self) -> None:
        """Give up the connections."""
        await self._make.close()

    def _model(self, name: str) -> Model:
        return self._make.model(name)

    def _settings(self, request: ModelRequest) -> ModelSettings:
        endpoint = self.endpoint
        settings = ModelSettings(
            timeout=endpoint.silence_s,
            first_event_timeout=endpoint.silence_s,
            request_timeout=endpoint.total_s,
        )
        if request.temperature is not None:
            settings["temperature"] = request.temperature
        if request.max_tokens is not None:
            settings["max_tokens"] = request.max_tokens
        return settings

    # -- errors --------------------------------------------------------------------------------------------------------

    def _fail(self, told: ModelError, cause: BaseException) -> NoReturn:
        """Raise our error; its cause is kept unless a provider put the key into its answer."""
        key = self.endpoint.api_key
        if key is None or key not in f"{told.message}{''.join(traceback.format_exception(cause))}":
            raise told from cause
        told.message = told.message.replace(key, "***")
        told.args = (told.message,)
        raise told from None

    def _garbage(self, error: BaseException, model: str) -> ModelError:
        return ModelError(
            f"What {self.endpoint.base_url} sent for {model!r} is not a chat completion: {_words(str(error))}",
            hint=f"Check that {self.endpoint.url_name} is the URL of an OpenAI-compatible API; most end in /v1.",
        )

    def _translate(self, error: failures.ModelAPIError, model: str, *, started: bool) -> ModelError:
        where = self.endpoint.base_url
        status = getattr(error, "status_code", None)
        said = _said(error)
        match error:
            case failures.ModelRequestTimeout():
                return self._timed_out(error, model)
            case failures.ModelConnectionError():
                return self._unreachable(error, model, started=started)
            case failures.ModelAuthenticationError():
                return self._not_allowed(said, status)
            case failures.ModelNotFoundError():
                hint = f"Check the name of the model, and {self.endpoint.url_name}: most URLs end in /v1."
                return ModelRefused(f"{where} does not know the model {model!r} ({status}): {said}", hint=hint)
            case failures.ModelContextWindowExceededError():
                return ContextTooLong(f"The prompt is too long for {model!r}: {said}")
            case failures.ModelQuotaExceededError():
                hint = "Add credit to the account or use another model; waiting does not help."
                return ModelRefused(f"The account at {where} has no quota left: {said}", hint=hint)
            case failures.ModelRateLimitError():
                wait = f"; it asks to wait {error.retry_after:g} s" if error.retry_after is not None else ""
                return RateLimited(f"{where} takes no more requests for {model!r} for now{wait}: {said}")
            case failures.ModelRequestRejectedError():
                hint = "Its message says what it does not accept: a setting, a tool, or the model."
                return ModelRefused(f"{where} refused the request for {model!r} ({status}): {said}", hint=hint)
            case failures.ModelHTTPError():
                hint = "The fault is at the provider. Try again, or give the node retries or an error edge."
                return ModelError(f"{where} answered {status} for {model!r}: {said}", hint=hint)
        if started:
            hint = "Try again; when it happens often, look at the provider's status and limits."
            return ModelError(f"The answer of {model!r} from {where} stopped in the middle: {said}", hint=hint)
        return self._garbage(error, model)

    def _timed_out(self, error: failures.ModelRequestTimeout, model: str) -> ModelError:
        what = "sent nothing" if error.setting == "first_event_timeout" else "did not finish its answer"
        return ModelError(
            f"{model!r} at {self.endpoint.base_url} {what} for {error.timeout:g} s.",
            hint="Try again. A local model that reads a long prompt needs more patience: raise the model timeouts.",
        )

    def _unreachable(self, error: failures.ModelConnectionError, model: str, *, started: bool) -> ModelError:
        where, said = self.endpoint.base_url, _said(error)
        if started or error.phase in ("read", "write"):
            quiet = isinstance(error, failures.ModelTimeoutError)
            what = f"nothing more came for {self.endpoint.silence_s:g} s" if quiet else said
            return ModelError(
                f"The connection to {where} broke while {model!r} answered: {what}",
                hint="Try again; when it happens often, look at the server or the network between.",
            )
        if self.endpoint.is_openai:
            hint = (
                f"Check the internet connection, or set {self.endpoint.url_name} to a model server that can be reached."
            )
        else:
            hint = f"Start the model server, or correct {self.endpoint.url_name}."
        return ModelUnavailable(f"No model server can be reached at {where}: {said}", hint=hint)

    def _not_allowed(self, said: str, status: int | None) -> ModelRefused:
        where = self.endpoint.base_url
        if self.endpoint.api_key is None:
            return ModelRefused(
                f"{where} wants a key ({status}): {said}", hint=f"Set {self.endpoint.key_name} and start again."
            )
        return ModelRefused(
            f"{where} does not accept the key in {self.endpoint.key_name} ({status}): {said}",
            hint=f"Put a valid key into {self.endpoint.key_name}, with access to this model, and start again.",
        )


def _said(error: failures.ModelAPIError) -> str:
    """The provider's own words, from the usual places of an error body, else the library's."""
    body: Any = error.body
    if isinstance(body, dict):
        inner = cast("dict[str, Any]", body)
        inner = inner.get("error", inner)
        body = inner.get("message", inner) if isinstance(inner, dict) else inner
    if body is None:
        cause = error.__cause__
        under = getattr(cause, "__cause__", None)
        body = f"{error.message} {under}" if under is not None and str(under) else error.message
    return _words(body if isinstance(body, str) else json.dumps(body, default=str))


def _words(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_REASON else f"{text[:MAX_REASON]} …"


# -- protocols ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the library's models of one endpoint, which share its connections."""

    model: Callable[[str], Model]
    close: Callable[[], Awaitable[None]]


def _openai(endpoint: Endpoint) -> _Maker:
    url, key = endpoint.base_url, endpoint.api_key
    if endpoint.is_openai:
        provider = OpenAIProvider(base_url=url, api_key=key or "no-key")
    else:
        # A name that the price list does not take for OpenAI: prices are found by the URL or not at all.
        provider = OpenAICompatibleProvider("custom", base_url=url, api_key=key)
    provider.client.max_retries = endpoint.max_retries
    profile = OpenAIModelProfile(
        # A stream that ends without a reason was cut off.
        openai_chat_streaming_requires_finish_reason=True,
        # OpenAI's newer models refuse `max_tokens`; other servers may know nothing else.
        openai_chat_supports_max_completion_tokens=endpoint.is_openai,
    )
    return _Maker(lambda name: OpenAIChatModel(name, provider=provider, profile=profile), provider.client.close)


def _anthropic(endpoint: Endpoint) -> _Maker:
    try:
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider
    except ImportError as error:
        raise _lacking("anthropic") from error
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(endpoint.silence_s, connect=CONNECT_S))
    provider = AnthropicProvider(api_key=endpoint.api_key or "no-key", base_url=endpoint.base_url, http_client=http)
    client: Any = provider.client
    client.max_retries = endpoint.max_retries
    return _Maker(lambda name: AnthropicModel(name, provider=provider), http.aclose)


def _google(endpoint: Endpoint) -> _Maker:
    try:
        from google.genai.types import HttpRetryOptions
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider
    except ImportError as error:
        raise _lacking("google") from error
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(endpoint.silence_s, connect=CONNECT_S))
    provider = GoogleProvider(
        api_key=endpoint.api_key or "no-key",
        base_url=endpoint.base_url,
        http_client=http,
        retry_options=HttpRetryOptions(attempts=endpoint.max_retries + 1),
    )
    return _Maker(lambda name: GoogleModel(name, provider=provider), http.aclose)


def _lacking(extra: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"Models of {extra} need a package that is not installed.",
        hint=f"Install it: pip install 'pointwork[{extra}]', then start again.",
    )


# -- translation -------------------------------------------------------------------------------------------------------


def _tool(definition: JsonObject) -> ToolDefinition:
    function = definition["function"]
    return ToolDefinition(
        name=function["name"],
        description=function.get("description"),
        parameters_json_schema=function["parameters"],
        strict=False,  # the schema goes out as it is, and many servers do not know the word
    )


def _history(messages: Sequence[Message]) -> list[parts.ModelMessage]:
    """Our messages as the library's: what is said to the model between two answers is one request."""
    history: list[parts.ModelMessage] = []
    said: list[parts.ModelRequestPart] = []
    for message in messages:
        match message["role"]:
            case "system":
                said.append(parts.SystemPromptPart(message["content"]))
            case "user":
                said.append(parts.UserPromptPart(message["content"]))
            case "tool":
                said.append(parts.ToolReturnPart(message["name"], message["content"], message["call_id"]))
            case "assistant":
                if said:
                    history.append(parts.ModelRequest(said))
                    said = []
                history.append(_answer(message))
    if said:
        history.append(parts.ModelRequest(said))
    return history


def _answer(message: AssistantMessage) -> parts.ModelResponse:
    answer: list[parts.ModelResponsePart] = []
    if message["content"]:
        answer.append(parts.TextPart(message["content"]))
    calls = message.get("tool_calls", [])
    answer += [parts.ToolCallPart(call["name"], _readable(call["arguments"]), call["id"]) for call in calls]
    return parts.ModelResponse(answer)


def _readable(arguments: str) -> str:
    """Arguments as a JSON object: some servers read the history they are sent and refuse what is not."""
    try:
        if isinstance(json.loads(arguments or "{}"), dict):
            return arguments or "{}"
    except (ValueError, RecursionError):
        pass
    return json.dumps({"invalid_json": arguments})


def _deltas(event: parts.ModelResponseStreamEvent) -> Iterator[ModelDelta]:
    match event:
        case parts.PartStartEvent(part=parts.TextPart(content=text)) if text:
            yield TextDelta(text)
        case parts.PartStartEvent(part=parts.ThinkingPart(content=text)) if text:
            yield ThinkingDelta(text)
        case parts.PartStartEvent(index=index, part=parts.ToolCallPart() as call):
            yield ToolCallDelta(index, call.tool_call_id, call.tool_name, _arguments(call.args))
        case parts.PartDeltaEvent(delta=parts.TextPartDelta(content_delta=text)) if text:
            yield TextDelta(text)
        case parts.PartDeltaEvent(delta=parts.ThinkingPartDelta(content_delta=str(text))) if text:
            yield ThinkingDelta(text)
        case parts.PartDeltaEvent(index=index, delta=parts.ToolCallPartDelta() as call):
            yield ToolCallDelta(index, call.tool_call_id or "", call.tool_name_delta or "", _arguments(call.args_delta))
        case _:
            pass


def _arguments(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def _usage(response: parts.ModelResponse) -> Usage:
    used = response.usage
    if used.unmeasured_requests:
        return {}
    usage: Usage = {"input_tokens": used.input_tokens, "output_tokens": used.output_tokens}
    if used.cache_read_tokens:
        usage["cached_tokens"] = used.cache_read_tokens
    if used.output_reasoning_tokens:
        usage["reasoning_tokens"] = used.output_reasoning_tokens
    with suppress(LookupError, ValueError):  # a model without a known price
        usage["cost_usd"] = float(response.cost().total_price)
    return usage
