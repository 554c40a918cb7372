"""The journal in memory: for tests, for running without a trace, for measuring the engine by itself.

Events are kept as the objects they came as, so whoever appends must not change them afterwards. Nothing is encoded
until somebody reads or listens; then large values are shown as references, as every journal shows them.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from pointwork.events import Event, ExecutionFinished, Record, TextStreamed
from pointwork.journal import refusals
from pointwork.journal.base import ENDED, ExecutionRow, Listener, Pruned, Tally
from pointwork.journal.blobs import LIMIT_BYTES, outsource
from pointwork.journal.cleaning import check_plan, cleaned
from pointwork.redaction import Redactor

__all__ = ["MemoryJournal"]


class _Execution:
    """One execution: its row, its events in order, and when each append (by its last number) happened."""

    __slots__ = ("blobs", "ends", "events", "row", "times_ns")

    def __init__(self, row: ExecutionRow) -> None:
        self.row = row
        self.events: list[Event | None] = []  # None: pruned
        self.ends = array("q")  # unlike lists, arrays are nothing for the garbage collector to look into
        self.times_ns = array("q")
        self.blobs: frozenset[str] | None = None  # most have none


class MemoryJournal:
    """Keeps everything in this process, and forgets it with the process."""

    def __init__(self, *, now_us: Callable[[], int] | None = None, redactor: Redactor | None = None) -> None:
        self._redactor = redactor or Redactor()
        self._now_ns = time.time_ns if now_us is None else lambda: now_us() * 1_000
        self._created: dict[str, _Execution] = {}
        self._executions: dict[str, _Execution] = {}
        self._plans: dict[str, bytes] = {}
        self._blobs: dict[str, bytes] = {}
        self._listeners: tuple[Listener, ...] = ()
        self._changes = 0

    async def open(self) -> None:
        """Nothing to do: memory is always there."""

    async def close(self) -> None:
        """Nothing to do: all is stored; it stays readable."""

    # ------------------------------------------------------------------------------------------- writing

    def create(self, row: ExecutionRow, plan: bytes) -> None:
        if row.id in self._created or row.id in self._executions:
            raise refusals.taken(row.id)
        check_plan(row, plan, self._redactor)
        self._created[row.id] = _Execution(row)
        self._plans[row.plan_hash] = plan

    def append(self, execution_id: str, events: Sequence[Event], *, after: int, status: str | None = None) -> None:
        assert events, "an append has at least one event"
        execution = self._executions.get(execution_id) or self._introduce(execution_id)
        stored = execution.events
        if len(stored) != after or execution.row.status in ENDED:
            raise _refusal(execution, after)
        if self._redactor.active:
            events = self._clean(execution_id, events)
        shown = [self._shown(execution, event) for event in events] if self._listeners else ()
        at_ns = self._now_ns()
        stored.extend(events)
        execution.ends.append(len(stored))
        execution.times_ns.append(at_ns)
        if status is not None:
            self._set_status(execution, events, status, at_ns // 1_000)
        self._changes += 1
        if shown:
            at_us = at_ns // 1_000
            records = [Record(execution_id, after + n, at_us, event) for n, event in enumerate(shown, start=1)]
            for listener in self._listeners:
                listener(records)

    def _clean(self, execution_id: str, events: Sequence[Event]) -> Sequence[Event]:
        try:
            data = orjson.dumps(events)
        except TypeError as error:
            raise refusals.not_json(execution_id, events, error) from error
        return cleaned(events, self._redactor) if self._redactor.found(data) else events

    def _introduce(self, execution_id: str) -> _Execution:
        execution = self._created.pop(execution_id, None)
        if execution is None:
            raise refusals.unknown(execution_id)
        self._executions[execution_id] = execution
        return execution

    def _set_status(self, execution: _Execution, events: Sequence[Event], status: str, at_us: int) -> None:
        execution.row.status = status
        if status in ENDED:
            execution.row.finished_at_us = at_us
        for event in events:
            if isinstance(event, ExecutionFinished) and event.error:
                execution.row.error = str(event.error.get("message", ""))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return end

    async def claim(self, execution_id: str, *, owner: str, was: str | None) -> bool:
        row = self._execution(execution_id).row
        if row.owner != was or row.status in ENDED:
            return False
        row.owner = owner
        self._changes += 1
        return True

    # ------------------------------------------------------------------------------------------- reading

    async def read(
        self, execution_id: str, *, after: int = 0, limit: int = 1_000, resolve: bool = False
    ) -> list[Record]:
        execution = self._execution(execution_id)
        records: list[Record] = []
        first = max(after, 0)
        append = bisect_left(execution.ends, first + 1)
        for index in range(first, len(execution.events)):
            while execution.ends[append] <= index:
                append += 1
            event = execution.events[index]
            if event is None:
                continue
            if len(records) >= limit:
                break
            shown = event if resolve else self._shown(execution, event)
            records.append(Record(execution_id, index + 1, execution.times_ns[append] // 1_000, shown))
        return records

    async def last_seq(self, execution_id: str) -> int:
        return len(self._execution(execution_id).events)

    async def row(self, execution_id: str) -> ExecutionRow:
        return _row(self._execution(execution_id))

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
        def comes_later(row: ExecutionRow) -> bool:
            place = (row.created_at_us, row.id)
            return before is None or (place > before if oldest_first else place < before)

        found = [
            execution
            for execution in self._meant(workflow_id=workflow_id, q=q, since_us=since_us, until_us=until_us)
            if (not status or execution.row.status in status) and comes_later(execution.row)
        ]
        found.sort(key=lambda execution: (execution.row.created_at_us, execution.row.id), reverse=not oldest_first)
        return [_row(execution) for execution in found[: max(limit, 0)]]

    async def tally(
        self,
        *,
        workflow_id: str | None = None,
        q: str = "",
        since_us: int | None = None,
        until_us: int | None = None,
        width_us: int | None = None,
    ) -> list[Tally]:
        counts = Counter(
            ((row.created_at_us - (since_us or 0)) // width_us if width_us else 0, row.status)
            for row in (
                execution.row
                for execution in self._meant(workflow_id=workflow_id, q=q, since_us=since_us, until_us=until_us)
            )
        )
        return [Tally(stretch, status, counts[stretch, status]) for stretch, status in sorted(counts)]

    def _meant(
        self, *, workflow_id: str | None, q: str, since_us: int | None, until_us: int | None
    ) -> Iterator[_Execution]:
        wanted = q.casefold()
        for execution in self._executions.values():
            row = execution.row
            if (
                (workflow_id is None or row.workflow_id == workflow_id)
                and (since_us is None or row.created_at_us >= since_us)
                and (until_us is None or row.created_at_us < until_us)
                and wanted in f"{row.id} {row.workflow_name} {row.error or ''}".casefold()
            ):
                yield execution

    async def unfinished(self) -> list[ExecutionRow]:
        return [_row(execution) for execution in self._executions.values() if execution.row.status not in ENDED]

    async def plan(self, plan_hash: str) -> bytes:
        try:
            return self._plans[plan_hash]
        except KeyError:
            raise refusals.no_plan(plan_hash) from None

    async def blob(self, digest: str) -> bytes:
        try:
            return self._blobs[digest]
        except KeyError:
            raise refusals.no_blob(digest) from None

    async def changes(self) -> int:
        return self._changes

    async def health(self) -> dict[str, Any]:
        return {"kind": "memory", "ok": True, "executions": len(self._executions)}

    def _execution(self, execution_id: str) -> _Execution:
        execution = self._executions.get(execution_id)
        if execution is None:
            raise refusals.unknown(execution_id)
        return execution

    def _shown(self, execution: _Execution, event: Event) -> Event:
        try:
            if len(orjson.dumps(event)) <= LIMIT_BYTES:
                return event
        except TypeError as error:
            raise refusals.not_json(execution.row.id, [event], error) from error
        shown, blobs = outsource(event)
        for blob in blobs:
            self._blobs[blob.digest] = blob.data
            execution.blobs = (execution.blobs or frozenset()) | {blob.digest}
        return shown

    # ----------------------------------------------------------------------------------------- forgetting

    async def delete(self, execution_id: str) -> None:
        execution = self._execution(execution_id)
        if execution.row.status not in ENDED:
            raise refusals.still_running(execution_id, execution.row.status)
        self._drop([execution])

    async def prunable(
        self, *, ended_before_us: int | None = None, keep_per_workflow: int | None = None
    ) -> list[ExecutionRow]:
        if ended_before_us is None and keep_per_workflow is None:
            return []
        ended = [e for e in self._executions.values() if e.row.status in ENDED]
        ended.sort(key=lambda execution: (execution.row.created_at_us, execution.row.id), reverse=True)
        newer: dict[str | None, int] = {}
        found: list[ExecutionRow] = []
        for execution in ended:
            row = execution.row
            position = newer[row.workflow_id] = newer.get(row.workflow_id, 0) + 1
            old = ended_before_us is None or (row.finished_at_us or 0) < ended_before_us
            if old and (keep_per_workflow is None or position > keep_per_workflow):
                found.append(_row(execution))
        return found[::-1]

    async def discard(self, execution_ids: Iterable[str]) -> list[str]:
        gone: dict[str, _Execution] = {}
        try:
            for execution_id in execution_ids:
                if execution_id not in self._executions:
                    continue
                execution = self._executions[execution_id]
                if execution.row.status not in ENDED:
                    raise refusals.still_running(execution_id, execution.row.status)
                gone[execution_id] = execution
        finally:
            self._drop(gone.values())
        return list(gone)

    async def prune(
        self,
        *,
        ended_before_us: int | None = None,
        keep_per_workflow: int | None = None,
        text_before_us: int | None = None,
    ) -> Pruned:
        doomed = await self.prunable(ended_before_us=ended_before_us, keep_per_workflow=keep_per_workflow)
        gone = await self.discard(row.id for row in doomed)
        texts = 0
        for execution in self._executions.values():
            finished_us = execution.row.finished_at_us
            if text_before_us is not None and finished_us is not None and finished_us < text_before_us:
                texts += sum(isinstance(event, TextStreamed) for event in execution.events)
                execution.events = [None if isinstance(event, TextStreamed) else event for event in execution.events]
        return Pruned(executions=len(gone), records=texts)

    def _drop(self, executions: Collection[_Execution]) -> None:
        if not executions:
            return
        for execution in executions:
            del self._executions[execution.row.id]
        rest = self._executions.values()
        blobs = set[str]().union(*(execution.blobs for execution in rest if execution.blobs))
        plans = {execution.row.plan_hash for execution in (*rest, *self._created.values())}
        self._blobs = {digest: data for digest, data in self._blobs.items() if digest in blobs}
        self._plans = {plan_hash: plan for plan_hash, plan in self._plans.items() if plan_hash in plans}
        self._changes += 1


def _row(execution: _Execution) -> ExecutionRow:
    return replace(execution.row, last_seq=len(execution.events))


def _refusal(execution: _Execution, after: int) -> Exception:
    row = execution.row
    if row.status in ENDED:
        return refusals.ended(row.id, row.status)
    return refusals.stale(row.id, after=after, last_seq=len(execution.events))
