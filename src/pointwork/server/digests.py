"""Digests: what a list says about an execution beyond its row.

Rules of this file: a digest follows from the records alone. That of an execution that has ended is kept, because it
never changes; of an execution with very many records only the ends are read, so that a list stays quick.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

import orjson

from pointwork.events import ExecutionFinished, ExecutionStarted
from pointwork.journal import ExecutionRow
from pointwork.runtime import Runtime
from pointwork.workflow import JsonObject

__all__ = ["Digests", "one_line"]

KEPT: Final = 10_000
MOST_RECORDS: Final = 2_000  # that are read for a line in a list; more take longer than a reader waits
LINE: Final = 160  # characters
SHOWN: Final = 8  # entries of an object


class Digests:
    """The digests of the executions of one server."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._kept: OrderedDict[str, tuple[int, str, JsonObject]] = OrderedDict()

    async def of(self, row: ExecutionRow) -> JsonObject:
        """The digest of an execution, as of its last record."""
        kept = self._kept.get(row.id)
        if kept is not None and kept[:2] == (row.last_seq, row.status):
            return kept[2]
        digest = await (self._whole(row) if row.last_seq <= MOST_RECORDS else self._ends(row))
        self._kept[row.id] = (row.last_seq, row.status, digest)
        self._kept.move_to_end(row.id)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return digest

    async def _whole(self, row: ExecutionRow) -> JsonObject:
        state = await self._runtime.state(row.id)
        waiting = next(iter(state["waiting"]), None)
        paused, error = state["paused"] or {}, state["error_detail"] or {}
        place = waiting["node_id"] if waiting else paused.get("node_id") or state["current_node"]
        return {
            "inputs": _lines(state["inputs"]),
            "result": None if state["result"] is None else one_line(state["result"]),
            "question": _question(waiting["request"]) if waiting else None,
            "node_id": error.get("node") or place,
            "hint": error.get("hint"),
            "usage": state["usage"],
        }

    async def _ends(self, row: ExecutionRow) -> JsonObject:
        journal = self._runtime.journal
        [first] = await journal.read(row.id, limit=1)
        [last] = await journal.read(row.id, after=row.last_seq - 1, limit=1)
        result = last.event.result if isinstance(last.event, ExecutionFinished) else None
        error = (last.event.error if isinstance(last.event, ExecutionFinished) else None) or {}
        return {
            "inputs": _lines(first.event.inputs) if isinstance(first.event, ExecutionStarted) else {},
            "result": None if result is None else one_line(result),
            "question": None,
            "node_id": error.get("node"),
            "hint": error.get("hint"),
            "usage": None,
        }


def _lines(inputs: JsonObject) -> dict[str, str]:
    return {name: one_line(value) for name, value in list(inputs.items())[:SHOWN]}


def _question(request: JsonObject) -> str | None:
    found = request.get("question") or request.get("until")
    return None if found is None else one_line(found)


def one_line(value: Any) -> str:
    """A value as people would say it in a line: texts as they are, of what holds one value that value.

    >>> one_line({"topic": "tides\\n and moons"})
    'tides and moons'
    >>> one_line({"a": 1, "b": [True, None]})
    'a: 1, b: true, null'
    >>> one_line([{"name": "rent", "sum": 900}, {"name": "food", "sum": 405}])
    'name: rent, sum: 900; name: food, sum: 405'
    """
    if isinstance(value, dict) and "$blob" in value:
        value = str(value.get("preview", ""))
    if isinstance(value, dict) and len(value) == 1:
        return one_line(next(iter(value.values())))
    if isinstance(value, dict):
        text = ", ".join(f"{name}: {one_line(inner)}" for name, inner in list(value.items())[:SHOWN])
    elif isinstance(value, list):
        between = "; " if any(isinstance(inner, (dict, list)) for inner in value) else ", "
        text = between.join(one_line(inner) for inner in value[:SHOWN]) + (" …" if len(value) > SHOWN else "")
    elif isinstance(value, str):
        text = value[: LINE * 4]
    else:
        text = orjson.dumps(value).decode()
    text = " ".join(text.split())
    return text if len(text) <= LINE else f"{text[: LINE - 1]}…"
