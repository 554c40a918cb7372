"""Text of documents that nobody trusts: PDF, Word and Excel files are parsed in the sandbox, never in the server.

A file may be made to exhaust whoever reads it, and parsers have faults. In the jail both end in an error.
"""

from __future__ import annotations

import base64
from typing import Literal, TypeAlias

from pointwork.errors import SandboxUnavailable, ToolError
from pointwork.sandbox.base import Sandbox, SandboxLimits

__all__ = ["DocumentKind", "extract"]

DocumentKind: TypeAlias = Literal["pdf", "docx", "xlsx"]
MAX_DOCUMENT_BYTES = 5 << 20  # base64 of more does not fit into what a call may be given
LIMITS = SandboxLimits(wall_s=30.0, cpu_s=20, memory_bytes=512 << 20)

# Each reads `data` until `limit` characters are there, and leaves them in `result`.
_READERS: dict[DocumentKind, str] = {
    "pdf": """
import base64, io, pypdf
pages, size = [], 0
for number, page in enumerate(pypdf.PdfReader(io.BytesIO(base64.b64decode(data))).pages, start=1):
    pages.append(f"[page {number}]\\n{page.extract_text()}")
    size += len(pages[-1])
    if size > limit:
        break
result = "\\n\\n".join(pages)[:limit]
""",
    "docx": """
import base64, io, mammoth
result = mammoth.extract_raw_text(io.BytesIO(base64.b64decode(data))).value.replace("\\n\\n", "\\n")[:limit]
""",
    "xlsx": """
import base64, csv, io, openpyxl
book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(data)), read_only=True, data_only=True)
written = io.StringIO()
for sheet in book.worksheets:
    written.write(f"[sheet {sheet.title}]\\n")
    writer = csv.writer(written, lineterminator="\\n")
    for row in sheet.iter_rows(values_only=True):
        writer.writerow(["" if cell is None else cell for cell in row])
        if written.tell() > limit:
            break
result = written.getvalue()[:limit]
""",
}


async def extract(sandbox: Sandbox, data: bytes, kind: DocumentKind, *, max_chars: int = 200_000) -> str:
    """The text of a document: pages, paragraphs, or the rows of each sheet as CSV.

    Raises ToolError when the document cannot be read, SandboxUnavailable when there is nothing to read it with.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise ToolError(f"The document has {len(data) >> 20} MiB; at most {MAX_DOCUMENT_BYTES >> 20} MiB are read.")
    inputs = {"data": base64.b64encode(data).decode(), "limit": max_chars}
    try:
        outcome = await sandbox.run(_READERS[kind], profile="documents", inputs=inputs, limits=LIMITS)
    except SandboxUnavailable as error:
        raise SandboxUnavailable(
            f"{kind.upper()} files cannot be read here: {error.message}",
            hint="Reading documents needs the Linux jail and the extra: pip install 'pointwork[documents]'.",
        ) from error
    if outcome.error is not None or not isinstance(outcome.result, str):
        why = outcome.error.splitlines()[-1] if outcome.error else "it has no text"
        raise ToolError(f"The document cannot be read as {kind.upper()}: {why}")
    return outcome.result
