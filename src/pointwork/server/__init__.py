"""HTTP and sockets. `application` puts together, `routes` has one file per resource, `stream_hub` serves viewers.

`pointwork.server:app` is the application for any ASGI server, made from the environment when it is first asked for.
"""

from typing import Any

from pointwork.server.application import create_app, default_app, openapi_document

__all__ = ["create_app", "default_app", "openapi_document"]


def __getattr__(name: str) -> Any:
    if name == "app":
        return default_app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
