"""The `human` node: asks a person and waits for the answer."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator, model_validator

from pointwork.config import Config, Template, ui
from pointwork.events import iso
from pointwork.nodes.base import NodeContext, NodeType, Suspend, node_type
from pointwork.workflow import JsonObject

__all__ = ["Human", "HumanConfig"]

MAX_WAIT_S = 366 * 86_400
RESERVED = frozenset({"out", "error", "deadline", "*"})  # ports that mean something else already


class HumanConfig(Config):
    """What is asked, and what may be answered."""

    question: Template = ui(widget="prompt", min_length=1, help="What the person reads.")
    choices: list[str] = ui([], widget="json", help="Answers to choose from. Each is a way out, beside out.")
    answer_schema: dict[str, Any] | None = ui(
        None, alias="schema", widget="json", advanced=True, help="JSON Schema of the answer, for a form with fields."
    )
    assignee: Template | None = ui(None, help="Who should answer.")
    deadline_s: float | None = ui(
        None, ge=1, le=MAX_WAIT_S, help="Seconds until nobody is waited for any more: then the way deadline is taken."
    )
    remind_s: float | None = ui(
        None, ge=1, le=MAX_WAIT_S, advanced=True, help="Every so many seconds the log reminds of the question."
    )

    @field_validator("choices")
    @classmethod
    def _choices_are_ports(cls, choices: list[str]) -> list[str]:
        for index, name in enumerate(choices):
            if not name.strip() or name in RESERVED:
                raise ValueError(f"a choice cannot be called {name!r}")
            if name in choices[:index]:
                raise ValueError(f"two choices are called {name!r}")
        return choices

    @field_validator("answer_schema")
    @classmethod
    def _schema_can_be_used(cls, schema: JsonObject | None) -> JsonObject | None:
        if schema is not None:
            import jsonschema_rs  # costs some milliseconds, which most starts can do without

            try:
                # The same options as where answers are checked: nothing is fetched, and patterns take linear time.
                jsonschema_rs.validator_for(schema, offline=True, pattern_options=jsonschema_rs.RegexOptions())
            except (jsonschema_rs.ValidationError, ValueError) as error:
                reason = str(error).partition("\n")[0]
                raise ValueError(f"not a JSON Schema that can be used: {reason}") from error
        return schema

    @model_validator(mode="after")
    def _choice_needs_an_object(self) -> HumanConfig:
        if self.choices and (self.answer_schema or {}).get("type", "object") != "object":
            raise ValueError("with choices the answer is an object, so its schema must be of type object")
        return self


@node_type(
    "human",
    title="Ask a person",
    icon="user",
    group="People",
    card="{question}",
    ports=("out", "deadline"),
    ports_from=("choices", None),
    effects=False,
    example={"question": "Shall this be published?\n\n{{ output }}", "choices": ["approve", "reject"]},
    outputs={"choice": "The answer that was chosen, when there are choices."},
)
class Human(NodeType[HumanConfig]):
    """Ask a person and wait for the answer, for as long as it takes; a restart does not matter.

    The answer is the output. With choices it is an object whose `choice` names the way on; `out` is followed in any
    case. With a schema the answer must fit it. When `deadline_s` have passed without an answer, only `deadline` is
    followed; if no edge leads on from there, the node fails.
    """

    async def run(self, ctx: NodeContext, config: HumanConfig, inputs: JsonObject) -> Suspend:
        request: JsonObject = {"kind": "human", "question": config.question}
        schema = _schema(config)
        if config.choices:
            request["choices"] = config.choices
        if schema is not None:
            request["schema"] = schema
        if config.assignee:
            request["assignee"] = config.assignee
        now = ctx.now_us()
        if config.deadline_s is not None:
            request["deadline"] = iso(now + round(config.deadline_s * 1e6))
        if config.remind_s is not None:
            request["remind_at"], request["remind_s"] = iso(now + round(config.remind_s * 1e6)), config.remind_s
        return Suspend(request)


def _schema(config: HumanConfig) -> JsonObject | None:
    """The schema of the answer; choices add a required `choice` to what the author wrote."""
    if not config.choices:
        return config.answer_schema
    schema = config.answer_schema or {}
    properties = {"choice": {"enum": config.choices}, **schema.get("properties", {})}
    required = ["choice", *(name for name in schema.get("required", []) if name != "choice")]
    return {**schema, "type": "object", "properties": properties, "required": required}
