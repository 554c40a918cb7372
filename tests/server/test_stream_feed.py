"""Viewers and feeds by themselves: queues, batches, gaps."""

from __future__ import annotations

import pytest

from pointwork.events import LogWritten, Record
from pointwork.server import stream_feed
from pointwork.server.stream_feed import Viewer
from pointwork.server.stream_frames import Cursor, RecordFrames


async def test_a_viewer_too_far_behind_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_feed, "QUEUE_BYTES", 10_000)
    viewer = Viewer(Cursor(0))
    frame = stream_feed.Frame(Cursor(1), "x" * 6_000)
    viewer.offer(frame)
    viewer.offer(frame)  # seen already
    assert not viewer.overflowed
    viewer.offer(frame._replace(cursor=Cursor(2)))
    assert viewer.overflowed
    viewer.offer(frame._replace(cursor=Cursor(3)))
    assert [frame async for frame in viewer.take()] == []


async def test_what_a_viewer_has_seen_is_cut_out_of_a_batch() -> None:
    viewer = Viewer(Cursor(2), batch=True)
    frames = [stream_feed.Frame(Cursor(seq), f"{seq}", seq == 4) for seq in range(1, 5)]
    viewer.offer_group(frames[:2], stream_feed.Frame(Cursor(2), "1,2"))
    viewer.offer_group(frames, stream_feed.Frame(Cursor(4), "1,2,3,4", last=True))
    viewer.offer_group(frames, stream_feed.Frame(Cursor(4), "1,2,3,4", last=True))
    assert [frame.text async for frame in viewer.take()] == ['{"type":"batch","events":[3,4]}']
    assert viewer.finished


def test_what_was_heard_before_a_gap_is_of_no_use() -> None:
    feed = stream_feed.Feed("x1", tick_s=0)
    log = LogWritten("INFO", "")
    feed.push([Record("x1", 5, 0, log)])
    feed.push([Record("x1", 9, 0, log), Record("x1", 10, 0, log)])
    track = stream_feed.Track(RecordFrames(), since=7)
    assert not feed.arrive(Viewer(Cursor(7)), "records", track)  # number 8 must be read
    track.of([Record("x1", 8, 0, log)])
    assert feed.arrive(Viewer(Cursor(7)), "records", track)
    assert track.seq == 10
