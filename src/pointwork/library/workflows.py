"""Stored workflows: documents as they were sent, and every save of them.

Rules: a save never changes and never goes away; only a draft, which an editor saves by itself while somebody draws,
is replaced by the next draft or save. What is saved again unchanged is no new version. Documents are not looked into
beyond what lists show: half a drawing is worth keeping too.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from pointwork.db import BUSY_TIMEOUT_S, Pool, bounded, load_queries, migrate, transaction
from pointwork.errors import Conflict, NotFound, Unacceptable
from pointwork.workflow import MAX_ID, MAX_NAME, JsonObject

__all__ = ["StaleVersion", "StoredWorkflow", "WorkflowLibrary", "WorkflowSummary"]

SQL = load_queries("pointwork.library", "library.sql")
_ALL = 2**62
_LAST = chr(0x10FFFF)  # sorts behind every id


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowSummary:
    """A version of a workflow, without its document.

    `number` counts the versions, `version_id` names this one and what is in it, `label` is what the author wrote as
    `version`. Times are microseconds since 1970: when the workflow was created, and when this version was saved.
    """

    id: str
    number: int
    version_id: str
    draft: bool
    name: str
    description: str | None
    label: str
    nodes: int
    created_at_us: int
    updated_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWorkflow(WorkflowSummary):
    """A version of a workflow. The document is as it was sent; its id may be missing there."""

    content_hash: str
    document: JsonObject


class StaleVersion(Conflict):
    """Somebody else has saved this workflow in the meantime; `current` is what they saved."""

    code = "stale_version"

    def __init__(self, current: StoredWorkflow, expected: str) -> None:
        self.current = current
        super().__init__(
            f"Workflow {current.id!r} is at version {current.number} ({current.version_id!r}), not at {expected!r}.",
            hint="Compare with the document that came with this answer, then save with its version_id.",
        )


class WorkflowLibrary:
    """The workflows in the database at `path`."""

    def __init__(
        self,
        path: Path | str,
        *,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self.path = Path(path)
        self._now_us = now_us
        # What somebody saves by hand is worth waiting for the disk.
        self._pool = Pool(self.path, synchronous="FULL", busy_timeout_s=busy_timeout_s)

    def open(self) -> None:
        """Create the database or bring it up to date."""
        migrate(self.path)
        self._pool.open()

    def close(self) -> None:
        self._pool.close()

    # --------------------------------------------------------------------------------------------- reading

    def get(self, workflow_id: str, *, version: int | None = None, drafts: bool = True) -> StoredWorkflow:
        """The newest version or a given one. Without `drafts`, the newest that somebody saved: what is executed."""
        with self._pool.connection() as connection:
            if version is not None:
                found = _find(connection, "version", id=workflow_id, number=bounded(version))
            else:
                found = _find(connection, "newest" if drafts else "newest_saved", id=workflow_id)
            if found is None:
                newest = _existing(connection, workflow_id)
                raise NotFound(
                    f"Workflow {workflow_id!r} has no version {version}.", hint=f"Its newest is {newest.number}."
                )
        return found

    def list(self, *, limit: int = 50, before: tuple[int, str] | None = None, q: str = "") -> Sequence[WorkflowSummary]:
        """Last saved first; `before` is (updated_at_us, id) of the last entry of the page before."""
        before_us, before_id = before or (_ALL, _LAST)
        text = q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        place = {"limit": bounded(max(limit, 0)), "before_us": bounded(before_us), "before_id": before_id}
        values = {**place, "q": f"%{text}%"}
        with self._pool.connection() as connection:
            return [_summary(row) for row in connection.execute(SQL["list"], values)]

    def versions(self, workflow_id: str, *, limit: int = 50, before: int | None = None) -> Sequence[WorkflowSummary]:
        """Newest first; `before` is the number of the last entry of the page before."""
        before = _ALL if before is None else bounded(before)
        values = {"id": workflow_id, "limit": bounded(max(limit, 0)), "before": before}
        with self._pool.connection() as connection:
            found = [_summary(row) for row in connection.execute(SQL["versions"], values)]
            if not found:
                _existing(connection, workflow_id)
        return found

    # --------------------------------------------------------------------------------------------- writing

    def create(self, document: Mapping[str, Any]) -> StoredWorkflow:
        """Store a new workflow, under the id in the document if there is one."""
        workflow_id = _wanted_id(document) or uuid.uuid4().hex
        values = {**_values(document), "id": workflow_id, "number": 1, "draft": 0, "now": self._now_us()}
        with self._pool.connection() as connection, transaction(connection):
            if _find(connection, "newest", id=workflow_id):
                raise Conflict(
                    f"There is a workflow {workflow_id!r} already.",
                    hint="Save it as a new version, or leave out the id.",
                )
            connection.execute(SQL["create_workflow"], {"id": workflow_id, "now": values["now"]})
            connection.execute(SQL["add_version"], values)
            return _existing(connection, workflow_id)

    def save(
        self,
        workflow_id: str,
        document: Mapping[str, Any],
        *,
        expected_version_id: str | None = None,
        autosave: bool = False,
    ) -> StoredWorkflow:
        """Make a version, or as `autosave` a draft. StaleVersion if another than the expected one is the newest."""
        named = _wanted_id(document)
        if named not in (None, workflow_id):
            raise Unacceptable(
                f"The document says that it is workflow {named!r}, not {workflow_id!r}.",
                hint="Leave the id out of the document, or save it where it belongs.",
            )
        values = {**_values(document), "id": workflow_id, "draft": int(autosave), "now": self._now_us()}
        with self._pool.connection() as connection, transaction(connection):
            newest = _existing(connection, workflow_id)
            if expected_version_id is not None and expected_version_id != newest.version_id:
                raise StaleVersion(newest, expected_version_id)
            unchanged = newest.content_hash == values["content_hash"]
            if unchanged and (autosave or not newest.draft):
                return newest
            if unchanged:  # the draft becomes a save
                values["version_id"] = newest.version_id
            values["number"] = newest.number if newest.draft else newest.number + 1
            connection.execute(SQL["replace_draft" if newest.draft else "add_version"], values)
            connection.execute(SQL["touch"], {"id": workflow_id, "number": values["number"], "now": values["now"]})
            return _existing(connection, workflow_id)

    def restore(self, workflow_id: str, number: int, *, expected_version_id: str | None = None) -> StoredWorkflow:
        """Save an old version again, as the newest."""
        old = self.get(workflow_id, version=number)
        return self.save(workflow_id, old.document, expected_version_id=expected_version_id)

    def delete(self, workflow_id: str) -> None:
        """Forget a workflow and its versions; its executions stay."""
        with self._pool.connection() as connection, transaction(connection):
            _existing(connection, workflow_id)
            connection.execute(SQL["delete_workflow"], {"id": workflow_id})


def _find(connection: sqlite3.Connection, query: str, **values: Any) -> StoredWorkflow | None:
    row = connection.execute(SQL[query], values).fetchone()
    if row is None:
        return None
    *columns, content_hash, document = row
    return StoredWorkflow(**_fields(columns), content_hash=content_hash, document=orjson.loads(document))


def _existing(connection: sqlite3.Connection, workflow_id: str) -> StoredWorkflow:
    found = _find(connection, "newest", id=workflow_id)
    if found is None:
        raise NotFound(
            f"There is no workflow {workflow_id!r}.", hint="Look at the list of workflows; it may have been deleted."
        )
    return found


def _summary(columns: Sequence[Any]) -> WorkflowSummary:
    return WorkflowSummary(**_fields(columns))


def _fields(columns: Sequence[Any]) -> dict[str, Any]:
    fields = dict(zip(WorkflowSummary.__slots__, columns, strict=True))
    fields["draft"] = bool(fields["draft"])
    return fields


def _wanted_id(document: Mapping[str, Any]) -> str | None:
    wanted = document.get("id")
    if wanted is None or wanted == "":
        return None
    if not isinstance(wanted, str) or len(wanted) > MAX_ID:
        raise Unacceptable(
            f"{str(wanted)[:60]!r} cannot be the id of a workflow.",
            hint=f"Use text of up to {MAX_ID} characters, or none.",
        )
    return wanted


def _values(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a document, and what lists show of it."""
    try:
        data = orjson.dumps(document)
        canonical = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise Unacceptable(
            f"The document is not JSON: {error}.", hint="Send an object of plain JSON values."
        ) from error
    nodes: Any = document.get("nodes")
    description: Any = document.get("description")
    return {
        "version_id": uuid.uuid4().hex,
        "name": _text(document.get("name"), "Untitled"),
        "description": None if description is None else _text(description, ""),
        "label": _text(document.get("version"), "1.0.0"),
        "nodes": len(cast("Sequence[Any]", nodes)) if isinstance(nodes, (list, tuple)) else 0,
        "content_hash": hashlib.sha256(canonical).hexdigest(),
        "document": data,
    }


def _text(value: Any, default: str) -> str:
    return value[:MAX_NAME] if isinstance(value, str) and value else default
