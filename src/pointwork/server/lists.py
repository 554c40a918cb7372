"""Lists in pages: `limit`, an opaque `cursor`, and a `Link` header that leads on."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Query
from starlette.requests import Request

from pointwork.errors import Unacceptable

__all__ = ["LIMIT", "link", "next_page", "read_cursor", "read_time", "write_cursor"]

T = TypeVar("T")
LIMIT = Annotated[int, Query(ge=1, le=500, description="Entries on a page.")]


def write_cursor(place: Sequence[Any]) -> str:
    """A place in a list as text that nobody should read anything into.

    >>> read_cursor(write_cursor([5, "x"]), int, str)
    [5, 'x']
    """
    return base64.urlsafe_b64encode(orjson.dumps(list(place))).decode().rstrip("=")


def read_cursor(cursor: str | None, *kinds: type) -> list[Any] | None:
    """The place that `write_cursor` wrote; None for the beginning."""
    if not cursor:
        return None
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        place = None
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds):
        raise Unacceptable(
            f"The cursor {cursor[:60]!r} is not one of this list.", hint="Follow the Link header of the page before."
        )
    return place


def next_page(
    request: Request, rows: Sequence[T], limit: int, place: Callable[[T], Sequence[Any]]
) -> tuple[Sequence[T], dict[str, str]]:
    """The page, of one row more than fits on it, and the header that leads to the next."""
    if len(rows) <= limit:
        return rows, {}
    page = rows[:limit]
    return page, link(request, cursor=write_cursor(place(page[-1])))


def link(request: Request, **changes: Any) -> dict[str, str]:
    """The header with the address of the next page."""
    url = request.url.include_query_params(**changes)
    return {"link": f'<{url.path}?{url.query}>; rel="next"'}


def read_time(text: str) -> int:
    """A time in microseconds since 1970; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unacceptable(f"{text[:60]!r} is not a time.", hint="Write it like 2026-01-31T12:00:00Z.") from error
    time = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    delta = time - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
