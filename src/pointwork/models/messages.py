"""What is said between an agent and a model, in one shape for all providers.

Messages are plain JSON data: they are stored with the steps of an execution as they are, and read back as they were.
What a provider calls them is the business of its client.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

__all__ = ["AssistantMessage", "Message", "SystemMessage", "ToolCall", "ToolMessage", "UserMessage"]


class SystemMessage(TypedDict):
    """Who the model is and how it shall answer."""

    role: Literal["system"]
    content: str


class UserMessage(TypedDict):
    """What the model is asked."""

    role: Literal["user"]
    content: str


class ToolCall(TypedDict):
    """A tool that the model wants to be called. `arguments` is the text it wrote, which may not even be JSON."""

    id: str
    name: str
    arguments: str


class AssistantMessage(TypedDict):
    """What the model answered: text, tool calls, or both."""

    role: Literal["assistant"]
    content: str
    tool_calls: NotRequired[list[ToolCall]]


class ToolMessage(TypedDict):
    """What came of one tool call, as JSON text."""

    role: Literal["tool"]
    call_id: str
    name: str
    content: str


Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolMessage
