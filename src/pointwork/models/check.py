"""Trying a provider: is somebody there, is the key accepted, which models are there. No model is asked anything.

The list of models is what every provider gives, costs nothing and needs the key. What the provider says about a
refusal is shown, shortened; whoever shows it takes secrets out of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

import orjson

from pointwork.models.endpoint import Endpoint, Kind
from pointwork.workflow import JsonObject

__all__ = ["ProviderCheck", "check_endpoint"]

TIMEOUT_S: Final = 15.0
MAX_BYTES: Final = 4 << 20  # the longest list, OpenRouter's, has about one
MAX_MODELS: Final = 500
MAX_SAID: Final = 300  # characters

# Where the list is, and the headers that the key goes into, by protocol.
LISTS: Final[Mapping[Kind, tuple[str, str, Mapping[str, str]]]] = {
    "openai": ("/models", "authorization", {}),
    "anthropic": ("/v1/models", "x-api-key", {"anthropic-version": "2023-06-01"}),
    "google": ("/v1beta/models", "x-goog-api-key", {}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCheck:
    """What came of it. `models` are the names of its models, as agents write them behind the provider's."""

    ok: bool
    message: str
    models: tuple[str, ...] = ()
    duration_ms: float = 0.0

    def to_dict(self) -> JsonObject:
        return {**asdict(self), "models": list(self.models)}


async def check_endpoint(endpoint: Endpoint, *, timeout_s: float = TIMEOUT_S) -> ProviderCheck:
    """Ask for the list of models."""
    import httpx2  # 100 ms, and it is not needed to start

    path, key_header, headers = LISTS[endpoint.kind]
    given = dict(headers)
    if endpoint.api_key is not None:
        given[key_header] = f"Bearer {endpoint.api_key}" if key_header == "authorization" else endpoint.api_key
    url = f"{endpoint.base_url}{path}"
    began = time.perf_counter()
    try:
        async with (
            httpx2.AsyncClient(timeout=timeout_s, follow_redirects=False) as client,
            client.stream("GET", url, headers=given) as answer,
        ):
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MAX_BYTES:
                    break
            found = _verdict(endpoint, answer.status_code, bytes(body))
    except httpx2.TimeoutException:
        found = False, f"{endpoint.base_url} did not answer within {timeout_s:g} s.", ()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        found = False, f"{endpoint.base_url} cannot be reached: {error or type(error).__name__}.", ()
    ok, message, models = found
    return ProviderCheck(
        ok=ok, message=message, models=models, duration_ms=round((time.perf_counter() - began) * 1e3, 1)
    )


def _verdict(endpoint: Endpoint, status: int, body: bytes) -> tuple[bool, str, tuple[str, ...]]:
    where = endpoint.base_url
    if status in (401, 403):
        what = "does not accept the key" if endpoint.api_key else "wants a key"
        return False, f"{where} {what} ({status}): {_said(body)}", ()
    if status != 200:
        return False, f"{where} answers {status}: {_said(body)} Check the address; most end in /v1.", ()
    models = _models(body)
    if models is None:
        return False, f"What {where} sent is no list of models. Check the address; most end in /v1.", ()
    return True, f"{where} has {len(models)} models.", models[:MAX_MODELS]


def _models(body: bytes) -> tuple[str, ...] | None:
    try:
        found: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    fields = cast("dict[str, Any]", found)
    listed: Any = fields.get("data", fields.get("models"))
    if not isinstance(listed, list):
        return None
    entries = [cast("dict[str, Any]", entry) for entry in cast("list[Any]", listed) if isinstance(entry, dict)]
    names = [entry.get("id", entry.get("name")) for entry in entries]
    return tuple(name.removeprefix("models/") for name in names if isinstance(name, str))


def _said(body: bytes) -> str:
    """The provider's own words, from the usual places."""
    try:
        found: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = body[: 4 * MAX_SAID].decode(errors="replace")
    for key in ("error", "message"):
        if isinstance(found, dict):
            found = cast("dict[str, Any]", found).get(key, cast("Any", found))
    text = " ".join((found if isinstance(found, str) else orjson.dumps(found).decode()).split())
    return text if len(text) <= MAX_SAID else f"{text[:MAX_SAID]} …"
