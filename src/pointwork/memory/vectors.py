"""Vectors as bytes: little-endian 32-bit floats of length 1, so that the cosine is the sum of products.

Rule of this file: the standard library only; whoever has numpy reads the same bytes with it.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from operator import mul

__all__ = ["cosine", "mean", "pack", "unpack"]


def pack(values: Iterable[float]) -> bytes:
    """The vector in this direction; of nothing but zeros, the first direction.

    >>> list(unpack(pack([3.0, 4.0])))  # doctest: +ELLIPSIS
    [0.60000..., 0.80000...]
    """
    found = array("d", values)
    length = math.sqrt(sum(map(mul, found, found)))
    if length:
        vector = array("f", (value / length for value in found))
    else:
        vector = array("f", [1.0, *([0.0] * (len(found) - 1))])
    if sys.byteorder == "big":
        vector.byteswap()
    return vector.tobytes()


def unpack(vector: bytes) -> array[float]:
    """The numbers again."""
    found = array("f")
    found.frombytes(vector)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def cosine(one: bytes, other: bytes) -> float:
    """1 for the same direction, 0 for nothing in common.

    >>> cosine(pack([1, 0]), pack([1, 1]))  # doctest: +ELLIPSIS
    0.7071...
    """
    return sum(map(mul, unpack(one), unpack(other)))


def mean(vectors: Sequence[bytes]) -> bytes:
    """The direction between these, of which there is at least one."""
    if len(vectors) == 1:
        return vectors[0]
    return pack(map(sum, zip(*map(unpack, vectors), strict=True)))
