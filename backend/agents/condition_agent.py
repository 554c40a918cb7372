"""The condition of phase 2, a node type now."""

from pointwork.nodes.condition import Condition as ConditionAgent

__all__ = ["ConditionAgent"]
