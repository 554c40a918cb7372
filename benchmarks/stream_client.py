"""A process that watches one execution with many viewers: says when all are connected, and at the end what they saw."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import Any

import picows

from benchmarks.audience import Audience, Seat

__all__ = ["Viewer"]

CONNECTING = 50  # viewers at the same time


class Viewer(picows.WSListener):
    """One socket."""

    def __init__(self, audience: Audience) -> None:
        self.seat = Seat(audience)
        self.close_code = picows.WSCloseCode.NO_INFO

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.TEXT:
            self.seat.take(frame.get_payload_as_bytes(), time.time_ns() // 1_000)
        elif frame.msg_type == picows.WSMsgType.CLOSE:
            self.close_code = frame.get_close_code()
            transport.send_close(self.close_code)
            transport.disconnect()


async def watch(url: str, viewers: int, lines: int) -> dict[str, Any]:
    """Connect everybody, and stay until the server says that all is told."""
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
    delivered = sum(viewer.seat.seen for viewer in everybody)
    return {
        "delivered": delivered,
        "lost": viewers * lines - delivered,
        "repeated": audience.repeated,
        "cut_off": sum(viewer.close_code != picows.WSCloseCode.OK for viewer in everybody),
        "frames": audience.frames,
        "p50_ms": audience.latencies.percentile_ms(50),
        "p99_ms": audience.latencies.percentile_ms(99),
        "seconds": round(lasted, 2),
        "client_cpu": round((time.process_time() - cpu) / lasted, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("viewers", type=int)
    parser.add_argument("lines", type=int)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(watch(options.url, options.viewers, options.lines))))


if __name__ == "__main__":
    main()
