"""Routes whose parameters are whole segments of the path as it was sent: `a%2Fb` is one segment, and means `a/b`.

Starlette decodes the path before it looks for a route, and then cannot tell the two slashes apart.
"""

from __future__ import annotations

from urllib.parse import unquote

from starlette.routing import Match
from starlette.types import Scope

from pointwork.server.json_body import JsonRoute

__all__ = ["SegmentRoute"]

SLASH = "\udc2f"  # half a surrogate pair, which no decoded text holds


class SegmentRoute(JsonRoute):
    """A route that takes encoded slashes for parts of its parameters."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this request is for it."""
        raw: bytes | None = scope.get("raw_path")
        if scope["type"] != "http" or raw is None or b"%2" not in raw:
            return super().matches(scope)
        segments = raw.partition(b"?")[0].decode("latin-1").split("/")
        path = "/".join(unquote(segment).replace("/", SLASH) for segment in segments)
        match, found = super().matches({**scope, "path": path})
        if "path_params" in found:
            params = found["path_params"]
            found["path_params"] = {
                name: value.replace(SLASH, "/") if isinstance(value, str) else value for name, value in params.items()
            }
        return match, found
