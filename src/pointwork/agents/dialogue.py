"""How an agent talks with its model: each question is a step, and what comes is judged before it counts.

When the model cannot answer, the fallback models are asked, in their order and within the same step; the agent then
goes on with the one that answered. Which one that was is in the recorded value, so a restart does not ask around again.
What has been shown cannot be taken back: once a part of an answer has come, nobody else is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from pointwork.agents.attachments import filled
from pointwork.agents.context import AgentContext
from pointwork.agents.purse import Purse, about_tokens
from pointwork.errors import BudgetExceeded, ModelError, ModelRefused
from pointwork.models import (
    OFFLINE_DEMO,
    AssistantMessage,
    Message,
    ModelDelta,
    ModelRequest,
    ModelResponse,
    Models,
    TextDelta,
    ThinkingDelta,
    ToolCall,
    ToolCallDelta,
    complete,
)
from pointwork.models.client import Ignored, Sampling
from pointwork.spending import ABOUT_TOKENS, USUAL_ANSWER, Expected
from pointwork.workflow import AgentConfig, JsonObject, ModelSettings

__all__ = ["Dialogue"]

SAMPLING: Final = {"top_p", "top_k", "seed", "stop", "presence_penalty", "frequency_penalty"}
CUT_AT: Final = "cut_at"  # in a recorded answer: how many tokens the budget had left for it, which were too few
HOW_LONG: Final = (
    f"While a budget is held, answers have at most {USUAL_ANSWER:,} tokens unless max_tokens of the agent says more."
)
DEFAULT_MODEL: str = AgentConfig.model_fields["model"].default


class Dialogue:
    """Talks with the model of one agent."""

    def __init__(
        self,
        ctx: AgentContext,
        config: AgentConfig,
        models: Models,
        definitions: list[JsonObject],
        purse: Purse,
        *,
        model: str | None = None,
        shown: bool = True,
    ) -> None:
        """`model` stands in for the one in the configuration; `shown`: whether people see the words as they come."""
        self.ctx = ctx
        self.config = config
        self.models = models
        self.definitions = definitions
        self.purse = purse
        self.names = list(dict.fromkeys([model or config.model or DEFAULT_MODEL, *config.fallback_models]))
        self.told = 0
        self._quiet = not shown
        self._shown = False  # whether a part of the answer that is under way was
        self._useless: set[tuple[str, tuple[str, ...]]] = set()

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
        tokens = about_tokens(messages, self.definitions)
        data: JsonObject = {
            "model": self.names[0],
            "messages": [_without_details(message) for message in messages[self.told :]],
            "earlier": self.told,
            "tools": [definition["function"]["name"] for definition in self.definitions],
            **{key: value for key, value in settings.items() if value is not None},
            ABOUT_TOKENS: tokens,
        }
        first, self.told = self.told == 0, len(messages)

        async def call() -> JsonObject:
            for at, name in enumerate(self.names):
                try:
                    return await self._call(name, messages, tokens, expected, first=first)
                except ModelError as error:
                    if self._shown or at == len(self.names) - 1:
                        raise
                    other = self.names[at + 1]
                    self.ctx.log(f"{name} cannot answer: {error.message} Asking {other} instead.", "WARNING")
            raise AssertionError("there is at least one model")

        with self.purse.expecting() as expected:
            response = await self.ctx.step(self.names[0], call, kind="model", data=data, usage=_usage)
        if (most := response.get(CUT_AT)) is not None:
            raise BudgetExceeded(
                f"The answer of {response['model']!r} was cut off: the budget left it {most:,} tokens.",
                hint=HOW_LONG if most == USUAL_ANSWER else "Raise the budget, or give the agent a smaller task.",
            )
        self.names = self.names[self.names.index(response.get("asked", self.names[0])) :]
        return response

    async def _call(
        self, name: str, messages: Sequence[Message], tokens: int, expected: Expected, *, first: bool
    ) -> JsonObject:
        wanted = self.config.max_tokens
        full = await filled(self.ctx, messages)
        self._shown = False
        async with self.purse.model_call(name, tokens, wanted=wanted, expected=expected) as bill:
            request = self._request(name, full, bill.most, first=first)
            response = await complete(self.models.client(name), request, on_delta=self._show)
            bill.usage = dict(response.usage)
        recorded: JsonObject = {**response.to_dict(), "asked": name}
        if response.finish == "length" and bill.most != wanted:
            return {**recorded, CUT_AT: bill.most}
        self._judge(response, name, first=first)
        return recorded

    def _request(self, name: str, messages: Sequence[Message], most: int | None, *, first: bool) -> ModelRequest:
        config, more = self.config, self.config.model_settings or ModelSettings()
        return ModelRequest(
            model=name,
            messages=messages,
            tools=self.definitions,
            temperature=config.temperature,
            max_tokens=most,
            reasoning_effort=config.reasoning_effort,
            response_schema=config.output_schema,
            tool_choice=more.tool_choice if first else None,  # for ever would be no end
            parallel_tool_calls=more.parallel_tool_calls,
            sampling=cast("Sampling", more.model_dump(include=SAMPLING, exclude_none=True)),
        )

    def _show(self, delta: ModelDelta) -> None:
        if isinstance(delta, Ignored):
            self._tell_useless(delta.model, delta.settings)
            return
        if self._quiet:
            return
        self._shown = self._shown or isinstance(delta, TextDelta | ThinkingDelta | ToolCallDelta)
        match delta:
            case TextDelta(text):
                self.ctx.stream(text)
            case ThinkingDelta(text):
                self.ctx.stream(text, "thinking")
            case ToolCallDelta(arguments=text) if text:
                self.ctx.stream(text, "tool_args")
            case _:
                pass

    def _tell_useless(self, model: str, settings: tuple[str, ...]) -> None:
        if (model, settings) not in self._useless:
            self._useless.add((model, settings))
            self.ctx.log(f"{model} has no use for {', '.join(settings)}, which is not sent.", "WARNING")

    def _judge(self, response: ModelResponse, name: str, *, first: bool) -> None:
        """Refuse responses that are no answers; inside the step, so that a retry asks again."""
        _tell_apart(response.tool_calls)
        if first and response.model == OFFLINE_DEMO != name:
            self.ctx.log(f"{name} is not configured: {OFFLINE_DEMO} answered.", "WARNING")
        if response.finish == "content_filter":
            raise ModelRefused(
                f"The provider's content filter stopped the answer of {name!r}.",
                hint="Change the prompt or the inputs.",
            )
        if response.finish == "error":
            raise ModelError(f"{name!r} ended its answer with an error.", hint="Try again.")
        if response.finish == "length":
            if not response.text.strip() and not response.tool_calls:
                raise ModelError(
                    f"{name!r} used all its tokens before it answered.", hint="Raise max_tokens of the agent."
                )
            self.ctx.log(f"The answer of {name} was cut off at max_tokens.", "WARNING")


def _without_details(message: Message) -> Message:
    """A message as it is shown with the step that sends it: the step that it came from has the rest."""
    if message["role"] != "assistant" or "details" not in message:
        return message
    return AssistantMessage(role="assistant", content=message["content"], tool_calls=message.get("tool_calls", []))


def _tell_apart(calls: Sequence[ToolCall]) -> None:
    """Give calls that some servers number all alike ids of their own, because results are matched by them."""
    seen: set[str] = set()
    for at, call in enumerate(calls):
        if call["id"] in seen:
            call["id"] = f"{call['id']}_{at}"
        seen.add(call["id"])


def _usage(response: JsonObject) -> JsonObject | None:
    return response["usage"] or None
