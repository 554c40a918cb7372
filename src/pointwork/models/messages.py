"""What is said between an agent and a model, in one shape for all providers.

Messages are plain JSON data: they are stored with the steps of an execution as they are, and read back as they were.
What a provider calls them is the business of its client.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

__all__ = ["AssistantMessage", "Attachment", "Message", "SystemMessage", "ToolCall", "ToolMessage", "UserMessage"]


class SystemMessage(TypedDict):
    """Who the model is and how it shall answer."""

    role: Literal["system"]
    content: str


class Attachment(TypedDict):
    """A file that a model looks at: an image, a PDF, a sound, as far as it takes them.

    `name` is what the file is called, `media_type` what it is, for example `image/png`. `data` is its content in
    Base64; it is there when the model is asked, and left out of what is stored.
    """

    name: str
    media_type: str
    data: NotRequired[str]


class UserMessage(TypedDict):
    """What the model is asked. `files` come before the words."""

    role: Literal["user"]
    content: str
    files: NotRequired[list[Attachment]]


class ToolCall(TypedDict):
    """A tool that the model wants to be called. `arguments` is the text it wrote, which may not even be JSON."""

    id: str
    name: str
    arguments: str


class AssistantMessage(TypedDict):
    """What the model answered: text, tool calls, or both.

    `details` is what its provider wants to hear again, such as signed thoughts: only the client that made it reads it.
    """

    role: Literal["assistant"]
    content: str
    tool_calls: NotRequired[list[ToolCall]]
    details: NotRequired[dict[str, Any]]


class ToolMessage(TypedDict):
    """What came of one tool call, as JSON text."""

    role: Literal["tool"]
    call_id: str
    name: str
    content: str


Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolMessage
