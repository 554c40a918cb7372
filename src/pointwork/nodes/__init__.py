"""Node types: one file each, named after the type; `base` says what a node type is."""

from pointwork.nodes.base import Asking, NodeContext, NodeType, Out, Registry, Suspend, builtin_registry, node_type

__all__ = ["Asking", "NodeContext", "NodeType", "Out", "Registry", "Suspend", "builtin_registry", "node_type"]
