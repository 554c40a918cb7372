"""Workflows as short texts: `drawing("start -> a -> end; a.error -> b")`.

Chains are separated by semicolons or line breaks; `a.port` leads on from that port. Nodes called `start` and `end`
have these types, all others are `work`, unless `nodes` says otherwise; there stands also what else a node is made of.
`inside` puts nodes into containers. The types are the built-in ones and `work`, whose handler a test plays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pointwork.config import Config, Expression, Template, ui
from pointwork.nodes import builtin_registry
from pointwork.spec import NodeSpec
from pointwork.workflow import Workflow

__all__ = ["SPECS", "Work", "document", "drawing"]

Parts = Mapping[str, str | dict[str, Any]]


class Work(Config):
    """The configuration of a `work` node: fields with each of the marks, at different depths."""

    prompt: Template | None = ui(None)
    texts: dict[str, Template] = ui({})
    formula: Expression | None = ui(None)
    note: str = ui("")


SPECS: dict[str, NodeSpec] = {
    **builtin_registry().specs,
    "work": NodeSpec(type="work", title="Work", config=Work),
    "send": NodeSpec(type="send", title="Send", idempotent=False),
}


def document(
    text: str, nodes: Parts | None = None, *, inside: Mapping[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    """The document of a drawing; `more` are further keys of it, such as `limits` and `variables`."""
    parts = {name: {"type": part} if isinstance(part, str) else part for name, part in (nodes or {}).items()}
    edges: list[dict[str, Any]] = []
    names: dict[str, None] = {}
    for chain in re.split(r"[;\n]", text):
        stops = [stop.strip() for stop in chain.split("->") if stop.strip()]
        for stop in stops:
            names[stop.partition(".")[0]] = None
        for here, there in pairwise(stops):
            source, _, port = here.partition(".")
            edge = {"id": f"{here}->{there.partition('.')[0]}", "source": source, "target": there.partition(".")[0]}
            edges.append({**edge, "condition": port} if port else edge)
    parents = {name: holder for holder, held in (inside or {}).items() for name in held.split()}
    names.update(dict.fromkeys((*parents, *parts)))
    made = [_node(name, parts.get(name, {}), parents.get(name)) for name in names]
    return {"name": "Drawn", "nodes": made, "edges": edges, **more}


def _node(name: str, parts: dict[str, Any], parent: str | None) -> dict[str, Any]:
    usual = name if name in ("start", "end") else "work"
    return {"id": name, "type": usual, **({"parent": parent} if parent else {}), **parts}


def drawing(text: str, nodes: Parts | None = None, *, inside: Mapping[str, str] | None = None, **more: Any) -> Workflow:
    """The workflow of a drawing."""
    return Workflow.load(document(text, nodes, inside=inside, **more))
