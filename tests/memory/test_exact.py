"""Exact search: the same as sorting by hand, with and without numpy; never stale; never more memory than allowed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from importlib import util

import pytest

from pointwork.memory.exact import PIECE, Exact
from pointwork.memory.protocols import Entry, Found
from pointwork.memory.vectors import cosine, pack


class Rows:
    """Vectors of agents, and how often they were read."""

    def __init__(self, **agents: dict[str, bytes]) -> None:
        self.agents = agents
        self.changes = 0
        self.reads: list[str] = []

    def revision(self, agent_id: str) -> int:
        return self.changes

    def vectors(self, agent_id: str, embedder: str) -> Iterable[tuple[str, bytes]]:
        self.reads.append(agent_id)
        yield from self.agents.get(agent_id, {}).items()


def some(number: int, seed: int = 1, dim: int = 8) -> dict[str, bytes]:
    chance = random.Random(seed)
    return {f"m{at}": pack([chance.gauss(0, 1) for _ in range(dim)]) for at in range(number)}


@pytest.fixture(params=["numpy", "pure"])
def arithmetic(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pure":
        monkeypatch.setattr(util, "find_spec", lambda name: None)
        monkeypatch.setattr("pointwork.memory.exact.find_spec", lambda name: None)


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("n", [1, 3, 40, 10_000_000])
def test_finds_the_nearest_in_order(n: int) -> None:
    rows = some(40)
    wanted = pack([1.0] * 8)
    found = Exact(Rows(a=rows, b=some(5, seed=2)), "e").search("a", wanted, n)
    by_hand = sorted(rows, key=lambda id: -cosine(rows[id], wanted))[:n]
    assert [one.id for one in found] == by_hand
    assert found[0].cosine == pytest.approx(cosine(rows[by_hand[0]], wanted), abs=1e-6)


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("n", [-3, 0])
def test_nothing_wanted_or_nothing_there(n: int) -> None:
    assert Exact(Rows(a=some(4)), "e").search("a", pack([1.0] * 8), n) == []
    assert Exact(Rows(), "e").search("nobody", pack([1.0] * 8), 5) == []


@pytest.mark.usefixtures("arithmetic")
def test_reads_again_when_the_store_has_changed() -> None:
    rows = Rows(a={"one": pack([1, 0])})
    index = Exact(rows, "e")
    for _ in range(3):
        assert index.search("a", pack([0, 1]), 1) == [Found("one", 0.0)]
    assert rows.reads == ["a"]
    rows.agents["a"]["two"] = pack([0, 1])
    rows.changes += 1
    index.put([Entry("two", "a", pack([0, 1]))])
    assert index.search("a", pack([0, 1]), 1) == [Found("two", 1.0)]
    del rows.agents["a"]["two"]
    rows.changes += 1
    assert [one.id for one in index.search("a", pack([0, 1]), 5)] == ["one"]


def test_the_agent_that_was_asked_longest_ago_goes_first() -> None:
    rows = Rows(a=some(100), b=some(100), c=some(100))
    index = Exact(rows, "e", kept_bytes=2 * 100 * (8 * 4 + 100))
    for agent in "abacab":  # `c` drives out `b`, not `a`
        index.search(agent, pack([1.0] * 8), 1)
    assert rows.reads == ["a", "b", "c", "b"]


def test_an_agent_larger_than_the_limit_is_read_each_time() -> None:
    rows = Rows(a=some(PIECE + 10, dim=2))
    index = Exact(rows, "e", kept_bytes=1_000)
    first = index.search("a", pack([1, 1]), 3)
    assert index.search("a", pack([1, 1]), 3) == first
    assert rows.reads == ["a", "a"]
    by_hand = sorted((cosine(vector, pack([1, 1])) for vector in rows.agents["a"].values()), reverse=True)
    assert [one.cosine for one in first] == pytest.approx(by_hand[:3], abs=1e-6)
