"""Strongly connected components of a graph of ids. Pure, without recursion: a drawing may be 10,000 nodes deep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["components"]


def components(nodes: Sequence[str], edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The strongly connected components of a graph, in an order that depends on the arguments alone.

    A component comes before all components that it leads to (topological order); its members stand in the order of
    `nodes`. Ids of `edges` that are not among `nodes` are ignored, and an id that is named twice counts once. A
    component of one id is a cycle only if the id leads to itself.

    >>> components(["a", "b", "c", "d"], {"a": ["b"], "b": ["c"], "c": ["b", "d"]})
    [['a'], ['b', 'c'], ['d']]
    """
    position = {node: index for index, node in reversed(list(enumerate(nodes)))}
    found: list[list[str]] = []
    visited: dict[str, int] = {}  # id -> its number in order of discovery
    lowest: dict[str, int] = {}  # id -> the earliest open discovery that it reaches; left out once its component is out
    open_ids: list[str] = []
    # Tarjan finds components last ones first; going backwards here keeps the reversed answer close to document order.
    for root in reversed(nodes):
        if root in visited:
            continue
        visited[root] = lowest[root] = len(visited)
        open_ids.append(root)
        path = [(root, reversed(edges.get(root, ())))]
        while path:
            node, rest = path[-1]
            for target in rest:
                if target not in position:
                    continue
                if target not in visited:
                    visited[target] = lowest[target] = len(visited)
                    open_ids.append(target)
                    path.append((target, reversed(edges.get(target, ()))))
                    break
                if target in lowest:
                    lowest[node] = min(lowest[node], visited[target])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                if lowest[node] == visited[node]:
                    found.append(_close(node, open_ids, lowest, position))
    found.reverse()
    return found


def _close(node: str, open_ids: list[str], lowest: dict[str, int], position: Mapping[str, int]) -> list[str]:
    """Take the component that begins at `node` off the open ids."""
    start = len(open_ids) - 1
    while open_ids[start] != node:
        start -= 1
    members = open_ids[start:]
    del open_ids[start:]
    for member in members:
        del lowest[member]
    return sorted(members, key=position.__getitem__)
