"""`Redactor`: knows secret values and takes them out of texts, data and bytes.

What is found is replaced by `[secret NAME]`. A value has at least six characters: a shorter one stands in too much that
is no secret. Any thread may look while another adds.

Texts are often cut to some length before they get here. So the beginning of a value counts too when it is followed by
nothing, by dots or by a quotation mark, and its end when nothing stands before; both only from half of the value on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

import orjson

from pointwork.redaction.known import MIN_CHARS, Known, Value
from pointwork.redaction.logs import watch_logs
from pointwork.redaction.sieve import Sieve
from pointwork.redaction.spellings import spellings

__all__ = ["Redactor"]


class Redactor:
    """The secrets that are known, and what hides them.

    >>> redactor = Redactor({"DOOR_CODE": "open-sesame"})
    >>> redactor.text("the code is open-sesame")
    'the code is [secret DOOR_CODE]'
    >>> redactor.data({"header": "Basic b3Blbi1zZXNhbWU="})
    {'header': 'Basic [secret DOOR_CODE]U='}
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        """`values`: what is secret, by the name that is shown instead."""
        self._changing = threading.Lock()
        self._values: dict[str, Value] = {}
        self._made: Known | None = None
        self.active = False  # whether anything is secret
        self.count = 0  # how often something was taken out
        for name, value in (values or {}).items():
            self.add(value, name)

    def add(self, value: str, name: str = "") -> bool:
        """Hide a value from now on, until this process ends; false when it is too short to be hidden."""
        if len(value.strip()) < MIN_CHARS:
            return False
        if value not in self._values:
            spelled = tuple(spellings(value))
            with self._changing:
                self._values = {**self._values, value: Value(name, spelled)}
                self._made = None
                self.active = True
            watch_logs(self)
        return True

    def _known(self) -> Known:
        """To be asked only when something is secret. Made when it is first needed: values often come many at a time."""
        known = self._made
        if known is None:
            with self._changing:
                known = self._made = Known(self._values)
        return known

    def found(self, data: bytes) -> bool:
        """A quick look at JSON or any other bytes: false when certainly nothing is in them."""
        return self.active and self._known().may_be_in_bytes(data)

    def text(self, text: str) -> str:
        """The text without secrets; the same object if there are none."""
        if not self.active or not (known := self._known()).may_be_in(text):
            return text
        clean = known.cleaned(text)
        if clean == text:
            return text
        self.count += 1
        return clean

    def data(self, value: Any) -> Any:
        """JSON data without secrets, in texts and in keys; the same object if there are none.

        What is no JSON data, such as an object within a list, is left as it is.
        """
        if not self.active:
            return value
        if isinstance(value, str):
            return self.text(value)
        try:
            if not self.found(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)):
                return value
        except (TypeError, ValueError, RecursionError):
            pass  # it cannot be looked at as a whole
        return _each(value, self.text)

    def bytes_(self, data: bytes) -> bytes:
        """Bytes of any kind without secrets; the same object if there are none."""
        if not self.found(data):
            return data
        text = data.decode(errors="surrogateescape")
        clean = self.text(text)
        return data if clean is text else clean.encode(errors="surrogateescape")

    def names_in(self, text: str) -> list[str]:
        """What would stand in the place of the secrets in a text, from the first to the last."""
        if not self.active:
            return []
        return [hit.label for hit in self._known().hits(text) if hit.label is not None]

    def referred(self, text: str) -> str | None:
        """The text of a template with `{{secret.NAME}}` for each value; None when a secret would still be in it.

        >>> Redactor({"DOOR_CODE": "open-sesame"}).referred("code open-sesame")
        'code {{secret.DOOR_CODE}}'
        """
        for value, known in sorted(self._values.items(), key=lambda item: -len(item[0])):
            if known.name:
                text = text.replace(value, f"{{{{secret.{known.name}}}}}")
        return None if self.names_in(text) else text

    def sieve(self) -> Sieve:
        """For one text that comes in pieces."""
        return Sieve(self.text, lambda: self._known() if self.active else None)

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._values)} values>"


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every text and key in it changed; the same object where nothing changes."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, (list, tuple)):
        items = cast("list[Any] | tuple[Any, ...]", value)
        found = [_each(item, change) for item in items]
        if all(new is old for new, old in zip(found, items, strict=True)):
            return items
        return found if isinstance(items, list) else tuple(found)
    if isinstance(value, dict):
        return _each_field(cast("dict[Any, Any]", value), change)
    return value


def _each_field(fields: dict[Any, Any], change: Callable[[str], str]) -> dict[Any, Any]:
    changed: dict[Any, Any] = {}
    same = True
    for key, inner in fields.items():
        name = change(key) if isinstance(key, str) else key
        while name in changed:  # two keys that differed in what was taken out of them
            name = f"{name}'"
        changed[name] = _each(inner, change)
        same = same and name is key and changed[name] is inner
    return fields if same else changed
