"""The commands of `pointwork executions` that go through an execution step by step, and put things in its way."""

from __future__ import annotations

import argparse
from typing import Any

from pointwork.cli.command import Command, Exit, Parser
from pointwork.cli.remote import Remote, found_execution, segment
from pointwork.cli.steering import EXITS, ID_HELP, NODE_HELP
from pointwork.errors import Unacceptable

__all__ = ["DEBUGGING"]

ENVIRONMENT = ("POINTWORK_URL", "POINTWORK_DEBUG")
WHEN = ("before", "after", "error", "call", "effect")
VALUE_HELP = "JSON, text, or @file"


def _common(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help=ID_HELP)
    parser.add_argument("--url", metavar="URL", help="the server; see POINTWORK_URL")


def _send(chosen: argparse.Namespace, body: dict[str, Any]) -> int:
    remote = Remote(chosen.url)
    answer = remote.post(f"/api/executions/{segment(found_execution(remote, chosen.id))}/commands", body)
    print(f"{answer['execution_id']}  {answer['status']}")
    return Exit.OK


def _step_arguments(parser: Parser) -> None:
    _common(parser)
    mode = parser.add_mutually_exclusive_group()
    helps = {
        "over": "to the end of the next node, with everything in it",
        "out": "to the end of the container that it is paused in",
        "call": "one call of a model or a tool, of a node that is held up at it",
    }
    for name, text in helps.items():
        mode.add_argument(f"--{name}", dest="mode", action="store_const", const=name, help=text)
    parser.set_defaults(mode="into")


def _step(chosen: argparse.Namespace) -> int:
    return _send(chosen, {"type": "step", "mode": chosen.mode})


def _break_arguments(parser: Parser) -> None:
    _common(parser)
    add = parser.add_argument
    add("places", metavar="PLACE", nargs="*", help=f"NODE or NODE:WHEN, which is one of {', '.join(WHEN)}; or *:effect")
    add("--if", dest="condition", metavar="EXPR", help="only where this holds, such as: len(item) > 3")
    add("--hits", metavar="N", type=int, default=1, help="only from the so-manieth visit on; default: 1")
    add("--none", action="store_true", help="have no breakpoints any more")


def _break(chosen: argparse.Namespace) -> int:
    _one_of(chosen.places, none=chosen.none, what="place")
    points: list[dict[str, Any]] = []
    for place in chosen.places:
        node, _, when = place.rpartition(":") if place.rpartition(":")[2] in WHEN else (place, "", "before")
        points.append({"node": node, "when": when, "condition": chosen.condition, "hits": chosen.hits})
    return _send(chosen, {"type": "set_breakpoints", "breakpoints": points})


def _stub_arguments(parser: Parser) -> None:
    _common(parser)
    add = parser.add_argument
    add("stubs", metavar="NODE=VALUE", nargs="*", help=f"a node and the output that it is given: {VALUE_HELP}")
    add(
        "--tool", metavar="NAME=VALUE", action="append", default=[],
        help="a tool and what each of its calls returns; may be given more than once",
    )  # fmt: skip
    add("--none", action="store_true", help="have no stubs any more")


def _stub(chosen: argparse.Namespace) -> int:
    _one_of([*chosen.stubs, *chosen.tool], none=chosen.none, what="NODE=VALUE")
    stubs = [{"node": name, "output": value} for name, value in map(_given, chosen.stubs)]
    stubs += [{"tool": name, "output": value} for name, value in map(_given, chosen.tool)]
    return _send(chosen, {"type": "set_stubs", "stubs": stubs})


def _given(text: str) -> tuple[str, Any]:
    from pointwork.cli.files import read_value

    name, equals, value = text.partition("=")
    if not name or not equals:
        raise Unacceptable(f"{text!r} is no NAME=VALUE.", hint="Write it like send='{\"sent\": true}'.")
    return name, read_value(value)


def _one_of(given: list[str], *, none: bool, what: str) -> None:
    if bool(given) == none:
        raise Unacceptable(
            f"Give at least one {what}, or --none." if not none else f"--none goes with no {what}.",
            hint="What is given takes the place of all that were set before.",
        )


def _override_arguments(parser: Parser) -> None:
    _common(parser)
    add = parser.add_argument
    add("node", metavar="NODE", help=NODE_HELP)
    add("value", metavar="VALUE", help=f"its output: {VALUE_HELP}")
    add("--port", metavar="PORT", action="append", help="the way that it takes, for nodes with more than one")
    add("--inputs", action="store_true", help="VALUE is what the node receives, which has not begun yet")


def _override(chosen: argparse.Namespace) -> int:
    from pointwork.cli.files import read_value

    scope, _, node = chosen.node.rpartition("/")
    value = read_value(chosen.value)
    body: dict[str, Any] = {"type": "override", "node": node, "scope": scope}
    if chosen.inputs:
        if not isinstance(value, dict) or chosen.port:
            raise Unacceptable(
                "Inputs are an object, and have no port.", hint='Write them like \'{"topic": "rails"}\'.'
            )
        return _send(chosen, {**body, "type": "override_inputs", "inputs": value})
    return _send(chosen, {**body, "output": value, **({"ports": chosen.port} if chosen.port else {})})


DEBUGGING = {
    "step": Command(
        name="executions step",
        usage="executions step ID [--over | --out | --call] [options]",
        summary="go on by one step, then pause again",
        text="Go on with a paused execution by one step: the next node is started, wherever it is.",
        arguments=_step_arguments,
        action=_step,
        examples=(
            ("pointwork executions step last", "start the next node"),
            ("pointwork executions step last --over", "run a loop or a sub-workflow to its end"),
            ("pointwork executions step last --call", "let an agent make its next call"),
        ),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
    "break": Command(
        name="executions break",
        usage="executions break ID PLACE… [options]",
        summary="set the breakpoints of an execution",
        text="Set breakpoints, in place of all that were set before. An execution pauses before a node is started,\n"
        "after it, at its error, before its calls of models and tools, or before what changes something outside.",
        arguments=_break_arguments,
        action=_break,
        examples=(
            ("pointwork executions break last writer", "before the node writer"),
            ("pointwork executions break last review:after --if 'output.score < 5'", "after review, if it is bad"),
            ("pointwork executions break last '*:effect'", "before anything that changes something outside"),
        ),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
    "stub": Command(
        name="executions stub",
        usage="executions stub ID [NODE=VALUE…] [--tool NAME=VALUE] [options]",
        summary="let something stand in for nodes and tools",
        text="Set stubs, in place of all that were set before: nodes that are not run, and tools that are not called,\n"
        "in this execution; each gives the value that is written here instead.",
        arguments=_stub_arguments,
        action=_stub,
        examples=(
            ("pointwork executions stub last send='{\"sent\": true}'", "the node send reaches nobody"),
            ("pointwork executions stub last --tool http_request='{\"status\": 200}'", "no agent does"),
        ),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
    "override": Command(
        name="executions override",
        usage="executions override ID NODE VALUE [options]",
        summary="set the output of a node by hand, or what it receives",
        text="Set the output of a node by hand, whether it has run or not, or with --inputs what it will receive.",
        arguments=_override_arguments,
        action=_override,
        examples=(
            ("pointwork executions override last writer '\"A better text\"'", "as if writer had written it"),
            ('pointwork executions override last check true --port "true"', "and take that way"),
            ('pointwork executions override last writer \'{"topic": "rails"}\' --inputs', "before it begins"),
        ),
        exits=EXITS,
        environment=ENVIRONMENT,
    ),
}
