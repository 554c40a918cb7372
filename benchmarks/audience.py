"""What viewers of a stream missed, and how late they were told. Knows nothing of sockets.

All viewers get the same text, so each text is read once, however many get it: the server is what is measured.
"""

from __future__ import annotations

import json

from benchmarks.ticker import LINE

__all__ = ["Audience", "Latencies", "Seat", "ticks_of"]

BUCKET_US, BUCKETS = 100, 100_000  # up to ten seconds
KEPT_TEXTS = 256

Ticks = list[tuple[int, int]]
"""The number of each line, and when it was logged, in microseconds since 1970."""


class Latencies:
    """How many events took how long, in tenths of a millisecond."""

    def __init__(self) -> None:
        self._counts = [0] * BUCKETS
        self._total = 0

    def add(self, took_us: int) -> None:
        self._counts[min(max(took_us // BUCKET_US, 0), BUCKETS - 1)] += 1
        self._total += 1

    def percentile_ms(self, percent: float) -> float:
        """The upper end of the bucket in which that percentile lies."""
        left = self._total * percent / 100
        for bucket, count in enumerate(self._counts):
            left -= count
            if count and left <= 0:
                return (bucket + 1) * BUCKET_US / 1_000
        raise ValueError("There is nothing to take a percentile of.")


def ticks_of(text: bytes) -> Ticks:
    """The lines of the ticker in a message, or in a batch of them."""
    message = json.loads(text)
    ticks: Ticks = []
    for event in message["events"] if message["type"] == "batch" else [message]:
        found = LINE.fullmatch(event["log"]["message"]) if event["type"] == "log" else None
        if found:
            ticks.append((int(found[1]), int(found[2])))
    return ticks


class Audience:
    """What all viewers have in common."""

    def __init__(self) -> None:
        self.latencies = Latencies()
        self.frames = self.repeated = 0
        self._read: dict[bytes, Ticks] = {}

    def ticks(self, text: bytes) -> Ticks:
        known = self._read.get(text)
        if known is None:
            if len(self._read) >= KEPT_TEXTS:
                self._read.clear()
            known = self._read[text] = ticks_of(text)
        return known


class Seat:
    """One viewer: takes lines in their order, and counts those it gets. What is left out counts as lost."""

    __slots__ = ("_audience", "_next", "seen")

    def __init__(self, audience: Audience) -> None:
        self.seen = 0
        self._audience = audience
        self._next = 0  # the number of the line that should come

    def take(self, text: bytes, now_us: int) -> None:
        """A frame has arrived."""
        audience = self._audience
        audience.frames += 1
        for number, logged_us in audience.ticks(text):
            if number < self._next:
                audience.repeated += 1
                continue
            self.seen += 1
            self._next = number + 1
            audience.latencies.add(now_us - logged_us)
