"""The registry: registering, finding, describing and calling tools, and everything that can be wrong with one."""

from __future__ import annotations

import asyncio
import importlib.metadata
import pkgutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import pointwork.tools
from pointwork.errors import ConfigurationError, NotFound, ToolError, Unacceptable, UnknownTool
from pointwork.tools import BaseTool, ToolContext, ToolParameter, ToolRegistry, tool
from pointwork.tools.result import MAX_RESULT_BYTES


class CustomTool(BaseTool):
    """Written as the first documentation of the project shows it."""

    @property
    def name(self) -> str:
        return "custom_tool"

    @property
    def description(self) -> str:
        return "Description of what the tool does"

    @property
    def parameters(self):
        return [ToolParameter(name="param1", type="string", description="Parameter description", required=True)]

    async def execute(self, param1: str):
        return {"result": f"Processed: {param1}"}


BUILTIN = [
    "calculator",
    "current_time",
    "file_reader",
    "file_writer",
    "forget",
    "http_request",
    "python_executor",
    "recall",
    "remember",
    "web_fetch",
    "web_search",
]


def made(function: Any = None, /, **options: Any) -> ToolRegistry:
    registry = ToolRegistry(builtins=False)
    registry.register_tool(tool(**options)(function))
    return registry


# -- finding and describing --------------------------------------------------------------------------------------------


async def test_class_is_registered_found_described_and_called() -> None:
    registry = ToolRegistry()
    registry.register_tool(CustomTool)
    assert isinstance(registry.get_tool("custom_tool"), CustomTool)
    assert registry._tools["custom_tool"] is CustomTool
    assert [one.name for one in registry.get_all_tools()] == sorted([*BUILTIN, "custom_tool"])
    assert registry.get_tool_definitions(["custom_tool"]) == [
        {
            "type": "function",
            "function": {
                "name": "custom_tool",
                "description": "Description of what the tool does",
                "parameters": {
                    "type": "object",
                    "properties": {"param1": {"type": "string", "description": "Parameter description"}},
                    "required": ["param1"],
                    "additionalProperties": False,
                },
            },
        }
    ]
    assert await registry.execute_tool("custom_tool", param1="x") == {"result": "Processed: x"}
    assert await registry.get_tool("custom_tool").execute(param1="x") == {"result": "Processed: x"}


def test_parameters_say_more_when_they_know_more() -> None:
    size = ToolParameter("size", "integer", required=False, default=3, schema={"minimum": 1})
    assert size.to_schema() == {"type": "integer", "default": 3, "minimum": 1}
    assert ToolParameter("unit", enum=("cm", "in")).to_schema() == {"type": "string", "enum": ["cm", "in"]}


def test_builtin_tools_are_the_files_of_the_folder() -> None:
    files = {module.name for module in pkgutil.iter_modules(pointwork.tools.__path__)}
    names = set(ToolRegistry()._tools)
    others = {
        "base",
        "decoding",
        "documents",
        "folder",
        "markup",
        "mcp",
        "outside",
        "ownership",
        "recollection",
        "readable",
        "registry",
        "result",
        "schema",
        "searching",
        "thread",
    }
    assert names == files - others
    assert ToolRegistry(builtins=False)._tools == {}


def test_registering_touches_no_file_key_or_network() -> None:
    program = (
        "import sys; from pointwork.tools import ToolRegistry; import asyncio, ssl\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, arguments: seen.append((event, arguments)) if event.startswith('socket.')"
        " or event == 'open' and not str(arguments[0]).endswith(('.py', '.pyc')) and arguments[1] != 'rb' else None)\n"
        "print(list(ToolRegistry()._tools), seen)"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], capture_output=True, text=True, check=True, timeout=60, env={}
    )
    assert done.stdout.strip() == f"{BUILTIN} []"


def test_unknown_tool_names_the_nearest() -> None:
    registry = ToolRegistry()
    with pytest.raises(KeyError, match="There is no tool 'calculater'") as caught:
        registry.get_tool("calculater")
    assert isinstance(caught.value, NotFound)
    assert caught.value.hint == "Did you mean 'calculator'?"
    with pytest.raises(UnknownTool):
        registry.get_tool_definitions(["calculator", "x" * 10_000])


async def test_unknown_tool_and_bad_arguments_raise() -> None:
    registry = ToolRegistry()
    with pytest.raises(UnknownTool):
        await registry.execute_tool("nope", expression="1")
    with pytest.raises(Unacceptable):
        await registry.execute_tool("calculator", formula="1")


async def test_argument_may_be_called_name() -> None:
    async def greet(name: str) -> str:
        return f"Hello {name}"

    assert await made(greet).execute_tool("greet", name="Ada") == "Hello Ada"


# -- registering what is not right -------------------------------------------------------------------------------------


class Unfinished(BaseTool):
    name = "unfinished"


class Needy(CustomTool):
    def __init__(self, key: str) -> None:
        self.key = key


class Schemed(CustomTool):
    def __init__(self, schema: Any) -> None:
        self.given = schema

    @property
    def schema(self) -> Any:
        return self.given


class Named(CustomTool):
    def __init__(self, name: Any) -> None:
        self.given = name

    @property
    def name(self) -> Any:
        return self.given


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Unfinished, "cannot be made"),
        (Needy, "cannot be made"),
        (dict, "is not a tool"),
        (print, "is not a tool"),
        (Named("two words"), "cannot be called 'two words'"),
        (Named(""), "cannot be called ''"),
        (Named("x" * 65), "cannot be called"),
        (Named(7), "cannot be called 7"),
        (Schemed({"type": "text"}), "not a JSON Schema"),
        (Schemed({"$ref": "http://127.0.0.1:9/schema.json"}), "not a JSON Schema"),
        (Schemed({"properties": {"a": {"$ref": "file:///etc/passwd"}}}), "not a JSON Schema"),
        (Schemed({"$schema": "http://127.0.0.1:9/meta"}), "not a JSON Schema"),
        (Schemed({"properties": {"a": {"pattern": "(a*)*\\1$"}}}), "not a JSON Schema"),  # cannot match in linear time
        (Schemed({"properties": {"a": {"pattern": "("}}}), "not a JSON Schema"),
        (Schemed("{}"), "not a JSON Schema"),
    ],
)
def test_what_cannot_be_registered(what: Any, words: str) -> None:
    registry = ToolRegistry()
    with pytest.raises(ConfigurationError, match=words) as caught:
        registry.register_tool(what)
    assert caught.value.hint
    assert list(registry._tools) == BUILTIN


def test_schema_that_refers_elsewhere_fetches_nothing(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text("{}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        for place in (f"http://127.0.0.1:{port}/schema.json", (tmp_path / "schema.json").as_uri()):
            with pytest.raises(ConfigurationError, match="not a JSON Schema"):
                ToolRegistry().register_tool(Schemed({"properties": {"a": {"$ref": place}}}))
        with pytest.raises(BlockingIOError):
            server.accept()  # nobody came


async def test_same_name_needs_replace_but_the_same_class_does_not() -> None:
    registry = ToolRegistry()

    @tool
    async def calculator(expression: str) -> str:
        """Another one."""
        return "mine"

    with pytest.raises(ConfigurationError, match="Two tools are called 'calculator'"):
        registry.register_tool(calculator)
    registry.register_tool(calculator, replace=True)
    assert await registry.execute_tool("calculator", expression="1") == "mine"
    registry.register_tool(CustomTool)
    registry.register_tool(CustomTool)
    registry.register_tool(Needy("key"), replace=True)
    assert registry._tools["custom_tool"] is Needy


def test_broken_plug_in_is_a_problem_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        importlib.metadata.EntryPoint("gone", "no.such.module:tool", "pointwork.tools"),
        importlib.metadata.EntryPoint("wrong", "json:dumps", "pointwork.tools"),
        importlib.metadata.EntryPoint("good", f"{__name__}:CustomTool", "pointwork.tools"),
    ]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [p for p in points if p.group == group])
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or sys.modules[CustomTool.__module__])
    registry = ToolRegistry()
    registry.load_entry_points()
    assert "custom_tool" in registry
    assert [(p.severity, p.code) for p in registry.problems] == [("warning", "W-PLUGIN")] * 2
    assert "'gone' (no.such.module:tool)" in registry.problems[0].message
    assert "Traceback" in registry.problems[0].hint


# -- calling -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, '"expression" is a required property'),
        ({"expression": 5}, 'expression: 5 is not of type "string"'),
        ({"expression": None}, "is not of type"),
        ({"expression": "1", "more": 1}, "'more' was unexpected"),
        ({"expression": ["x"] * 100_000}, "is not of type"),
        ([], "is not of type"),
        ("expression", "is not of type"),
        ({"expression": object()}, "object"),
    ],
)
async def test_arguments_that_do_not_fit_are_explained_in_short(arguments: Any, words: str) -> None:
    with pytest.raises(Unacceptable) as caught:
        await ToolRegistry().call("calculator", arguments)
    assert words in caught.value.message
    assert caught.value.hint == "It takes: expression (string)."
    assert len(caught.value.message) < 1_000


async def test_hostile_pattern_matches_in_linear_time() -> None:
    registry = ToolRegistry(builtins=False)
    registry.register_tool(Schemed({"properties": {"param1": {"type": "string", "pattern": "^(a+)+$"}}}))
    with pytest.raises(Unacceptable, match="does not match"):
        await registry.call("custom_tool", {"param1": "a" * 5_000 + "b"})


async def test_schema_may_refer_to_itself() -> None:
    registry = ToolRegistry(builtins=False)
    registry.register_tool(
        Schemed(
            {
                "$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}}},
                "properties": {"param1": {"$ref": "#/$defs/t"}},
            }
        )
    )
    nested: list[Any] = []
    for _ in range(200):
        nested = [nested]
    assert registry.fit("custom_tool", {"param1": nested}) == {"param1": nested}


async def whole(n: int) -> str:
    return "x" * n


async def test_whole_number_written_as_a_fraction_is_whole() -> None:
    assert await made(whole).call("whole", {"n": 3.0}) == "xxx"


async def raises() -> None:
    raise ValueError("boom")


async def raises_nothing_said() -> None:
    raise KeyError


async def raises_told() -> None:
    raise ToolError("No such city.", hint="Write it in English.")


async def leaves() -> None:
    raise SystemExit(3)


async def cancels_itself() -> None:
    raise asyncio.CancelledError


def iterates() -> None:
    raise StopIteration


async def own_timeout() -> None:
    raise TimeoutError("the other side is slow")


async def not_json() -> object:
    return {"a": object()}


async def too_much() -> str:
    return "x" * MAX_RESULT_BYTES


async def says_error() -> dict[str, str]:
    return {"error": "not today"}


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (raises, "ValueError: boom"),
        (raises_nothing_said, "KeyError"),
        (raises_told, "No such city."),
        (leaves, "SystemExit: 3"),
        (cancels_itself, "CancelledError"),
        (iterates, "RuntimeError: StopIteration was raised"),
        (own_timeout, "TimeoutError: the other side is slow"),
        (not_json, "returned something that is not JSON data"),
        (too_much, "has 262,146 bytes; the limit is 262,144"),
        (says_error, "not today"),
    ],
)
async def test_tool_that_fails_returns_its_error(function: Any, error: str, caplog: pytest.LogCaptureFixture) -> None:
    result = await made(function).call(function.__name__, {})
    assert error in result["error"]
    logged = function not in (raises_told, not_json, too_much, says_error)
    assert ("Traceback" in caplog.text) == logged


async def test_hint_of_an_error_is_told_too() -> None:
    assert await made(raises_told).call("raises_told", {}) == {"error": "No such city.", "hint": "Write it in English."}


async def test_tool_that_takes_too_long_is_stopped() -> None:
    stopped = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    assert await made(waits, timeout_s=0.01).call("waits", {}) == {
        "error": "The tool 'waits' did not finish within 0.01 s."
    }
    assert stopped.is_set()


async def test_functions_that_hang_do_not_use_up_the_threads_of_others() -> None:
    forever = threading.Event()

    def hangs() -> None:
        forever.wait()

    def works() -> str:
        return "done"

    registry = made(hangs, timeout_s=0.01)
    registry.register_tool(tool(works))
    try:
        results = await asyncio.gather(*(registry.call("hangs", {}) for _ in range(40)))
        assert {result["error"] for result in results} == {"The tool 'hangs' did not finish within 0.01 s."}
        assert await registry.call("works", {}) == "done"
        assert await asyncio.to_thread(works) == "done"
    finally:
        forever.set()


async def test_cancelling_goes_through() -> None:
    started = asyncio.Event()

    async def waits() -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(made(waits).call("waits", {}))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_context_reaches_tools_that_ask_for_it() -> None:
    lines: list[tuple[str, str]] = []

    async def report(ctx: ToolContext, text: str) -> dict[str, Any]:
        """Report.

        Args:
            text: What.
        """
        ctx.log(text, "WARNING")
        return {"execution": ctx.execution_id, "number": ctx.resource(int)}

    registry = made(report)
    assert registry.get_tool("report").schema["properties"] == {"text": {"type": "string", "description": "What."}}
    ctx = ToolContext(
        execution_id="e1", write_log=lambda line, level: lines.append((line, level)), find_resource=lambda kind: kind(7)
    )
    assert await registry.call("report", {"text": "hello"}, ctx=ctx) == {"execution": "e1", "number": 7}
    assert lines == [("hello", "WARNING")]
    assert "only there inside an execution" in (await registry.call("report", {"text": "x"}))["error"]


def test_a_tool_can_be_taken_out() -> None:
    registry = ToolRegistry()
    registry.unregister_tool("python_executor")
    assert "python_executor" not in registry
    assert "python_executor" not in [tool.name for tool in registry.get_all_tools()]
    with pytest.raises(UnknownTool):
        registry.unregister_tool("python_executor")
    assert "python_executor" in ToolRegistry()
