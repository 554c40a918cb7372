"""The executor of phase 1."""

from backend.engine.executor_v3 import WorkflowExecutorV3 as WorkflowExecutor

__all__ = ["WorkflowExecutor"]
