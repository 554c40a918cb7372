"""Node types: one file each, named after the type; `base` says what a node type is."""

from pointwork.nodes.base import NodeContext, NodeType, Out, Registry, Suspend, builtin_registry, node_type

__all__ = ["NodeContext", "NodeType", "Out", "Registry", "Suspend", "builtin_registry", "node_type"]
