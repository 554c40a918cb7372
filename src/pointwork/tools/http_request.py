"""The tool `http_request`: one request to a service of the public web, with what it answers."""

from __future__ import annotations

from typing import Any, Final, Literal

import orjson

from pointwork.egress import Egress, EgressResponse
from pointwork.errors import PointworkError
from pointwork.tools.base import ToolContext, tool
from pointwork.tools.decoding import decode, is_binary
from pointwork.tools.result import failure
from pointwork.tools.web_fetch import OUTSIDE, media_type
from pointwork.workflow import JsonObject

__all__ = ["http_request"]

MAX_BYTES: Final = 200_000
SHOWN_HEADERS: Final = 40
MAX_HEADER_CHARS: Final = 1_000


@tool(side_effects=True, idempotent=False, untrusted=True, timeout_s=30.0)
async def http_request(
    ctx: ToolContext,
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    url: str,
    headers: dict[str, str] | None = None,
    body: str | dict[str, Any] | list[Any] | None = None,
) -> dict[str, Any]:
    """Send a request to an HTTP service of the public web and return status, headers and body.

    It reaches outside and can change things there; after a crash it is not repeated without asking.

    Args:
        method: What to do; GET only reads.
        url: The full address, beginning with http:// or https://.
        headers: Headers by name, for example {"Accept": "application/json"}.
        body: What is sent: text as it is, an object or a list as JSON.
    """
    try:
        sent, given = encoded(body, headers or {})
        answer = await ctx.resource(Egress).request(method, url, headers=given, body=sent, max_bytes=MAX_BYTES)
    except PointworkError as error:
        return failure(error.message, hint=error.hint)
    return {**described(answer), "note": OUTSIDE}


def encoded(body: Any, headers: dict[str, str]) -> tuple[bytes | None, dict[str, str]]:
    """A body as it is sent, and the headers with its type, unless they name one."""
    if body is None:
        return None, headers
    names = {name.lower() for name in headers}
    kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
    data = body.encode(errors="replace") if isinstance(body, str) else orjson.dumps(body)
    return data, headers if "content-type" in names else {**headers, "content-type": kind}


def described(answer: EgressResponse) -> JsonObject:
    """An answer as JSON data: a JSON body as data, text as text; of anything else only how long it is."""
    kind, charset = media_type(answer.headers.get("content-type", ""))
    found: JsonObject = {
        "url": answer.url,
        "status": answer.status,
        "headers": {name: value[:MAX_HEADER_CHARS] for name, value in list(answer.headers.items())[:SHOWN_HEADERS]},
        "body": None,
        "truncated": answer.truncated,
    }
    if (kind == "application/json" or kind.endswith("+json")) and not answer.truncated and answer.body:
        try:
            return {**found, "body": orjson.loads(answer.body)}
        except orjson.JSONDecodeError:
            pass  # it is not what it says; as text it can still be read
    if is_binary(answer.body):
        return {**found, "bytes": len(answer.body)}
    return {**found, "body": decode(answer.body, declared=charset, cut=answer.truncated)[0]}
