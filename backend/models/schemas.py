"""Documents and states under their old names."""

from pointwork.engine.view import NodeStatus, Status
from pointwork.server.schemas import ExecutionState, LogLine, NodeState
from pointwork.workflow import AgentConfig, ConditionConfig, Edge, InputMapping, LoopConfig, Node, Workflow

WorkflowDefinition = Workflow
NodeInput = InputMapping
ExecutionStatus = Status
LogEntry = LogLine

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
