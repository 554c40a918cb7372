"""What a node type says about itself: ports, behaviour flags, configuration. Description only, no behaviour.

The engine, the catalogue of the API, the forms of the app and the reference pages all read `NodeSpec`; nothing about
a node type is written down anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from pointwork.config import Config, Mark
from pointwork.workflow import JsonObject

__all__ = ["NodeSpec", "Policy", "PortType"]

# How a composite node opens its scopes; `cycle` is for loops drawn with edges, which have no node of their own.
Policy: TypeAlias = Literal["loop", "map", "parallel", "workflow", "cycle"]


# What goes over a port, for editors; the engine hands on every value as it is.
PortType: TypeAlias = Literal["any", "text", "json", "list", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """The description of a node type.

    `ports` are its outlets; every type also has `error`. `ports_from` names a configuration field (and a key, when
    that field is a list of objects) whose values are further ports. `always` are ports that fire whenever the node
    completes. `effects=False`: it only computes, so it runs inline and is never interrupted. `idempotent=False`: an
    attempt cut off by a crash is not repeated without asking. `transparent`: it hands on what it received, so nodes
    behind it see its inputs. `collects`: without mappings it receives the values of its live predecessors unmerged,
    one as `output`, several under their node ids.
    """

    type: str
    title: str
    config: type[Config] = Config
    ports: tuple[str, ...] = ("out",)
    ports_from: tuple[str, str | None] | None = None
    always: tuple[str, ...] = ()
    policy: Policy | None = None
    effects: bool = True
    idempotent: bool = True
    transparent: bool = False
    collects: bool = False
    icon: str = "box"
    group: str = "Other"
    card: str = ""
    version: int = 1
    doc: str = ""
    example: JsonObject = field(default_factory=dict[str, Any])
    # Values that the node hands on under these names, so that mappings and the editor know them.
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    # Of which type what it receives must be, what it gives as a whole, and those of its `outputs` that are not `any`.
    takes: PortType = "any"
    gives: PortType = "any"
    output_types: Mapping[str, PortType] = field(default_factory=dict[str, PortType])

    def ports_of(self, config: JsonObject) -> tuple[str, ...]:
        """All ports of a node with this configuration."""
        if self.ports_from is None:
            return self.ports
        name, key = self.ports_from
        found: list[str] = []
        values = config.get(name)
        for value in values if isinstance(values, list) else []:
            port = value.get(key) if key is not None and isinstance(value, dict) else value
            if isinstance(port, str) and port not in found:
                found.append(port)
        return (*found, *(port for port in self.ports if port not in found))

    def marked(self, mark: Literal["template", "expression"], *, secrets: bool = False) -> frozenset[str]:
        """Names of the configuration fields that hold templates (or expressions), at any depth.

        With `secrets` only those that may refer to secrets.
        """
        wanted = [Mark(mark, secrets=True)] if secrets else [Mark(mark), Mark(mark, secrets=True)]
        fields = self.config.model_fields.items()
        return frozenset(
            name
            for name, info in fields
            if any(one in info.metadata or _mentions(info.annotation, one) for one in wanted)
        )


def _mentions(annotation: Any, mark: Mark) -> bool:
    """Whether a type mentions the mark anywhere, for example in `dict[str, Template]`."""
    if mark in getattr(annotation, "__metadata__", ()):
        return True
    if isinstance(annotation, type) and issubclass(annotation, Config):
        fields = annotation.model_fields.values()
        return any(mark in info.metadata or _mentions(info.annotation, mark) for info in fields)
    return any(_mentions(part, mark) for part in get_args(annotation))
