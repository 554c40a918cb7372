"""The commands of `pointwork executions` that look into an execution: what an expression is worth, what changed."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from pointwork.cli.command import Command, Exit, Parser
from pointwork.cli.remote import Remote, found_execution, segment

__all__ = ["LOOKING"]

EXITS = {0: "done", 1: "an expression has no value", 2: "refused, no server answers, or the command line is wrong"}
ENVIRONMENT = ("POINTWORK_URL", "POINTWORK_DEBUG")
ID_HELP = "the id of an execution, its beginning, or: last"
MAX_SHOWN = 200


def _common(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--url", metavar="URL", help="the server; see POINTWORK_URL")


def _evaluate_arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help=ID_HELP)
    add("expressions", metavar="EXPR", nargs="+", help="an expression, such as: len(nodes.search.results)")
    add("--at", metavar="SEQ", type=int, help="as it stood after this record; default: the last")
    add("--node", metavar="NODE", help="with the names that this node sees: its id, or its place such as topics[2]/ask")
    _common(parser)


def _evaluate(chosen: argparse.Namespace) -> int:
    remote = Remote(chosen.url)
    body: dict[str, Any] = {"expressions": chosen.expressions}
    if chosen.at is not None:
        body["at"] = chosen.at
    if chosen.node is not None:
        scope, slash, body["node"] = chosen.node.rpartition("/")
        if slash:
            body["scope"] = scope
    found = remote.post(f"/api/executions/{segment(found_execution(remote, chosen.id))}/evaluate", body)
    code = Exit.FAILED if any("problem" in one for one in found["results"]) else Exit.OK
    if chosen.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return code
    for one in found["results"]:
        _print_result(one)
    return code


def _print_result(one: dict[str, Any]) -> None:
    from pointwork.cli.picture import plain

    if (problem := one.get("problem")) is not None:
        told = f"{problem['message']} {problem['hint']}".strip()
        print(f"{plain(one['expression'])}: {plain(told)}", file=sys.stderr)
    else:
        print(f"{plain(one['expression'])} = {plain(json.dumps(one['value'], ensure_ascii=False))}")


def _diff_arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help=ID_HELP)
    add("start", metavar="FROM", type=int, help="behind this record; 0 is before the first")
    add("end", metavar="TO", type=int, nargs="?", help="behind this record; default: the last")
    _common(parser)


def _diff(chosen: argparse.Namespace) -> int:
    remote = Remote(chosen.url)
    query = {"from": chosen.start} if chosen.end is None else {"from": chosen.start, "to": chosen.end}
    found = remote.get(f"/api/executions/{segment(found_execution(remote, chosen.id))}/diff", **query)
    if chosen.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return Exit.OK
    for change in found["changes"]:
        place = "/".join([*change["path"], change["node"]]) if change["node"] else "run"
        print_difference(f"{place} {change['field']}", change["before"], change["after"])
    if found["left_off"]:
        print(f"{found['left_off']} more changes; --json and the API show up to 10,000.", file=sys.stderr)
    if not found["changes"]:
        print("Nothing changed.", file=sys.stderr)
    return Exit.OK


def print_difference(what: str, before: Any, after: Any) -> None:
    """Two values below each other."""
    from pointwork.cli.picture import plain, short

    print(plain(what))
    for sign, value in (("-", before), ("+", after)):
        print(f"  {sign} {plain(short(json.dumps(value, ensure_ascii=False), MAX_SHOWN))}")


LOOKING = {
    "evaluate": Command(
        name="executions evaluate",
        usage="executions evaluate ID EXPR… [options]",
        summary="what expressions are worth in an execution, now or earlier",
        text="Evaluate expressions with the names that a node of the execution sees, as it stands or as it stood\n"
        "after any of its records. Of a node that ran several times, the latest is taken. Nothing is changed.",
        arguments=_evaluate_arguments,
        action=_evaluate,
        examples=(
            ("pointwork executions evaluate last 'inputs.topic' 'nodes.search'", "at the top of the workflow"),
            ("pointwork executions evaluate 3f2a 'len(text) > 100' --node review --at 12", "as the node saw it then"),
        ),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
    "diff": Command(
        name="executions diff",
        usage="executions diff ID FROM [TO] [options]",
        summary="what changed in an execution between two of its records",
        text="Say what changed between two records of an execution: which nodes, in which fields, from what to what.",
        arguments=_diff_arguments,
        action=_diff,
        examples=(
            ("pointwork executions diff last 12 20", "from record 12 to record 20"),
            ("pointwork executions diff last 12", "since record 12"),
        ),
        exits={0: "done", 2: "refused, no server answers, or the command line is wrong"},
        environment=ENVIRONMENT,
    ),
}
