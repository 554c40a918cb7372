"""HTTP and sockets. `app` puts together, `routes` has one file per resource, `stream_hub` is how viewers are served.

`pointwork.server:app` is the application for any ASGI server, made from the environment when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointwork.server.app import create_app, openapi_document

__all__ = ["app", "create_app", "openapi_document"]


def __getattr__(name: str) -> Any:
    from pointwork.server import app as application

    if name == "app":
        return application.default_app()
    if name in __all__:
        return getattr(application, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
