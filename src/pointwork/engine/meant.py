"""What somebody probably meant who wrote a name that does not exist.

Comparing names is slow, and a document may hold ten thousand wrong ones: so only some are compared, with some.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

__all__ = ["Meant", "alike"]

ASKED = 20  # wrong names, about a millisecond each
COMPARED = 1_000  # names that exist
LONGEST = 60  # characters of either


class Meant:
    """Suggestions for one check of one document."""

    def __init__(self) -> None:
        self._left = ASKED

    def by(self, name: str, known: Iterable[str]) -> str | None:
        """The known name that is most like this one, if one is like it and not too many were asked for before."""
        if not self._left or len(name) > LONGEST:
            return None
        self._left -= 1
        return next(iter(alike(name, known, most=1)), None)


def alike(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """The known names that are like this one, the most alike first."""
    if len(name) > LONGEST:
        return []
    candidates = islice((other for other in known if len(other) <= LONGEST), COMPARED)
    return get_close_matches(name, candidates, n=most)
