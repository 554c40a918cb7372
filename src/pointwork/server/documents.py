"""Workflow documents on the wire: as they were sent, with what the store knows about them beside it."""

from __future__ import annotations

from typing import Any, Final

from pointwork.errors import Unacceptable
from pointwork.events import iso
from pointwork.library import StoredWorkflow, WorkflowSummary
from pointwork.workflow import JsonObject, Workflow

__all__ = ["read_document", "show_document", "show_summary", "show_version"]

# What the store adds; a document that was read here and is sent back carries them.
ADDED: Final = ("version_id", "version_number", "draft", "created_at", "updated_at")


def show_document(stored: StoredWorkflow) -> JsonObject:
    return {
        **stored.document,
        "id": stored.id,
        "version_id": stored.version_id,
        "version_number": stored.number,
        "draft": stored.draft,
        "created_at": iso(stored.created_at_us),
        "updated_at": iso(stored.updated_at_us),
    }


def read_document(body: Any) -> JsonObject:
    """A document as it is to be stored; raises DefinitionError with places when it has not the shape of one.

    Whether it can run is another question: a half-drawn graph may be saved.
    """
    if not isinstance(body, dict):
        raise Unacceptable("A workflow document is a JSON object.", hint="Send the object itself, not a list or text.")
    document: JsonObject = {key: value for key, value in body.items() if key not in ADDED}
    wanted = Workflow.load(document).id
    if wanted is not None and (wanted in {".", ".."} or "/" in wanted or not wanted.isprintable()):
        raise Unacceptable(
            f"{wanted[:60]!r} cannot be the id of a workflow: it would not fit into an address.",
            hint="Leave the id out, or use letters, digits, hyphens and underscores.",
        )
    return document


def show_summary(stored: WorkflowSummary) -> JsonObject:
    return {
        "id": stored.id,
        "name": stored.name,
        "description": stored.description,
        "version": stored.label,
        "version_id": stored.version_id,
        "version_number": stored.number,
        "draft": stored.draft,
        "node_count": stored.nodes,
        "created_at": iso(stored.created_at_us),
        "updated_at": iso(stored.updated_at_us),
    }


def show_version(stored: WorkflowSummary) -> JsonObject:
    return {
        "version_number": stored.number,
        "version_id": stored.version_id,
        "draft": stored.draft,
        "name": stored.name,
        "version": stored.label,
        "created_at": iso(stored.updated_at_us),
    }
