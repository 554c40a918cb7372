"""What a server returned, as a result of ours: plain JSON of limited size, marked as the words of a stranger.

Text is joined, structured content is checked by the schema that was approved, pictures and other bytes become files of
the workspace, links stay links: nothing is fetched. An error of the tool is `{"error": …}`, as everywhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import mimetypes
from collections.abc import Callable
from typing import Any, Final

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from pointwork.errors import FileRefused
from pointwork.tools.mcp.offers import validator
from pointwork.tools.result import failure
from pointwork.tools.web_fetch import OUTSIDE
from pointwork.workflow import JsonObject

__all__ = ["as_json"]

MAX_FILES: Final = 16
MAX_FILE_BYTES: Final = 8 << 20
MAX_LINKS: Final = 50
MAX_URI_CHARS: Final = 2_000

WriteFile = Callable[[str, bytes], str]


def as_json(
    result: CallToolResult, *, server: str, tool: str, output_schema: JsonObject | None, write: WriteFile, most: int
) -> JsonObject:
    """The result; `write` keeps a file and returns its name, `most` is the number of characters of text."""
    parts = _Parts(server, write)
    for block in result.content:
        parts.add(block)
    text, cut = _short("\n".join(parts.texts), most)
    if result.is_error:
        return failure(f"The server says: {text or 'the call failed'}")
    found: JsonObject = {"source": f"mcp:{server}/{tool}", "note": OUTSIDE}
    if text:
        found["text"] = text
    if result.structured_content is not None:
        fault = _misfit(result.structured_content, output_schema)
        if fault is not None:
            return failure(f"Its answer is not of the form that it promised: {fault}")
        size = len(json.dumps(result.structured_content))
        if size <= most:
            found["data"] = result.structured_content
        else:
            parts.left_out.append(f"structured content of {size:,} bytes was left out")
    elif output_schema is not None:
        return failure("Its answer is not of the form that it promised: the structured content is missing.")
    if cut:
        parts.left_out.append(f"the text was cut off after {most:,} characters")
    for key, value in (("files", parts.files), ("links", parts.links), ("left_out", parts.left_out)):
        if value:
            found[key] = value
    return found


class _Parts:
    """The content, sorted by kind."""

    def __init__(self, server: str, write: WriteFile) -> None:
        self.server = server
        self.write = write
        self.texts: list[str] = []
        self.files: list[JsonObject] = []
        self.links: list[JsonObject] = []
        self.left_out: list[str] = []

    def add(self, block: Any) -> None:
        match block:
            case TextContent():
                self.texts.append(block.text)
            case ImageContent() | AudioContent():
                self._file(block.data, block.mime_type)
            case EmbeddedResource(resource=BlobResourceContents() as found):
                self._file(found.blob, found.mime_type or "application/octet-stream", found.uri)
            case EmbeddedResource(resource=TextResourceContents() as found):
                self.texts.append(found.text)
            case ResourceLink():
                self._link(block)

    def _link(self, block: ResourceLink) -> None:
        if len(self.links) < MAX_LINKS:
            link = {"uri": str(block.uri)[:MAX_URI_CHARS], "name": block.name, "mime_type": block.mime_type}
            self.links.append({key: value for key, value in link.items() if value})
        elif len(self.links) == MAX_LINKS:
            self._note("more links were left out")

    def _file(self, data: str, kind: str, uri: object = None) -> None:
        if len(self.files) >= MAX_FILES:
            self._note(f"more than {MAX_FILES} files were left out")
            return
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            self._note(f"a file of the kind {kind[:60]!r} cannot be decoded")
            return
        if len(content) > MAX_FILE_BYTES:
            self._note(f"a file of {len(content):,} bytes was left out; {MAX_FILE_BYTES:,} are the limit")
            return
        ending = mimetypes.guess_extension(kind.partition(";")[0].strip().lower()) or ".bin"
        name = f"mcp/{self.server}/{hashlib.sha256(content).hexdigest()[:16]}{ending}"
        try:
            kept = self.write(name, content)
        except FileRefused as error:
            self._note(f"a file could not be kept: {error.message}")
            return
        file = {"name": kept, "mime_type": kind[:100], "bytes": len(content), "uri": str(uri or "")[:MAX_URI_CHARS]}
        self.files.append({key: value for key, value in file.items() if value != ""})

    def _note(self, text: str) -> None:
        if text not in self.left_out and len(self.left_out) < MAX_FILES:
            self.left_out.append(text)


def _short(text: str, most: int) -> tuple[str, bool]:
    if len(text) > most:
        return text[:most], True
    return text, False


def _misfit(value: Any, schema: JsonObject | None) -> str | None:
    if schema is None:
        return None
    error = next(iter(validator(schema).iter_errors(value)), None)
    return None if error is None else str(error.message)[:300]
