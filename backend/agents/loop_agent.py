"""The loop of phase 2, a node type now that the engine runs."""

from pointwork.nodes.loop import Loop as LoopAgent

__all__ = ["LoopAgent"]
