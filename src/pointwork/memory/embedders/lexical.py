"""Vectors of words alone: it finds what uses the same words or parts of them, and nothing that is said differently.

Rule of this file: the standard library only, so that something answers everywhere. Whoever uses it shows `WARNING`.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Final
from zlib import crc32

from pointwork.memory.vectors import pack

__all__ = ["WARNING", "Lexical"]

WARNING: Final = "Memories are found by the words that they share with the question, not by what they mean."

CHARACTERS: Final = 16_000
DIM: Final = 384
LETTERS: Final = 3
WORD: Final = re.compile(r"\w+")
# They are in most sentences and say little about what a sentence is about.
COMMON: Final = frozenset(
    WORD.findall(
        """
        a about all an and any are as at be been but by can could did do does for from had has have he her his how i if
        in into is it its me my no not of on or our she should so than that the their them then there they this to us
        was we were what when where which who whom whose why will with would you your
        """
    )
)


class Lexical:
    """Turns texts into vectors of 384 numbers by hashing words and groups of three letters.

    >>> from pointwork.memory.vectors import cosine
    >>> about, same, other = Lexical().embed(["the red house", "a house that is red", "fast cars"])
    >>> cosine(about, same) > 0.8 > 0.2 > cosine(about, other)
    True
    """

    def __init__(self) -> None:
        self.name = "lexical-v1"
        self.dim = DIM

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """One vector for each text, in order."""
        return [_vector(text[:CHARACTERS]) for text in texts]


def _vector(text: str) -> bytes:
    values = array("d", bytes(8 * DIM))
    words = Counter(WORD.findall(text.casefold()))
    told = {word: times for word, times in words.items() if word not in COMMON} or words
    for word, times in told.items():
        weight = 1 + math.log(times)
        _add(values, word, weight)
        around = f"<{word}>"
        parts = [around[at : at + LETTERS] for at in range(len(around) - LETTERS + 1)]
        for part in parts:
            _add(values, part, weight / math.sqrt(len(parts)))
    return pack(values)


def _add(values: array[float], feature: str, weight: float) -> None:
    hashed = crc32(feature.encode("utf-8", "surrogatepass"))
    values[hashed % DIM] += weight if hashed & 0x80000000 else -weight
