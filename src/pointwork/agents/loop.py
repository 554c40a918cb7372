"""The agent loop: ask the model, call the tools it asks for, tell it what came of them, until it answers in words.

Plain code around `ctx.step`: each call of a model and of a tool is a step with a recorded value, so after a crash the
loop runs again from its beginning and everything that had finished is there at once. The loop ends with an answer or
fails with the reason: too many model calls (`StepLimit`), nothing but failed tool calls (`AgentStuck`), or what the
provider said (`ModelError`). It never takes a limit for an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pointwork.agents.approval import Approvals
from pointwork.agents.attachments import attachments
from pointwork.agents.context import AgentContext
from pointwork.agents.dialogue import Dialogue
from pointwork.agents.prompt import opening, user_text
from pointwork.agents.purse import Purse
from pointwork.agents.remembering import Remembering
from pointwork.agents.rounds import MAX_ARGUMENT_CHARS, SHOWN_NAME, Outcome, Round
from pointwork.agents.shape import Shape
from pointwork.errors import AgentStuck, OutputInvalid, StepLimit
from pointwork.memory import MemoryService
from pointwork.models import AssistantMessage, Models, ToolCall, UserMessage
from pointwork.tools import ToolRegistry
from pointwork.workflow import AgentConfig, JsonObject, MemoryOptions

__all__ = ["Answer", "run_agent"]

MAX_REPAIRS = 2  # of an answer that does not fit the output schema
MAX_FAILED_ROUNDS = 3  # in a row: one to err, one to mend it, one more because models are like that


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent came to. `model` is the one that really answered."""

    text: str
    model: str
    model_calls: int
    tool_calls: int
    value: Any = None  # the answer as data, where it was asked for in a shape


async def run_agent(
    ctx: AgentContext,
    config: AgentConfig,
    inputs: JsonObject,
    *,
    models: Models,
    tools: ToolRegistry,
    model: str | None = None,
) -> Answer:
    """Let an agent work until it answers. `model` stands in for the one in the configuration."""
    granted = _granted(ctx, tools, config.tools)
    purse = Purse(ctx, config.budget, models=models)
    shape = None if config.output_schema is None else Shape(config.output_schema)
    dialogue = Dialogue(ctx, config, models, tools.get_tool_definitions(granted), purse, model=model)
    approvals = Approvals(ctx, tools, config.approval, config.approve)
    await approvals.begin()
    memory = _memory(ctx, config)
    rounds = Round(ctx, tools, granted, approvals, purse, memory)
    system = config.system_prompt if shape is None else f"{config.system_prompt or ''}\n\n{shape.instruction}".strip()
    question = user_text(config.prompt, inputs)
    earlier = await memory.begin(question) if memory is not None else ()
    if memory is not None and memory.untrusted is not None:
        approvals.taint(memory.untrusted)
    messages = opening(system, config.prompt, inputs, attachments(config.attach, inputs), earlier)
    plain = AgentConfig(model=config.model, fallback_models=config.fallback_models)
    aside = partial(Dialogue, ctx, plain, models, [], purse, model=model, shown=False)
    failed: list[list[Outcome]] = []
    calls_made = repairs = 0
    for number in range(1, config.max_steps + 1):
        response = await dialogue.ask(messages)
        calls: list[ToolCall] = response["tool_calls"]
        if not calls:
            faults, value = ("", None) if shape is None else shape.read(response["text"])
            if shape is None or not faults:
                if memory is not None:
                    await memory.end(question, response["text"], aside)
                return Answer(response["text"], response["model"], number, calls_made, value)
            if repairs == MAX_REPAIRS:
                raise OutputInvalid(f"The agent's answer does not fit its output schema: {faults}")
            repairs += 1
            messages.append(_remembered(response, []))
            messages.append(UserMessage(role="user", content=f"That does not fit: {faults} {shape.instruction}"))
            continue
        if number == config.max_steps:
            break  # what these calls would find could not be told to the model any more
        messages.append(_remembered(response, calls))
        outcomes = await rounds.call(calls)
        messages += [outcome.message for outcome in outcomes]
        calls_made += len(calls)
        failed = [*failed, outcomes] if all(outcome.fault for outcome in outcomes) else []
        if len(failed) == MAX_FAILED_ROUNDS:
            raise AgentStuck(
                f"All tool calls of the agent failed, {MAX_FAILED_ROUNDS} times in a row: {_faults(failed)}"
            )
    raise StepLimit(
        f"The agent came to no answer in {config.max_steps} model calls (max_steps) and {calls_made} tool calls."
    )


def _memory(ctx: AgentContext, config: AgentConfig) -> Remembering | None:
    if not config.use_memory:
        return None
    return Remembering(ctx, config.memory or MemoryOptions(), ctx.resource(MemoryService))


def _granted(ctx: AgentContext, tools: ToolRegistry, names: Sequence[str]) -> list[str]:
    """The tools of the agent that there are."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in tools:
            ctx.log(f"The tool {name!r} is not installed; the agent works without it.", "WARNING")
    return [name for name in wanted if name in tools]


def _remembered(response: JsonObject, calls: Sequence[ToolCall]) -> AssistantMessage:
    """The model's answer as it is told back; names and arguments too long to be meant are not sent around again."""
    kept = [
        ToolCall(
            id=call["id"],
            name=call["name"][:SHOWN_NAME],
            arguments=call["arguments"] if len(call["arguments"]) <= MAX_ARGUMENT_CHARS else "{}",
        )
        for call in calls
    ]
    message = AssistantMessage(role="assistant", content=response["text"], tool_calls=kept)
    if (details := response.get("details")) is not None:
        message["details"] = details
    return message


def _faults(failed: Sequence[Sequence[Outcome]]) -> str:
    told = [f"{outcome.message['name']}: {outcome.fault}" for outcomes in failed for outcome in outcomes]
    return " | ".join(fault if len(fault) <= 300 else f"{fault[:300]} …" for fault in dict.fromkeys(told[-6:]))
