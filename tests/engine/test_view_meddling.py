"""What people see of stubs, of inputs that were set by hand, and of steps over containers."""

from __future__ import annotations

from pointwork.engine.view import View
from pointwork.events import ExecutionResumed, InputsOverridden, StubsSet
from tests.engine.test_view import STARTED, lines, tell


def test_what_stands_in_and_what_was_set_by_hand() -> None:
    view = View([("a", "agent"), ("m", "map")])
    stubs = [{"node": "a", "tool": None, "output": 1, "ports": None}]
    tell(view, STARTED, StubsSet(stubs), InputsOverridden("", "a", {"x": 1}), ExecutionResumed("over", "", "m"))
    assert view.state()["stubs"] == stubs
    assert [message for _, _, message in lines(view)[1:]] == [
        "Node 'a' will receive inputs that were set by hand",
        "Execution resumed until the end of 'm'",
    ]
