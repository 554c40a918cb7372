"""What the processes that are killed run: handlers that write down what they do, and the workflows of such handlers.

Lines of the log, flushed to the disk before what they speak of is done, so that whoever killed the process can count:
`B run scope node attempt` a handler began, `S run scope node step` a step was called, `E message` something was wrong
inside. `verdict.py` compares them with the journal.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from pointwork.commands import Answered
from pointwork.events import StepStarted
from pointwork.models import Finished, ModelDelta, ModelRequest, Models, TextDelta, ToolCallDelta
from pointwork.nodes import NodeContext, NodeType, Registry, builtin_registry, node_type
from pointwork.tools import BaseTool, ToolContext, ToolParameter, ToolRegistry
from pointwork.workflow import JsonObject, Workflow

LONGEST_S = 0.08  # of one handler or step


class Log(logging.Handler):
    """Lines that survive the process. Errors that Pointwork logs are lines, too."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.ERROR)
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, *words: object) -> None:
        os.write(self.file, (" ".join(map(str, words)) + "\n").encode())
        os.fdatasync(self.file)

    def emit(self, record: logging.LogRecord) -> None:
        self.write("E", record.getMessage().replace("\n", " "))


def line_of(execution_id: str, event: StepStarted) -> str:
    """The line that a step writes when it is really called."""
    data: Any = event.data
    match event.kind:
        case "model":
            name = f"{event.name}:{data['earlier'] + len(data['messages'])}"
        case "tool":
            name = f"{event.name}:{data['arguments']['n']}"
        case _:
            name = event.name
    return f"S {execution_id} {event.scope or '-'} {event.node} {name}"


async def a_moment() -> None:
    await asyncio.sleep(random.uniform(0, LONGEST_S))


def registry_of(log: Log) -> Registry:
    """The built-in types, and some that write down what they do."""

    def began(ctx: NodeContext) -> None:
        log.write("B", ctx.execution_id, ctx.activation.scope or "-", ctx.activation.node, ctx.attempt)

    class Mark(NodeType[Any]):
        """Begin, take a moment, end."""

        async def run(self, ctx: NodeContext, config: Any, inputs: JsonObject) -> Any:
            began(ctx)
            await a_moment()
            return {"by": ctx.activation.node, "round": inputs.get("index", 0)}

    class Steps(NodeType[Any]):
        """Three steps with text between; the second must not simply be repeated if `careful`."""

        careful = False

        async def run(self, ctx: NodeContext, config: Any, inputs: JsonObject) -> Any:
            began(ctx)
            found: list[Any] = []
            for number in range(3):
                name = f"step-{number}"
                may = not (self.careful and number == 1)
                found.append(await ctx.step(name, self._step(ctx, name), idempotent=may))
                ctx.stream(f"so far {found}; ")
            return len(found)

        def _step(self, ctx: NodeContext, name: str) -> Callable[[], Awaitable[str]]:
            async def call() -> str:
                log.write("S", ctx.execution_id, ctx.activation.scope or "-", ctx.activation.node, name)
                await a_moment()
                return name

            return call

    class Careful(Steps):
        """The same."""

        careful = True

    registry = builtin_registry()
    registry.add(node_type("mark", title="Mark")(Mark))
    registry.add(node_type("once", title="Once", idempotent=False)(type("Once", (Mark,), {})))
    registry.add(node_type("steps", title="Steps")(Steps))
    registry.add(node_type("careful", title="Careful")(Careful))
    return registry


ROUNDS = 10  # of the agent that works for long, with three calls at a time


class Scripted(Models):
    """Models that look and send, send again, and then answer, or do so for long; they only count the messages."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self.log = log

    def client(self, name: str) -> Scripted:
        return self

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        length = len(request.messages)
        run = request.messages[0]["content"]
        self.log.write("S", run, "-", "agent", f"{request.model}:{length}")
        calls: tuple[tuple[str, int], ...] = {1: (("look", 0), ("send", 1)), 4: (("send", 2),)}.get(length, ())
        if request.model == "long":
            at = length - 1  # each round adds an answer and three results
            calls = (("look", at), ("send", at + 1), ("look", at + 2)) if at < 4 * ROUNDS else ()
        for index, (name, number) in enumerate(calls):
            yield ToolCallDelta(index, f"call_{number}", name, f'{{"n": {number}}}')
        for word in () if calls else ("All ", "is ", "done."):
            await a_moment()
            yield TextDelta(word)
        yield Finished("tool_calls" if calls else "stop", "scripted")


class Look(BaseTool):
    """May be called any number of times."""

    name, description, parameters = "look", "Look.", (ToolParameter("n", "integer"),)

    def __init__(self, log: Log) -> None:
        self.log = log

    async def run(self, arguments: JsonObject, ctx: ToolContext) -> Any:
        self.log.write("S", ctx.execution_id, "-", ctx.activation, f"{self.name}:{arguments['n']}")
        await a_moment()
        return {"seen": arguments["n"]}

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError("Only agents call it.")


class Send(Look):
    """Must not simply be called again."""

    name, idempotent = "send", False


def resources_of(log: Log) -> dict[type[Any], Any]:
    tools = ToolRegistry()
    tools.register_tool(Look(log))
    tools.register_tool(Send(log))
    return {Models: Scripted(log), ToolRegistry: tools}


def edges(*pairs: str) -> list[dict[str, str | None]]:
    """`a>b`, `a:true>b`."""
    drawn: list[dict[str, str | None]] = []
    for pair in pairs:
        source, _, target = pair.partition(">")
        source, _, port = source.partition(":")
        drawn.append({"source": source, "target": target, "condition": port or None})
    return drawn


def nodes(**kinds: str) -> list[JsonObject]:
    return [{"id": name, "type": kind} for name, kind in kinds.items()]


LIST = {"loop_config": {"loop_type": "for_each", "items_source": "items"}}
GOOD = {"condition_type": "custom", "field": "by", "custom_expression": "index >= 4"}
AGENT = {"model": "scripted", "prompt": "{{inputs.run}}", "tools": ["look", "send"]}
DOCUMENTS: tuple[JsonObject, ...] = (
    {
        "name": "Chain and branches",
        "nodes": nodes(a="mark", b="mark", c="steps", d="mark", e="mark", f="mark"),
        "edges": edges("a>b", "a>c", "a>d", "b>e", "c>e", "d>e", "e>f"),
    },
    {
        "name": "Loop and map",
        "nodes": [
            {"id": "each", "type": "loop", **LIST},
            {"id": "in", "type": "mark", "parent": "each"},
            {"id": "on", "type": "steps", "parent": "each"},
            {"id": "all", "type": "map", "map_config": {"items_source": "items", "concurrency": 3}},
            {"id": "one", "type": "mark", "parent": "all"},
            {"id": "two", "type": "careful", "parent": "all"},
            {"id": "last", "type": "mark"},
        ],
        "edges": edges("in>on", "one>two", "each>last", "all>last"),
    },
    {
        "name": "Drawn loop",
        "limits": {"max_iterations": 50},
        "nodes": [
            *nodes(draft="mark", again="steps", done="mark"),
            {"id": "good", "type": "condition", "condition_config": GOOD},
        ],
        "edges": edges("draft>good", "good:true>done", "good:false>again", "again>draft"),
    },
    {
        "name": "What must not simply be repeated",
        "nodes": nodes(begin="mark", once="once", mended="mark", careful="careful", last="mark"),
        "edges": edges("begin>once", "once:error>mended", "begin>careful", "once>last", "mended>last", "careful>last"),
    },
    {
        "name": "Agent",
        "nodes": [*nodes(begin="mark", last="mark"), {"id": "agent", "type": "agent", "agent_config": AGENT}],
        "edges": edges("begin>agent", "agent>last"),
    },
    {
        "name": "Agent in ten rounds",
        "nodes": [
            {"id": "agent", "type": "agent", "agent_config": {**AGENT, "model": "long"}},
            *nodes(last="mark"),
        ],
        "edges": edges("agent>last"),
    },
    {
        "name": "Agent that asks",
        "nodes": [
            {"id": "agent", "type": "agent", "agent_config": {**AGENT, "approve": ["send"]}},
            *nodes(last="mark"),
        ],
        "edges": edges("agent>last"),
    },
)


def answer_to(waiting: JsonObject, actions: Sequence[Literal["again", "done", "fail"]]) -> Answered:
    """What somebody says who is asked: yes to the calls of agents, and about what was cut off one of these."""
    place = {"node": waiting["node"], "scope": "/".join(waiting["path"])}
    if waiting["request"]["kind"] == "approval":
        return Answered(value="approve", **place)
    return Answered(value="by hand", action=random.choice(actions), **place)


def workflow(number: int) -> Workflow:
    return Workflow.load(DOCUMENTS[number % len(DOCUMENTS)])


def inputs(number: int) -> JsonObject:
    return {"items": [1, 2, 3], "run": f"run-{number}"}
