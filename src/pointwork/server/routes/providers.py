"""Where models come from: the providers, their keys by name, and a try."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from pointwork.server import settings_schemas as schemas
from pointwork.server.json_body import JsonRoute
from pointwork.server.replies import ERRORS, app_of, json_reply

__all__ = ["router"]

router = APIRouter(prefix="/api/providers", tags=["settings"], route_class=JsonRoute, responses=ERRORS)


@router.get("", operation_id="list_providers", response_model=list[schemas.ProviderEntry])
async def list_providers(request: Request) -> Response:
    """The providers that are set up: those of the environment, which cannot be changed here, and stored ones."""
    return json_reply(await asyncio.to_thread(app_of(request).providers.list))


@router.get("/{name}", operation_id="get_provider", response_model=schemas.ProviderEntry)
async def get_provider(request: Request, name: str) -> Response:
    """One provider. Of its key only the name is told."""
    return json_reply(await asyncio.to_thread(app_of(request).providers.get, name))


@router.put("/{name}", operation_id="set_provider", response_model=schemas.ProviderEntry)
async def set_provider(request: Request, name: str, body: schemas.ProviderBody) -> Response:
    """Set up a provider, in place of the old settings if there are some. It counts for the next call to a model."""
    key = body.key
    return json_reply(
        await app_of(request).providers.set(
            name,
            kind=body.kind,
            base_url=body.base_url,
            key=key if isinstance(key, str) else None,
            secret=key.secret if isinstance(key, schemas.SecretName) else None,
            options=body.options,
        )
    )


@router.delete("/{name}", operation_id="delete_provider", status_code=204)
async def delete_provider(request: Request, name: str) -> Response:
    """Forget a provider, and its key if that was sent with it."""
    await app_of(request).providers.delete(name)
    return Response(status_code=204)


@router.post("/{name}/test", operation_id="test_provider", response_model=schemas.ProviderTest)
async def test_provider(request: Request, name: str) -> Response:
    """Ask the provider for the list of its models: is somebody there, and is the key accepted."""
    return json_reply((await app_of(request).providers.test(name)).to_dict())
