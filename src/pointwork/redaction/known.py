"""`Known`: all spellings of all secrets at one time, made so that a text is searched for them in one pass.

Only the first letters of each spelling, its *needle*, are looked for; where one stands, the spellings that begin with
it are compared. The needles are one pattern, a tree of letters, so looking takes microseconds for an event and
milliseconds for a megabyte, whether there are three secrets or three hundred.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pointwork.redaction.spellings import json_text, lines_of

__all__ = ["MIN_CHARS", "Hit", "Known", "Value"]

MIN_CHARS: Final = 6
MIN_CUT: Final = 8  # characters of a value that was cut, to be taken for it
NEEDLE: Final = 12  # characters: what is no secret hardly ever begins like one for so long
_CUT: Final = re.compile(r"\s?(?:…|\.\.\.)|[\"'`\\]|\Z")  # what follows where something was cut off


class Value(NamedTuple):
    """A secret: what it is called, and all its spellings."""

    name: str
    spelled: Sequence[str]

    @property
    def label(self) -> str:
        """What is written in its place."""
        return f"[secret {self.name}]" if self.name else "[secret]"


class Hit(NamedTuple):
    """Where in a text a secret stands, and what is written in its place; None: that was written already."""

    start: int
    end: int
    label: str | None


class Known:
    """What is secret."""

    __slots__ = ("_ends", "_labels", "_look", "_look_at_bytes", "longest", "spelled")

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._labels: dict[str, str | None] = {}
        self._ends: list[tuple[str, str, str]] = []  # of values long enough: begin, end and label
        needles: set[str] = set()
        for value, known in values.items():
            label = known.label
            self._labels[label] = None
            for text in known.spelled:
                if len(text) >= MIN_CHARS:
                    self._labels.setdefault(text, label)
            for text in (value, *lines_of(value)):
                half = max(MIN_CUT, -(-len(text) // 2))
                if half < len(text):
                    self._ends.append((text, text[-half:], label))
                    needles |= {text[:half][:NEEDLE], text[-half:][:NEEDLE]}
        self.spelled = sorted(self._labels)
        self.longest = max(map(len, self.spelled))
        needles.update(text[:NEEDLE] for text in self.spelled)
        written = {text.encode().decode("latin-1") for text in needles | {json_text(text) for text in needles}}
        self._look = re.compile(_one_of(needles))
        self._look_at_bytes = re.compile(_one_of(written).encode("latin-1"))

    def may_be_in(self, text: str) -> bool:
        return self._look.search(text) is not None

    def may_be_in_bytes(self, data: bytes) -> bool:
        return self._look_at_bytes.search(data) is not None

    def hits(self, text: str) -> Iterator[Hit]:
        """Every place, from the first to the last; of those that begin together the longest."""
        at = 0
        while (found := self._look.search(text, at)) is not None:
            at = found.start() + 1
            if (longest := self._longest_at(text, found.start(), found[0])) is not None:
                at = found.start() + len(longest)
                yield Hit(found.start(), at, self._labels[longest])

    def _longest_at(self, text: str, at: int, needle: str) -> str | None:
        longest: str | None = None
        index = bisect_left(self.spelled, needle)
        while index < len(self.spelled) and self.spelled[index].startswith(needle):
            if text.startswith(self.spelled[index], at):
                longest = self.spelled[index]  # what is sorted behind and fits too is longer
            index += 1
        return longest

    def begins(self, text: str) -> bool:
        """Whether some spelling begins with this text and goes on."""
        index = bisect_left(self.spelled, text)
        if index < len(self.spelled) and self.spelled[index] == text:
            index += 1
        return index < len(self.spelled) and self.spelled[index].startswith(text)

    def cleaned(self, text: str) -> str:
        """The text with something else in every such place."""
        parts: list[str] = []
        at = 0
        for start, end, label in self.hits(text):
            if label is not None:
                parts += (text[at:start], label)
                at = end
        clean = "".join([*parts, text[at:]])
        for value, tail, label in self._ends:
            clean = _without_cut(clean, value, tail, label)
        return clean


def _one_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, as a tree: what begins alike is looked at once."""
    branches: dict[str, set[str]] = {}
    for word in words:
        branches.setdefault(word[:1], set()).add(word[1:])
    if "" in branches:
        return ""  # a word ends here, so what follows does not matter
    parts: list[str] = []
    for letter, rest in sorted(branches.items()):
        tail = re.escape(rest.pop()) if len(rest) == 1 else f"(?:{_one_of(rest)})"
        parts.append(re.escape(letter) + tail)
    return "|".join(parts)


def _without_cut(text: str, value: str, tail: str, label: str) -> str:
    """The text without what is left of a value that was cut off behind, or before."""
    half = len(tail)
    at = text.find(value[:half])
    while at >= 0:
        end = at + half
        while end < len(text) and end - at < len(value) and text[end] == value[end - at]:
            end += 1
        if _CUT.match(text, end):
            text = text[:at] + label + text[end:]
            end = at + len(label)
        at = text.find(value[:half], end)
    last, at = -1, text.find(tail)
    while 0 <= at < len(value) and value.endswith(text[: at + half]):
        last, at = at, text.find(tail, at + 1)
    return text if last < 0 else label + text[last + half :]
