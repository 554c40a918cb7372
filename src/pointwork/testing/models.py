"""`FakeModel`: a model that says what a script says, in the process, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, TypeAlias

from pointwork.models import (
    Finished,
    ModelClient,
    ModelDelta,
    ModelRequest,
    Models,
    TextDelta,
    ToolCallDelta,
    UsageDelta,
)

__all__ = ["FakeModel", "FakeModels", "Scripted"]

Calls: TypeAlias = Sequence[tuple[str, Any]]
Scripted: TypeAlias = str | Calls | Exception | Sequence[ModelDelta]
Script: TypeAlias = Scripted | Callable[[ModelRequest], Scripted]


class FakeModel:
    """Answers with the replies of a script, one after the other; the last one again and again.

    A reply is a text, a list of calls `(tool, arguments)` (text as arguments is sent as it is), an error to raise, a
    list of deltas, or a function of the request that gives one of these.
    """

    def __init__(self, *script: Script, name: str = "fake") -> None:
        self.script = script
        self.name = name
        self.requests: list[ModelRequest] = []

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        self.requests.append(request)
        found = self.script[min(len(self.requests), len(self.script)) - 1]
        reply = found(request) if callable(found) else found
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, str):
            half = len(reply) // 2
            for piece in (reply[:half], reply[half:]):
                yield TextDelta(piece)
        else:
            for index, item in enumerate(reply):
                if not isinstance(item, tuple):
                    yield item
                    continue
                name, arguments = item
                text = arguments if isinstance(arguments, str) else json.dumps(arguments)
                yield ToolCallDelta(index, f"call_{len(self.requests)}_{index}", name)
                yield ToolCallDelta(index, arguments=text)
            if reply and not isinstance(reply[-1], tuple):
                return
        yield UsageDelta({"input_tokens": 10, "output_tokens": 5})
        yield Finished("stop" if isinstance(reply, str) else "tool_calls", self.name)


class FakeModels(Models):
    """Gives the same client for every name."""

    def __init__(self, client: ModelClient) -> None:
        super().__init__()
        self.fake = client

    def client(self, name: str) -> ModelClient:
        return self.fake
