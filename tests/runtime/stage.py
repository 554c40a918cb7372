"""What the stories about the runtime are played on: processes with handlers that each story writes itself.

`flow` draws a workflow in one line, a `Stage` is one process with a runtime, `told` retells records in short lines.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from pointwork.config import Config, SecretTemplate
from pointwork.events import Event, Record
from pointwork.nodes import NodeType, Registry, builtin_registry, node_type
from pointwork.runtime import Runtime
from pointwork.testing import VirtualClock
from pointwork.workflow import Workflow

Handler = Callable[[Any, dict[str, Any]], Awaitable[Any]]


def flow(edges: str, *, limits: dict[str, Any] | None = None, **nodes: dict[str, Any]) -> Workflow:
    """A workflow from lines like `a > b > c, a:true > d`.

    Nodes are of type `work`, unless they are called like a built-in type or say otherwise.
    """
    found: dict[str, dict[str, Any]] = {}
    drawn: list[dict[str, Any]] = []
    for line in filter(None, edges.split(",")):
        ends = [end.strip().partition(":") for end in line.split(">")]
        for name, _, _ in ends:
            found.setdefault(name, {"id": name, "type": name if name in BUILT_IN else "work"})
        for (source, _, port), (target, _, _) in itertools.pairwise(ends):
            drawn.append({"source": source, "target": target, "condition": port or None})
    for name, parts in nodes.items():
        node = found.setdefault(name, {"id": name, "type": name if name in BUILT_IN else "work"})
        node.update(parts)
    document = {"id": "w", "name": "Story", "nodes": list(found.values()), "edges": drawn}
    return Workflow.load(document if limits is None else {**document, "limits": limits})


BUILT_IN = frozenset(builtin_registry().types)


class Owners:
    """Who is alive, as the story says."""

    def __init__(self) -> None:
        self.alive: set[str] = set()
        self.registered = 0

    def join(self) -> Owner:
        return Owner(self)


class Owner:
    """The part of `Owners` that one process sees."""

    def __init__(self, owners: Owners) -> None:
        self.owners = owners
        self.name = ""

    def register(self) -> str:
        self.owners.registered += 1
        self.name = f"process-{self.owners.registered}"
        self.owners.alive.add(self.name)
        return self.name

    def is_alive(self, owner: str) -> bool:
        return owner in self.owners.alive

    def release(self) -> None:
        self.owners.alive.discard(self.name)


class Stage:
    """A process: a runtime on a journal. Handlers are looked up by node id; without one a node hands its inputs on."""

    def __init__(
        self, journal: Any, *, owners: Owners | None = None, clock: VirtualClock | None = None, **more: Any
    ) -> None:
        self.journal = journal
        self.owners = owners or Owners()
        self.clock = clock or VirtualClock()
        self.handlers: dict[str, Handler] = {}
        self.ran: list[str] = []
        """The attempts that really began, as `scope/node#attempt`."""
        self.configs: list[Any] = []
        self.registry = self._registry()
        self.runtime = Runtime(
            journal=journal,
            registry=self.registry,
            owners=None if owners is None else owners.join(),
            clock=self.clock,
            **more,
        )

    def on(self, *nodes: str) -> Callable[[Handler], Handler]:
        """Say what a node does."""

        def keep(handler: Handler) -> Handler:
            self.handlers.update(dict.fromkeys(nodes, handler))
            return handler

        return keep

    def _registry(self) -> Registry:
        stage = self

        class Work(NodeType[Any]):
            """Whatever the story says."""

            async def run(self, ctx: Any, config: Any, inputs: dict[str, Any]) -> Any:
                stage.ran.append(f"{ctx.activation}#{ctx.attempt}")
                stage.configs.append(config)
                handler = stage.handlers.get(ctx.activation.node)
                return inputs if handler is None else await handler(ctx, inputs)

        registry = builtin_registry()
        for name, options in KINDS.items():
            described = {"config": Config, **options}
            registry.add(node_type(name, title=name, **described)(type(name, (Work,), {})))
        return registry

    # ------------------------------------------------------------------------------------------- playing

    async def play(self, workflow: Workflow, **inputs: Any) -> dict[str, Any]:
        """Run it until it ends, pauses or waits; its state."""
        execution = await self.runtime.start(workflow, inputs)
        return await self.rest(execution)

    async def rest(self, execution: str) -> dict[str, Any]:
        assert await self.runtime.finished(execution)
        return await self.runtime.state(execution)

    async def settle(self, execution: str) -> None:
        """Let everything happen that can happen by itself."""
        for _ in range(5):
            for _ in range(20):
                await asyncio.sleep(0)
            await self.journal.read(execution)  # through the threads, if there are any
            await getattr(self.journal, "journal", self.journal).last_seq(execution)

    async def until(self, execution: str, line: str) -> None:
        """Wait until a record of which `told` says this."""
        async for page in self.runtime.watch(execution):
            if line in told(page):
                return
        raise AssertionError(f"It ended without {line!r}.")

    async def told(self, execution: str) -> list[str]:
        return told(await self.runtime.records(execution))


class CallerConfig(Config):
    """For whoever needs a secret."""

    address: SecretTemplate = ""


KINDS: dict[str, dict[str, Any]] = {
    "work": {},
    "fragile": {"idempotent": False},
    "quick": {"effects": False},
    "fork_in_the_road": {"ports": ("left", "right")},
    "caller": {"config": CallerConfig},
}


def told(records: Iterable[Record]) -> list[str]:
    """One short line for each record."""
    return [_line(record.event) for record in records]


def _line(event: Event) -> str:
    scope, node = getattr(event, "scope", ""), getattr(event, "node", None)
    place = "/".join(filter(None, (scope, node)))
    if event.type == "ScopeOpened":
        place = event.scope
    more: Sequence[Any] = {
        "NodeStarted": lambda e: [f"#{e.attempt}"] if e.attempt > 1 else [],
        "NodeFailed": lambda e: [e.error["kind"], *(["again"] if e.retry_in_s is not None else [])],
        "ExecutionPaused": lambda e: [e.reason],
        "ExecutionResumed": lambda e: [e.mode],
        "ExecutionFinished": lambda e: [e.status],
        "StepStarted": lambda e: [e.name],
        "StepRecorded": lambda e: [e.name, *(["failed"] if e.error else [])],
        "TextStreamed": lambda e: [repr(e.text)],
        "LogWritten": lambda e: [repr(e.message)],
    }.get(event.type, lambda e: [])(event)
    return " ".join([event.type, *filter(None, [place]), *more])
