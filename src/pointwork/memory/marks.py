"""Texts that are normalised in a time that grows with their length, whoever wrote them."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["with_few_marks"]

MOST: Final = 30  # accents on one letter


def with_few_marks(text: str) -> str:
    """The text in Unicode's "stream-safe" format (UAX 15): so many accents on one letter are parted by a joiner.

    Whatever sorts the accents of a letter takes the square of their number.

    >>> with_few_marks("é") == "é"
    True
    >>> len(with_few_marks("e" + 100 * "\\u0301"))
    104
    """
    if text.isascii():
        return text
    marks, found = 0, list[str]()
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MOST:
            found.append("\u034f")
            marks = 1
        found.append(character)
    return "".join(found)
