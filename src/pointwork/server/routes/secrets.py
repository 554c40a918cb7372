"""Secrets: their names, and a way in for their values. There is no way out."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pointwork.events import iso
from pointwork.library import SecretInfo
from pointwork.server import settings_schemas as schemas
from pointwork.server.json_body import JsonRoute
from pointwork.server.replies import ERRORS, app_of, json_reply

__all__ = ["router"]

router = APIRouter(prefix="/api/secrets", tags=["settings"], route_class=JsonRoute, responses=ERRORS)


@router.get("", operation_id="list_secrets", response_model=list[schemas.SecretEntry])
async def list_secrets(request: Request) -> Response:
    """All secrets by name, without their values."""
    found = await asyncio.to_thread(app_of(request).secrets.list)
    return json_reply([_entry(info) for info in found])


@router.get("/{name}", operation_id="get_secret", response_model=schemas.SecretEntry)
async def get_secret(request: Request, name: str) -> Response:
    """What may be known about a secret. Its value is not told to anybody."""
    return json_reply(_entry(await asyncio.to_thread(app_of(request).secrets.info, name)))


@router.put("/{name}", operation_id="set_secret", response_model=schemas.SecretEntry)
async def set_secret(request: Request, name: str, body: schemas.SecretBody) -> Response:
    """Store a secret, in place of the old value if there is one. It counts for the next node that needs it."""
    app = app_of(request)
    info = await asyncio.to_thread(app.secrets.set, name, body.value)
    await app.providers.refresh()
    return json_reply(_entry(info))


@router.delete("/{name}", operation_id="delete_secret", status_code=204)
async def delete_secret(request: Request, name: str) -> Response:
    """Forget a secret. A workflow that needs it fails from now on."""
    app = app_of(request)
    await asyncio.to_thread(app.secrets.delete, name)
    await app.providers.refresh()
    return Response(status_code=204)


def _entry(info: SecretInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "created_at": iso(info.created_at_us),
        "updated_at": iso(info.updated_at_us),
        "last_used_at": iso(info.used_at_us) if info.used_at_us is not None else None,
        "last_four": info.last_four,
        "readable": info.readable,
        "reason": info.reason,
        "hidden": info.hidden,
    }
