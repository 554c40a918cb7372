"""Events: the facts of an execution, which the journal stores and everybody else folds.

Rules of this file: an event is in the past tense and named after what happened, never after who wants to know.
Once released, an event or field is never renamed or removed; new fields have defaults. Events are slotted and
immutable by convention (freezing would triple their cost), and their fields hold plain JSON data only.

An activation, one node in one scope, is the pair of fields `scope` and `node`. A scope is named by its path: `""` is
the root, `"topics[2]"` the third round of the node "topics", `"topics[2]/tries[0]"` a round within it. `scope_path`
makes such names.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, get_args

from pydantic import Field

from pointwork.workflow import JsonObject

__all__ = [
    "EVENT_TYPES",
    "Activation",
    "BreakpointsSet",
    "CancellationRequested",
    "Event",
    "ExecutionFinished",
    "ExecutionPaused",
    "ExecutionResumed",
    "ExecutionStarted",
    "InputsOverridden",
    "Level",
    "LogWritten",
    "NodeCancelled",
    "NodeCompleted",
    "NodeFailed",
    "NodeResumed",
    "NodeSkipped",
    "NodeStarted",
    "NodeWaiting",
    "OutputOverridden",
    "PauseReason",
    "Record",
    "ScopeClosed",
    "ScopeOpened",
    "StepRecorded",
    "StepStarted",
    "StreamKind",
    "StubsSet",
    "TextStreamed",
    "event_from_dict",
    "iso",
    "scope_path",
]

Level: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
StreamKind: TypeAlias = Literal["text", "thinking", "tool_args"]
StepKind: TypeAlias = Literal["model", "tool", "memory", "other"]
PauseReason: TypeAlias = Literal["user", "breakpoint", "step", "interrupted"]
EndStatus: TypeAlias = Literal["completed", "failed", "cancelled"]

ROOT = ""


class Activation(NamedTuple):
    """One node in one scope."""

    scope: str
    node: str

    def __str__(self) -> str:
        return f"{self.scope}/{self.node}" if self.scope else self.node


_ESCAPES = str.maketrans({c: f"%{ord(c):02X}" for c in "%/[]#"})


@lru_cache(1_024)
def _escaped(name: str) -> str:
    return name.translate(_ESCAPES)


def scope_path(parent: str, container: str, index: int, attempt: int = 1) -> str:
    """The name of a scope.

    >>> scope_path("", "topics", 2), scope_path("topics[2]", "a/b", 0, attempt=2)
    ('topics[2]', 'topics[2]/a%2Fb#2[0]')
    """
    again = f"#{attempt}" if attempt > 1 else ""
    segment = f"{_escaped(container)}{again}[{index}]"
    return f"{parent}/{segment}" if parent else segment


# ------------------------------------------------------------------------------------------------- events


@dataclass(slots=True)
class ExecutionStarted:
    """An execution began. `origin` names the execution and record it was forked from, if any.

    `options` are wishes for this execution alone, for example `model_override`.
    """

    workflow_id: str | None
    workflow_name: str
    workflow_version: str
    plan_hash: str
    inputs: JsonObject
    origin: JsonObject | None = None
    options: JsonObject | None = None
    type: Literal["ExecutionStarted"] = "ExecutionStarted"


@dataclass(slots=True)
class ExecutionPaused:
    """No further node is started; running ones go on. `scope` and `node` say where, for breakpoints.

    `step`: kind and name of the call that is held up, of a breakpoint before calls.
    """

    reason: PauseReason
    scope: str = ROOT
    node: str | None = None
    when: Literal["before", "after", "error", "call"] | None = None
    step: JsonObject | None = None
    type: Literal["ExecutionPaused"] = "ExecutionPaused"


@dataclass(slots=True)
class ExecutionResumed:
    """Nodes are started again: all (`run`), exactly one (`step`), or one with everything in it (`over`).

    `call`: exactly one, which is then held up before its first call of a model or a tool.

    `node` in `scope`, if there is one: the container that is being run to its end, and nothing beside it.
    """

    mode: Literal["run", "step", "over", "call"] = "run"
    scope: str = ROOT
    node: str | None = None
    type: Literal["ExecutionResumed"] = "ExecutionResumed"


@dataclass(slots=True)
class BreakpointsSet:
    """The complete list of breakpoints from now on."""

    breakpoints: list[JsonObject]
    type: Literal["BreakpointsSet"] = "BreakpointsSet"


@dataclass(slots=True)
class StubsSet:
    """The complete list of what is not run but stood in for, from now on: nodes and tools, with what they give."""

    stubs: list[JsonObject]
    type: Literal["StubsSet"] = "StubsSet"


@dataclass(slots=True)
class CancellationRequested:
    """The execution is being given up, by a person or, with `error`, by a limit; the unfinished is cancelled."""

    error: JsonObject | None = None
    type: Literal["CancellationRequested"] = "CancellationRequested"


@dataclass(slots=True)
class ExecutionFinished:
    """The end. Nothing is ever recorded after it."""

    status: EndStatus
    result: Any = None
    error: JsonObject | None = None
    type: Literal["ExecutionFinished"] = "ExecutionFinished"


@dataclass(slots=True)
class NodeStarted:
    """An attempt began. `config` holds the fields that were rendered from templates, as rendered."""

    scope: str
    node: str
    attempt: int
    inputs: JsonObject
    config: JsonObject | None = None
    type: Literal["NodeStarted"] = "NodeStarted"


@dataclass(slots=True)
class NodeCompleted:
    """A node ended well. An edge is live when its port is among `ports`."""

    scope: str
    node: str
    output: Any
    ports: tuple[str, ...] = ("out",)
    type: Literal["NodeCompleted"] = "NodeCompleted"


@dataclass(slots=True)
class NodeFailed:
    """An attempt failed. With `retry_in_s` it is tried again after so many seconds; without, this is its end."""

    scope: str
    node: str
    attempt: int
    error: JsonObject
    retry_in_s: float | None = None
    type: Literal["NodeFailed"] = "NodeFailed"


@dataclass(slots=True)
class NodeSkipped:
    """No live path led here."""

    scope: str
    node: str
    reason: str = ""
    type: Literal["NodeSkipped"] = "NodeSkipped"


@dataclass(slots=True)
class NodeCancelled:
    """The node will not end by itself, because its scope was given up."""

    scope: str
    node: str
    type: Literal["NodeCancelled"] = "NodeCancelled"


@dataclass(slots=True)
class NodeWaiting:
    """The node waits for an answer; `request` says from whom and of what shape."""

    scope: str
    node: str
    request: JsonObject
    type: Literal["NodeWaiting"] = "NodeWaiting"


@dataclass(slots=True)
class NodeResumed:
    """A handler that had asked something goes on, in the same attempt; the answer is a recorded step of it."""

    scope: str
    node: str
    type: Literal["NodeResumed"] = "NodeResumed"


@dataclass(slots=True)
class ScopeOpened:
    """A composite node opened a fresh instance of its body."""

    scope: str
    parent: str
    node: str
    index: int
    item: Any = None
    type: Literal["ScopeOpened"] = "ScopeOpened"


@dataclass(slots=True)
class ScopeClosed:
    """All nodes of a scope have ended. `error` is what doomed it; a cancelled scope has none."""

    scope: str
    ok: bool
    result: Any = None
    error: JsonObject | None = None
    type: Literal["ScopeClosed"] = "ScopeClosed"


@dataclass(slots=True)
class StepStarted:
    """A handler is about to call a model or a tool. Stored before the call is made."""

    scope: str
    node: str
    key: str
    kind: StepKind
    name: str = ""
    data: Any = None
    idempotent: bool = True
    type: Literal["StepStarted"] = "StepStarted"


@dataclass(slots=True)
class StepRecorded:
    """A step ended; its value is never computed again in this execution."""

    scope: str
    node: str
    key: str
    kind: StepKind
    name: str = ""
    value: Any = None
    error: JsonObject | None = None
    usage: JsonObject | None = None
    type: Literal["StepRecorded"] = "StepRecorded"


@dataclass(slots=True)
class LogWritten:
    """A line for people, from a handler or from the engine."""

    level: Level
    message: str
    scope: str = ROOT
    node: str | None = None
    type: Literal["LogWritten"] = "LogWritten"


@dataclass(slots=True)
class OutputOverridden:
    """Somebody set the output of a node by hand. A node that had not ended counts as completed.

    `inputs` is what a node received that had not even started; some nodes hand that on.
    """

    scope: str
    node: str
    output: Any
    ports: tuple[str, ...] = ("out",)
    inputs: JsonObject | None = None
    type: Literal["OutputOverridden"] = "OutputOverridden"


@dataclass(slots=True)
class InputsOverridden:
    """Somebody set by hand what a node that had not begun will receive."""

    scope: str
    node: str
    inputs: JsonObject
    type: Literal["InputsOverridden"] = "InputsOverridden"


@dataclass(slots=True)
class TextStreamed:
    """A piece of text that a model wrote, joined over some milliseconds."""

    scope: str
    node: str
    attempt: int
    text: str
    kind: StreamKind = "text"
    type: Literal["TextStreamed"] = "TextStreamed"


Event: TypeAlias = (
    ExecutionStarted
    | ExecutionPaused
    | ExecutionResumed
    | BreakpointsSet
    | StubsSet
    | CancellationRequested
    | ExecutionFinished
    | NodeStarted
    | NodeCompleted
    | NodeFailed
    | NodeSkipped
    | NodeCancelled
    | NodeWaiting
    | NodeResumed
    | ScopeOpened
    | ScopeClosed
    | StepStarted
    | StepRecorded
    | LogWritten
    | OutputOverridden
    | InputsOverridden
    | TextStreamed
)
EVENT_TYPES: dict[str, type[Event]] = {cls.__name__: cls for cls in get_args(Event)}
_FIELDS = {name: frozenset(f.name for f in fields(cls)) for name, cls in EVENT_TYPES.items()}


def event_from_dict(data: dict[str, Any]) -> Event:
    """The event that was stored as `data`; fields of newer versions are left out.

    >>> event_from_dict({"type": "NodeSkipped", "scope": "", "node": "a", "from_the_future": 1})
    NodeSkipped(scope='', node='a', reason='', type='NodeSkipped')
    """
    name = data["type"]
    known = _FIELDS[name]
    values = {key: value for key, value in data.items() if key in known}
    if "ports" in values:
        values["ports"] = tuple(values["ports"])
    return EVENT_TYPES[name](**values)


@dataclass(slots=True)
class Record:
    """An event with its place in the journal. `at_us`: microseconds since 1970, UTC, stamped by the journal."""

    execution_id: str
    seq: int
    at_us: int
    event: Annotated[Event, Field(discriminator="type")]

    @property
    def at(self) -> str:
        return iso(self.at_us)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(at_us: int) -> str:
    """UTC time as text.

    >>> iso(1_700_000_000_123_456)
    '2023-11-14T22:13:20.123456Z'
    """
    seconds, micros = divmod(at_us, 1_000_000)
    return f"{_second(seconds)}.{micros:06d}Z"


@lru_cache(maxsize=256)  # records come in order, many to a second
def _second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
