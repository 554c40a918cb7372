"""Talking to a running server over HTTP, with nothing but the standard library, so that small commands start fast."""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pointwork.errors import ConfigurationError, Conflict, NotFound, PointworkError, Unacceptable

__all__ = ["DEFAULT_URL", "Remote", "found_execution", "segment"]

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_S = 30.0
MAX_BYTES = 64 << 20


class Remote:
    """A server, by its URL."""

    def __init__(self, url: str | None = None) -> None:
        self.url = (url or os.environ.get("POINTWORK_URL", "").strip() or DEFAULT_URL).rstrip("/")
        try:
            parts = urlsplit(self.url)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            fits = False
        if not fits:
            raise ConfigurationError(
                f"{self.url!r} is not the URL of a server.",
                hint=f"Write it like {DEFAULT_URL} (--url or POINTWORK_URL).",
            )

    def get(self, path: str, **query: str | int) -> Any:
        """The answer to GET as data."""
        return self._request("GET", f"{path}?{urlencode(query)}" if query else path, None)

    def post(self, path: str, body: Any) -> Any:
        """The answer to POST as data."""
        return self._request("POST", path, json.dumps(body).encode())

    def _request(self, method: str, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(self.url + path, body, {"accept": "application/json"}, method=method)
        if body is not None:
            request.add_header("content-type", "application/json")
        # Proxies are for the world outside; this is a machine's own server.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT_S) as response:
                return self._read(response.read(MAX_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error.code, self._read(error.read(MAX_BYTES))) from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", None) or error
            said = getattr(reason, "strerror", None) or reason
            raise ConfigurationError(
                f"No server answers at {self.url}: {said}.",
                hint="Start one with `pointwork serve`, or name another with --url or POINTWORK_URL.",
            ) from error

    def _read(self, data: bytes) -> Any:
        try:
            return json.loads(data) if data else None
        except ValueError as error:
            raise ConfigurationError(
                f"What answers at {self.url} is not Pointwork.", hint="Name another server with --url or POINTWORK_URL."
            ) from error


def _refusal(status: int, problem: Any) -> PointworkError:
    """A problem document as the error that it was made from."""
    found = problem if isinstance(problem, dict) else {}
    kind = {404: NotFound, 409: Conflict}.get(status, Unacceptable)
    return kind(str(found.get("detail") or f"The server answered {status}."), hint=str(found.get("hint", "")))


def segment(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="")


def found_execution(remote: Remote, wanted: str) -> str:
    """The full id of an execution, by its beginning or as `last`."""
    found = remote.get("/api/executions", limit=1) if wanted == "last" else remote.get("/api/executions", q=wanted)
    ids = [row["execution_id"] for row in found]
    if wanted != "last":
        ids = [one for one in ids if one == wanted] or [one for one in ids if one.startswith(wanted)]
    if len(ids) != 1:
        hint = f"{len(ids)} ids begin so; type more of it." if ids else "`pointwork executions list` shows the ids."
        raise NotFound(f"The server at {remote.url} has no execution {wanted!r}.", hint=hint)
    return str(ids[0])
