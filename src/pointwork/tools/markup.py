"""HTML taken apart into tags and text, in time proportional to its length whatever is in it.

The parser of the standard library needs minutes for some megabytes that were made for it. This one looks at every
character a bounded number of times: it searches forwards only, and what was not found once is not searched again.
It does not check anything; `readable` decides what the parts mean.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

__all__ = ["Close", "Open", "Text", "parts_of"]

MAX_TAG_CHARS: Final = 8_192  # an address in an attribute fits; what is longer is text
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9:-]{0,40}")
MAX_BROKEN_TAGS: Final = 100  # with a quotation mark that is never closed; then no quotation mark is believed any more
ATTRIBUTE: Final = re.compile(r"""([^\s=>"'/]{1,100})(?:\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
TAG: Final = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
NUMBER: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")  # no letter has a number of so many digits
RAW: Final = frozenset(
    {"script", "style", "textarea", "title", "xmp", "noembed", "noframes", "iframe"}
)  # no tags inside


@dataclass(frozen=True, slots=True)
class Open:
    """`<name …>`; names are in lower case."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Close:
    """`</name>`."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """What is between tags, with `&amp;` and the like replaced."""

    text: str


_Part: TypeAlias = Open | Close | Text


def parts_of(source: str) -> Iterator[_Part]:
    """The parts of a page in their order; comments and declarations are left out.

    >>> list(parts_of('<p class=a>1 &lt; 2<!-- no --></p>'))
    [Open(name='p', attributes={'class': 'a'}), Text(text='1 < 2'), Close(name='p')]
    """
    at, text_from, end = 0, 0, len(source)
    missing: set[str] = set()  # ends that do not come any more
    broken = 0  # tags of which only the beginning is understood

    def find(what: str, start: int) -> int:
        if what in missing:
            return -1
        found = source.find(what, start)
        if found < 0:
            missing.add(what)
        return found

    def tag_end(start: int) -> int:
        nonlocal broken
        limit = min(end, start + MAX_TAG_CHARS)
        found = source.find(">", start, limit) + 1
        if not found or broken > MAX_BROKEN_TAGS:
            return found
        whole = TAG.match(source, start, limit)
        broken += whole is None
        return found if whole is None else whole.end()

    while (at := source.find("<", at)) >= 0:
        part, after = _markup(source, at, find, tag_end)
        if after < 0:  # no markup: the < is text
            at += 1
            continue
        if at > text_from:
            yield Text(_unescaped(source[text_from:at]))
        at = text_from = after
        if part is None:
            continue
        yield part
        if isinstance(part, Open) and part.name in RAW:
            close = re.compile(rf"</{part.name}[\s/>]", re.IGNORECASE).search(source, at)
            inner = end if close is None else close.start()
            if inner > at:
                yield Text(_unescaped(source[at:inner]) if part.name in ("title", "textarea") else source[at:inner])
            at = text_from = inner
    if text_from < end:
        yield Text(_unescaped(source[text_from:]))


def _unescaped(text: str) -> str:
    return html.unescape(NUMBER.sub("\ufffd", text)) if "&" in text else text


def _markup(
    source: str, at: int, find: Callable[[str, int], int], tag_end: Callable[[int], int]
) -> tuple[_Part | None, int]:
    """What begins with the < at this place, and where it ends; -1 when it is none."""
    following = source[at + 1 : at + 2]
    if following == "!" and source.startswith("<!--", at):
        end = find("-->", at + 4)
        return None, len(source) if end < 0 else end + 3
    if following in ("!", "?"):
        end = find(">", at)
        return None, len(source) if end < 0 else end + 1
    closing = following == "/"
    name = NAME.match(source, at + 2 if closing else at + 1)
    if name is None:
        return None, -1
    end = tag_end(name.end())
    if not end:
        return None, -1
    if closing:
        return Close(name[0].lower()), end
    attributes = {
        found[1].lower(): _unescaped(found[2] or found[3] or found[4] or "")
        for found in ATTRIBUTE.finditer(source, name.end(), end - 1)
    }
    return Open(name[0].lower(), attributes), end
