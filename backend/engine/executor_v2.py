"""The executor of phase 2."""

from backend.engine.executor_v3 import WorkflowExecutorV3 as WorkflowExecutorV2

__all__ = ["WorkflowExecutorV2"]
