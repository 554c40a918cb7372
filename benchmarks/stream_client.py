"""A process that watches one execution with many viewers, and says what they missed and how late they were.

All viewers get the same text, so each text is read once, however many get it: the server is what is measured. It says
when all viewers are connected, and at the end what they have seen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import Any

import picows

from benchmarks.ticker import LINE

__all__ = ["Latencies", "Viewer", "ticks_of"]

BUCKET_US, BUCKETS = 100, 100_000  # up to ten seconds
CONNECTING = 50  # viewers at the same time
KEPT_TEXTS = 256


class Latencies:
    """How many events took how long, in tenths of a millisecond."""

    def __init__(self) -> None:
        self.counts = [0] * BUCKETS
        self.total = 0

    def add(self, took_us: int) -> None:
        self.counts[min(max(took_us // BUCKET_US, 0), BUCKETS - 1)] += 1
        self.total += 1

    def percentile_ms(self, percent: float) -> float:
        """The upper end of the bucket in which that percentile lies."""
        left = self.total * percent / 100
        for bucket, count in enumerate(self.counts):
            left -= count
            if left <= 0:
                return (bucket + 1) * BUCKET_US / 1_000
        raise ValueError("There is nothing to take a percentile of.")


def ticks_of(text: bytes) -> list[tuple[int, int]]:
    """The numbers and times of the lines in a message or a batch of them."""
    message = json.loads(text)
    ticks: list[tuple[int, int]] = []
    for event in message["events"] if message["type"] == "batch" else [message]:
        found = LINE.fullmatch(event["log"]["message"]) if event["type"] == "log" else None
        if found:
            ticks.append((int(found[1]), int(found[2])))
    return ticks


class Audience:
    """What all viewers have in common."""

    def __init__(self) -> None:
        self.latencies = Latencies()
        self.frames = self.repeated = self.misplaced = 0
        self._texts: dict[bytes, list[tuple[int, int]]] = {}

    def ticks(self, text: bytes) -> list[tuple[int, int]]:
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) >= KEPT_TEXTS:
                self._texts.clear()
            known = self._texts[text] = ticks_of(text)
        return known


class Viewer(picows.WSListener):
    """One viewer: takes lines in their order, and counts those it gets."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.next = 0  # the number of the line that should come
        self.seen = 0
        self.close_code = 0

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.CLOSE:
            self.close_code = int(frame.get_close_code())
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif frame.msg_type == picows.WSMsgType.TEXT:
            self.take(frame.get_payload_as_bytes(), time.time_ns() // 1_000)

    def take(self, text: bytes, now_us: int) -> None:
        audience = self.audience
        audience.frames += 1
        for number, logged_us in audience.ticks(text):
            if number == self.next:
                self.seen += 1
                self.next = number + 1
                audience.latencies.add(now_us - logged_us)
            elif number < self.next:
                audience.repeated += 1
            else:  # some are missing in between; they count as lost unless they come later
                audience.misplaced += 1
                self.seen += 1
                self.next = number + 1


async def watch(url: str, viewers: int, lines: int) -> dict[str, Any]:
    audience = Audience()
    everybody = [Viewer(audience) for _ in range(viewers)]
    places = asyncio.Semaphore(CONNECTING)

    async def connect(viewer: Viewer) -> picows.WSTransport:
        async with places:
            transport, _ = await picows.ws_connect(lambda: viewer, url, proxy=None)
        return transport

    transports = await asyncio.gather(*map(connect, everybody))
    print(json.dumps({"connected": len(transports)}), flush=True)
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*[transport.wait_disconnected() for transport in transports])
    lasted = time.perf_counter() - began
    delivered = sum(viewer.seen for viewer in everybody)
    latencies = audience.latencies
    return {
        "delivered": delivered,
        "lost": viewers * lines - delivered,
        "repeated": audience.repeated,
        "out_of_order": audience.misplaced,
        "cut_off": sum(viewer.close_code != picows.WSCloseCode.OK.value for viewer in everybody),
        "frames": audience.frames,
        "p50_ms": latencies.percentile_ms(50),
        "p99_ms": latencies.percentile_ms(99),
        "seconds": round(lasted, 2),
        "client_cpu": round((time.process_time() - cpu) / lasted, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("viewers", type=int)
    parser.add_argument("lines", type=int)
    options = parser.parse_args()
    with asyncio.Runner() as runner:
        print(json.dumps(runner.run(watch(options.url, options.viewers, options.lines))))


if __name__ == "__main__":
    main()
