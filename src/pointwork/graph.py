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
    names = list(dict.fromkeys(nodes))
    position = {name: index for index, name in enumerate(names)}
    # Tarjan's algorithm finds components last ones first; going backwards keeps the reversed answer near to `nodes`.
    follow = [[position[to] for to in edges[name] if to in position] if name in edges else [] for name in names]
    found = [[names[member] for member in sorted(part)] for part in _tarjan(follow)]
    found.reverse()
    return found


def _tarjan(follow: list[list[int]]) -> list[list[int]]:
    """Components of the graph of 0, 1, …; `follow` is used up."""
    done = len(follow)  # more than any number of discovery: the component is out
    lowest = [-1] * done  # the earliest open discovery that is reached; -1: not discovered
    found: list[list[int]] = []
    open_nodes: list[int] = []
    place = [0] * done  # of a node among the open ones, which is also its number of discovery
    for root in range(done - 1, -1, -1):
        if lowest[root] >= 0:
            continue
        path = [root]
        while path:
            node = path[-1]
            if lowest[node] < 0:
                place[node] = lowest[node] = len(open_nodes)
                open_nodes.append(node)
            rest = follow[node]
            low = lowest[node]
            while rest:
                reached = lowest[rest[-1]]
                if reached < 0:
                    break
                if reached < low:
                    low = reached
                rest.pop()
            lowest[node] = low
            if rest:
                path.append(rest[-1])
                continue
            path.pop()
            if low == place[node]:
                part = open_nodes[low:]
                del open_nodes[low:]
                for member in part:
                    lowest[member] = done
                found.append(part)
    return found
