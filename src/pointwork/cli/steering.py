"""The commands of `pointwork executions` that go to the server which drives the execution."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from typing import Any

from pointwork.cli.command import Command, Exit, Parser
from pointwork.cli.looking import print_difference
from pointwork.cli.remote import Remote, found_execution, segment
from pointwork.errors import NotFound, Unacceptable

__all__ = ["EXITS", "ID_HELP", "NODE_HELP", "STEERING", "waiting_place"]

EXITS = {0: "done", 2: "refused, no server answers, or the command line is wrong"}
ENVIRONMENT = ("POINTWORK_URL", "POINTWORK_DEBUG")
ID_HELP = "the id of an execution, its beginning, or: last"
NODE_HELP = "a node, by its id, or by its place such as topics[2]/ask"


def _command(remote: Remote, execution_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return remote.post(f"/api/executions/{segment(execution_id)}/commands", body)


def _plain(kind: str) -> Callable[[argparse.Namespace], int]:
    def act(chosen: argparse.Namespace) -> int:
        remote = Remote(chosen.url)
        answer = _command(remote, found_execution(remote, chosen.id), {"type": kind})
        print(f"{answer['execution_id']}  {answer['status']}")
        return Exit.OK

    return act


def _common(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help=ID_HELP)
    parser.add_argument("--url", metavar="URL", help="the server; see POINTWORK_URL")


def _answer_arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help=ID_HELP)
    parser.add_argument("node", metavar="NODE", help=NODE_HELP)
    parser.add_argument("value", metavar="VALUE", nargs="?", help="a choice, or the answer: JSON, text, or @file")
    parser.add_argument(
        "--action",
        metavar="ACTION",
        choices=("again", "done", "fail"),
        help="for a node that was interrupted: run it again, take it as done with VALUE, or let it fail",
    )
    parser.add_argument("--by", metavar="NAME", help="who answers, for the log; default: the user of this machine")
    parser.add_argument("--url", metavar="URL", help="the server; see POINTWORK_URL")


def _answer(chosen: argparse.Namespace) -> int:
    from pointwork.cli.files import read_value

    remote = Remote(chosen.url)
    execution_id = found_execution(remote, chosen.id)
    place = waiting_place(remote, execution_id, chosen.node)
    if chosen.value is None and chosen.action is None:
        raise Unacceptable("There is no answer to send.", hint="Write it behind the node, or choose an --action.")
    body = {"type": "answer", **place, "value": None if chosen.value is None else read_value(chosen.value)}
    body["by"] = _user() if chosen.by is None else chosen.by
    if chosen.action is not None:
        body["action"] = chosen.action
    answer = _command(remote, execution_id, body)
    print(f"{answer['execution_id']}  {answer['status']}")
    return Exit.OK


def _user() -> str:
    try:
        return getpass.getuser()[:200]
    except (OSError, KeyError, ImportError):  # this user has no name
        return ""


def waiting_place(remote: Remote, execution_id: str, wanted: str) -> dict[str, str]:
    """Node and scope of the activation that waits."""
    found: list[dict[str, Any]] = remote.get(f"/api/executions/{segment(execution_id)}")["waiting"]
    places = [{"node": one["node"], "scope": "/".join(one["path"])} for one in found]
    named = {f"{one['scope']}/{one['node']}" if one["scope"] else one["node"]: one for one in places}
    if wanted in named:
        return named[wanted]
    matching = [one for one in places if one["node"] == wanted]
    if len(matching) != 1:
        waits = ", ".join(map(repr, named)) or "nothing"
        raise NotFound(f"{wanted!r} is not waiting for an answer.", hint=f"What waits in this execution: {waits}.")
    return matching[0]


def _retry_arguments(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help=ID_HELP)
    parser.add_argument("node", metavar="NODE", help=NODE_HELP)
    parser.add_argument("--url", metavar="URL", help="the server; see POINTWORK_URL")


def _retry(chosen: argparse.Namespace) -> int:
    remote = Remote(chosen.url)
    scope, _, node = chosen.node.rpartition("/")
    answer = _command(remote, found_execution(remote, chosen.id), {"type": "retry", "node": node, "scope": scope})
    print(f"{answer['execution_id']}  {answer['status']}")
    return Exit.OK


def _fork_arguments(parser: Parser) -> None:
    _common(parser)
    parser.add_argument("--at", metavar="SEQ", type=int, required=True, help="the last record that both share")
    parser.add_argument("--version", metavar="N", type=int, help="go on with this version of the workflow")


def _fork(chosen: argparse.Namespace) -> int:
    remote = Remote(chosen.url)
    body: dict[str, Any] = {"at": chosen.at}
    if chosen.version is not None:
        body["version"] = chosen.version
    answer = remote.post(f"/api/executions/{segment(found_execution(remote, chosen.id))}/fork", body)
    print(f"{answer['execution_id']}  {answer['status']}")
    return Exit.OK


def _simple(kind: str, summary: str, text: str) -> Command:
    return Command(
        name=f"executions {kind}",
        usage=f"executions {kind} ID [options]",
        summary=summary,
        text=text,
        arguments=_common,
        action=_plain(kind),
        exits=EXITS,
        environment=ENVIRONMENT,
    )


def _compare_arguments(parser: Parser) -> None:
    _common(parser)
    parser.add_argument("other", metavar="OTHER", help="the one to compare it with, in the same way")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _compare(chosen: argparse.Namespace) -> int:
    remote = Remote(chosen.url)
    first, second = found_execution(remote, chosen.id), found_execution(remote, chosen.other)
    found = remote.get(f"/api/executions/{segment(first)}/compare/{segment(second)}")
    if chosen.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return Exit.OK
    for name, values in found["run"].items():
        print_difference(f"run {name}", values["first"], values["second"])
    for node in found["nodes"]:
        if node["only_in"]:
            print(f"{node['node_id']}  only in the {node['only_in']}")
        for name, values in node["differs"].items():
            print_difference(f"{node['node_id']} {name}", values["first"], values["second"])
    if found["same"] and not found["run"]:
        print("They do not differ.", file=sys.stderr)
    return Exit.OK


STEERING = {
    "compare": Command(
        name="executions compare",
        usage="executions compare ID OTHER [options]",
        summary="say what differs between two executions, node by node",
        text="Say what differs between two executions: of the runs as wholes, and of each node its status, settings,\n"
        "inputs, output, error, rounds and use. Times are no difference.",
        arguments=_compare_arguments,
        action=_compare,
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
    "answer": Command(
        name="executions answer",
        usage="executions answer ID NODE [VALUE] [options]",
        summary="answer a node that waits for a person",
        text="Answer a node that waits: a `human` node, or one that was interrupted and must not simply run again.",
        arguments=_answer_arguments,
        action=_answer,
        examples=(
            ("pointwork executions answer last review approve", "a choice"),
            ('pointwork executions answer 3f2a ask \'{"name": "Ada"}\'', "an object"),
            ("pointwork executions answer 3f2a send --action again", "a node that was interrupted"),
        ),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
    "cancel": _simple("cancel", "give an execution up", "Cancel an execution: what is unfinished is cancelled."),
    "pause": _simple("pause", "start no further node", "Pause an execution: running nodes go on, no other starts."),
    "resume": _simple("resume", "go on after a pause", "Go on with a paused execution."),
    "retry": Command(
        name="executions retry",
        usage="executions retry ID NODE [options]",
        summary="try a failed node again",
        text="Try a failed node again. An execution that has ended stays as it is: a fork of it tries again.",
        arguments=_retry_arguments,
        action=_retry,
        examples=(("pointwork executions retry last writer", "prints the id of the execution that goes on"),),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
    "fork": Command(
        name="executions fork",
        usage="executions fork ID --at SEQ [options]",
        summary="a new execution that shares the history up to a record",
        text="Begin a new execution that shares the records 1 to SEQ of another one and goes on from there by itself.",
        arguments=_fork_arguments,
        action=_fork,
        examples=(("pointwork executions fork last --at 12", "go on from record 12"),),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
}
