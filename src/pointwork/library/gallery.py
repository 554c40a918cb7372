"""Templates: workflows to begin with, each a JSON file in `templates`, named after its id.

Rules: a template says honestly what it needs. Without `model` in `needs` it gives its whole result with the demo
model alone; without `internet` it asks no other machine. `tests/server/test_templates.py` runs every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

import orjson

from pointwork.errors import NotFound
from pointwork.workflow import JsonObject

__all__ = ["Need", "Template", "template", "templates"]

Need: TypeAlias = Literal["model", "internet", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A workflow to begin with. `needs`: a model that understands language, the internet, a person who answers."""

    id: str
    title: str
    description: str
    group: str
    needs: tuple[Need, ...]
    workflow: JsonObject


@cache
def templates() -> tuple[Template, ...]:
    """All templates: those that need least first, by title among equals."""
    found = [
        _read(file.name.removesuffix(".json"), file.read_bytes())
        for file in resources.files("pointwork.library").joinpath("templates").iterdir()
        if file.name.endswith(".json")
    ]
    return tuple(sorted(found, key=lambda one: (len(one.needs), one.title)))


def template(template_id: str) -> Template:
    """One of them; raises NotFound for an unknown id."""
    for one in templates():
        if one.id == template_id:
            return one
    raise NotFound(f"There is no template {template_id[:60]!r}.", hint="GET /api/templates lists them.")


def _read(template_id: str, data: bytes) -> Template:
    content = orjson.loads(data)
    return Template(id=template_id, needs=tuple(content.pop("needs")), **content)
