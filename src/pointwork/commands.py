"""Inputs (what arrived from outside) and commands (effects to perform): what goes into and comes out of a scheduler.

Rules of this file: an input says what happened or what somebody wants, a command is an imperative. Neither is ever
stored; what must be remembered becomes an event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field

from pointwork.workflow import JsonObject

__all__ = [
    "Answered",
    "Breakpoint",
    "Cancel",
    "CancelExecution",
    "Command",
    "Completed",
    "ControlInput",
    "CutOff",
    "Failed",
    "Input",
    "Interrupted",
    "Override",
    "OverrideInputs",
    "Pause",
    "Perform",
    "Resume",
    "Retry",
    "SetBreakpoints",
    "SetStubs",
    "SetTimer",
    "Start",
    "Step",
    "Stub",
    "Suspended",
    "TimerFired",
]

# What comes from outside is refused when it says something that nobody reads: it may be a slip of the pen.
STRICT = ConfigDict(extra="forbid")

MAX_STUBS = 500

TimerPurpose: TypeAlias = Literal["retry", "timeout", "deadline"]
CutOff: TypeAlias = Literal["restart", "fork"]


@dataclass(slots=True)
class Perform:
    """Run a handler. `names` holds values that its expressions read beyond the inputs."""

    scope: str
    node: str
    attempt: int
    type: str
    config: JsonObject
    inputs: JsonObject
    names: JsonObject | None = None
    absent: dict[str, str] | None = None  # inputs that have no value, and why
    timeout_s: float | None = None
    effects: bool = True
    rendered: tuple[str, ...] = ()  # fields of `config` that were templates and may refer to secrets


@dataclass(slots=True)
class SetTimer:
    """Send `TimerFired` with the same names after so many seconds."""

    scope: str
    node: str
    attempt: int
    purpose: TimerPurpose
    seconds: float


@dataclass(slots=True)
class Cancel:
    """Stop the handler of this activation; whatever it still answers is dropped."""

    scope: str
    node: str


Command: TypeAlias = Perform | SetTimer | Cancel


# ------------------------------------------------------------------------------------------------- inputs


@dataclass(slots=True)
class Breakpoint:
    """Where to pause. `hits`: only from this many visits on (1 is the first).

    `call`: before each call of a model or a tool that the node makes. `effect`: before a call that changes something
    outside the execution; with `*` as node, wherever that is.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    node: str
    when: Literal["before", "after", "error", "call", "effect"] = "before"
    condition: str | None = None
    hits: Annotated[int, Field(ge=1)] = 1


@dataclass(slots=True)
class Stub:
    """A node or a tool that is not run in this execution, and what it gives instead.

    `ports`: those that a node chooses; without, it goes on by `out`.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    output: Any
    node: str | None = None
    tool: str | None = None
    ports: tuple[str, ...] | None = None


@dataclass(slots=True)
class Start:
    """Begin. `options` are wishes for this execution alone; breakpoints hold from the first node on."""

    inputs: JsonObject
    workflow_id: str | None = None
    workflow_name: str = ""
    workflow_version: str = ""
    origin: JsonObject | None = None
    options: JsonObject | None = None
    breakpoints: tuple[Breakpoint, ...] = ()
    stubs: tuple[Stub, ...] = ()


@dataclass(slots=True)
class Completed:
    """A handler returned."""

    scope: str
    node: str
    attempt: int
    output: Any
    ports: tuple[str, ...] = ("out",)


@dataclass(slots=True)
class Failed:
    """A handler raised. `retryable`: trying again may help."""

    scope: str
    node: str
    attempt: int
    error: JsonObject
    retryable: bool = True


@dataclass(slots=True)
class Suspended:
    """A handler asked for an answer from outside."""

    scope: str
    node: str
    attempt: int
    request: JsonObject


@dataclass(slots=True)
class Interrupted:
    """The process ended, or a fork was taken, while this activation ran.

    With a `request` a person decides, else it runs again.
    """

    scope: str
    node: str
    request: JsonObject | None = None
    cause: CutOff = "restart"


@dataclass(slots=True)
class TimerFired:
    """The time of a `SetTimer` has come."""

    scope: str
    node: str
    attempt: int
    purpose: TimerPurpose


@dataclass(slots=True)
class Pause:
    """Start no further node."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    type: Literal["pause"] = "pause"


@dataclass(slots=True)
class Resume:
    """Go on."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    type: Literal["resume"] = "resume"


@dataclass(slots=True)
class Step:
    """Go on by one step, then pause again.

    `into`: the next ready node is started, wherever it is. `over`: it is run to its end, with everything in it. `out`:
    the container that the execution is paused in is run to its end. `call`: one call that a running node is held up
    at is made; where none is, it is `into`, and the node is held up at its first call.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    mode: Literal["into", "over", "out", "call"] = "into"
    type: Literal["step"] = "step"


@dataclass(slots=True)
class CancelExecution:
    """Give up: everything unfinished is cancelled."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    type: Literal["cancel"] = "cancel"


@dataclass(slots=True)
class Answered:
    """The answer that a waiting activation wants.

    `action` decides about an interrupted activation: run it `again`, take it as `done` with `value`, let it `fail`.
    `ports` are worked out by the runtime from the request. `by`: who answers, as they say themselves; it is written to
    the log.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    node: str
    value: Any = None
    scope: str = ""
    action: Literal["again", "done", "fail"] | None = None
    ports: tuple[str, ...] = ("out",)
    by: Annotated[str, Field(max_length=200)] = ""
    type: Literal["answer"] = "answer"


@dataclass(slots=True)
class SetBreakpoints:
    """Replace all breakpoints."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    breakpoints: list[Breakpoint] = field(default_factory=list[Breakpoint])
    type: Literal["set_breakpoints"] = "set_breakpoints"


@dataclass(slots=True)
class SetStubs:
    """Replace all stubs."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    stubs: Annotated[list[Stub], Field(max_length=MAX_STUBS)] = field(default_factory=list[Stub])
    type: Literal["set_stubs"] = "set_stubs"


@dataclass(slots=True)
class Retry:
    """Try a failed activation again now. For a finished execution the runtime makes a fork of it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    node: str
    scope: str = ""
    type: Literal["retry"] = "retry"


@dataclass(slots=True)
class Override:
    """Set the output of an activation by hand."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    node: str
    output: Any
    scope: str = ""
    ports: tuple[str, ...] | None = None
    type: Literal["override"] = "override"


@dataclass(slots=True)
class OverrideInputs:
    """Set by hand what an activation that has not begun will receive."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    node: str
    inputs: JsonObject
    scope: str = ""
    type: Literal["override_inputs"] = "override_inputs"


# What people may send: the body of `POST /api/executions/{id}/commands`.
ControlInput: TypeAlias = Annotated[
    Pause | Resume | Step | CancelExecution | Answered | SetBreakpoints | SetStubs | Retry | Override | OverrideInputs,
    Field(discriminator="type"),
]
Input: TypeAlias = (
    Start
    | Completed
    | Failed
    | Suspended
    | Interrupted
    | TimerFired
    | Pause
    | Resume
    | Step
    | CancelExecution
    | Answered
    | SetBreakpoints
    | SetStubs
    | Retry
    | Override
    | OverrideInputs
)
