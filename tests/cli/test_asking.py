"""Questions at the terminal: what is shown, and which answer becomes of what is typed."""

from __future__ import annotations

import io
import os
from typing import Any

import pytest
from rich.console import Console

from pointwork.cli.asking import Hangup, ask, read_line
from pointwork.cli.progress import NodeRun
from pointwork.commands import Answered
from pointwork.engine.plan import PlanNode
from pointwork.workflow import JsonObject


async def asked(request: JsonObject, *typed: str) -> tuple[Answered, str]:
    """The answer, and all that was shown."""
    screen = io.StringIO()
    left = list(typed)

    async def read(prompt: str) -> str:
        screen.write(prompt + "\n")
        return left.pop(0)

    run = NodeRun(PlanNode("ask", "human", 0), "each[1]", request=request)
    answer = await ask(run, console=Console(file=screen, width=80), read=read)
    assert not left, "something that was typed was not read"
    return answer, screen.getvalue()


OBJECT = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Who it is"},
        "age": {"type": "integer"},
        "vip": {"type": "boolean"},
        "tags": {"type": "array"},
    },
    "required": ["name", "age"],
}


@pytest.mark.parametrize(
    ("request_", "typed", "value"),
    [
        ({}, ["fine"], "fine"),
        ({}, ["42"], "42"),  # nobody asked for a number
        ({}, ['{"a": 1}'], {"a": 1}),
        ({"schema": {"type": "integer"}}, ["42"], 42),
        ({"schema": {"type": "integer"}}, ["many"], "many"),  # the runtime says that it does not fit
        ({"schema": {"type": "string"}}, ["[1]"], "[1]"),
        ({"schema": {"type": "boolean"}}, ["y"], True),
        ({"schema": {"type": "boolean"}}, ["No"], False),
        ({"schema": {"type": "array"}}, ["[1, 2]"], [1, 2]),
        ({"choices": ["yes", "no"]}, ["2"], {"choice": "no"}),
        ({"choices": ["yes", "no"]}, ["yes"], {"choice": "yes"}),
        ({"choices": ["yes", "no"]}, ["N"], {"choice": "no"}),
        ({"choices": ["approve", "adapt"]}, ["a", "3", "0", "", "ad"], {"choice": "adapt"}),
        ({"choices": ["1", "2"][::-1]}, ["1"], {"choice": "1"}),  # a name wins over a number
        ({"schema": OBJECT}, ["Ada", "36", "", ""], {"name": "Ada", "age": 36}),
        ({"schema": OBJECT}, ["Ada", "36", "yes", '["x"]'], {"name": "Ada", "age": 36, "vip": True, "tags": ["x"]}),
        ({"schema": OBJECT, "choices": ["ok"]}, ["1", "Ada", "36", "", ""], {"choice": "ok", "name": "Ada", "age": 36}),
    ],
)
async def test_answers(request_: JsonObject, typed: list[str], value: Any) -> None:
    answer, _ = await asked(request_, *typed)
    assert answer == Answered("ask", value, "each[1]")


@pytest.mark.parametrize(
    ("typed", "action", "value"),
    [(["again"], "again", None), (["2", '{"sent": true}'], "done", {"sent": True}), (["f"], "fail", None)],
)
async def test_deciding_about_what_was_interrupted(typed: list[str], action: str, value: Any) -> None:
    request = {"kind": "interrupted", "question": "It may have been sent.", "choices": ["again", "done", "fail"]}
    answer, _ = await asked(request, *typed)
    assert answer == Answered("ask", value, "each[1]", action)  # type: ignore[arg-type]


async def test_what_is_shown() -> None:
    _, screen = await asked(
        {"question": "Shall it\ngo \x1b[2Jout?", "assignee": "Ada", "choices": ["yes", "no"], "schema": OBJECT},
        "maybe", "1", "Ada", "1", "", "",
    )  # fmt: skip
    assert screen == (
        "? each[1]/ask  for Ada\n"
        "  Shall it\n"
        "  go [2Jout?\n"
        "  1  yes\n"
        "  2  no\n"
        "  1–2> \n"
        "  Type one of the numbers or names above.\n"
        "  1–2> \n"
        "  name (text, Who it is)> \n"
        "  age (integer)> \n"
        "  vip (yes/no, optional)> \n"
        "  tags (array, optional)> \n"
    )


async def test_a_line_is_read_when_it_is_complete() -> None:
    reading, writing = os.pipe()
    shown: list[str] = []
    try:
        os.write(writing, "caf\u00e9 \n".encode())
        assert await read_line("> ", file=reading, write=shown.append) == "café "
        os.write(writing, b"\xff\r\n")
        assert await read_line("> ", file=reading, write=shown.append) == "\ufffd"
        os.close(writing)
        with pytest.raises(Hangup):
            await read_line("> ", file=reading, write=shown.append)
    finally:
        os.close(reading)
    assert shown == ["> "] * 3


CALL: JsonObject = {
    "kind": "approval",
    "question": "'agent' wants to call 'send' with … Shall it?",
    "choices": ["approve", "deny"],
    "tool": "send",
    "description": "Send a letter.",
    "agent": "agent",
    "reason": "it changes something outside the run",
    "arguments": {"to": "Ada", "text": "Dear\x1b[2J Ada,\nhello", "copies": 2},
    "schema": {
        "type": "object",
        "properties": {
            "choice": {"enum": ["approve", "deny"]},
            "arguments": {
                "type": "object",
                "properties": {
                    "to": {"type": "string"},
                    "text": {"type": "string"},
                    "copies": {"type": "integer"},
                    "urgent": {"type": "boolean"},
                },
            },
            "reason": {"type": "string"},
        },
    },
}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (["approve"], {"choice": "approve"}),
        (["1"], {"choice": "approve"}),
        (["deny", ""], {"choice": "deny"}),
        (["d", " too many "], {"choice": "deny", "reason": "too many"}),
        (
            ["edit", "", "Hi", "3", "y"],
            {"choice": "approve", "arguments": {"to": "Ada", "text": "Hi", "copies": 3, "urgent": True}},
        ),
        (
            ["edit", "", "", "", ""],
            {"choice": "approve", "arguments": {"to": "Ada", "text": "Dear\x1b[2J Ada,\nhello", "copies": 2}},
        ),
    ],
)
async def test_calls_of_tools_are_approved(typed: list[str], value: Any) -> None:
    answer, screen = await asked(CALL, *typed)
    assert answer == Answered("ask", value, "each[1]")
    for shown in ("wants to call send: Send a letter.", "to = Ada", "copies = 2", "Asked because it changes something"):
        assert shown in screen
    assert "text = Dear[2J Ada,\n      hello\n" in screen
    assert "\x1b" not in screen


async def test_long_arguments_are_shown_whole() -> None:
    long = "x" * 5_000 + " and pay 1,000 to me"
    _, screen = await asked({**CALL, "arguments": {"text": long}}, "edit", "", "", "", "")
    assert "and pay 1,000 to me" in screen
