"""Strongly connected components, against the plain definition: two nodes that reach each other belong together."""

from __future__ import annotations

import random

import pytest

from pointwork.graph import components


@pytest.mark.parametrize(
    ("nodes", "edges", "found"),
    [
        ("", {}, []),
        ("a", {}, [["a"]]),
        ("a", {"a": ["a"]}, [["a"]]),
        ("ab", {"b": ["a"]}, [["b"], ["a"]]),  # what leads on comes first
        ("abc", {}, [["a"], ["b"], ["c"]]),
        ("abc", {"a": ["c"], "c": ["a", "b"]}, [["a", "c"], ["b"]]),
        ("cba", {"a": ["b"], "b": ["c"], "c": ["a"]}, [["c", "b", "a"]]),  # in the order of the nodes
        ("abcd", {"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["c"]}, [["a", "b"], ["c", "d"]]),
        ("ab", {"a": ["x"], "x": ["a"], "b": ["a", "a"]}, [["b"], ["a"]]),  # x is none of the nodes
        ("aab", {"a": ["b"], "b": ["a"]}, [["a", "b"]]),  # twice is once
    ],
)
def test_components(nodes: str, edges: dict[str, list[str]], found: list[list[str]]) -> None:
    assert components(list(nodes), edges) == found


def reached(start: str, edges: dict[str, list[str]]) -> set[str]:
    seen, rest = {start}, [start]
    while rest:
        for target in edges.get(rest.pop(), []):
            if target not in seen:
                seen.add(target)
                rest.append(target)
    return seen


def test_components_by_definition() -> None:
    for seed in range(1_000):
        chance = random.Random(seed)
        nodes = [f"n{number}" for number in range(chance.randint(1, 8))]
        chance.shuffle(nodes)
        edges = {node: chance.choices(nodes, k=chance.randint(0, 3)) for node in nodes}
        found = components(nodes, edges)
        assert sorted(node for part in found for node in part) == sorted(nodes)
        place = {node: number for number, part in enumerate(found) for node in part}
        for node in nodes:
            for other in reached(node, edges):
                assert place[node] <= place[other]
                assert (place[node] == place[other]) == (node in reached(other, edges))
        assert all(part == sorted(part, key=nodes.index) for part in found)
        assert found == components(nodes, edges)


def test_depth_does_not_matter() -> None:
    chain = {str(number): [str(number + 1)] for number in range(100_000)}
    nodes = list(chain)
    assert [part[0] for part in components(nodes, chain)] == nodes
    assert components(nodes, chain | {nodes[-1]: ["0"]}) == [nodes]
