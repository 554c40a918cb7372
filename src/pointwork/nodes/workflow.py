"""The `workflow` node: another stored workflow as one step. The engine does it."""

from __future__ import annotations

from pointwork.config import Config, ui
from pointwork.nodes.base import NodeType, node_type

__all__ = ["SubWorkflow", "SubWorkflowConfig"]


class SubWorkflowConfig(Config):
    """Which workflow."""

    workflow_id: str = ui(min_length=1, max_length=200, help="The id of the stored workflow.")
    version: int | None = ui(
        None, ge=1, advanced=True, help="A version of it. Empty: the newest, as it is when the run starts."
    )


@node_type(
    "workflow",
    title="Workflow",
    icon="workflow",
    group="Flow",
    card="Run {workflow_id}",
    policy="workflow",
    example={"workflow_id": "summarise"},
)
class SubWorkflow(NodeType[SubWorkflowConfig]):
    """Run another workflow as one step.

    What this node receives are the inputs of that workflow, and its result is the output here. The nodes of the other
    workflow see nothing of this one.
    """
