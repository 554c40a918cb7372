"""20,000 plays of random workflows: whatever the order, the width, the crashes and the meddling, one end.

What every play must obey is asserted while it runs (`ledger`, `simulator`, `chance`): nothing ends twice, every edge
is decided once, nothing that has ended is performed again, nothing is late that was called off, no play stands still,
closed scopes leave memory, and the state is a fold of the events. Here plays of one workflow are compared.
"""

from __future__ import annotations

from random import Random

import orjson
import pytest

from pointwork.engine import Plan
from pointwork.events import event_from_dict
from tests.properties.chance import Chance, Weather
from tests.properties.endings import compare
from tests.properties.generator import Sketch, draw

CHUNKS = 40
WORKFLOWS = 50  # in a chunk
PREFIXES = 2  # of each first play

# Weathers in which the end must be the same as in the first play.
SAME_END = (
    Weather(order="random"),
    Weather(order="last", width=1),
    Weather(width=2, crash=0.2),
    Weather(pause=0.1, breakpoints=True, crash=0.1),
    Weather(late=1.0, crash=0.05),
)
# Weathers with interventions that change the end: what they must obey is asserted on the way.
ANY_END = (
    Weather(cancel=0.02, pause=0.1, crash=0.05, late=0.5),
    Weather(override=0.05, timeouts=True, pause=0.05, crash=0.05, breakpoints=True, late=0.5),
)
PLAYS = 1 + PREFIXES + len(SAME_END) + len(ANY_END)  # of each workflow


def test_there_are_enough_plays() -> None:
    assert CHUNKS * WORKFLOWS * PLAYS >= 20_000


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_one_end(chunk: int) -> None:
    for seed in range(chunk * WORKFLOWS, (chunk + 1) * WORKFLOWS):
        play_all(draw(seed))


def play_all(sketch: Sketch) -> int:
    """All plays of a workflow; returns how many inputs the scheduler took."""
    first = Chance(sketch, Weather(order="first"), 0).run()
    plays = [first]
    for number, weather in enumerate(SAME_END, 1):
        plays.append(Chance(sketch, weather, number).run())
    random = Random(sketch.seed)
    for number in range(PREFIXES):
        kept = first.events[: random.randint(0, len(first.events) - 1)]
        plays.append(Chance(sketch, Weather(), 100 + number).go_on(kept))
    for play in plays[1:]:
        try:
            compare(sketch, first, play)
        except AssertionError as error:
            error.add_note(f"workflow {sketch.seed}, play {play.seed}, {play.weather}")
            raise
    others = [Chance(sketch, weather, 200 + number).run() for number, weather in enumerate(ANY_END)]
    assert_json(first)
    return sum(play.moves for play in (*plays, *others))


def assert_json(play: Chance) -> None:
    """Events and plans survive being JSON."""
    for event in play.events:
        assert event_from_dict(orjson.loads(orjson.dumps(event))) == event
    again = Plan.load(play.plan.dump())
    assert again.hash == play.plan.hash
    same = Chance(Sketch(play.sketch.seed, play.sketch.exact, play.sketch.failing, play.sketch.workflow, again),
                  play.weather, play.seed).run()  # fmt: skip
    assert same.events == play.events


def test_generator_draws_everything() -> None:
    """The plays are worth something only if the workflows hold what may go wrong."""
    found: set[object] = set()
    for seed in range(400):
        sketch = draw(seed)
        found.add(("exact", sketch.exact))
        for around, node in sketch.plan.walk():
            found |= {node.policy, node.type, node.join, node.on_error, ("depth", len(around))}
            found |= {edge.kind for edge in node.outgoing} | {edge.port for edge in node.outgoing}
            found |= {("reads", i.address.up, len(i.address.path)) for i in node.inputs if i.address is not None}
            found |= {name for name in ("retry", "disabled", "cancel_losers", "losers", "reads") if getattr(node, name)}
            found |= {("need", node.body.need) for _ in (1,) if node.body is not None}
    assert found >= {
        *("loop", "map", "parallel", "workflow", "cycle", "condition", "router", "human", "start", "end"),
        *("all", "any", "every", "n", "fail", "continue", "inner", "back", "exit", "error", "true", "left", "*"),
        *("retry", "disabled", "cancel_losers", "losers", "reads", ("depth", 3), ("need", 1), ("need", 2)),
        *(("exact", True), ("exact", False), ("reads", 0, 1), ("reads", 1, 1), ("reads", 0, 2), ("reads", 1, 0)),
    }
