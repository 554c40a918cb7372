"""Records as text for the wire: each is written once, and all viewers of an execution get the same text.

A frame is one message (`messages`) or one record (`records`) with its cursor, the place from which a viewer resumes.
A `Track` makes the frames of one execution, record by record, and keeps the latest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

import orjson

from pointwork.engine.view import View
from pointwork.errors import Unacceptable
from pointwork.events import ExecutionFinished, Record
from pointwork.server.stream_messages import Messages
from pointwork.workflow import JsonObject

__all__ = ["Cursor", "Frame", "MessageFrames", "RecordFrames", "StreamView", "Track", "batches_of", "record_json"]

StreamView: TypeAlias = Literal["messages", "records"]

WHOLE: Final = 1 << 31  # as a part: everything of the record was seen
BATCH_BYTES: Final = 256 << 10  # clients refuse large messages, many of them from 1 MiB
KEPT_FRAMES: Final = 2_000  # for viewers who come, or come back
KEPT_BYTES: Final = 4 << 20


class Cursor(NamedTuple):
    """Everything up to this message was seen."""

    seq: int
    part: int = WHOLE

    def __str__(self) -> str:
        return str(self.seq) if self.part == WHOLE else f"{self.seq}.{self.part}"

    @property
    def whole(self) -> int:
        """Number of the last record of which nothing is missing."""
        return self.seq if self.part == WHOLE else self.seq - 1

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read `SEQ` or `SEQ.PART`.

        >>> Cursor.parse("12"), Cursor.parse("12.3") < Cursor.parse("12")
        (Cursor(seq=12, part=2147483648), True)
        """
        seq, dot, part = text.partition(".")
        for number in (seq, part) if dot else (seq,):
            if not (number.isascii() and number.isdigit() and len(number) <= 9):
                raise Unacceptable(
                    f"{text[:40]!r} is not a place in the stream.",
                    hint="Write `after` as SEQ or SEQ.PART, as in the last message received; 0 is the beginning.",
                )
        return cls(int(seq), int(part) if dot else WHOLE)


class Frame(NamedTuple):
    """What is sent at once. `last`: nothing comes after it."""

    cursor: Cursor
    text: str
    last: bool = False


class Frames(Protocol):
    """Makes frames of records that come in order."""

    def of(self, records: Sequence[Record], *, following: Record | None) -> list[Frame]:
        """The frames of these records. `following`: the record behind them, where it is known."""
        ...


class RecordFrames:
    """One frame for each record, as it is stored."""

    def of(self, records: Sequence[Record], *, following: Record | None) -> list[Frame]:
        return [
            Frame(Cursor(record.seq), _text(record_json(record)), isinstance(record.event, ExecutionFinished))
            for record in records
        ]


class MessageFrames:
    """The frames of all messages, from the first record on."""

    def __init__(self, view: View) -> None:
        self._messages = Messages(view)

    def of(self, records: Sequence[Record], *, following: Record | None) -> list[Frame]:
        frames: list[Frame] = []
        for record, after in zip(records, [*records, following][1:], strict=True):
            # All records of one append carry its time, and no two appends the same.
            settled = after is None or after.at_us != record.at_us
            for message in self._messages.of(record, settled=settled):
                cursor = Cursor(record.seq, message["part"])
                frames.append(Frame(cursor, _text(message), message["type"] == "completion"))
        return frames


class Track:
    """The frames of one execution. It has taken in record number `seq`; of those behind `since` all frames are kept."""

    def __init__(self, frames: Frames, *, since: int = 0) -> None:
        self.seq = since
        self.since = since
        self._frames = frames
        self._held: list[Record] = []
        self._kept: deque[Frame] = deque()
        self._kept_bytes = 0

    def of(self, records: Sequence[Record], *, more: bool = False) -> list[Frame]:
        """Make the frames of the next records. `more`: others follow at once, perhaps of the same append."""
        coming = [*self._held, *records]
        self._held = [coming.pop()] if more and coming else []
        frames = self._frames.of(coming, following=self._held[0] if self._held else None)
        if records:
            self.seq = records[-1].seq
        for frame in frames:
            self._kept.append(frame)
            self._kept_bytes += len(frame.text)
            while len(self._kept) > KEPT_FRAMES or self._kept_bytes > KEPT_BYTES:
                oldest = self._kept.popleft()
                self._kept_bytes -= len(oldest.text)
                self.since = oldest.cursor.seq
        return frames

    def after(self, cursor: Cursor) -> list[Frame] | None:
        """The frames that were not seen yet; None when some of them are not kept any more."""
        return [frame for frame in self._kept if frame.cursor > cursor] if cursor.whole >= self.since else None


def record_json(record: Record) -> JsonObject:
    """A record as the API shows it."""
    return {"execution_id": record.execution_id, "seq": record.seq, "at": record.at, "event": record.event}


def batches_of(frames: Sequence[Frame]) -> Iterator[tuple[list[Frame], Frame]]:
    """The frames in groups, each with the one frame that stands for it."""
    group: list[Frame] = []
    size = 0
    for frame in frames:
        if group and size + len(frame.text) > BATCH_BYTES:
            yield group, _batch(group)
            group, size = [], 0
        group.append(frame)
        size += len(frame.text)
    if group:
        yield group, _batch(group)


def _batch(frames: Sequence[Frame]) -> Frame:
    last = frames[-1]
    return Frame(last.cursor, f'{{"type":"batch","events":[{",".join(frame.text for frame in frames)}]}}', last.last)


def _text(value: JsonObject) -> str:
    return orjson.dumps(value).decode()
