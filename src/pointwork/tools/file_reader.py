"""The tool `file_reader`: text of a file in the workspace of the run.

Files are opened by `pointwork.files` alone. Text is bounded in lines, characters a line and bytes; documents that
need a parser are taken apart in the sandbox, never in this process.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from pointwork.errors import FileRefused, PointworkError
from pointwork.files import Workspace, Workspaces
from pointwork.tools.base import ToolContext, tool
from pointwork.tools.decoding import decode, is_binary
from pointwork.tools.documents import MAX_DOCUMENT_CHARS, document_kind, document_text
from pointwork.tools.result import failure
from pointwork.workflow import JsonObject

__all__ = ["file_reader"]

MAX_TEXT_BYTES: Final = 1 << 20
MAX_DOCUMENT_BYTES: Final = 25 << 20
MAX_LINES: Final = 2_000
MAX_LINE_CHARS: Final = 2_000
MAX_COLUMNS: Final = 200
MAX_SPREAD_CHARS: Final = 4 << 20  # of JSON over lines: what is nested deep would grow to a thousand times its size
QUOTED: Final = re.compile(r'"[^"]*"')
READABLE: Final = "Text, Markdown, CSV, JSON, PDF, DOCX and XLSX"
NAMED: Final = 20  # files of the workspace that are named when one is not there


@tool(untrusted=True, timeout_s=60.0)
async def file_reader(
    ctx: ToolContext,
    file_path: str,
    max_lines: Annotated[int, Field(ge=1, le=MAX_LINES)] = 100,
    start_line: Annotated[int, Field(ge=1)] = 1,
    output: Literal["text", "rows"] = "text",
) -> dict[str, Any]:
    """Read a file of the workspace: text, Markdown, CSV, JSON, PDF, DOCX or XLSX.

    "encoding" in the result is pdf, docx or xlsx for a document; the sheets of XLSX are returned as CSV.

    Args:
        file_path: The path from the workspace, for example "data/report.csv".
        max_lines: How many lines to read at most.
        start_line: The line to begin with; 1 is the first.
        output: "text", or "rows" for the columns and rows of a CSV file.
    """
    try:
        workspace = ctx.resource(Workspaces).of(ctx.execution_id)
        data, size = await asyncio.to_thread(workspace.start_of, file_path, max_bytes=MAX_TEXT_BYTES)
        if (kind := document_kind(file_path, data)) is not None:
            whole = await asyncio.to_thread(workspace.read, file_path, max_bytes=MAX_DOCUMENT_BYTES)
            text = await document_text(ctx, whole, kind)
            encoding, cut = kind, len(text) >= MAX_DOCUMENT_CHARS
        elif is_binary(data):
            return failure(f"The file {file_path!r} is no text.", hint=f"{READABLE} can be read.")
        else:
            cut = size > len(data)
            text, encoding = decode(data, cut=cut)
    except FileRefused as error:
        return failure(error.message, hint=await _instead(ctx, error))
    except PointworkError as error:
        return failure(error.message, hint=error.hint)
    facts = {"file_path": file_path, "bytes": size, "encoding": encoding}
    if output == "rows":
        return {**await asyncio.to_thread(_rows, text, start_line, max_lines, cut=cut), **facts}
    readable = await asyncio.to_thread(_readable, text, file_path)
    return {**_lines(readable, start_line, max_lines, cut=cut), **facts}


async def _instead(ctx: ToolContext, error: FileRefused) -> str:
    """What the workspace holds, for somebody who asked for something else."""
    try:
        workspace: Workspace = ctx.resource(Workspaces).of(ctx.execution_id)
        names = [file.name for file in await asyncio.to_thread(workspace.list)]
    except PointworkError:
        return error.hint
    if not names:
        return f"{error.hint} The workspace is empty."
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{error.hint} There are: {', '.join(map(repr, names[:NAMED]))}{more}."


def _readable(text: str, file_path: str) -> str:
    """JSON on one long line is spread over lines, so that a part of it can be read."""
    if not file_path.lower().endswith(".json") or all(len(line) <= MAX_LINE_CHARS for line in text.split("\n")):
        return text
    pieces: list[str] = []
    room = MAX_SPREAD_CHARS
    try:
        for piece in json.JSONEncoder(indent=1, ensure_ascii=False).iterencode(json.loads(text)):
            pieces.append(piece)
            room -= len(piece)
            if room < 0:
                return text
    except (ValueError, RecursionError):
        return text
    return "".join(pieces)


def _lines(text: str, start: int, most: int, *, cut: bool) -> JsonObject:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":  # the end of the last line, or an empty file
        lines.pop()
    chosen = lines[start - 1 : start - 1 + most]
    long = any(len(line) > MAX_LINE_CHARS for line in chosen)
    content = "\n".join(line if len(line) <= MAX_LINE_CHARS else f"{line[:MAX_LINE_CHARS]}…" for line in chosen)
    return {
        "content": content,
        "lines_read": len(chosen),
        "total_lines": None if cut else len(lines),
        "truncated": cut or long or start > 1 or len(chosen) < len(lines),
    }


def _rows(text: str, start: int, most: int, *, cut: bool) -> JsonObject:
    """The columns of a CSV file by its first row, and rows after it."""
    rows: list[list[str]] = []
    total = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), **_form(text))
        columns = [cell[:MAX_LINE_CHARS] for cell in next(reader, [])[:MAX_COLUMNS]]
        for total, row in enumerate(reader, 1):
            if start <= total < start + most:
                rows.append([cell[:MAX_LINE_CHARS] for cell in row[:MAX_COLUMNS]])
    except csv.Error as error:
        return failure(f"This is no CSV: {error}.", hint="Read it as text.")
    return {
        "columns": columns,
        "rows": rows,
        "lines_read": len(rows),
        "total_lines": None if cut else total,
        "truncated": cut or len(rows) < total,
    }


def _form(text: str) -> dict[str, Any]:
    """How a CSV file is written, by its first line. The standard library's guess can take hours for one kilobyte."""
    first = QUOTED.sub('""', text[:MAX_LINE_CHARS].lstrip("\r\n").partition("\n")[0])
    delimiter = max(",;\t|", key=first.count)
    spaced = 0 < first.count(delimiter) == first.count(f"{delimiter} ")
    return {"delimiter": delimiter, "skipinitialspace": spaced}
