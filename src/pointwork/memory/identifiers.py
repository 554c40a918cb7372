"""Words that name one thing among many alike: they have a digit in them, and vectors tell them apart badly."""

from __future__ import annotations

import re
import unicodedata

from pointwork.memory.marks import with_few_marks

__all__ = ["identifiers"]

MOST = 200  # of one text
SHORTEST, LONGEST = 2, 100  # a digit alone counts things and names none
_WORD = re.compile(r"[^\W_](?:[\w.:/#@+-]*[^\W_])?")


def identifiers(text: str) -> list[str]:
    """The words with a digit, in order, each once; at most 200.

    >>> identifiers("Ticket ABC-4711 is about v2.3 on 192.168.1.7, not abc-4711.")
    ['abc-4711', 'v2.3', '192.168.1.7']
    """
    plain = unicodedata.normalize("NFKC", with_few_marks(text)).casefold()
    found: dict[str, None] = {}
    for hit in _WORD.finditer(plain):
        word = hit[0]
        if SHORTEST <= len(word) <= LONGEST and any(map(str.isdigit, word)):
            found[word] = None
            if len(found) == MOST:
                break
    return list(found)
