"""Folding a stream into a response."""

from __future__ import annotations

import pytest

from pointwork.errors import ModelError
from pointwork.models import (
    Finished,
    ModelDelta,
    ModelRequest,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    UsageDelta,
    complete,
)
from pointwork.testing import FakeModel

REQUEST = ModelRequest(model="m", messages=[{"role": "user", "content": "Hello"}])


async def test_pieces_make_a_response() -> None:
    deltas: list[ModelDelta] = [
        ThinkingDelta("Hm"),
        ThinkingDelta("m."),
        TextDelta("Let me "),
        ToolCallDelta(3, "b", "second", "{}"),
        ToolCallDelta(1, "", "fi"),
        TextDelta("see."),
        ToolCallDelta(1, "", "rst", '{"a":'),
        ToolCallDelta(1, "", "", " 1}"),
        UsageDelta({"input_tokens": 1}),
        UsageDelta({"input_tokens": 2, "output_tokens": 3}),
        Finished("tool_calls", "really-m"),
    ]
    seen: list[ModelDelta] = []
    response = await complete(FakeModel(deltas), REQUEST, on_delta=seen.append)
    assert seen == deltas
    assert response.to_dict() == {
        "model": "really-m",
        "finish": "tool_calls",
        "text": "Let me see.",
        "thinking": "Hmm.",
        "tool_calls": [
            {"id": "call_1", "name": "first", "arguments": '{"a": 1}'},
            {"id": "b", "name": "second", "arguments": "{}"},
        ],
        "usage": {"input_tokens": 2, "output_tokens": 3},
    }


async def test_stream_without_an_end_is_no_answer() -> None:
    with pytest.raises(ModelError, match="'m' stopped in the middle, after 4 characters"):
        await complete(FakeModel([TextDelta("half")]), REQUEST)


@pytest.mark.parametrize("piece", [TextDelta, ThinkingDelta, lambda text: ToolCallDelta(0, arguments=text)])
async def test_endless_answer_is_stopped(piece: type[TextDelta]) -> None:
    with pytest.raises(ModelError, match="more than 4,000,000 characters"):
        await complete(FakeModel([piece("x" * 1_000_000)] * 5), REQUEST)
