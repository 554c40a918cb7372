"""Requests that may be sent twice and must be done once: the key that the client chose, and what it was answered.

Whoever begins a request writes that down before doing anything; the same key meanwhile is told to wait. What was
answered is kept for a day. A request whose server died in the middle can be begun again after ten minutes: nobody
knows how far it had come, so it is not begun again at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pointwork.db import BUSY_TIMEOUT_S, Pool, load_queries, migrate, transaction
from pointwork.errors import Conflict, Unacceptable

__all__ = ["Answer", "Idempotency"]

SQL = load_queries("pointwork.library", "library.sql")
KEPT_S = 24 * 3_600
GIVEN_UP_S = 2 * 3_600  # longer than any request may wait for its execution
MAX_KEY = 255  # characters; a UUID has 36


class Answer(NamedTuple):
    """What was answered the first time."""

    status: int
    body: bytes
    location: str | None = None


class Idempotency:
    """The answers in the database at `path`."""

    def __init__(
        self,
        path: Path | str,
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self.path = Path(path)
        self._now_us = now_us
        self._pool = Pool(self.path, busy_timeout_s=busy_timeout_s)

    def open(self) -> None:
        """Create the database or bring it up to date."""
        migrate(self.path)
        self._pool.open()

    def close(self) -> None:
        self._pool.close()

    def begin(self, key: str, *, route: str, request_hash: str) -> Answer | None:
        """The answer, if this was answered before; otherwise the caller does it now, then says `finish` or `abandon`.

        `route` is the method and path, `request_hash` stands for all else that makes the request what it is.
        """
        if not 0 < len(key) <= MAX_KEY:
            raise Unacceptable(
                f"An idempotency key has 1 to {MAX_KEY} characters, not {len(key)}.", hint="Send a random UUID."
            )
        now = self._now_us()
        place = {"route": route, "key": key}
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL["expire"], {"before": now - KEPT_S * 1_000_000})
            found = connection.execute(SQL["answer"], place).fetchone()
            if found is not None:
                known_hash, status, body, location, created_at_us = found
                if known_hash != request_hash:
                    raise Unacceptable(
                        f"The idempotency key {key!r} was used for another request.",
                        hint="Use a new key for each request.",
                    )
                if status is not None:
                    return Answer(status, body, location)
                if created_at_us > now - GIVEN_UP_S * 1_000_000:
                    raise Conflict(
                        f"The request with the idempotency key {key!r} is still being worked on.",
                        hint="Wait for its answer, then send it again.",
                    )
                connection.execute(SQL["expire_one"], place)
            connection.execute(SQL["begin"], {**place, "request_hash": request_hash, "now": now})
        return None

    def finish(self, key: str, answer: Answer, *, route: str) -> None:
        """Keep the answer."""
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL["finish"], {"route": route, "key": key, **answer._asdict()})

    def abandon(self, key: str, *, route: str) -> None:
        """Nothing was done; the request may be begun again."""
        with self._pool.connection() as connection, transaction(connection):
            connection.execute(SQL["abandon"], {"route": route, "key": key})
