"""Files: uploads that become inputs of executions, and what executions have written.

A client never names a path: an upload lies under an id of the server, and the files of an execution are opened as
its tools open them. Files are handed out as attachments of no type, so no browser ever shows one as a page of ours.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from pointwork.errors import FileRefused, NotFound
from pointwork.events import iso
from pointwork.files.workspace import MAX_FILE_BYTES
from pointwork.server import schemas
from pointwork.server.replies import ERRORS, app_of, json_reply

__all__ = ["router"]

router = APIRouter(tags=["files"], responses=ERRORS)
BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "/api/files",
    operation_id="upload_file",
    response_model=schemas.UploadAnswer,
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": BINARY}},
)
async def upload_file(
    request: Request, name: Annotated[str, Query(min_length=1, max_length=255, description="What the file is called.")]
) -> Response:
    """Keep a file, at most 25 MiB. What is answered can be an input of an execution, whose tools then read the file."""
    incoming = await asyncio.to_thread(app_of(request).uploads.incoming, name)
    try:
        async for piece in request.stream():
            await asyncio.to_thread(incoming.write, piece)
        upload = await asyncio.to_thread(incoming.finish)
    except BaseException:
        incoming.abandon()
        raise
    return json_reply(upload.reference(), 201)


@router.delete("/api/files/{file_id}", operation_id="delete_file", status_code=204)
async def delete_file(request: Request, file_id: str) -> Response:
    """Forget an uploaded file; the copies that executions have stay."""
    await asyncio.to_thread(app_of(request).uploads.remove, file_id)
    return Response(status_code=204)


@router.get(
    "/api/executions/{execution_id}/files",
    operation_id="list_execution_files",
    response_model=list[schemas.FileEntry],
)
async def list_execution_files(request: Request, execution_id: str) -> Response:
    """The files in the workspace of an execution."""
    app = app_of(request)
    await app.journal.row(execution_id)  # or there is no such execution
    found = await asyncio.to_thread(app.workspaces.of(execution_id).list)
    return json_reply(
        [{"name": file.name, "bytes": file.bytes, "modified_at": iso(file.modified_us)} for file in found]
    )


@router.get(
    "/api/executions/{execution_id}/files/{name:path}",
    operation_id="get_execution_file",
    response_class=Response,
    responses={200: {"content": BINARY, "description": "The file, as an attachment."}},
)
async def get_execution_file(request: Request, execution_id: str, name: str) -> Response:
    """One file of an execution, to be saved and never to be shown."""
    app = app_of(request)
    await app.journal.row(execution_id)
    try:
        data = await asyncio.to_thread(app.workspaces.of(execution_id).read, name, max_bytes=MAX_FILE_BYTES)
    except FileRefused as error:
        raise NotFound(error.message, hint="GET …/files lists what there is.") from error
    return _attachment(name, data)


@router.get(
    "/api/tryouts/{name:path}",
    operation_id="get_tryout_file",
    response_class=Response,
    responses={200: {"content": BINARY, "description": "The file, as an attachment."}},
)
async def get_tryout_file(request: Request, name: str) -> Response:
    """One file that a tool wrote when somebody tried it, to be saved and never to be shown."""
    workspace = app_of(request).workspaces.of(None)
    try:
        data = await asyncio.to_thread(workspace.read, name, max_bytes=MAX_FILE_BYTES)
    except FileRefused as error:
        raise NotFound(error.message, hint="The results of tools name their files.") from error
    return _attachment(name, data)


def _attachment(name: str, data: bytes) -> Response:
    saved_as = quote(name.rpartition("/")[2], safe="")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{saved_as}",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "no-store",
    }
    return Response(data, headers=headers, media_type="application/octet-stream")
