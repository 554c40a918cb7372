"""What a node type is, and the registry of them. A node type is one file in this folder, named after the type.

    @node_type("shout", title="Shout", icon="megaphone", group="Text", card="Shout {text}")
    class Shout(NodeType[ShoutConfig]):
        \"\"\"Turn text into capitals.\"\"\"

        async def run(self, ctx, config, inputs):
            return inputs["text"].upper()

Everything else about the type (engine behaviour, API, form, reference page, contract test) is derived from this.
Registration is a decorator on the class; built-in types are found in this folder, others through the entry-point
group `pointwork.nodes`. A plug-in that cannot be loaded is a warning with its name, never a crash.
"""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

from pointwork.config import Config
from pointwork.errors import ConfigurationError, Problem
from pointwork.events import Activation, Level, StreamKind
from pointwork.spec import NodeSpec, Policy, PortType
from pointwork.spending import Expected, Spent
from pointwork.workflow import Budget, JsonObject

__all__ = ["Asking", "NodeContext", "NodeType", "Out", "Registry", "Suspend", "builtin_registry", "node_type"]

C = TypeVar("C", bound=Config)
R = TypeVar("R")
T = TypeVar("T")
StepKind = Literal["model", "tool", "memory", "other"]
ENTRY_POINTS = "pointwork.nodes"


@dataclass(frozen=True, slots=True)
class Out:
    """A result for chosen ports; a plain return value goes to `out`."""

    value: Any
    ports: tuple[str, ...] = ("out",)


@dataclass(frozen=True, slots=True)
class Suspend:
    """The node waits for an answer from outside, which becomes its output; the handler is not run again.

    `request` is shown to whoever answers. Keys that mean something: `kind` ("human", "delay"), `question`,
    `schema` (JSON Schema of the answer), `choices` (names; the answer's `choice` becomes a live port beside `out`),
    `until` (ISO time at which the answer `default` is given by itself), `deadline` (ISO time at which the port
    `deadline` is taken or, without an edge from it, the node fails), `remind_at` and `remind_s` (when the log reminds
    of it first, and how often after that).
    """

    request: JsonObject = field(default_factory=dict[str, Any])


class NodeContext(Protocol):
    """Everything a handler may touch."""

    @property
    def activation(self) -> Activation: ...

    @property
    def attempt(self) -> int:
        """1 is the first."""
        ...

    @property
    def execution_id(self) -> str: ...

    @property
    def workflow_id(self) -> str | None: ...

    @property
    def names(self) -> Mapping[str, Any]:
        """Values that the node's expressions read beyond its inputs: `nodes`, `vars`, `item`, …"""
        ...

    @property
    def absent(self) -> Mapping[str, str]:
        """Mapped inputs that have no value, and why."""
        ...

    @property
    def options(self) -> Mapping[str, Any]:
        """Wishes for this execution alone, for example `model_override`."""
        ...

    async def step(
        self,
        name: str,
        fn: Callable[[], Awaitable[T]],
        *,
        kind: StepKind = "other",
        data: Any = None,
        idempotent: bool = True,
        effects: bool = False,
        usage: Callable[[T], JsonObject | None] | None = None,
    ) -> T:
        """Run `fn` once in the life of the execution: after a crash a finished step returns its recorded value.

        `StepStarted` (with `data`) is stored before `fn` is called, the value after. Steps are told apart by their
        order, `kind`, `name` and `data`; the value must be JSON data. `effects`: `fn` changes something outside, and
        somebody may want to look before. A tool that has a stub in this execution is not called: the stub's output is
        the value.
        """
        ...

    def is_stubbed(self, tool: str) -> bool:
        """Whether calls of a tool are stood in for in this execution, so that nobody needs to agree to them."""
        ...

    async def ask(self, name: str, request: JsonObject) -> Any:
        """Ask a person, and return the answer, for which the execution waits as long as it takes.

        The handler ends here and runs again when it has been answered; its finished steps return what they recorded.
        So there must be no other step at work, and no `except BaseException` around. `request` is what a `human` node
        asks: `question`, `choices`, `schema` of the answer.
        """
        ...

    def spent(self, *, run: bool) -> Spent:
        """What the whole run has spent, or (`run=False`) this activation; calls that are under way included."""
        ...

    @property
    def budgets(self) -> Sequence[tuple[str, Budget]]:
        """What the run may spend at most: where each budget is written, and what it allows."""
        ...

    @property
    def untrusted(self) -> str | None:
        """What brought text from outside into this run, if anything did: the first such step."""
        ...

    def expecting(self) -> AbstractContextManager[Expected]:
        """Count what a call will take as spent, while it is under way; the caller says how much that is."""
        ...

    def stream(self, text: str, kind: StreamKind = "text") -> None:
        """Show a piece of text at once."""
        ...

    def log(self, message: str, level: Level = "INFO") -> None:
        """Write a line for people."""
        ...

    def resource(self, kind: type[R]) -> R:
        """A service by its protocol or class, for example the model gateway; raises ConfigurationError without it."""
        ...

    def now_us(self) -> int:
        """The time, in microseconds since 1970."""
        ...


class Asking(BaseException):
    """How `NodeContext.ask` ends a handler. Not an `Exception`, because nothing went wrong and nobody may catch it."""

    def __init__(self, request: JsonObject) -> None:
        super().__init__("The handler waits for an answer.")
        self.request = request


class NodeType(Generic[C]):
    """Base of all node types. Subclasses are stateless: one instance serves all executions."""

    spec: ClassVar[NodeSpec]

    async def run(self, ctx: NodeContext, config: C, inputs: JsonObject) -> Any:
        """Do the work. Returns JSON data, or `Out`, or `Suspend`; raises NodeError (or anything) to fail."""
        raise ConfigurationError(
            f"Node type {self.spec.type!r} has no behaviour of its own.", hint="Composite types are run by the engine."
        )


class Registry:
    """Node types by name."""

    def __init__(self) -> None:
        self.types: dict[str, NodeType[Any]] = {}
        self.specs: dict[str, NodeSpec] = {}
        self.problems: list[Problem] = []

    def add(self, kind: type[NodeType[Any]], *, replace: bool = False) -> None:
        """Register a node type; a second one of the same name must say `replace=True`."""
        name = kind.spec.type
        if name in self.types and not replace and type(self.types[name]) is not kind:
            raise ConfigurationError(
                f"Two node types are called {name!r}: {type(self.types[name]).__qualname__} and {kind.__qualname__}.",
                hint="Rename one of them, or pass replace=True.",
            )
        self.types[name] = kind()
        self.specs[name] = kind.spec

    def load_entry_points(self) -> None:
        """Add the node types of installed plug-ins; one that is broken becomes a problem with its name."""
        import importlib.metadata  # slow to import, and needed here only

        for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
            try:
                self.add(point.load())
            except Exception as error:
                self.problems.append(
                    Problem(
                        severity="warning",
                        code="W-PLUGIN",
                        message=f"Node type plug-in {point.name!r} ({point.value}) could not be loaded: {error}",
                        hint=traceback.format_exc(limit=3),
                    )
                )


def node_type(
    name: str,
    *,
    title: str,
    config: type[Config] | None = None,
    icon: str = "box",
    group: str = "Other",
    card: str = "",
    ports: tuple[str, ...] = ("out",),
    ports_from: tuple[str, str | None] | None = None,
    always: tuple[str, ...] = (),
    policy: Policy | None = None,
    effects: bool = True,
    idempotent: bool = True,
    transparent: bool = False,
    collects: bool = False,
    version: int = 1,
    example: JsonObject | None = None,
    outputs: Mapping[str, str] | None = None,
    takes: PortType = "any",
    gives: PortType = "any",
    output_types: Mapping[str, PortType] | None = None,
) -> Callable[[type[NodeType[Any]]], type[NodeType[Any]]]:
    """Describe a node type; the class docstring is its documentation. See `NodeSpec` for the meaning of each part."""

    def describe(kind: type[NodeType[Any]]) -> type[NodeType[Any]]:
        kind.spec = NodeSpec(
            type=name,
            title=title,
            config=config or _config_of(kind),
            ports=ports,
            ports_from=ports_from,
            always=always,
            policy=policy,
            effects=effects,
            idempotent=idempotent,
            transparent=transparent,
            collects=collects,
            icon=icon,
            group=group,
            card=card,
            version=version,
            doc=(kind.__doc__ or "").strip(),
            example=example or {},
            outputs=outputs or {},
            takes=takes,
            gives=gives,
            output_types=output_types or {},
        )
        return kind

    return describe


def _config_of(kind: type[NodeType[Any]]) -> type[Config]:
    """`NodeType[HttpConfig]` → `HttpConfig`."""
    for base in getattr(kind, "__orig_bases__", ()):
        for argument in getattr(base, "__args__", ()):
            if isinstance(argument, type) and issubclass(argument, Config):
                return argument
    return Config


def builtin_registry() -> Registry:
    """A fresh registry with all node types of this folder."""
    package = importlib.import_module("pointwork.nodes")
    registry = Registry()
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "base":
            loaded = importlib.import_module(f"pointwork.nodes.{module.name}")
            for value in vars(loaded).values():
                if isinstance(value, type) and issubclass(value, NodeType) and value.__module__ == loaded.__name__:
                    registry.add(value)
    return registry
