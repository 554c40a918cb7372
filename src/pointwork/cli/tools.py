"""`pointwork tools`: what agents can call, and trying it out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from pointwork.cli.command import Command, Exit, Group, Parser

if TYPE_CHECKING:
    from pointwork.settings import Settings
    from pointwork.tools import BaseTool, ToolRegistry
    from pointwork.tools.mcp import McpServers
    from pointwork.workflow import JsonObject

__all__ = ["COMMAND"]


# What a tool says about itself, as a sign in the list, and in words.
MARKS = {"needs_approval": "!", "side_effects": "→", "untrusted": "←"}
PLAIN_MARKS = {"needs_approval": "!", "side_effects": ">", "untrusted": "<"}
FACTS = {
    "needs_approval": "asks a person first",
    "side_effects": "changes things outside the run",
    "untrusted": "returns text from outside",
}


def _with_tools(act: Callable[[ToolRegistry], Awaitable[int]]) -> int:
    """Do something with all tools there are; MCP servers that were started for it are gone afterwards."""
    import asyncio

    from pointwork.settings import Settings
    from pointwork.wiring import opened_mcp

    async def run() -> int:
        settings = Settings.from_environment()
        async with opened_mcp(settings) as servers:
            return await act(_registry(settings, servers))

    return asyncio.run(run())


def _registry(settings: Settings, servers: McpServers) -> ToolRegistry:
    from pointwork.tools.folder import load_folder
    from pointwork.wiring import tools_of

    registry = tools_of(settings)
    registry.load_entry_points()
    if settings.tools_dir is not None:
        load_folder(registry, settings.tools_dir)
    registry.add_source(servers)
    for problem in (*registry.problems, *registry.source_problems(), *servers.problems):
        print(f"pointwork: {problem.message}", file=sys.stderr)
    return registry


def _list_arguments(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print the function definitions as one JSON list")


def _list(chosen: argparse.Namespace) -> int:
    async def act(registry: ToolRegistry) -> int:
        return _listed(registry, chosen)

    return _with_tools(act)


def _listed(registry: ToolRegistry, chosen: argparse.Namespace) -> int:
    if chosen.json:
        _print(registry.get_tool_definitions())
        return Exit.OK
    tools = registry.get_all_tools()
    width = max((len(tool.name) for tool in tools), default=0)
    signs = MARKS if (sys.stdout.encoding or "").lower().startswith("utf") else PLAIN_MARKS
    seen: dict[str, str] = {}
    for tool in tools:
        marks = {signs[fact]: fact for fact in MARKS if getattr(tool, fact)}
        seen |= marks
        first = tool.description.strip().partition(chr(10))[0]
        print(f"{tool.name:<{width}}  {''.join(marks):<{len(MARKS)}}  {first}")
    if seen:
        print("\n" + "   ".join(f"{sign} {FACTS[fact]}" for sign, fact in seen.items()))
    return Exit.OK


def _name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the name of a tool; `pointwork tools list` shows them")


def _show(chosen: argparse.Namespace) -> int:
    async def act(registry: ToolRegistry) -> int:
        return _shown(registry.get_tool(chosen.name))

    return _with_tools(act)


def _shown(tool: BaseTool) -> int:
    print(f"{tool.name}\n\n{tool.description.strip()}\n")
    required = tool.schema.get("required", [])
    for name, schema in tool.schema.get("properties", {}).items():
        print(f"  {name} ({schema.get('type', 'any')}{'' if name in required else ', optional'})")
        if told := schema.get("description"):
            print(f"      {told}")
    definition = tool.definition
    facts = [told for fact, told in FACTS.items() if getattr(definition, fact)]
    if not definition.idempotent:
        facts.append("is not repeated after a crash without asking")
    if definition.timeout_s is not None:
        facts.append(f"takes {definition.timeout_s:g} s at most")
    for fact in facts:
        print(f"\nIt {fact}.")
    return Exit.OK


def _call_arguments(parser: Parser) -> None:
    _name(parser)
    add = parser.add_argument
    add(
        "arguments",
        metavar="NAME=VALUE",
        nargs="*",
        help="an argument; a VALUE is JSON if it can be, else text, or @file",
    )
    add("--arguments", metavar="FILE", dest="file", help="a JSON object of arguments; - is standard input")


def _call(chosen: argparse.Namespace) -> int:
    from pointwork.cli.files import read_inputs
    from pointwork.tools import is_failure
    from pointwork.wiring import offer_outside

    offer_outside()

    async def act(registry: ToolRegistry) -> int:
        tool = registry.get_tool(chosen.name)
        given = read_inputs(chosen.arguments, chosen.file, option=f"pointwork tools call {chosen.name}")
        result = await registry.call(tool.name, _as_wanted(given, chosen.arguments, tool.schema))
        _print(result)
        return Exit.FAILED if is_failure(result) else Exit.OK

    return _with_tools(act)


def _as_wanted(given: JsonObject, pairs: list[str], schema: JsonObject) -> JsonObject:
    """Where a tool wants text, what was typed is text, even if it could be read as a number."""
    properties: JsonObject = schema.get("properties", {})
    typed = {name.strip(): text for name, _, text in (pair.partition("=") for pair in pairs)}
    wanted = {name for name, part in properties.items() if isinstance(part, dict) and part.get("type") == "string"}
    return {
        name: typed[name] if name in wanted and name in typed and not isinstance(value, str) else value
        for name, value in given.items()
    }


def _print(value: Any) -> None:
    import orjson

    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


ENVIRONMENT = ("POINTWORK_TOOLS_DIR", "POINTWORK_DATA_DIR", "POINTWORK_DEBUG")
UNKNOWN = {2: "there is no such tool, or the command line is wrong"}

COMMAND = Group(
    name="tools",
    text="The tools that agents and `tool` nodes can call: built-in ones, and those of installed plug-ins.",
    commands={
        "list": Command(
            name="tools list",
            usage="tools list [--json]",
            summary="all tools",
            text="List all tools with what they do.",
            arguments=_list_arguments,
            action=_list,
            exits={0: "listed"},
            environment=ENVIRONMENT,
        ),
        "show": Command(
            name="tools show",
            usage="tools show NAME",
            summary="one tool and its arguments",
            text="Show what a tool does and which arguments it takes.",
            arguments=_name,
            action=_show,
            examples=(("pointwork tools show calculator", "the calculator"),),
            exits={0: "shown", **UNKNOWN},
            environment=ENVIRONMENT,
        ),
        "call": Command(
            name="tools call",
            usage="tools call NAME [NAME=VALUE …] [options]",
            summary="call a tool and print exactly what it returns",
            text="Call a tool as an agent would, in the current folder, and print exactly what it returns.",
            arguments=_call_arguments,
            action=_call,
            examples=(("pointwork tools call calculator expression='2 + 2 * 3'", "the calculator"),),
            exits={
                0: "it did what was asked",
                1: "it failed; the result says why",
                2: "there is no such tool, or the arguments do not fit",
            },
            environment=ENVIRONMENT,
        ),
    },
)
