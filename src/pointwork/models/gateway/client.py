"""The client of one endpoint: sends a request in the endpoint's protocol and hands its answer on, piece by piece."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

from pydantic_ai.direct import model_request_stream
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from pointwork.models.client import Finished, FinishReason, ModelDelta, ModelRequest, UsageDelta
from pointwork.models.endpoint import Endpoint
from pointwork.models.gateway.failure import FAILURES, Failure
from pointwork.models.gateway.protocols import protocol_of
from pointwork.models.gateway.translation import asked_for, deltas_of, details_of, history_of, usage_of

__all__ = ["Gateway"]

REASONS: dict[str | None, FinishReason] = {
    "length": "length",
    "content_filter": "content_filter",
    "error": "error",
}


class Gateway:
    """A client for all models of one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._protocol = protocol_of(endpoint)
        self._failure = Failure(endpoint)
        # Loads prices and parts of the SDK: here, in a thread, rather than in the first call.
        self._protocol.model("warm-up", ModelRequest(model="warm-up", messages=()))

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        """The answer, piece by piece."""
        model = self._protocol.model(request.model, request)
        started = False
        try:
            async with model_request_stream(
                model,
                history_of(request.messages, self.endpoint),
                model_settings=self._settings(request, model),
                model_request_parameters=asked_for(request, schema=self._takes_schema(request, model)),
            ) as stream:
                async for event in stream:
                    for delta in deltas_of(event):
                        started = True
                        yield delta
                response = stream.get()
            usage = usage_of(response)
        except FAILURES as error:
            self._failure.fail(error, request.model, started=started)
        if usage:
            yield UsageDelta(usage)
        usual: FinishReason = "tool_calls" if response.tool_calls else "stop"
        reason = REASONS.get(response.finish_reason, usual)
        yield Finished(reason, response.model_name or request.model, details_of(response, self.endpoint))

    async def close(self) -> None:
        """Give up the connections."""
        await self._protocol.close()

    def _takes_schema(self, request: ModelRequest, model: Model) -> bool:
        """Whether the provider is known to keep to a schema itself; the others are asked for it in words only."""
        schema = request.response_schema
        if schema is None or schema.get("type") != "object" or not model.profile.get("supports_json_schema_output"):
            return False
        match self.endpoint.kind:
            case "openai":
                return self.endpoint.is_openai  # elsewhere a schema may not go together with tools, or not at all
            case "anthropic":
                return True
            case "google":
                return not request.tools

    def _settings(self, request: ModelRequest, model: Model) -> ModelSettings:
        endpoint = self.endpoint
        found: dict[str, Any] = {
            "timeout": endpoint.silence_s,
            "first_event_timeout": endpoint.first_token_s or endpoint.silence_s,
            "request_timeout": endpoint.total_s,
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "parallel_tool_calls": request.parallel_tool_calls if request.tools else None,
            "tool_choice": _choice(request),
            **request.sampling,
            **self._protocol.settings(request),
        }
        if stop := found.pop("stop", None):
            found["stop_sequences"] = list(stop)
        known = {name: value for name, value in found.items() if value is not None}
        return cast("ModelSettings", {name: value for name, value in known.items() if name not in _ignored(model)})


def _choice(request: ModelRequest) -> Any:
    choice = request.tool_choice
    if choice is None or not request.tools:
        return None
    return choice if choice in ("auto", "none", "required") else [choice]


def _ignored(model: Model) -> frozenset[str]:
    """Settings that this model has no word for; the library would warn of each."""
    return frozenset(model.unsupported_settings)
