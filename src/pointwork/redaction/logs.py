"""The log of the process: every line that is logged, with its traceback, goes past all that is known to be secret.

Handlers belong to whoever runs the process, and there may be any number of them. So not they are changed but what
they are given: records whose message and traceback are clean. As long as nothing is secret, nothing is changed.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol
from weakref import WeakSet

__all__ = ["all_known", "everywhere", "watch_logs"]


class Cleans(Protocol):
    """A `Redactor`, of which this file needs no more."""

    def text(self, text: str) -> str: ...


_known: WeakSet[Any] = WeakSet()
_installed: list[bool] = []


def everywhere(text: str) -> str:
    """A text without any secret that this process knows, whoever told it."""
    for redactor in list(_known):
        text = redactor.text(text)
    return text


def all_known() -> list[Any]:
    """Every redactor of this process that knows a secret."""
    return list(_known)


def watch_logs(redactor: Cleans) -> None:
    """From now on no line of the log holds what this one knows."""
    _known.add(redactor)
    if _installed:
        return
    _installed.append(True)
    before = logging.getLogRecordFactory()

    def make(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = before(*arguments, **named)
        if type(record) is logging.LogRecord:
            record.__class__ = _Record
        else:  # somebody's own kind, of which nothing is known but that it is a record
            record.msg, record.args = everywhere(record.getMessage()), ()
        return record

    logging.setLogRecordFactory(make)


class _Record(logging.LogRecord):
    """A record that is clean whenever it is read."""

    def getMessage(self) -> str:
        return everywhere(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        """The traceback as text, which the first handler writes and all others find."""
        return self.__dict__.get("exc_text")

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:  # type: ignore[reportIncompatibleVariableOverride]
        self.__dict__["exc_text"] = None if text is None else everywhere(text)
