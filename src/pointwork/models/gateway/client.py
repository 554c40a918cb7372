"""The client of one endpoint: sends a request in the endpoint's protocol and hands its answer on, piece by piece."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

from pydantic_ai.direct import model_request_stream
from pydantic_ai.models import Model

from pointwork.models.client import Finished, FinishReason, Ignored, ModelDelta, ModelRequest, UsageDelta
from pointwork.models.endpoint import Endpoint
from pointwork.models.gateway.choices import settings_of
from pointwork.models.gateway.failure import FAILURES, Failure
from pointwork.models.gateway.protocols import protocol_of
from pointwork.models.gateway.translation import asked_for, deltas_of, details_of, history_of, usage_of
from pointwork.workflow import JsonObject

__all__ = ["Gateway"]

MAX_PROPERTIES = 20  # Anthropic refuses schemas with more than some two dozen optional ones
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
        settings, useless = settings_of(request, model, self.endpoint, self._protocol.settings(request))
        if useless:
            yield Ignored(useless, request.model)
        started = False
        try:
            async with model_request_stream(
                model,
                history_of(request.messages, self.endpoint),
                model_settings=settings,
                model_request_parameters=asked_for(request, schema=self._takes_schema(request, model)),
            ) as stream:
                async for event in stream:
                    for delta in deltas_of(event):
                        started = True
                        yield delta
                response = stream.get()
            usage, details = usage_of(response), details_of(response, self.endpoint)
        except FAILURES as error:
            self._failure.fail(error, request.model, started=started)
        if usage:
            yield UsageDelta(usage)
        usual: FinishReason = "tool_calls" if response.tool_calls else "stop"
        reason = REASONS.get(response.finish_reason, usual)
        name: object = response.model_name  # as the server wrote it
        answered = name if isinstance(name, str) and name else request.model
        yield Finished(reason, answered, details)

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
                return _properties(schema) <= MAX_PROPERTIES
            case "google":
                return not request.tools


def _properties(schema: Any) -> int:
    """How many properties a schema has in all; those that are referred to may be without end."""
    if isinstance(schema, list):
        return sum(_properties(one) for one in cast("list[Any]", schema))
    if not isinstance(schema, dict):
        return 0
    fields = cast("JsonObject", schema)
    if "$ref" in fields:
        return MAX_PROPERTIES + 1
    own = fields.get("properties")
    return (len(own) if isinstance(own, dict) else 0) + sum(_properties(one) for one in fields.values())
