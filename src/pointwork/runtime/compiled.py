"""A plan with what the runtime prepares once for all executions of it."""

from __future__ import annotations

import hashlib

from pointwork.config import Config
from pointwork.engine import Plan
from pointwork.nodes import Registry
from pointwork.workflow import JsonObject

__all__ = ["Compiled"]


class Compiled:
    """A plan, its bytes and hash, and the parsed configurations of its nodes."""

    __slots__ = ("_configs", "data", "hash", "nodes", "plan", "variables")

    def __init__(self, plan: Plan, data: bytes | None = None) -> None:
        self.plan = plan
        self.data = plan.dump() if data is None else data
        self.hash = hashlib.sha256(self.data).hexdigest()
        self.nodes = [("/".join((*prefix, node.id)) if prefix else node.id, node.type) for prefix, node in plan.walk()]
        self.variables = plan.variables
        self._configs: dict[int, tuple[JsonObject, Config]] = {}

    def config(self, registry: Registry, node_type: str, raw: JsonObject) -> Config:
        """The configuration as its model; parsed once for configurations that are the plan's own."""
        known = self._configs.get(id(raw))
        if known is not None and known[0] is raw:
            return known[1]
        return registry.types[node_type].spec.config.model_validate(raw)

    def prepare(self, registry: Registry) -> None:
        """Parse the configurations that hold no templates; the others differ from start to start."""
        for _, node in self.plan.walk():
            kind = registry.types.get(node.type)
            if kind is not None and not node.templates:
                self._configs[id(node.config)] = (node.config, kind.spec.config.model_validate(node.config))
