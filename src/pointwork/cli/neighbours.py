"""How `workflow` nodes find what they run: stored workflows first, then documents in the folder of the file.

A document is found by its `id`; one without an `id` by the name of its file, without `.json`. A node that names a
version means a stored workflow, because files have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pointwork.cli.files import MAX_BYTES, read_json
from pointwork.errors import NotFound, PointworkError
from pointwork.library import WorkflowLibrary
from pointwork.workflow import JsonObject, Workflow

__all__ = ["Neighbours"]

MAX_FILES = 1_000  # of one folder that are looked into


class Neighbours:
    """Workflows by id, from the database, which need not exist, and from the folder of a document."""

    def __init__(self, document: str, database: Path) -> None:
        self.folder = Path(document).expanduser().parent if document != "-" else Path()
        self._database = database
        self._documents: dict[str, JsonObject] | None = None

    async def load(self, workflow_id: str, version: int | None) -> tuple[Workflow, int]:
        """The workflow and its version; documents count as version 0. Raises NotFound, or DefinitionError."""
        if self._database.exists():
            library = WorkflowLibrary(self._database)
            try:
                stored = library.get(workflow_id, version=version, drafts=False)
                return Workflow.load({**stored.document, "id": workflow_id}), stored.number
            except NotFound:
                if version is not None:
                    raise
            finally:
                library.close()
        if self._documents is None:
            self._documents = dict(_documents(self.folder))
        if version is not None or workflow_id not in self._documents:
            raise NotFound(
                f"There is no stored workflow {workflow_id!r}, and no document with that id in {str(self.folder)!r}.",
                hint="Save it on the server, or put its document beside this one.",
            )
        return Workflow.load({**self._documents[workflow_id], "id": workflow_id}), 0


def _documents(folder: Path) -> Iterator[tuple[str, JsonObject]]:
    """Ids and documents; those named by their file first, so that an id wins."""
    paths = sorted(path for path in folder.glob("*.json") if path.is_file())[:MAX_FILES]
    found = [(path, document) for path in paths if (document := _document(path)) is not None]
    yield from ((path.stem, document) for path, document in found if not document.get("id"))
    yield from ((str(document["id"]), document) for _, document in found if document.get("id"))


def _document(path: Path) -> JsonObject | None:
    try:
        value = read_json(str(path)) if path.stat().st_size <= MAX_BYTES else None
    except (PointworkError, OSError):
        return None  # some other file that happens to lie there
    return value if isinstance(value, dict) else None
