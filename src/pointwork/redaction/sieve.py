"""`Sieve`: takes secrets out of a text that comes in pieces, wherever the pieces were cut.

What may be the beginning of a secret is held back until it is known whether it goes on as one. So a piece may come out
later than it went in, never as another text.
"""

from __future__ import annotations

from collections.abc import Callable

from pointwork.redaction.known import Known

__all__ = ["Sieve"]


class Sieve:
    """One text. `clean` takes secrets out of a whole text; `known` says what is secret, None if nothing is."""

    __slots__ = ("_clean", "_known", "held")

    def __init__(self, clean: Callable[[str], str], known: Callable[[], Known | None]) -> None:
        self.held = ""
        self._clean = clean
        self._known = known

    def feed(self, text: str) -> str:
        """What of the text so far may be shown.

        >>> from pointwork.redaction import Redactor
        >>> sieve = Redactor({"CODE": "open-sesame"}).sieve()
        >>> [sieve.feed("say open"), sieve.feed("-ses"), sieve.feed("ame!"), sieve.flush()]
        ['say ', '', '[secret CODE]!', '']
        """
        whole = self.held + text
        known = self._known()
        at = len(whole) if known is None else _cut(known, whole)
        self.held = whole[at:]
        return self._clean(whole[:at]) if at else ""

    def flush(self) -> str:
        """What is left, when nothing more comes."""
        held, self.held = self.held, ""
        return self._clean(held) if held else ""


def _cut(known: Known, text: str) -> int:
    """From where on the text may be the beginning of a secret."""
    at = _beginning(known, text, max(0, len(text) - known.longest + 1))
    if at < len(text):
        for start, end, _ in known.hits(text):
            if start < at < end:  # within a secret that is all there
                at = _beginning(known, text, end)
    return at


def _beginning(known: Known, text: str, first: int) -> int:
    """The first place from which the rest of the text is the beginning of a secret, or the end of the text."""
    for at in range(first, len(text)):
        if known.begins(text[at:]):
            return at
    return len(text)
