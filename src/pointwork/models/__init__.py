"""Language models: messages, clients, and the choice of a client by the name of a model.

Read `client` first (what a client is), then `catalogue` (which one answers), then `gateway` (any OpenAI-compatible
endpoint) or `offline_demo` (what answers when nothing is configured).
"""

from pointwork.models.catalogue import ModelInfo, Models
from pointwork.models.client import (
    Finished,
    ModelClient,
    ModelDelta,
    ModelRequest,
    ModelResponse,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    Usage,
    UsageDelta,
    complete,
)
from pointwork.models.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolMessage, UserMessage
from pointwork.models.offline_demo import OFFLINE_DEMO

__all__ = [
    "OFFLINE_DEMO",
    "AssistantMessage",
    "Finished",
    "Message",
    "ModelClient",
    "ModelDelta",
    "ModelInfo",
    "ModelRequest",
    "ModelResponse",
    "Models",
    "SystemMessage",
    "TextDelta",
    "ThinkingDelta",
    "ToolCall",
    "ToolCallDelta",
    "ToolMessage",
    "Usage",
    "UsageDelta",
    "UserMessage",
    "complete",
]
