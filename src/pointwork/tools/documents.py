"""Documents that need a parser: which ones they are, and their text, made in the sandbox and never in this process."""

from __future__ import annotations

from typing import Final

from pointwork.sandbox import Sandbox
from pointwork.sandbox.documents import DocumentKind, extract
from pointwork.tools.base import ToolContext

__all__ = ["MAX_DOCUMENT_CHARS", "document_kind", "document_text"]

MAX_DOCUMENT_CHARS: Final = 200_000
ZIPPED: Final[tuple[tuple[str, DocumentKind], ...]] = ((".docx", "docx"), (".xlsx", "xlsx"))


def document_kind(name: str, data: bytes) -> DocumentKind | None:
    """Which kind of document this is, by how it begins and then by its name; None for anything else.

    >>> document_kind("a.txt", b"%PDF-1.7"), document_kind("a.DOCX", b"PK\\x03\\x04"), document_kind("a.pdf", b"text")
    ('pdf', 'docx', None)
    """
    if data.startswith(b"%PDF-"):
        return "pdf"
    if not data.startswith(b"PK\x03\x04"):
        return None
    return next((kind for ending, kind in ZIPPED if name.lower().endswith(ending)), None)


async def document_text(ctx: ToolContext, data: bytes, kind: DocumentKind) -> str:
    """The text of a document; raises ToolError or SandboxUnavailable."""
    return await extract(ctx.resource(Sandbox), data, kind, max_chars=MAX_DOCUMENT_CHARS)
