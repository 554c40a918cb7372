"""`pointwork mcp`: which MCP servers there are, what they offer, and agreeing to it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import textwrap
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from pointwork.cli.command import Command, Exit, Group, Parser

if TYPE_CHECKING:
    from pointwork.tools.mcp import McpServers
    from pointwork.tools.mcp.offers import Offer

__all__ = ["COMMAND"]


def _settings(chosen: argparse.Namespace) -> Any:
    from pointwork.cli.building import settings_of

    return settings_of(data_dir=chosen.data_dir)


def _common(parser: Parser) -> None:
    parser.add_argument("--data-dir", metavar="DIR", help="where data is kept; by default POINTWORK_DATA_DIR")


def _name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="the name of a server in the configuration")
    _common(parser)


def _run(chosen: argparse.Namespace, act: Callable[[McpServers], Awaitable[int]], *, stores: bool = False) -> int:
    from pointwork.wiring import opened_mcp

    async def run() -> int:
        async with opened_mcp(_settings(chosen), stores=stores) as servers:
            return await act(servers)

    return asyncio.run(run())


# ---------------------------------------------------------------------------------------------------- list, show


def _list_arguments(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    _common(parser)


def _list(chosen: argparse.Namespace) -> int:
    async def act(servers: McpServers) -> int:
        described = [servers.describe(name) for name in servers.servers]
        if chosen.json:
            import orjson

            sys.stdout.write(orjson.dumps(described, option=orjson.OPT_INDENT_2).decode() + "\n")
            return Exit.OK
        for one in described:
            tools = len(one["tools"])
            approved = f"{tools} tool{'s' * (tools != 1)} approved" if tools else "nothing approved yet"
            print(
                f"{one['name']:<16}  {one['transport']:<5}  {approved}{'  (disabled)' * (one['state'] == 'disabled')}"
            )
        for problem in servers.problems:
            print(f"pointwork: {problem.message} {problem.hint}", file=sys.stderr)
        if not described:
            print(f"No MCP server is configured; {servers.config} would name them.")
        return Exit.OK

    return _run(chosen, act)


def _show(chosen: argparse.Namespace) -> int:
    async def act(servers: McpServers) -> int:
        from pointwork.cli.picture import plain

        one = servers.describe(chosen.name)
        print(f"{one['name']}: {one['transport']}, {one['where']}\nkept in by: {one['confinement']}")
        for tool in one["tools"]:
            facts = [fact for fact, holds in (("asks a person first", tool["needs_approval"]),) if holds]
            facts += [] if tool["side_effects"] else ["read only, as the configuration says"]
            print(f"\n{tool['name']}{'  (' + ', '.join(facts) + ')' if facts else ''}")
            print(f"    {plain(tool['description'])}")
        if not one["tools"]:
            print(f"\nNothing approved yet: pointwork mcp approve {chosen.name}")
        return Exit.OK

    return _run(chosen, act)


# ------------------------------------------------------------------------------------------------- test, approve


def _compared(servers: McpServers, name: str, offers: Sequence[Offer]) -> list[tuple[str, Offer, str]]:
    """Each tool with what has become of it: (verdict, offer, why or what changed)."""
    from pointwork.tools.mcp.offers import differences, fault

    approved = servers.approved(name)
    found: list[tuple[str, Offer, str]] = []
    for offer in offers:
        before = approved.get(offer.name)
        if (why := fault(offer)) is not None:
            found.append(("refused", offer, why))
        elif before is None:
            found.append(("new", offer, ""))
        elif before.fingerprint != offer.fingerprint:
            found.append(("changed", offer, differences(before, offer, whole=True)))
        else:
            found.append(("approved", offer, ""))
    names = {offer.name for offer in offers}
    return found + [("gone", offer, "") for name, offer in approved.items() if name not in names]


def _tell(verdict: str, offer: Offer, why: str, *, whole: bool) -> None:
    from pointwork.cli.picture import plain

    print(f"{verdict:<8}  {plain(offer.name)}{': ' + plain(why) if verdict == 'refused' else ''}")
    if verdict == "changed":
        print("\n".join(f"          {plain(line)}" for line in why.splitlines()))
    elif whole and verdict in ("new", "approved"):
        print(f"          {plain(offer.description) or '(no description)'}")
        properties = offer.input_schema.get("properties", {})
        for name, part in properties.items():
            told = part if isinstance(part, dict) else {}
            kind, text = told.get("type", "any"), told.get("description", "")
            print(f"          - {plain(str(name))} ({plain(str(kind))}) {plain(str(text))}".rstrip())
        if offer.hints:
            print(f"          it says of itself: {plain(str(offer.hints))}")
        print("          all of it, with what cannot be seen as numbers:")
        print(textwrap.indent(json.dumps(offer.to_dict(), indent=1), " " * 10))


async def _offers(servers: McpServers, name: str) -> Sequence[Offer]:
    """What it offers now; the server is started for it."""
    server = servers.server(name)
    connection = await server.connected()
    print(f"{name}: {connection.server_info or 'no name'}, protocol {connection.protocol}, {server.confinement}")
    for tool, why in connection.listing.refused:
        print(f"refused   {tool!a}: {why}" if tool else f"refused   {why}")
    return connection.listing.offers


def _test(chosen: argparse.Namespace) -> int:
    async def act(servers: McpServers) -> int:
        found = _compared(servers, chosen.name, await _offers(servers, chosen.name))
        for verdict, offer, why in found:
            _tell(verdict, offer, why, whole=False)
        return Exit.OK if all(verdict == "approved" for verdict, _, _ in found) else Exit.FAILED

    return _run(chosen, act)


def _approve_arguments(parser: Parser) -> None:
    _name(parser)
    add = parser.add_argument
    add("--tool", metavar="TOOL", action="append", help="agree to this tool only; can be given several times")
    add("--yes", action="store_true", help="do not ask")


def _approve(chosen: argparse.Namespace) -> int:
    async def act(servers: McpServers) -> int:
        offers = await _offers(servers, chosen.name)
        found = _compared(servers, chosen.name, offers)
        usable = {offer.name: offer for verdict, offer, _ in found if verdict in ("new", "changed", "approved")}
        wanted = list(usable) if chosen.tool is None else chosen.tool
        for name in wanted:
            if name not in usable:
                print(f"pointwork: {chosen.name!r} offers no tool {name!r} that can be used.", file=sys.stderr)
                return Exit.REFUSED
        for verdict, offer, why in found:
            _tell(verdict, offer, why, whole=offer.name in wanted)
        if not chosen.yes and not _agreed(len(wanted)):
            print("Nothing was changed.")
            return Exit.REFUSED
        servers.around.approvals.approve(chosen.name, [usable[name] for name in wanted])
        print(f"Approved: {len(wanted)} tool{'s' * (len(wanted) != 1)} of {chosen.name}.")
        return Exit.OK

    return _run(chosen, act)


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        print("pointwork: Nobody is there to agree; --yes agrees beforehand.", file=sys.stderr)
        return False
    return input(f"Agents may call these {count} tools, with these descriptions. Agree? [y/N] ").strip().lower() == "y"


# ----------------------------------------------------------------------------------------------------------- login


def _login_arguments(parser: Parser) -> None:
    _name(parser)
    parser.add_argument("--no-browser", action="store_true", help="only print the address of the page")


def _login(chosen: argparse.Namespace) -> int:
    async def act(servers: McpServers) -> int:
        await servers.server(chosen.name).sign_in(lambda url: _shown(url, browser=not chosen.no_browser))
        print(f"Signed in to {chosen.name}.")
        return Exit.OK

    return _run(chosen, act, stores=True)


async def _shown(url: str, *, browser: bool) -> None:
    print(f"Sign in on this page:\n{url}", flush=True)
    if browser:
        import webbrowser

        await asyncio.to_thread(webbrowser.open, url)


ENVIRONMENT = ("POINTWORK_MCP_CONFIG", "POINTWORK_DATA_DIR", "POINTWORK_EGRESS_ALLOW", "POINTWORK_DEBUG")
REFUSED = {2: "there is no such server, or it does not work; the reason is said"}

COMMAND = Group(
    name="mcp",
    text="MCP servers, whose tools agents and `tool` nodes can call. The file mcp.json in the data folder names them.",
    commands={
        "list": Command(
            name="mcp list",
            usage="mcp list [--json] [--data-dir DIR]",
            summary="all servers, and how many of their tools were approved",
            text="List the servers that are configured. Nothing is started.",
            arguments=_list_arguments,
            action=_list,
            exits={0: "listed"},
            environment=ENVIRONMENT,
        ),
        "show": Command(
            name="mcp show",
            usage="mcp show NAME [--data-dir DIR]",
            summary="one server, how it is kept in, and its approved tools",
            text="Show a server and the tools that were approved. Nothing is started.",
            arguments=_name,
            action=_show,
            exits={0: "shown", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "approve": Command(
            name="mcp approve",
            usage="mcp approve NAME [--tool TOOL …] [--yes] [--data-dir DIR]",
            summary="look at what a server offers, and agree to it",
            text="Start a server, show each tool as agents will see it, and after a yes let agents call them.\n"
            "What was approved counts word for word: a tool that changes is not called until it is approved again.",
            arguments=_approve_arguments,
            action=_approve,
            exits={0: "approved", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "test": Command(
            name="mcp test",
            usage="mcp test NAME [--data-dir DIR]",
            summary="start a server and compare what it offers with what was approved",
            text="Start a server, and say which of its tools are approved, new, changed, gone or refused.",
            arguments=_name,
            action=_test,
            exits={0: "everything is as it was approved", 1: "something is not", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "login": Command(
            name="mcp login",
            usage="mcp login NAME [--no-browser] [--data-dir DIR]",
            summary="sign in to a server that wants to know who asks",
            text="Open the page on which a server lets you sign in, and store what it gives in return, encrypted.",
            arguments=_login_arguments,
            action=_login,
            exits={0: "signed in", **REFUSED},
            environment=ENVIRONMENT,
        ),
    },
)
