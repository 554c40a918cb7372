"""The workflow document: what users write, draw, store and exchange.

The document has one shape, the one users already have: nodes with a `type` and a `<type>_config`, and edges.
Loading is generous (a half-drawn graph must be savable) and keeps every key it does not know; whether a document can
run is for `pointwork.engine.check` to say, old shapes are for `pointwork.legacy` to understand.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator
from typing_extensions import TypeIs

from pointwork.config import Config, Expression, Template, ui
from pointwork.errors import DefinitionError, Problem

__all__ = [
    "APPROVAL_HELP",
    "AgentConfig",
    "Approval",
    "Budget",
    "ConditionConfig",
    "Edge",
    "InputMapping",
    "Join",
    "JsonObject",
    "Limits",
    "LoopConfig",
    "MemoryOptions",
    "ModelSettings",
    "Node",
    "OnError",
    "Retry",
    "Workflow",
    "is_object",
    "problems_of",
]

JsonObject: TypeAlias = dict[str, Any]
Join: TypeAlias = Literal["all", "any", "every", "n"]
OnError: TypeAlias = Literal["fail", "continue"]
MemoryWrite: TypeAlias = Literal["nothing", "conversation", "interactions", "facts"]
Approval: TypeAlias = Literal["tools", "after_untrusted", "side_effects", "all"]

APPROVAL_HELP = (
    "Which tool calls a person has to agree to: those of tools that ask for it (tools), also those with effects "
    "outside the run (side_effects), or only once text from outside was read (after_untrusted), or all."
)

MAX_ID = 200  # characters; ids travel in URLs, scope paths and log lines
MAX_NAME = 1_000  # characters; longer names are a paste accident
MAX_NODES = 10_000
MAX_EDGES = 100_000


def is_object(value: Any) -> TypeIs[JsonObject]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


class Model(BaseModel):
    """Base of all document parts: unknown keys are kept, so that old readers do not destroy new documents."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False, protected_namespaces=())


class Budget(Config):
    """What may be spent at most, by an agent or by a whole run. What is left out is not limited."""

    model_config = ConfigDict(extra="forbid")

    model_calls: int | None = ui(None, ge=0, help="Calls of models.")
    tool_calls: int | None = ui(None, ge=0, help="Calls of tools.")
    tokens: int | None = ui(None, ge=0, help="Tokens, those of prompts and answers together.")
    cost_usd: float | None = ui(
        None, ge=0, title="Cost in USD", help="Money, as far as the prices of the models are known."
    )
    seconds: float | None = ui(None, ge=0, help="Time; nothing is cut off, but no other call is begun.")


class ModelSettings(Config):
    """How a model chooses its words and its tools. What is left out is as the provider has it."""

    model_config = ConfigDict(extra="forbid")

    top_p: float | None = ui(None, ge=0, le=1, help="Only the likeliest words that make up this share.")
    top_k: int | None = ui(None, ge=1, help="Only so many of the likeliest words, where the model has that.")
    seed: int | None = ui(None, help="Answers that repeat, as far as the provider can.")
    stop: list[str] | None = ui(None, help="The answer ends before one of these.")
    presence_penalty: float | None = ui(None, ge=-2, le=2, help="Against words that were there.")
    frequency_penalty: float | None = ui(None, ge=-2, le=2, help="Against words that were there often.")
    tool_choice: str | None = ui(
        None, help="The first thing to do: auto, none, required (call some tool), or the name of a tool."
    )
    parallel_tool_calls: bool | None = ui(None, help="Whether the model may ask for several tools at once.")


class MemoryOptions(Config):
    """Whose memory an agent has, what of it goes into the prompt, and what is remembered afterwards."""

    model_config = ConfigDict(extra="forbid")

    agent_id: Template = ui("", help="Whose memory it is. Empty: of this node of this workflow.")
    user_id: Template = ui("", help="For whom: what is remembered for one user is not recalled for another.")
    session_id: Template = ui("", help="In which conversation. Empty: one for all.")
    workflow_id: Template = ui("", help="In which workflow. Empty: in all that name this agent.")
    window: int = ui(10, ge=0, le=1_000, help="Messages of the conversation that go into the prompt.")
    recall: int = ui(5, ge=0, le=50, help="Memories that go into the prompt, at most.")
    min_score: float | None = ui(None, ge=0, le=2, help="Recall only what is that near. Empty: the usual measure.")
    max_tokens: int = ui(2_000, ge=100, le=200_000, help="What memory may take of the prompt, in tokens (about).")
    write: MemoryWrite = ui(
        "interactions",
        help="What is remembered of each answer: nothing; conversation: until it has left the window; interactions: "
        "also for recalling it later; facts: what a model, asked once more, finds worth remembering.",
    )
    summarise: bool = ui(True, help="What leaves the window is summarised by the model.")


class AgentConfig(Config):
    """What an agent is told and what it may do."""

    model: str = ui("gpt-4o-mini", widget="model", help="As the provider names it, for example gpt-4o-mini.")
    system_prompt: Template = ui("", widget="prompt", help="Who the agent is and how it shall answer.")
    prompt: Template | None = ui(
        None, widget="prompt", help="The message to the model. Empty: the inputs of the node, as text."
    )
    temperature: float | None = ui(
        None, widget="slider", ge=0, le=2, help="How freely the model answers. Empty: as the provider has it."
    )
    max_tokens: int | None = ui(None, ge=1, help="The longest answer. Empty: as the provider has it.")
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = ui(
        None, widget="select", advanced=True, help="How long a model that reasons shall think before it answers."
    )
    model_settings: ModelSettings | None = ui(
        None, widget="json", advanced=True, help="How the model chooses its words and its tools."
    )
    attach: list[str] = ui(
        [], advanced=True, help="Inputs that name files which the model shall look at: images, PDFs."
    )
    tools: list[str] = ui([], widget="tools", help="Names of the tools that the agent may call.")
    approval: Approval = ui("tools", widget="select", advanced=True, help=APPROVAL_HELP)
    approve: list[str] = ui([], widget="tools", advanced=True, help="Tools whose calls a person has to agree to.")
    use_memory: bool = ui(False, help="Whether the agent remembers: earlier conversations, and what it learned.")
    memory: MemoryOptions | None = ui(
        None, widget="json", advanced=True, help="Whose memory, and how much of it.", when={"use_memory": [True]}
    )
    output_schema: dict[str, Any] | None = ui(
        None, widget="json", advanced=True, help="JSON Schema of the answer; the output is then data instead of text."
    )
    budget: Budget | None = ui(None, widget="json", advanced=True, help="What this agent may spend in one go.")
    fallback_models: list[str] = ui(
        [], widget="json", advanced=True, help="Models to ask, in this order, when the first one cannot answer."
    )
    max_steps: int = ui(20, ge=1, le=1_000, advanced=True, help="Model calls at most before the agent gives up.")


class ConditionConfig(Config):
    """What is compared with what."""

    condition_type: Literal[
        "equals",
        "not_equals",
        "contains",
        "not_contains",
        "greater_than",
        "not_greater_than",
        "less_than",
        "not_less_than",
        "empty",
        "not_empty",
        "custom",
    ] = ui("equals", widget="select", help="How the field and the value are compared.")
    field: str = ui("output", help="The input to look at.")
    value: Any = ui(None, help="What to compare with.", when={"condition_type": {"not": ["empty", "not_empty"]}})
    custom_expression: Expression | None = ui(
        None,
        widget="expression",
        help="A formula over `value` (the field) and `compare` (the value above).",
        when={"condition_type": ["custom"]},
    )


class LoopConfig(Config):
    """How often the body runs and over what."""

    loop_type: Literal["for_each", "while", "until"] = ui(
        "for_each", widget="select", help="Once for each item of a list, or while or until a condition holds."
    )
    items_source: str | None = ui(None, help="The input that holds the list.", when={"loop_type": ["for_each"]})
    condition: Expression | None = ui(
        None,
        widget="expression",
        help="Over item, index, previous and the inputs.",
        when={"loop_type": {"not": ["for_each"]}},
    )
    max_iterations: int = ui(1_000, ge=1, le=1_000_000, help="How many rounds there may be.")
    on_limit: Literal["fail", "cut"] = ui(
        "fail", advanced=True, help="A list longer than max_iterations: fail, or treat only the first items."
    )


class InputMapping(Model):
    """One named input of a node: where its value comes from.

    Without `source_node` the value is a workflow input or variable called `source_field` (or `name`).
    """

    name: str = Field(max_length=MAX_NAME)
    source_node: str | None = None
    source_field: str = "output"
    default: Any = None

    @property
    def has_default(self) -> bool:
        return "default" in self.model_fields_set


class Retry(Model):
    """How often and how soon a failed node is tried again; delays in seconds."""

    max_attempts: int = Field(default=3, ge=1, le=100)
    first_delay_s: float = Field(default=1.0, ge=0, le=86_400)
    factor: float = Field(default=2.0, ge=1, le=100)
    max_delay_s: float = Field(default=60.0, ge=0, le=86_400)

    def delay_s(self, attempt: int) -> float:
        """Seconds to wait after the failed `attempt` (1 is the first)."""
        # A factor of 100 with 100 attempts would overflow a float; the exponent past which the cap rules is enough.
        return min(self.first_delay_s * self.factor ** min(attempt - 1, 64), self.max_delay_s)


class Node(Model):
    """One box of the drawing. `<type>_config` holds what its type needs; plug-in types bring keys of their own."""

    id: str = Field(min_length=1, max_length=MAX_ID)
    type: str = Field(min_length=1, max_length=MAX_ID)
    name: str = Field(default="", max_length=MAX_NAME)
    description: str | None = None
    inputs: list[InputMapping] = []
    agent_config: AgentConfig | None = None
    condition_config: ConditionConfig | None = None
    loop_config: LoopConfig | None = None
    position: dict[str, Any] = {}
    parent: str | None = None
    join: Join = "all"
    join_n: int = Field(default=1, ge=1)
    cancel_losers: bool = False
    on_error: OnError = "fail"
    retry: Retry | None = None
    timeout_s: float | None = Field(default=None, gt=0)
    disabled: bool = False

    @field_validator("inputs", "position", mode="before")
    @classmethod
    def _null_is_empty(cls, value: Any, info: Any) -> Any:
        return ([] if info.field_name == "inputs" else {}) if value is None else value

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.id

    def config(self) -> JsonObject:
        """`<type>_config` as plain data, only what the author wrote; `{}` when there is none."""
        value: Any = getattr(self, f"{self.type}_config", None)
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json", exclude_unset=True)
        return value.copy() if is_object(value) else {}


class Edge(Model):
    """A line from a port of one node to another node. `condition` is the name of the port."""

    id: str = Field(default="", max_length=2 * MAX_ID)
    source: str
    target: str
    label: str | None = None
    condition: str | None = None

    @field_validator("condition", mode="before")
    @classmethod
    def _truth_is_a_port(cls, value: Any) -> Any:
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else value

    @field_validator("id", mode="before")
    @classmethod
    def _null_is_empty(cls, value: Any) -> Any:
        return "" if value is None else value


class Limits(Model):
    """What one execution may use; each is checked by the engine, not by the document's own loops.

    `budget` is what all agents and tools of one execution may spend together.
    """

    max_parallel: int = Field(default=1_000, ge=1, le=10_000)
    max_iterations: int = Field(default=10, ge=1, le=1_000_000)
    max_depth: int = Field(default=32, ge=1, le=100)
    max_activations: int = Field(default=100_000, ge=1, le=10_000_000)
    budget: Budget | None = None


class Workflow(Model):
    """A workflow document.

    >>> flow = Workflow.load({"name": "Hello", "nodes": [{"id": "start", "type": "start"}], "edges": []})
    >>> flow.nodes[0].title
    'start'
    """

    id: str | None = None
    name: str = Field(default="Untitled", max_length=MAX_NAME)
    description: str | None = None
    version: str = "1.0.0"
    nodes: list[Node] = Field(default=[], max_length=MAX_NODES)
    edges: list[Edge] = Field(default=[], max_length=MAX_EDGES)
    variables: dict[str, JsonValue] = {}
    limits: Limits = Limits()

    @field_validator("version", mode="before")
    @classmethod
    def _version_is_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value

    @field_validator("variables", mode="before")
    @classmethod
    def _null_is_empty(cls, value: Any) -> Any:
        return {} if value is None else value

    @classmethod
    def load(cls, document: Any) -> Workflow:
        """Read a document; raises DefinitionError whose `problems` name the places that do not fit."""
        if isinstance(document, Workflow):
            return document
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise DefinitionError(problems=problems_of(error, document)) from error
        except RecursionError as error:
            raise DefinitionError("The document is nested too deeply.", hint="Keep nesting below 64 levels.") from error

    def dump(self) -> JsonObject:
        """The document as plain JSON data, without the defaults that nobody wrote."""
        return self.model_dump(mode="json", exclude_unset=True)

    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal; equal for documents that differ only in key order."""
        return hashlib.sha256(orjson.dumps(self.dump(), option=orjson.OPT_SORT_KEYS)).hexdigest()


def problems_of(error: ValidationError, document: Any) -> tuple[Problem, ...]:
    """What pydantic found, as located problems: the node by its id where it has one, the field as a dotted path."""
    found: list[Problem] = []
    for item in error.errors(include_url=False, include_context=False, include_input=False)[:100]:
        where = [str(part) for part in item["loc"]]
        node = None
        if len(item["loc"]) >= 2 and item["loc"][0] == "nodes" and isinstance(item["loc"][1], int):
            node = _node_id(document, item["loc"][1])
        path = ".".join(where) or "document"
        found.append(
            Problem(
                severity="error",
                code="E-SHAPE",
                node=node,
                field=path,
                message=f"{path}: {item['msg']}.",
                hint="The document reference shows the shape of every part.",
            )
        )
    return tuple(found)


def _node_id(document: Any, index: int) -> str | None:
    try:
        value = document["nodes"][index]["id"]
    except (KeyError, IndexError, TypeError):
        return None
    return value[:MAX_ID] if isinstance(value, str) else None
