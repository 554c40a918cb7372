"""The pages of the documentation, and what is in them: links, headings, blocks of code.

A block of code says in its first line what it is. The word behind the language is for the tests, readers do not see it:

- `python` runs as a script, `sh` in a shell, `sh serve` is a server that stays up, `json NAME` becomes a file;
- `text` right behind what ran is exactly what it printed, with … for what differs from time to time;
- `json example` and `json gives` belong together, see `test_semantics`;
- `shown` is only shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "ROOT", "Block", "anchors", "blocks", "links", "name_of"]

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "examples" / "README.md",
        ROOT / "changes" / "README.md",
    ]
)
_BLOCK = re.compile(r"^(?P<fence>```+)(?P<language>[a-z]*) *(?P<word>[^\n]*)\n(?P<text>.*?)^(?P=fence)$", re.M | re.S)
_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A block of code; `line` is where it begins."""

    language: str
    word: str
    text: str
    line: int


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[Block]:
    """The blocks of a page in their order."""
    return [
        Block(hit["language"], hit["word"].strip(), hit["text"], text.count("\n", 0, hit.start()) + 1)
        for hit in _BLOCK.finditer(text)
    ]


def links(text: str) -> list[str]:
    """Where the links and pictures of a page lead, code left aside."""
    prose = re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", text))
    return _LINK.findall(prose)


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    titles = re.findall(r"(?m)^#+ +(.*)$", _BLOCK.sub("", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
