"""The agent loop: ask the model, call the tools it asks for, tell it what came of them, until it answers in words.

Plain code around `ctx.step`: each call of a model and of a tool is a step with a recorded value, so after a crash the
loop runs again from its beginning and everything that had finished is there at once. The loop ends with an answer or
fails with the reason: too many model calls (`StepLimit`), nothing but failed tool calls (`AgentStuck`), or what the
provider said (`ModelError`). It never takes a limit for an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from pointwork.agents.attachments import attachments, filled
from pointwork.agents.context import AgentContext
from pointwork.agents.prompt import opening
from pointwork.agents.purse import Purse, about_tokens
from pointwork.agents.rounds import MAX_ARGUMENT_CHARS, SHOWN_NAME, Outcome, Round
from pointwork.agents.shape import Shape
from pointwork.errors import AgentStuck, ModelError, ModelRefused, OutputInvalid, StepLimit
from pointwork.models import (
    OFFLINE_DEMO,
    AssistantMessage,
    Message,
    ModelClient,
    ModelDelta,
    ModelRequest,
    ModelResponse,
    Models,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    UserMessage,
    complete,
)
from pointwork.models.client import Ignored, Sampling, Switched
from pointwork.spending import ABOUT_TOKENS
from pointwork.tools import ToolRegistry
from pointwork.workflow import AgentConfig, JsonObject, ModelSettings

__all__ = ["Answer", "run_agent"]

MAX_REPAIRS = 2  # of an answer that does not fit the output schema
MAX_FAILED_ROUNDS = 3  # in a row: one to err, one to mend it, one more because models are like that
DEFAULT_MODEL: str = AgentConfig.model_fields["model"].default


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
    """Let an agent work until it answers. `model` stands in for those in the configuration."""
    name = model or config.model or DEFAULT_MODEL
    granted = _granted(ctx, tools, config.tools)
    purse = Purse(ctx, config.budget)
    client = models.first_of([name, *([] if model else config.fallback_models)])
    asking = _Asking(ctx, config, name, client, tools.get_tool_definitions(granted), purse)
    rounds = Round(ctx, tools, granted, approval=config.approval, purse=purse)
    shape = None if config.output_schema is None else Shape(config.output_schema)
    system = config.system_prompt if shape is None else f"{config.system_prompt or ''}\n\n{shape.instruction}".strip()
    messages = opening(system, config.prompt, inputs, attachments(config.attach, inputs))
    failed: list[list[Outcome]] = []
    calls_made = repairs = 0
    for number in range(1, config.max_steps + 1):
        response = await asking.ask(messages)
        calls: list[ToolCall] = response["tool_calls"]
        if not calls:
            faults, value = ("", None) if shape is None else shape.read(response["text"])
            if not faults:
                return Answer(response["text"], response["model"], number, calls_made, value)
            if repairs == MAX_REPAIRS:
                raise OutputInvalid(f"The agent's answer does not fit its output schema: {faults}")
            repairs += 1
            messages.append(_remembered(response, []))
            messages.append(UserMessage(role="user", content=f"That does not fit: {faults} {shape.instruction}"))  # type: ignore[union-attr]
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


def _without_details(message: Message) -> Message:
    """A message as it is shown with the step that sends it: the step that it came from has the rest."""
    if message["role"] != "assistant" or "details" not in message:
        return message
    return AssistantMessage(role="assistant", content=message["content"], tool_calls=message.get("tool_calls", []))


def _faults(failed: Sequence[Sequence[Outcome]]) -> str:
    told = [f"{outcome.message['name']}: {outcome.fault}" for outcomes in failed for outcome in outcomes]
    return " | ".join(fault if len(fault) <= 300 else f"{fault[:300]} …" for fault in dict.fromkeys(told[-6:]))


class _Asking:
    """Asks the model, as steps."""

    def __init__(
        self,
        ctx: AgentContext,
        config: AgentConfig,
        name: str,
        client: ModelClient,
        definitions: list[JsonObject],
        purse: Purse,
    ) -> None:
        self.purse = purse
        self.ctx = ctx
        self.config = config
        self.name = name
        self.client = client
        self.definitions = definitions
        self.told = 0

    async def ask(self, messages: Sequence[Message]) -> JsonObject:
        """The model's response as a recorded value.

        The step's `data` has the messages that are new since the agent's last one (`earlier` counts the others), so
        the steps of an agent read as its conversation and a long one is not stored over and over.
        """
        config = self.config
        settings = {
            "temperature": config.temperature,
            "max_tokens": config.max_tokens,
            "reasoning_effort": config.reasoning_effort,
            "settings": config.model_settings and config.model_settings.model_dump(exclude_none=True),
        }
        data: JsonObject = {
            "model": self.name,
            "messages": [_without_details(message) for message in messages[self.told :]],
            "earlier": self.told,
            "tools": [definition["function"]["name"] for definition in self.definitions],
            **{key: value for key, value in settings.items() if value is not None},
            ABOUT_TOKENS: about_tokens(messages, self.definitions),
        }
        first, self.told = self.told == 0, len(messages)

        async def call() -> JsonObject:
            self.purse.hold()
            request = self._request(await filled(self.ctx, messages), first=first)
            response = await complete(self.client, request, on_delta=self._show if first else self._show_more)
            self._judge(response, first=first)
            return response.to_dict()

        return await self.ctx.step(self.name, call, kind="model", data=data, usage=_usage)

    def _request(self, messages: Sequence[Message], *, first: bool) -> ModelRequest:
        config, more = self.config, self.config.model_settings or ModelSettings()
        chosen = {"top_p", "top_k", "seed", "stop", "presence_penalty", "frequency_penalty"}
        return ModelRequest(
            model=self.name,
            messages=messages,
            tools=self.definitions,
            temperature=config.temperature,
            max_tokens=config.max_tokens,
            reasoning_effort=config.reasoning_effort,
            response_schema=config.output_schema,
            tool_choice=more.tool_choice if first else None,  # for ever would be no end
            parallel_tool_calls=more.parallel_tool_calls,
            sampling=cast("Sampling", more.model_dump(include=chosen, exclude_none=True)),
        )

    def _show(self, delta: ModelDelta) -> None:
        if isinstance(delta, Ignored):  # once is enough
            self.ctx.log(f"{delta.model} has no use for {', '.join(delta.settings)}, which is not sent.", "WARNING")
        self._show_more(delta)

    def _show_more(self, delta: ModelDelta) -> None:
        match delta:
            case Switched(model, to, error):
                self.ctx.log(f"{model} could not answer, so {to} is asked: {error}", "WARNING")
            case TextDelta(text):
                self.ctx.stream(text)
            case ThinkingDelta(text):
                self.ctx.stream(text, "thinking")
            case ToolCallDelta(arguments=text) if text:
                self.ctx.stream(text, "tool_args")
            case _:
                pass

    def _judge(self, response: ModelResponse, *, first: bool) -> None:
        """Refuse responses that are no answers; inside the step, so that a retry asks again."""
        _tell_apart(response.tool_calls)
        if first and response.model == OFFLINE_DEMO != self.name:
            self.ctx.log(f"{self.name} is not configured: {OFFLINE_DEMO} answered.", "WARNING")
        if response.finish == "content_filter":
            raise ModelRefused(
                f"The provider's content filter stopped the answer of {self.name!r}.",
                hint="Change the prompt or the inputs.",
            )
        if response.finish == "error":
            raise ModelError(f"{self.name!r} ended its answer with an error.", hint="Try again.")
        if response.finish == "length":
            if not response.text.strip() and not response.tool_calls:
                raise ModelError(
                    f"{self.name!r} used all its tokens before it answered.", hint="Raise max_tokens of the agent."
                )
            self.ctx.log(f"The answer of {self.name} was cut off at max_tokens.", "WARNING")


def _tell_apart(calls: Sequence[ToolCall]) -> None:
    """Give calls that some servers number all alike ids of their own, because results are matched by them."""
    seen: set[str] = set()
    for at, call in enumerate(calls):
        if call["id"] in seen:
            call["id"] = f"{call['id']}_{at}"
        seen.add(call["id"])


def _usage(response: JsonObject) -> JsonObject | None:
    return response["usage"] or None
