"""The readable text of a page: title, headings, paragraphs, lists, tables and links; the rest is left out.

What a person would not see is not handed on: scripts, navigation, and whatever is hidden, which is where pages put
words that are meant for models alone. The text stays what it is, words of somebody unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from pointwork.tools.markup import Close, Open, Text, parts_of

__all__ = ["Page", "read_page"]

NEVER: Final = frozenset({
    "audio", "button", "canvas", "datalist", "dialog", "embed", "head", "iframe", "input",
    "map", "math", "noembed", "noframes", "noscript", "object", "option", "script", "select",
    "style", "svg", "template", "textarea", "video", "xmp",
})  # fmt: skip
AROUND: Final = frozenset({"nav", "aside", "footer", "header", "menu"})  # of a page, not of its text
MAIN: Final = frozenset({"main", "article"})
BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead",
    "tr", "ul",
})  # fmt: skip
VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})  # fmt: skip
CLOSES_ITSELF: Final = {"li": {"li"}, "p": {"p"}, "tr": {"tr", "td", "th"}, "td": {"td", "th"}, "th": {"td", "th"}}
HIDDEN: Final = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|(?:font-size|opacity)\s{0,9}:\s{0,9}0(?![.\d])"
)
MAX_CHARS: Final = 2 << 20  # as large as a page may be: what links to itself by long addresses grows no further
MAX_DEPTH: Final = 500  # of tags that are kept in mind; deeper ones are text without a frame
ENOUGH: Final = 200  # characters that make the part of a page that calls itself the main one worth being it
HEADING: Final = re.compile(r"h([1-6])")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says."""

    title: str
    text: str


@dataclass(slots=True)
class _Open:
    name: str
    dropped: bool
    link: str = ""


@dataclass(slots=True)
class _Writer:
    """Puts lines together: words of one block on one line, a space where there were some."""

    lines: list[str] = field(default_factory=list[str])
    line: list[str] = field(default_factory=list[str])
    prefix: str = ""
    room: int = MAX_CHARS

    def word(self, text: str) -> None:
        if text:  # so that a line without words is seen at once
            self.line.append(text[: self.room])
            self.room -= min(self.room, len(text))

    def end_line(self) -> None:
        text = " ".join("".join(self.line).split())
        self.line.clear()
        if text and text != "|":
            self.lines.append(self.prefix + text)
        self.prefix = ""

    def gap(self) -> None:
        self.end_line()
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def text(self) -> str:
        self.end_line()
        return "\n".join(self.lines).strip()


def read_page(source: str, *, url: str) -> Page:
    """The title and the text of a page; `url` is where it came from, for the links in it.

    >>> read_page("<title>T</title><nav>Menu</nav><h1>Rails</h1><p>See <a href='/x'>more</a>.", url="http://a.example/")
    Page(title='T', text='# Rails\\n\\nSee [more](http://a.example/x).')
    """
    reader = _Reader(url)
    for part in parts_of(source):
        reader.take(part)
    text = reader.main.text()
    if len(text) < ENOUGH:
        text = max(reader.body.text(), text, key=len)
    return Page(reader.title or reader.first_heading, text)


class _Reader:
    def __init__(self, url: str) -> None:
        self.url = url
        self.title = ""
        self.first_heading = ""
        self.main, self.body = _Writer(), _Writer()
        self.open: list[_Open] = []
        self.names: Counter[str] = Counter()  # of what is open
        self.main_depth = 0
        self.pre_depth = 0

    @property
    def dropped(self) -> bool:
        return bool(self.open) and self.open[-1].dropped

    def take(self, part: Open | Close | Text) -> None:
        match part:
            case Open():
                self._begin(part)
            case Close():
                self._finish(part.name)
            case Text(text):
                self._text(text)

    def _writers(self) -> tuple[_Writer, ...]:
        return (self.body, self.main) if self.main_depth else (self.body,)

    def _begin(self, part: Open) -> None:
        name = part.name
        if name == "body":  # a head that was never closed ends here
            self.open.clear()
            self.names.clear()
        while self.open and self.open[-1].name in CLOSES_ITSELF.get(name, ()):
            self._finish(self.open[-1].name)
        if name in VOID:
            if not self.dropped and name in ("br", "hr"):
                for writer in self._writers():
                    writer.end_line()
            if not self.dropped and name == "img" and part.attributes.get("alt"):
                self._text(f"[image: {part.attributes['alt'][:200]}]")
            return
        if len(self.open) >= MAX_DEPTH:
            return
        around = name in AROUND and not self.main_depth
        dropped = self.dropped or name in NEVER or around or _is_hidden(part)
        self.open.append(_Open(name, dropped))
        self.names[name] += 1
        if dropped:
            return
        if name in MAIN:
            self.main_depth += 1
        if name == "pre":
            self.pre_depth += 1
        if name == "a":
            self._begin_link(part)
        elif name in BLOCKS:
            self._begin_block(name)
        elif name in ("td", "th"):
            self._write(" | " if any(self.body.line) else "")

    def _begin_block(self, name: str) -> None:
        for writer in self._writers():
            if name in ("tr", "li", "dt", "dd", "div", "thead", "tbody", "ul", "ol"):
                writer.end_line()
            else:
                writer.gap()
            if heading := HEADING.fullmatch(name):
                writer.prefix = "#" * int(heading[1]) + " "
            elif name == "li":
                lists = self.names["ul"] + self.names["ol"]
                writer.prefix = "  " * min(lists - 1, 8) + "- " if lists else "- "
            elif name == "blockquote":
                writer.prefix = "> "

    def _begin_link(self, part: Open) -> None:
        href = part.attributes.get("href", "").strip()
        if not href or href.startswith("#") or len(href) > 2_000 or not self.body.room:
            return
        try:
            link = urljoin(self.url, href)
        except ValueError:
            return
        if link.startswith(("http://", "https://")):
            self.open[-1].link = link.replace(" ", "%20").replace(")", "%29")
            self._write("[")

    def _finish(self, name: str) -> None:
        while self.names[name] and self.open:
            one = self.open.pop()
            self.names[one.name] -= 1
            if not one.dropped:
                self._end(one)
            if one.name == name:
                return

    def _end(self, one: _Open) -> None:
        if one.link:
            self._write(f"]({one.link})")
        if one.name == "h1" and not self.first_heading:
            self.first_heading = " ".join("".join(self.body.line).split())[:300]
        if one.name == "pre" and any(self.body.line):
            self._end_of_pre_line()
        if one.name in BLOCKS:
            for writer in self._writers():
                if HEADING.fullmatch(one.name) or one.name in ("p", "table", "pre", "blockquote", "ul", "ol"):
                    writer.gap()
                else:
                    writer.end_line()
        if one.name in MAIN:
            self.main_depth -= 1
        if one.name == "pre":
            self.pre_depth -= 1

    def _text(self, text: str) -> None:
        if self.open and self.open[-1].name == "title" and not self.title:
            self.title = " ".join(text.split())[:300]
            return
        if self.dropped or (self.open and self.open[-1].name == "title"):
            return
        if not self.pre_depth:
            self._write(text)
            return
        first, *others = text.split("\n")
        self._write(first)
        for line in others:
            self._end_of_pre_line()
            self._write(line)

    def _end_of_pre_line(self) -> None:
        """The spaces of such a line mean something."""
        for writer in self._writers():
            writer.lines.append("".join(writer.line).rstrip())
            writer.line.clear()

    def _write(self, text: str) -> None:
        for writer in self._writers():
            writer.word(text)


def _is_hidden(part: Open) -> bool:
    attributes = part.attributes
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or bool(HIDDEN.search(attributes.get("style", "").lower()))
    )
