"""What a secret looks like once something has encoded it: as JSON, in a URL, in Base64, in a `repr` or in HTML.

Rule of this file: only what programs write by themselves when they quote a value. Whoever wants to smuggle a value out
can always spell it in a way that nobody looks for; that is not what this guards against.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus

__all__ = ["json_text", "lines_of", "spellings"]

MIN_LINE: Final = 16  # characters; a line of a key file that is shorter is none of the key's
# By how many bytes stand before the value within a group of three: characters that also depend on those.
_FOREIGN: Final = (0, 2, 3)


def spellings(value: str) -> Iterator[str]:
    r"""The value and what encoders make of it, without what comes to the same; of several lines also each by itself.

    >>> list(spellings('pass"word'))[:3]
    ['pass"word', 'pass\\"word', 'pass\\\\\\"word']
    """
    found: dict[str, None] = {}
    for text in (value, value.strip(), *lines_of(value)):
        found.update(dict.fromkeys(_of_text(text)))
        found.update(dict.fromkeys(_base64(text)))
    return iter(found)


def lines_of(value: str) -> Iterator[str]:
    """Of a value of several lines, such as a key file, those that are secret by themselves: logs are made of lines."""
    lines = value.strip().splitlines()
    for line in lines if len(lines) > 1 else ():
        if len(line) >= MIN_LINE and not line.startswith("-----"):
            yield line


def _of_text(text: str) -> Iterator[str]:
    yield text
    for ascii_only in (False, True):
        once = json_text(text, ascii_only=ascii_only)
        yield once
        yield json_text(once)  # JSON in a text of JSON, as the arguments of tools are
    for url in (quote(text, safe=""), quote(text), quote_plus(text)):
        yield url
        yield _lower_escapes(url)
    yield repr(text)[1:-1]
    yield html.escape(text)


def json_text(text: str, *, ascii_only: bool = False) -> str:
    r"""The text as it stands between the quotation marks of JSON.

    >>> json_text('a"b')
    'a\\"b'
    """
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def _lower_escapes(url: str) -> str:
    head, *rest = url.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])


def _base64(text: str) -> Iterator[str]:
    """What is certain to stand in any Base64 text that holds the value, wherever in it the value begins."""
    data = text.encode()
    for before, foreign in enumerate(_FOREIGN):
        whole = (before + len(data)) * 8 // 6  # characters that depend on nothing behind the value
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + data).decode()[foreign:whole]
