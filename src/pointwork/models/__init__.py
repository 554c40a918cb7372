"""Language models: messages, clients, and the choice of a client by the name of a model.

Read `client` first (what a client is), then `catalogue` (which one answers), then `gateway` (the
providers) or `offline_demo` (what answers when nothing is configured).
"""

from pointwork.models.catalogue import Models
from pointwork.models.check import ProviderCheck, check_endpoint
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
from pointwork.models.endpoint import OPENAI_URL, Endpoint
from pointwork.models.listing import ModelInfo
from pointwork.models.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolMessage, UserMessage
from pointwork.models.offline_demo import OFFLINE_DEMO
from pointwork.models.providers import Known, Provider

__all__ = [
    "OFFLINE_DEMO",
    "OPENAI_URL",
    "AssistantMessage",
    "Endpoint",
    "Finished",
    "Known",
    "Message",
    "ModelClient",
    "ModelDelta",
    "ModelInfo",
    "ModelRequest",
    "ModelResponse",
    "Models",
    "Provider",
    "ProviderCheck",
    "SystemMessage",
    "TextDelta",
    "ThinkingDelta",
    "ToolCall",
    "ToolCallDelta",
    "ToolMessage",
    "Usage",
    "UsageDelta",
    "UserMessage",
    "check_endpoint",
    "complete",
]
