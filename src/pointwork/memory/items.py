"""What a memory is, whose it is, and who sees it.

The rule of who sees what: a memory names the places that it belongs to (agent, and perhaps user, session, workflow),
and is seen from a scope that is in all of them. So what was said to one user is never recalled for another, and what
names no user is there for all users of the agent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pointwork.workflow import JsonObject

__all__ = ["Kind", "Memory", "NewMemory", "Scope", "Written"]

Kind: TypeAlias = Literal["fact", "interaction", "summary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The agent that remembers, and for whom; an empty text stands for no one in particular.

    >>> Scope(agent_id="a").sees(Scope(agent_id="a", user_id="ann"))
    False
    >>> Scope(agent_id="a", user_id="ann").sees(Scope(agent_id="a"))
    True
    """

    agent_id: str
    user_id: str = ""
    session_id: str = ""
    workflow_id: str = ""

    def sees(self, other: Scope) -> bool:
        """Whether what belongs to `other` may be recalled from here."""
        mine, its = self.places, other.places
        return (
            all(theirs in (own, "") for own, theirs in zip(mine, its, strict=True)) and self.agent_id == other.agent_id
        )

    @property
    def places(self) -> tuple[str, str, str, str]:
        """Agent, user, session, workflow."""
        return (self.agent_id, self.user_id, self.session_id, self.workflow_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where a memory came from; all empty: a person or a program outside of executions."""

    execution_id: str = ""
    node_id: str = ""
    step: str = ""  # the key of the step that wrote it, which makes writing it again the same write


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemory:
    """What is to be remembered. Times are microseconds since 1970; None: from now on, for ever."""

    text: str
    scope: Scope
    kind: Kind = "fact"
    metadata: JsonObject = field(default_factory=dict[str, object])
    importance: float = 0.5  # 0 to 1
    valid_from_us: int | None = None
    expires_at_us: int | None = None
    written: Written = Written()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One memory as it is stored. `valid_to_us`: since when it does not hold any more, because `superseded_by` came.

    What is forgotten is not stored any more.
    """

    id: str
    kind: Kind
    text: str
    scope: Scope
    metadata: JsonObject
    importance: float
    created_at_us: int
    valid_from_us: int
    valid_to_us: int | None
    expires_at_us: int | None
    last_used_at_us: int | None
    uses: int
    supersedes: str | None
    superseded_by: str | None
    written: Written
