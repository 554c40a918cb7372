"""Our messages as the library's, and its events, usage and provider's details as ours."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_ai import messages as parts
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.tools import ToolDefinition

from pointwork.errors import ModelRefused
from pointwork.models.client import (
    ModelDelta,
    ModelRequest,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
)
from pointwork.models.endpoint import Endpoint
from pointwork.models.messages import AssistantMessage, Attachment, Message, UserMessage
from pointwork.workflow import JsonObject

__all__ = ["asked_for", "deltas_of", "details_of", "history_of", "usage_of"]

MAX_TOKENS = 1 << 40  # of one response; what is more was not counted but made up
PARTS: TypeAdapter[list[parts.ModelResponsePart]] = TypeAdapter(list[parts.ModelResponsePart])


# -- questions ---------------------------------------------------------------------------------------------------------


def asked_for(request: ModelRequest, *, schema: bool) -> ModelRequestParameters:
    """What a model may call, and with `schema` the shape that its answer must have."""
    tools = [_tool(tool) for tool in request.tools]
    if not schema or request.response_schema is None:
        return ModelRequestParameters(function_tools=tools)
    shape = OutputObjectDefinition(json_schema=request.response_schema, name="answer")
    return ModelRequestParameters(function_tools=tools, output_mode="native", output_object=shape)


def _tool(definition: JsonObject) -> ToolDefinition:
    function = definition["function"]
    return ToolDefinition(
        name=function["name"],
        description=function.get("description"),
        parameters_json_schema=function["parameters"],
        strict=False,  # the schema goes out as it is, and many servers do not know the word
    )


def history_of(messages: Sequence[Message], endpoint: Endpoint) -> list[parts.ModelMessage]:
    """Our messages as the library's: what is said to the model between two answers is one request."""
    history: list[parts.ModelMessage] = []
    said: list[parts.ModelRequestPart] = []
    for message in messages:
        match message["role"]:
            case "system":
                said.append(parts.SystemPromptPart(message["content"]))
            case "user":
                said.append(_asked(message))
            case "tool":
                said.append(parts.ToolReturnPart(message["name"], message["content"], message["call_id"]))
            case "assistant":
                if said:
                    history.append(parts.ModelRequest(said))
                    said = []
                history.append(_answer(message, endpoint))
    if said:
        history.append(parts.ModelRequest(said))
    return history


def _asked(message: UserMessage) -> parts.UserPromptPart:
    files = [_file(one) for one in message.get("files", ())]
    return parts.UserPromptPart([*files, message["content"]] if files else message["content"])


def _file(one: Attachment) -> parts.BinaryContent:
    try:
        data = base64.b64decode(one["data"], validate=True) if "data" in one else b""
    except binascii.Error:
        data = b""
    if not data:
        raise ModelRefused(f"The file {one['name']!r} came without its content.", hint="Attach it again.")
    return parts.BinaryContent(data, media_type=one["media_type"], identifier=one["name"])


def _answer(message: AssistantMessage, endpoint: Endpoint) -> parts.ModelResponse:
    calls = [
        parts.ToolCallPart(call["name"], _readable(call["arguments"]), call["id"])
        for call in message.get("tool_calls", [])
    ]
    details = message.get("details")
    if details is not None and _whence(endpoint).items() <= details.items():
        with suppress(ValidationError, KeyError, StopIteration, TypeError):  # of another version: as without
            return _detailed(message["content"], calls, details)
    text = [parts.TextPart(message["content"])] if message["content"] else []
    return parts.ModelResponse([*text, *calls])


def _readable(arguments: str) -> str:
    """Arguments as a JSON object: some servers read the history they are sent and refuse what is not."""
    try:
        if isinstance(json.loads(arguments or "{}"), dict):
            return arguments or "{}"
    except (ValueError, RecursionError):
        pass
    return json.dumps({"invalid_json": arguments})


# -- details -----------------------------------------------------------------------------------------------------------
# Some providers want to hear again what they said, part by part and in order: signed or encrypted thoughts, ids. Such
# parts are kept as the library writes them, without text and calls, which the message has itself.


def details_of(response: parts.ModelResponse, endpoint: Endpoint) -> JsonObject | None:
    """What has to be told to this endpoint again; None when that is nothing but words and calls."""
    if not any(_is_particular(part) for part in response.parts):
        return None
    kept: list[JsonObject] = []
    for dumped in PARTS.dump_python(list(response.parts), mode="json"):
        part = {key: value for key, value in dumped.items() if value is not None}
        if part["part_kind"] == "text":
            part["content"] = len(part["content"])
        elif part["part_kind"] == "tool-call":
            part = {key: value for key, value in part.items() if key not in ("args", "tool_name", "tool_call_id")}
        kept.append(part)
    return {**_whence(endpoint), "system": response.provider_name, "parts": kept}


def _whence(endpoint: Endpoint) -> JsonObject:
    """What has to be the same for details to be told again: one server may speak several protocols."""
    return {"endpoint": endpoint.base_url, "kind": endpoint.kind}


def _is_particular(part: parts.ModelResponsePart) -> bool:
    thought = isinstance(part, parts.ThinkingPart) and part.provider_name is not None
    return thought or bool(getattr(part, "provider_details", None))


def _detailed(text: str, calls: Sequence[parts.ToolCallPart], details: JsonObject) -> parts.ModelResponse:
    at, rest = 0, iter(calls)
    full: list[JsonObject] = []
    for kept in details["parts"]:
        part = dict(kept)
        if part["part_kind"] == "text":
            part["content"], at = text[at : at + part["content"]], at + part["content"]
        elif part["part_kind"] == "tool-call":
            call = next(rest)
            part |= {"args": call.args, "tool_name": call.tool_name, "tool_call_id": call.tool_call_id}
        full.append(part)
    if at != len(text) or next(rest, None) is not None:
        raise KeyError("parts")  # the message is not the one that these details belong to
    return parts.ModelResponse(PARTS.validate_python(full), provider_name=details["system"])


# -- answers -----------------------------------------------------------------------------------------------------------


def deltas_of(event: parts.ModelResponseStreamEvent) -> Iterator[ModelDelta]:
    """The pieces in one event of the library."""
    match event:
        case parts.PartStartEvent(part=parts.TextPart(content=text)) if text:
            yield TextDelta(text)
        case parts.PartStartEvent(part=parts.ThinkingPart(content=text)) if text:
            yield ThinkingDelta(text)
        case parts.PartStartEvent(index=index, part=parts.ToolCallPart() as call):
            yield ToolCallDelta(index, _name(call.tool_call_id), _name(call.tool_name), _arguments(call.args))
        case parts.PartDeltaEvent(delta=parts.TextPartDelta(content_delta=text)) if text:
            yield TextDelta(text)
        case parts.PartDeltaEvent(delta=parts.ThinkingPartDelta(content_delta=str(text))) if text:
            yield ThinkingDelta(text)
        case parts.PartDeltaEvent(index=index, delta=parts.ToolCallPartDelta() as call):
            name = _name(call.tool_name_delta)
            yield ToolCallDelta(index, _name(call.tool_call_id), name, _arguments(call.args_delta))
        case _:
            pass


def _arguments(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def _name(value: Any) -> str:
    """A name or an id, which the library hands on as the server wrote it: a number, for example."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def usage_of(response: parts.ModelResponse) -> Usage:
    """What a response used and cost, as far as it can be true; a cost that nobody knows is absent."""
    used = response.usage
    read, written = _count(used.input_tokens), _count(used.output_tokens)
    if used.unmeasured_requests or not (read or written):
        return {}  # no model answers for nothing: this provider does not count
    usage: Usage = {"input_tokens": read, "output_tokens": written}
    if cached := _count(used.cache_read_tokens):
        usage["cached_tokens"] = cached
    if thought := _count(used.output_reasoning_tokens):
        usage["reasoning_tokens"] = thought
    with suppress(LookupError, ValueError, ArithmeticError):  # a model without a known price
        cost = float(response.cost().total_price)
        if math.isfinite(cost) and cost >= 0:
            usage["cost_usd"] = cost
    return usage


def _count(value: Any) -> int:
    """A number of tokens as a server tells it; budgets are held against it, so what none can be is none."""
    return int(value) if isinstance(value, int | float) and 0 < value <= MAX_TOKENS else 0
