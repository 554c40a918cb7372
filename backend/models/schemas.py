"""Documents and states under their old names."""

from pointwork.engine.view import NodeStatus, Status
from pointwork.server.schemas import ExecutionState, LogEntry, NodeState
from pointwork.workflow import AgentConfig, ConditionConfig, Edge, InputMapping, LoopConfig, Node, Workflow

WorkflowDefinition = Workflow
NodeInput = InputMapping
ExecutionStatus = Status

__all__ = [
    "AgentConfig",
    "ConditionConfig",
    "Edge",
    "ExecutionState",
    "ExecutionStatus",
    "InputMapping",
    "LogEntry",
    "LoopConfig",
    "Node",
    "NodeInput",
    "NodeState",
    "NodeStatus",
    "Workflow",
    "WorkflowDefinition",
]
