"""The shapes of what goes over the wire, as OpenAPI shows them.

Bodies of requests are checked with these models. Answers are written straight from plain data, for speed; the models
say what they look like, and the tests hold the answers to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from pointwork.commands import MAX_STUBS, Breakpoint, Override, Stub
from pointwork.engine.view import NodeStatus, Status
from pointwork.events import Event, Level, StepKind, StreamKind
from pointwork.spec import PortType
from pointwork.workflow import Budget, JsonObject, Workflow

__all__ = [
    "CommandAnswer",
    "ExecuteBody",
    "ExecutionAnswer",
    "ExecutionState",
    "FileEntry",
    "ForkBody",
    "Health",
    "ModelEntry",
    "NodeTypeEntry",
    "ProblemDocument",
    "ProblemEntry",
    "Record",
    "StoredWorkflowDocument",
    "StreamMessage",
    "ToolBody",
    "ToolEntry",
    "ToolTrial",
    "UploadAnswer",
    "VersionEntry",
    "WorkflowSummary",
]

EXECUTION_ID = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$"
Time = Annotated[str, Field(description="UTC, ISO 8601 with microseconds.")]


class Strict(BaseModel):
    """A body: what it does not know is refused, so that nothing is silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Shape(BaseModel):
    """An answer: keys may be added in later versions."""

    model_config = ConfigDict(extra="allow")


# -- bodies ------------------------------------------------------------------------------------------------------------


class ExecuteBody(Strict):
    """How to run a workflow. Everything may be left out."""

    inputs: JsonObject = {}
    workflow_id: str | None = Field(default=None, description="Must be the one of the path, if it is given.")
    execution_id: str | None = Field(
        default=None, pattern=EXECUTION_ID, description="An id of your own; it must be new."
    )
    version: int | None = Field(default=None, ge=1, description="The number of a version; otherwise the newest.")
    breakpoints: list[Breakpoint] = []
    stubs: list[Stub] = Field(
        default=[],
        max_length=MAX_STUBS,
        description="Nodes and tools that are not run in this execution, with what they give.",
    )
    model_override: str | None = Field(
        default=None, max_length=200, description="Use this model in all agents of this run."
    )
    budget: Budget | None = Field(default=None, description="What all agents of this run may spend together.")


class TestBody(Strict):
    """A document to run once without storing it, and what it is run with."""

    __test__ = False  # no test of pytest's

    document: JsonObject = Field(description="A workflow, as for storing. Its `id` means nothing here.")
    inputs: JsonObject = {}
    budget: Budget | None = Field(default=None, description="What all agents of this run may spend together.")


class ForkBody(Strict):
    """Where an execution is forked, and what is different from there on."""

    at: int = Field(ge=1, description="The number of the last record that both share.")
    override: Override | None = None
    version: int | None = Field(default=None, ge=1, description="Go on with this version of the workflow.")
    execution_id: str | None = Field(default=None, pattern=EXECUTION_ID)


class ToolBody(Strict):
    """The arguments of a tool, as its parameters describe them."""

    arguments: JsonObject = {}


# -- answers -----------------------------------------------------------------------------------------------------------


class ProblemEntry(Shape):
    """One finding about a document, or about the body of a request."""

    severity: Literal["error", "warning", "note"]
    code: str
    node: str | None
    field: str | None
    message: str
    hint: str
    fixes: list[JsonObject]


class ProblemDocument(Shape):
    """What every error looks like (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str
    problems: list[ProblemEntry]


class ExecutionAnswer(Shape):
    """An execution that has begun."""

    execution_id: str
    workflow_id: str | None
    status: Status


class CommandAnswer(Shape):
    """What a command came to. `execution_id` is another one when retrying made a fork."""

    execution_id: str
    status: str
    last_seq: int


class Used(Shape):
    """What calls of models and tools used that have ended. The cost is null while no price is known."""

    model_calls: int
    tool_calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None


class RunEntry(Shape):
    """One activation of a node. `usage` is null when it called neither models nor tools."""

    path: list[str]
    attempt: int
    status: NodeStatus
    started_at: Time | None
    completed_at: Time | None
    usage: Used | None


class NodeState(Shape):
    """A node, as of its latest activation."""

    node_id: str
    status: NodeStatus
    input: Any
    output: Any
    error: str | None
    started_at: Time | None
    completed_at: Time | None
    usage: Used | None
    type: str | None
    path: list[str]
    attempt: int
    ports: list[str]
    config: JsonObject | None
    error_detail: JsonObject | None
    runs: list[RunEntry]


class LogLine(Shape):
    """A line for people."""

    timestamp: Time
    level: Level
    node_id: str | None
    message: str
    path: list[str]


class ExecutionState(Shape):
    """Everything about an execution, now or at a point of its history."""

    execution_id: str
    workflow_id: str | None
    workflow_name: str
    workflow_version: str
    status: Status
    current_node: str | None
    node_states: dict[str, NodeState]
    inputs: JsonObject
    variables: JsonObject
    result: Any
    error: str | None
    error_detail: JsonObject | None
    started_at: Time | None
    completed_at: Time | None
    logs: list[LogLine]
    last_seq: int
    origin: JsonObject | None
    paused: JsonObject | None
    waiting: list[JsonObject]
    breakpoints: list[JsonObject]
    stubs: list[JsonObject]
    usage: Used


@dataclass
class Record:
    """An event with its place in the log of its execution."""

    execution_id: str
    seq: int
    at: Time
    event: Annotated[Event, Field(discriminator="type")]


# -- messages of the live stream ---------------------------------------------------------------------------------------


class _Message(Shape):
    """`seq` and `part` are the cursor of a message: sent back as `after`, the stream goes on behind it."""

    execution_id: str
    seq: int
    part: int
    timestamp: Time


class _NodeMessage(_Message):
    node_id: str
    path: list[str]
    attempt: int


class StatusMessage(_Message):
    """The status of the execution."""

    type: Literal["status"]
    status: Status
    data: JsonObject


class NodeUpdateMessage(_NodeMessage):
    """What became of an activation."""

    type: Literal["node_update"]
    node_state: JsonObject


class LogMessage(_Message):
    """A line of the log."""

    type: Literal["log"]
    log: LogLine


class ErrorMessage(_Message):
    """Why the execution failed; `completion` follows."""

    type: Literal["error"]
    error: str
    code: str


class CompletionMessage(_Message):
    """The last message of every execution."""

    type: Literal["completion"]
    result: JsonObject


class TokenMessage(_NodeMessage):
    """A piece of text that a model wrote."""

    type: Literal["token"]
    text: str
    kind: StreamKind


class StepMessage(_NodeMessage):
    """A call of a model, a tool or the memory within a node."""

    type: Literal["step"]
    key: str
    kind: StepKind
    name: str
    status: Literal["started", "completed", "failed"]
    data: Any
    usage: JsonObject | None


StreamMessage: TypeAlias = Annotated[
    StatusMessage | NodeUpdateMessage | LogMessage | ErrorMessage | CompletionMessage | TokenMessage | StepMessage,
    Field(discriminator="type"),
]


# -- workflows and catalogue -------------------------------------------------------------------------------------------


class WorkflowSummary(Shape):
    """A line in the list of workflows. `version_number` counts the saves."""

    id: str
    name: str
    description: str | None
    version: str
    version_id: str
    version_number: int
    node_count: int
    created_at: Time
    updated_at: Time


class StoredWorkflowDocument(Workflow):
    """A workflow document as it was saved, with what the store knows about it.

    `version_id` names this save; sent back with a change, the change is refused if somebody else saved meanwhile.
    """

    version_id: str
    version_number: int
    created_at: Time
    updated_at: Time


class VersionEntry(Shape):
    """One save of a workflow."""

    version_number: int
    version_id: str
    name: str
    created_at: Time


class NodeTypeEntry(Shape):
    """A node type: what palettes, forms and checks need. `schema` is the JSON Schema of `<type>_config`."""

    type: str
    title: str
    doc: str
    icon: str
    group: str
    card: str
    ports: list[str]
    ports_from: list[str | None] | None
    policy: str | None
    version: int
    schema_: JsonObject = Field(alias="schema")
    example: JsonObject
    outputs: dict[str, str]
    takes: PortType = Field(description="Of which type what it receives must be.")
    gives: PortType = Field(description="Of which type its output is as a whole, as far as that is always so.")
    output_types: dict[str, PortType] = Field(description="The types of its `outputs`; what is not here may be any.")


class ModelEntry(Shape):
    """A model, whether it can be used now, and why or why not."""

    name: str
    provider: str
    available: bool
    reason: str


class ToolEntry(Shape):
    """A tool. `definition` is what models are given."""

    name: str
    title: str = Field(description="What people see: `server/tool` for a tool of an MCP server.")
    description: str
    source: Literal["built-in", "mcp", "own"] = Field(description="`own`: of the operator, or of a plug-in.")
    parameters: JsonObject
    needs_approval: bool
    idempotent: bool
    side_effects: bool
    untrusted: bool = Field(description="Whether what it returns may be the words of strangers.")
    timeout_s: float | None
    definition: JsonObject


class ToolTrial(Shape):
    """What came of trying a tool."""

    result: Any = Field(description="What it returned.")
    failed: bool = Field(description="Whether that is an error.")
    duration_ms: float
    told: str = Field(description="The result as a model reads it.")
    told_bytes: int
    limit_bytes: int = Field(description="A larger result is not told, but only its beginning.")


class Health(Shape):
    """Whether executions can run here, and on what."""

    status: Literal["healthy", "unhealthy"]
    version: str
    journal: JsonObject
    model: str
    embedder: str | None
    sandbox: str | None
    sockets: JsonObject
    problems: list[ProblemEntry]


class UploadAnswer(Shape):
    """An uploaded file. As it is, this can be an input of an execution."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    file: str = Field(alias="$file", description="Its id.")
    name: str
    bytes: int


class FileEntry(Shape):
    """A file in the workspace of an execution."""

    name: str
    bytes: int
    modified_at: Time
