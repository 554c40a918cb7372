"""Looking at random workflows at any moment, from anywhere, shows what a node there reads, and changes nothing."""

from __future__ import annotations

from random import Random
from typing import Any

import orjson
import pytest

from pointwork.engine import State
from pointwork.engine.inputs import names_of, received_by
from pointwork.engine.looking import names_at
from pointwork.engine.plan import PlanNode
from pointwork.engine.scope import Scope
from pointwork.events import NodeStarted
from tests.engine.simulator import contents
from tests.properties.chance import Chance, Weather
from tests.properties.generator import draw

CHUNKS = 10
WORKFLOWS = 60


def everything(scope: Scope, node: PlanNode | None) -> dict[str, Any]:
    """All that can be named there, read."""
    names = names_at(scope, node)
    nodes = names.pop("nodes").names
    return {**names, "nodes": {name: nodes[name] for name in nodes if name in nodes}}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_looking_from_anywhere(chunk: int) -> None:
    seen = 0
    for seed in range(chunk * WORKFLOWS, (chunk + 1) * WORKFLOWS):
        sketch = draw(seed)
        random = Random(seed)
        play = Chance(sketch, Weather(override=0.05, pause=0.05, late=0.5), 1).run()
        state = State(sketch.plan)
        for event in play.events:
            if isinstance(event, NodeStarted) and event.attempt == 1:
                seen += as_it_reads(state.scopes[event.scope], event)
            state.apply(event)
            before = repr(contents(state))
            scope = random.choice(list(state.scopes.values()))
            for node in (None, random.choice(scope.plan.nodes)):
                orjson.dumps(everything(scope, node))
            assert repr(contents(state)) == before
    assert seen


def as_it_reads(scope: Scope, event: NodeStarted) -> int:
    """What a node is about to be given is what is seen there; how many names of nodes it reads itself."""
    node = scope.plan.nodes[scope.plan.index[event.node]]
    looked = everything(scope, node)
    for name, value in names_of(scope, node).get("nodes", {}).items():
        assert looked["nodes"][name] == value
    for name, value in received_by(scope, node).items():
        if name != "nodes":
            assert looked[name] == value
    return len(node.reads) + len(event.inputs)
