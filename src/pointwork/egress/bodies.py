"""Reading the body of an answer: a bounded number of bytes, before and after they are unpacked.

A kilobyte can unpack to a gigabyte, so unpacking stops at the limit, not after it. Only the encodings that were asked
for are unpacked; a body in another one is an error, never handed on as if it were text.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final, Protocol

from pointwork.errors import EgressFailed

__all__ = ["ACCEPTED", "read_body"]

ACCEPTED: Final = "gzip, deflate"
AUTOMATIC: Final = 47  # zlib's number for: gzip or zlib, whichever it is
RAW: Final = -15  # deflate without a header, as some servers send it


class _Unpacker(Protocol):
    def feed(self, data: bytes, most: int) -> bytes: ...


async def read_body(pieces: AsyncIterator[bytes], *, encoding: str, max_bytes: int) -> tuple[bytes, bool]:
    """At most `max_bytes` of the body, and whether there was more; raises EgressFailed when it cannot be unpacked."""
    unpacker = _unpacker(encoding.strip().lower())
    body = bytearray()
    raw = 0
    async for piece in pieces:
        raw += len(piece)
        body += unpacker.feed(piece, max_bytes + 1 - len(body))
        if len(body) > max_bytes or raw > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


def _unpacker(encoding: str) -> _Unpacker:
    match encoding:
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Zipped()
    raise EgressFailed(
        f"The server sent a body packed as {encoding[:40]!r}, which was not asked for.", hint="Try another address."
    )


class _Plain:
    def feed(self, data: bytes, most: int) -> bytes:
        return data[:most]


class _Zipped:
    def __init__(self) -> None:
        self._how = zlib.decompressobj(AUTOMATIC)
        self._begun = False

    def feed(self, data: bytes, most: int) -> bytes:
        unpacked = bytearray()
        while data and len(unpacked) < most:
            try:
                unpacked += self._how.decompress(data, most - len(unpacked))
            except zlib.error as error:
                if self._begun:
                    raise EgressFailed("The server sent a body that cannot be unpacked.") from error
                self._begun, self._how = True, zlib.decompressobj(RAW)
                continue
            self._begun = True
            data = self._how.unconsumed_tail
            if self._how.eof:  # another part may follow
                data = self._how.unused_data
                if data:
                    self._how = zlib.decompressobj(AUTOMATIC)
        return bytes(unpacked)
