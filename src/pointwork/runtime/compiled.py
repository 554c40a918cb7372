"""A plan with what the runtime prepares once for all executions of it."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

from pydantic import ValidationError

from pointwork.config import Config
from pointwork.engine import Plan, View
from pointwork.nodes import NodeType, Registry

__all__ = ["Compiled"]


class Compiled:
    """A plan, its bytes and hash, and the parsed configurations of its nodes."""

    __slots__ = (
        "data", "hash", "nodes", "plan", "prepared", "self_contained", "variables", "version", "workflow_id",
        "workflow_name",
    )  # fmt: skip

    def __init__(
        self,
        plan: Plan,
        data: bytes | None = None,
        *,
        workflow_id: str | None = None,
        workflow_name: str = "",
        version: str = "",
    ) -> None:
        self.plan = plan
        self.data = plan.dump() if data is None else data
        self.hash = hashlib.sha256(self.data).hexdigest()
        self.nodes = View.of(plan).nodes
        self.variables = plan.variables
        # A plan with sub-workflows is out of date as soon as one of them is saved anew.
        self.self_contained = all(node.policy != "workflow" for _, node in plan.walk())
        self.workflow_id = workflow_id
        self.workflow_name = workflow_name
        self.version = version
        # By the identity of the configuration; those with templates differ from start to start and are not here.
        self.prepared: dict[int, tuple[NodeType[Any], Config]] = {}

    def prepare(self, registry: Registry) -> None:
        """Parse the configurations that hold no templates."""
        for _, node in self.plan.walk():
            kind = registry.types.get(node.type)
            if kind is None or node.templates:
                continue
            # A plan of former times may not fit the type any more; then the node says so when it starts.
            with contextlib.suppress(ValidationError):
                self.prepared[id(node.config)] = (kind, kind.spec.config.model_validate(node.config))
