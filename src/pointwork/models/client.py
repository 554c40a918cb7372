"""What a model client is: a request goes in, a stream of small pieces comes out, `complete` folds them.

A client raises `ModelError` (or a subclass) for everything that goes wrong at the provider, and its stream ends with
`Finished`; one that ends without is an error too, so an answer that was cut off is never taken for a whole one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, TypedDict

from pointwork.errors import ModelError
from pointwork.models.messages import Message, ToolCall
from pointwork.workflow import JsonObject

__all__ = [
    "FinishReason",
    "Finished",
    "Ignored",
    "ModelClient",
    "ModelDelta",
    "ModelRequest",
    "ModelResponse",
    "ReasoningEffort",
    "Sampling",
    "TextDelta",
    "ThinkingDelta",
    "ToolCallDelta",
    "Usage",
    "UsageDelta",
    "complete",
]

MAX_RESPONSE_CHARS = 4_000_000  # text, thinking and arguments of one response; no model writes that much on purpose

FinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter", "error"]
ReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh"]


class Usage(TypedDict, total=False):
    """What a response used; what the provider does not say is left out."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: float


class Sampling(TypedDict, total=False):
    """How the next words are chosen, and where the model stops; what is left out is as the provider has it."""

    top_p: float
    top_k: int
    seed: int
    stop: Sequence[str]
    presence_penalty: float
    frequency_penalty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One question to a model. `tools` are function definitions in the shape that OpenAI's API made common.

    `tool_choice` is `auto`, `none`, `required` or the name of a tool; `parallel_tool_calls` whether one answer may hold
    several calls. `response_schema` is the JSON Schema of the answer: providers that can are made to keep to it, others
    are not told, so say it in the messages too and check what comes. `None`: as the provider has it.
    """

    model: str
    messages: Sequence[Message]
    tools: Sequence[JsonObject] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    reasoning_effort: ReasoningEffort | None = None
    response_schema: JsonObject | None = None
    tool_choice: str | None = None
    parallel_tool_calls: bool | None = None
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """A piece of what the model thinks before it answers."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call; pieces with the same `index` belong together."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class UsageDelta:
    """What the response used in all; a later one replaces an earlier one."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Ignored:
    """Settings of the request that this model has no use for; comes before all pieces of the answer."""

    settings: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a response. `model` is the name of the model that really answered; `details` are for the history."""

    reason: FinishReason
    model: str
    details: JsonObject | None = None


ModelDelta: TypeAlias = TextDelta | ThinkingDelta | ToolCallDelta | UsageDelta | Ignored | Finished


@dataclass(slots=True)
class ModelResponse:
    """A whole response."""

    model: str
    finish: FinishReason
    text: str = ""
    thinking: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list[ToolCall])
    usage: Usage = field(default_factory=Usage)
    details: JsonObject | None = None

    def to_dict(self) -> JsonObject:
        """As plain JSON data."""
        more: JsonObject = {} if self.details is None else {"details": self.details}
        return {
            "model": self.model,
            "finish": self.finish,
            "text": self.text,
            "thinking": self.thinking,
            "tool_calls": self.tool_calls,
            "usage": dict(self.usage),
            **more,
        }


class ModelClient(Protocol):
    """Something that answers requests."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        """The answer, piece by piece. Closing the generator gives up the request."""
        ...


class _Fold:
    """Collects the pieces of one response."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.thinking: list[str] = []
        self.arguments: dict[int, list[str]] = {}
        self.calls: dict[int, ToolCall] = {}
        self.usage: Usage = {}
        self.end: Finished | None = None
        self.size = 0

    def add(self, delta: ModelDelta) -> None:
        match delta:
            case TextDelta(text):
                self.text.append(text)
                self.size += len(text)
            case ThinkingDelta(text):
                self.thinking.append(text)
                self.size += len(text)
            case ToolCallDelta(index, id, name, arguments):
                call = self.calls.setdefault(index, {"id": "", "name": "", "arguments": ""})
                call["id"] = id or call["id"]
                call["name"] += name
                self.arguments.setdefault(index, []).append(arguments)
                self.size += len(id) + len(name) + len(arguments)
            case UsageDelta(usage):
                self.usage = usage
            case Ignored():
                pass
            case Finished():
                self.end = delta
        if self.size > MAX_RESPONSE_CHARS:
            raise ModelError(
                f"The model wrote more than {MAX_RESPONSE_CHARS:,} characters in one response and was stopped.",
                hint="Set max_tokens on the agent.",
            )

    def response(self, request: ModelRequest) -> ModelResponse:
        if self.end is None:
            raise ModelError(
                f"The answer of {request.model!r} stopped in the middle, after {self.size:,} characters.",
                hint="Try again; when it happens often, look at the provider's status and limits.",
            )
        for index, call in self.calls.items():
            call["id"] = _whole(call["id"]) or f"call_{index}"
            call["name"] = _whole(call["name"])
            call["arguments"] = _whole("".join(self.arguments[index]))
        return ModelResponse(
            model=_whole(self.end.model),
            finish=self.end.reason,
            text=_whole("".join(self.text)),
            thinking=_whole("".join(self.thinking)),
            tool_calls=[self.calls[index] for index in sorted(self.calls)],
            usage=self.usage,
            details=self.end.details,
        )


def _whole(text: str) -> str:
    r"""The text with whole characters only: some servers send the halves of one in two pieces, or one half alone.

    >>> _whole("\ud83d" + "\ude00") == "\U0001f600", _whole("half \ud83d") == "half \ufffd"
    (True, True)
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


async def complete(
    client: ModelClient, request: ModelRequest, *, on_delta: Callable[[ModelDelta], None] | None = None
) -> ModelResponse:
    """Ask, and wait for the whole answer; `on_delta` sees each piece as it comes."""
    fold = _Fold()
    async with aclosing(client.stream(request)) as deltas:
        async for delta in deltas:
            fold.add(delta)
            if on_delta is not None:
                on_delta(delta)
    return fold.response(request)
