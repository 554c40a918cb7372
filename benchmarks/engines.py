"""All engines by name. Each is imported when it is asked for, so that none weighs on another's process."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.job import Engine

__all__ = ["ENGINES", "find"]


def _from(module: str, **wishes: Any) -> Callable[[], Engine]:
    return lambda: import_module(f"benchmarks.{module}").engine(**wishes)


ENGINES: dict[str, Callable[[], Engine]] = {
    "limit": _from("limit"),
    "limit-task": _from("limit", inline=False),
    "limit-durable": _from("limit", durable=True),
    "pointwork": _from("pointwork_engine"),
    "pointwork-commit": _from("pointwork_engine", durability="commit"),
    "pointwork-power": _from("pointwork_engine", durability="power"),
    "langgraph": _from("langgraph_engine"),
    "langgraph-durable": _from("langgraph_engine", durable=True),
}


def find(name: str) -> Engine:
    """The engine of that name."""
    return ENGINES[name]()
