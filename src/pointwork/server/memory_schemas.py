"""Bodies and answers of the routes of memory."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["AgentMemory", "FactBody", "MemoryEntry", "MemoryStatus", "RecallBody", "RecalledEntry", "TurnEntry"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FactBody(_Body):
    """What is to be remembered."""

    fact: str = Field(description="One sentence that can be understood by itself.", max_length=1 << 20)
    metadata: dict[str, Any] = Field(default={}, description="Anything; recall can ask for it.")
    importance: float = Field(default=0.5, ge=0, le=1, description="From 0 (barely) to 1 (must not be missed).")
    user_id: str = Field(default="", max_length=1_000, description="For whom; empty for all users of the agent.")
    session_id: str = Field(default="", max_length=1_000, description="In which conversation; empty for all.")
    workflow_id: str = Field(default="", max_length=1_000, description="In which workflow; empty for all.")


class RecallBody(_Body):
    """A question to an agent's memory."""

    query: str = Field(description="What it is about.", max_length=1 << 20)
    n_results: int = Field(default=5, description="How many at most; never more than 100.")
    user_id: str = Field(default="", max_length=1_000)
    session_id: str = Field(default="", max_length=1_000)
    workflow_id: str = Field(default="", max_length=1_000)
    min_score: float | None = Field(default=None, ge=0, le=2)
    filter: dict[str, Any] = Field(default={}, description="What the metadata must hold.")


class MemoryEntry(BaseModel):
    """One memory."""

    id: str
    kind: Literal["fact", "interaction", "summary"]
    content: str
    user_id: str
    session_id: str
    workflow_id: str
    metadata: dict[str, Any]
    importance: float
    created_at: str
    valid_to: str | None = Field(description="Since when something else holds in its place.")
    expires_at: str | None
    last_used_at: str | None
    uses: int
    supersedes: str | None
    superseded_by: str | None
    execution_id: str = Field(description="The execution that wrote it; empty: a person or a program.")
    node_id: str


class RecalledEntry(BaseModel):
    """A memory that fits a question, as an agent would get it."""

    id: str
    content: str
    score: float
    why: str
    kind: Literal["fact", "interaction", "summary"]
    created_at: str
    metadata: dict[str, Any]


class TurnEntry(BaseModel):
    """A question and its answer."""

    seq: int
    user_id: str
    session_id: str
    workflow_id: str
    user_message: str
    assistant_message: str
    created_at: str
    execution_id: str
    node_id: str


class AgentMemory(BaseModel):
    """How much an agent remembers."""

    agent_id: str
    memories: int
    facts: int
    turns: int
    latest_at: str | None


class MemoryStatus(BaseModel):
    """Whoever remembers something, and by what it is found."""

    agents: list[AgentMemory]
    embedder: str
    warning: str | None = Field(description="What to know of how memories are found, if there is something.")
