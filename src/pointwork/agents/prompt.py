"""What an agent says first: the system prompt, and one message made from its prompt or its inputs.

The rule: a prompt that is set is the message; else a single input is the message, and several become one block
`name: value` each, in the order of the node's mappings. Values that are not text are written as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pointwork.models import Message, SystemMessage, UserMessage
from pointwork.models.messages import Attachment
from pointwork.workflow import JsonObject

__all__ = ["opening", "text_of", "user_text"]

NOTHING_SAID = "Begin."  # many providers refuse an empty message, and a system prompt alone


def text_of(value: Any) -> str:
    """A value as a model reads it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def user_text(prompt: str | None, inputs: JsonObject) -> str:
    """The user's message.

    >>> user_text(None, {"query": "What is Python?"}), user_text(None, {"topic": "art", "tags": ["a", "b"]})
    ('What is Python?', 'topic: art\\n\\ntags: ["a", "b"]')
    """
    if prompt is not None and prompt.strip():
        return prompt
    if len(inputs) == 1:
        [value] = inputs.values()
        text = text_of(value)
    else:
        text = "\n\n".join(f"{name}: {text_of(value)}" for name, value in inputs.items())
    return text if text.strip() else NOTHING_SAID


def opening(
    system_prompt: str | None, prompt: str | None, inputs: JsonObject, files: Sequence[Attachment] = ()
) -> list[Message]:
    """The first messages of the conversation."""
    messages: list[Message] = []
    if system_prompt is not None and system_prompt.strip():
        messages.append(SystemMessage(role="system", content=system_prompt))
    asked = UserMessage(role="user", content=user_text(prompt, inputs))
    if files:
        asked["files"] = list(files)
    return [*messages, asked]
