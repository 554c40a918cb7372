"""What a command writes to the terminal holds no secret, whoever wrote it: also what a tool prints by itself.

While a command runs, standard output and standard error go through a sieve each. What may be the beginning of a secret
is held back until the next piece, or until the command ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from pointwork.redaction import Redactor, Sieve, all_known

__all__ = ["discreet", "environment_keys"]


def environment_keys() -> Redactor:
    """What hides the keys in the environment, before settings are read and after everything is closed."""
    names = [name for name in os.environ if name.endswith("_API_KEY") or name == "POINTWORK_SECRET_KEY"]
    return Redactor({name: os.environ[name] for name in names})


@contextmanager
def discreet(always: Redactor) -> Iterator[None]:
    """Hide secrets in all that is written meanwhile: what `always` knows, and what else becomes known."""
    out, err = sys.stdout, sys.stderr
    sieves = [_Discreet(out, always), _Discreet(err, always)]
    sys.stdout, sys.stderr = sieves
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
        for sieve in sieves:
            sieve.end()


class _Discreet:
    """A stream that is written to; in everything else it is the one behind."""

    def __init__(self, behind: TextIO, *always: Redactor) -> None:
        self._behind = behind
        self._sieves: dict[Redactor, Sieve] = {redactor: redactor.sieve() for redactor in always}

    def write(self, text: str) -> int:
        for redactor in all_known():
            if redactor not in self._sieves:
                self._sieves[redactor] = redactor.sieve()  # and what it knows is remembered, however long it lives
        shown = text
        for sieve in self._sieves.values():
            shown = sieve.feed(shown)
        if shown:
            self._behind.write(shown)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def end(self) -> None:
        """Write what was held back: nothing more comes."""
        rest = ""
        for sieve in self._sieves.values():
            rest = sieve.feed(rest) + sieve.flush()
        if rest:
            self._behind.write(rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)
