"""Fan-out of stored records to whoever watches an execution in this process.

While nobody watches, the journal is not listened to and nothing is built. A watcher that falls behind loses the live
feed, never records: it is told (`behind`) and reads the journal from where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from pointwork.events import Record
from pointwork.journal import Journal

__all__ = ["Feed", "Hub"]

MAX_RECORDS = 10_000  # waiting in one feed; a watcher this far behind reads pages instead


class Feed:
    """The live records of one execution for one watcher."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.behind = False
        self._news = asyncio.Event()

    def put(self, records: Sequence[Record]) -> None:
        if len(self.records) + len(records) > MAX_RECORDS:
            self.records.clear()
            self.behind = True
        if not self.behind:
            self.records.extend(records)
        self._news.set()

    def wake(self) -> None:
        """Let the watcher look around, although there is no record."""
        self._news.set()

    def start_over(self) -> None:
        """Forget what is here; from now on nothing is missed. To be called before the journal is read."""
        self.records.clear()
        self.behind = False
        self._news.clear()

    async def take(self, *, timeout_s: float | None = None) -> list[Record]:
        """What has arrived; waits for something, at most so long."""
        if not self.records and not self.behind:
            try:
                async with asyncio.timeout(timeout_s):
                    await self._news.wait()
            except TimeoutError:
                return []
        self._news.clear()
        records, self.records = self.records, []
        return records


class Hub:
    """All feeds of this process."""

    def __init__(self, journal: Journal) -> None:
        self.closed = False
        self._journal = journal
        self._feeds: dict[str, list[Feed]] = {}
        self._stop: Callable[[], None] | None = None

    def subscribe(self, execution_id: str) -> Feed:
        feed = Feed()
        self._feeds.setdefault(execution_id, []).append(feed)
        if self._stop is None:
            self._stop = self._journal.subscribe(self._publish)
        return feed

    def unsubscribe(self, execution_id: str, feed: Feed) -> None:
        feeds = self._feeds.get(execution_id, [])
        if feed in feeds:
            feeds.remove(feed)
        if not feeds:
            self._feeds.pop(execution_id, None)
        if not self._feeds and self._stop is not None:
            self._stop()
            self._stop = None

    def wake(self, execution_id: str) -> None:
        """Whether this process drives the execution has changed."""
        for feed in self._feeds.get(execution_id, ()):
            feed.wake()

    def close(self) -> None:
        """Let all watchers end."""
        self.closed = True
        for execution_id in self._feeds:
            self.wake(execution_id)

    def _publish(self, records: Sequence[Record]) -> None:
        for feed in self._feeds.get(records[0].execution_id, ()):
            feed.put(records)
