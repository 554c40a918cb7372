"""The tool `current_time`: what models do not know, because they were made in the past."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pointwork.tools.base import tool
from pointwork.tools.result import failure

__all__ = ["current_time"]

NAME = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}\Z")  # a key of a table, not a path


@tool(timeout_s=10.0)
async def current_time(timezone: str = "UTC") -> dict[str, Any]:
    """Tell the current date and time.

    Args:
        timezone: A name like "Europe/Berlin" or "America/New_York"; "UTC" by default.
    """
    zone = _zone(timezone)
    if zone is None:
        message = f"There is no time zone {timezone[:80]!r}"
        if not await asyncio.to_thread(available_timezones):
            return failure(
                f"{message}: this system has no table of time zones.",
                hint='Use "UTC", or have the operator install the package tzdata.',
            )
        return failure(f"{message}.", hint='Write a name like "Europe/Berlin" or "UTC", not an offset.')
    now = _now(zone)
    return {
        "time": now.isoformat(timespec="seconds"),
        "timezone": timezone,
        "weekday": now.strftime("%A"),
        "week": now.isocalendar().week,
        "unix": int(now.timestamp()),
    }


def _now(zone: tzinfo) -> datetime:
    return datetime.now(zone)


def _zone(name: str) -> tzinfo | None:
    if name == "UTC":  # which is there even without a table
        return UTC
    try:
        return ZoneInfo(name) if NAME.match(name) else None
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return None
