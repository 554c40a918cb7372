"""The application under its old name: `uvicorn backend.api:app`."""

from typing import Any

__all__ = ["app"]

app: Any


def __getattr__(name: str) -> Any:
    if name == "app":
        from pointwork.server import app

        return app
    raise AttributeError(name)
