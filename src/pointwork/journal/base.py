"""What a journal must do. It is the one place where the facts of executions live.

Rules: appending is atomic (all events of one call or none) and ordered; `after` is the only concurrency primitive,
so two drivers of one execution can never both write; nothing is shown to anybody before it is stored as the
durability setting says. One contract suite (`tests/journal`) holds for every implementation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from pointwork.events import Event, Record
from pointwork.workflow import JsonObject

__all__ = ["ENDED", "Durability", "ExecutionRow", "Journal", "Listener", "Pruned", "Stored", "Tally"]

ENDED = frozenset({"completed", "failed", "cancelled"})
"""The statuses of executions to which nothing is ever added. What has any other status is unfinished."""

Durability: TypeAlias = Literal["behind", "commit", "power"]
"""When an event counts as stored.

`behind`: once queued (a crash may lose the last milliseconds); `commit`: once committed (survives kill -9; a power
cut may lose the last commits); `power`: once flushed to the disk.
"""


class Stored(Awaitable[None], Protocol):
    """What an append comes to. Awaiting it raises what went wrong; `done`: nobody has to wait any more.

    `then` calls back with what went wrong, or None: for who has nothing to do meanwhile that a task would be worth.
    """

    @property
    def done(self) -> bool: ...

    def then(self, tell: Callable[[Exception | None], None]) -> None: ...


Listener: TypeAlias = Callable[[Sequence[Record]], None]


@dataclass(slots=True)
class ExecutionRow:
    """What lists and recovery need to know of an execution without reading its records."""

    id: str
    workflow_id: str | None
    workflow_name: str
    version: int | None
    status: str
    owner: str | None
    plan_hash: str
    created_at_us: int
    finished_at_us: int | None
    last_seq: int
    origin: JsonObject | None = None
    error: str | None = None


class Tally(NamedTuple):
    """So many executions of a status began in this stretch of time."""

    stretch: int
    status: str
    executions: int


class Pruned(NamedTuple):
    """What was forgotten: whole executions, and records of executions that are kept."""

    executions: int
    records: int


class Journal(Protocol):
    """The append-only store of all executions. Call from one event loop; storage threads are its own affair."""

    async def open(self) -> None: ...

    async def close(self) -> None:
        """Store what is queued, then let go."""
        ...

    def create(self, row: ExecutionRow, plan: bytes) -> None:
        """Introduce an execution; stored with its first append. The plan is kept once per hash.

        The row belongs to the journal from now on; `row` and `rows` give copies.
        """
        ...

    def append(
        self, execution_id: str, events: Sequence[Event], *, after: int, status: str | None = None
    ) -> Stored | None:
        """Queue events, at least one, behind the record with number `after`; returns at once.

        `status` is the row's new status. The awaitable is done when they are stored as the durability setting says;
        `None` means that they already are. It raises Conflict when the last record is not `after` any more,
        JournalError when storing failed; a journal that answers `None` raises these at once. After a failure all
        further appends to this execution fail, until `last_seq` has been asked. A value that is not JSON is
        Unacceptable, at once, and does no harm. Listeners get the records once stored, in order.
        """
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` on the event loop with every batch of records of one execution that this process stores.

        Returns the function that ends it.
        """
        ...

    async def read(
        self, execution_id: str, *, after: int = 0, limit: int = 1_000, resolve: bool = False
    ) -> list[Record]:
        """Records behind `after`, in order. Large values are references, or the values with `resolve=True`."""
        ...

    async def last_seq(self, execution_id: str) -> int:
        """The number of the last stored record; 0 when there is none; raises NotFound for an unknown execution."""
        ...

    async def row(self, execution_id: str) -> ExecutionRow: ...

    async def rows(
        self,
        *,
        workflow_id: str | None = None,
        status: Sequence[str] = (),
        q: str = "",
        since_us: int | None = None,
        until_us: int | None = None,
        before: tuple[int, str] | None = None,
        limit: int = 50,
        oldest_first: bool = False,
    ) -> list[ExecutionRow]:
        """Newest first, or the other way round; `before` is (created_at_us, id) of the last row of the page before."""
        ...

    async def tally(
        self,
        *,
        workflow_id: str | None = None,
        q: str = "",
        since_us: int | None = None,
        until_us: int | None = None,
        width_us: int | None = None,
    ) -> list[Tally]:
        """How many executions have which status, by the stretch of `width_us` in which they began; in order.

        Stretches are counted from `since_us`, or from 1970; without a width everything is in the first.
        """
        ...

    async def plan(self, plan_hash: str) -> bytes: ...

    async def blob(self, digest: str) -> bytes: ...

    async def unfinished(self) -> list[ExecutionRow]: ...

    async def claim(self, execution_id: str, *, owner: str, was: str | None) -> bool:
        """Take over an execution; false when somebody else was faster."""
        ...

    async def delete(self, execution_id: str) -> None:
        """Remove an ended execution with its records and the blobs that nothing else refers to."""
        ...

    async def prunable(
        self, *, ended_before_us: int | None = None, keep_per_workflow: int | None = None
    ) -> list[ExecutionRow]:
        """The executions that `prune` would forget, oldest first."""
        ...

    async def discard(self, execution_ids: Iterable[str]) -> list[str]:
        """Remove these ended executions, each by itself; the ids of those that were still there.

        Raises Conflict at one that has not ended; what comes before it is removed.
        """
        ...

    async def prune(
        self,
        *,
        ended_before_us: int | None = None,
        keep_per_workflow: int | None = None,
        text_before_us: int | None = None,
    ) -> Pruned:
        """Forget ended executions: those older than a time, all but the newest so many of each workflow, or, with both,
        those older than the time of which there are so many newer ones.

        Of those that ended before `text_before_us`, only the streamed text is forgotten. Unfinished executions are
        never touched, and the records that stay keep their numbers.
        """
        ...

    async def changes(self) -> int:
        """A number that grows whenever any process has stored something; cheap enough to ask often."""
        ...

    async def health(self) -> dict[str, Any]: ...
