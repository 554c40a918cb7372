"""The executors; all three are the same engine."""

from backend.engine.executor import WorkflowExecutor
from backend.engine.executor_v2 import WorkflowExecutorV2
from backend.engine.executor_v3 import WorkflowExecutorV3

__all__ = ["WorkflowExecutor", "WorkflowExecutorV2", "WorkflowExecutorV3"]
