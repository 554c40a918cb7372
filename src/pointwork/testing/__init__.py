"""For tests of workflows, node types, tools and model clients: fakes at the edges, and nothing of the inside.

`OpenAIServer` is a model provider over HTTP, `FakeModel` one in the process, `FakeContext` what a node runs in,
`VirtualClock` time that passes when it is told to, `FaultyJournal` a disk that fails when it is told to.
"""

from pointwork.testing.clock import VirtualClock
from pointwork.testing.context import Crash, FakeContext
from pointwork.testing.faults import FaultyJournal
from pointwork.testing.models import FakeModel, FakeModels
from pointwork.testing.openai_server import ChatRequest, OpenAIServer, Reply, absent_url

__all__ = [
    "ChatRequest",
    "Crash",
    "FakeContext",
    "FakeModel",
    "FakeModels",
    "FaultyJournal",
    "OpenAIServer",
    "Reply",
    "VirtualClock",
    "absent_url",
]
