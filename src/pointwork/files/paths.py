"""What may be the name of a file: the text alone is judged here, no file is looked at.

A path is taken literally, as names separated by `/`. Nothing in it is ever expanded, decoded or resolved: no `~`, no
`$VARIABLE`, no `*`, no `%2e`, no `file://`. What could mean something else to somebody else is refused.
"""

from __future__ import annotations

import unicodedata

from pointwork.errors import FileRefused

__all__ = ["MAX_DEPTH", "MAX_NAME_BYTES", "MAX_PATH_CHARS", "is_name", "parts_of", "shown"]

MAX_PATH_CHARS = 1_024
MAX_NAME_BYTES = 255  # what file systems take
MAX_SHOWN = 80
MAX_DEPTH = 16  # folders in folders; deeper is a mistake or a trick
# Characters that turn the order of the text around them: a name must look like what it is.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def parts_of(path: object) -> tuple[str, ...]:
    """The names that a path consists of; raises FileRefused for what is no path beneath a folder.

    >>> parts_of("report/summary.txt"), parts_of("./notes.md")
    (('report', 'summary.txt'), ('notes.md',))
    >>> parts_of("../notes.md")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    pointwork.errors.FileRefused: '../notes.md' leads upwards. Name a file of the workspace ...
    """
    if not isinstance(path, str) or not path:
        raise FileRefused("A file needs a name.")
    if len(path) > MAX_PATH_CHARS:
        raise FileRefused(f"A path of {len(path):,} characters is too long; {MAX_PATH_CHARS:,} are the limit.")
    text = path.removeprefix("./")
    if text.startswith("/") or text[1:3] in (":/", ":\\"):
        raise FileRefused(f"{shown(path)} is an absolute path.")
    if "\\" in text:
        raise FileRefused(f"{shown(path)} holds a backslash.", hint="Separate folders by /.")
    parts = tuple(text.split("/"))
    if ".." in parts:
        raise FileRefused(f"{shown(path)} leads upwards.")
    if len(parts) > MAX_DEPTH:
        raise FileRefused(f"{shown(path)} is {len(parts)} folders deep; {MAX_DEPTH} are the limit.")
    for part in parts:
        if not is_name(part):
            raise FileRefused(
                f"{shown(path)} is not the name of a file: {_fault(part)}.",
                hint="Names are letters, digits and the like, separated by /; they begin with neither . nor ~.",
            )
    return parts


def is_name(part: str) -> bool:
    """Whether this can be one name of a path.

    >>> is_name("data.csv"), is_name(".env"), is_name("a\\x00b"), is_name("")
    (True, False, False, False)
    """
    return not _fault(part)


def shown(path: str) -> str:
    """A path in a message: quoted, shortened, and with the characters that cannot be seen written as numbers."""
    text = path if len(path) <= MAX_SHOWN else f"{path[:MAX_SHOWN]}…"
    return repr(text) if all(unicodedata.category(letter)[0] != "C" for letter in text) else ascii(text)


def _fault(part: str) -> str:
    if not part:
        return "a name in it is empty"
    if part[0] in ".~":
        return f"a name begins with {part[0]!r}"
    for letter in part:
        kind = unicodedata.category(letter)
        if kind in ("Cc", "Cs", "Cn", "Zl", "Zp") or letter in TURNING:
            return f"it holds the character {letter!a}"
    if len(part.encode()) > MAX_NAME_BYTES:
        return f"a name is longer than {MAX_NAME_BYTES} bytes"
    return ""
