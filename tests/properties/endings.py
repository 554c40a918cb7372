"""What two plays of one workflow must have in common, and how far: the meaning of "the order does not matter".

A scope that failed may have been given up before or after this or that node in it ended, so it is *tainted*: what lies
in it is not compared, nor are its siblings when their failure was the failure of their container. Beyond that, errors
are values which name the one of several failures that came first, so values are compared only where no error that
could differ has leaked out.
"""

from __future__ import annotations

from typing import Any

from pointwork.engine import Plan
from pointwork.events import Activation
from tests.engine.simulator import Play
from tests.properties.generator import Sketch

__all__ = ["cannot_fail", "compare", "is_racing"]


def compare(sketch: Sketch, one: Play, other: Play) -> None:
    """Fail where two plays differ that must not."""
    first, second = one.ledger, other.ledger
    assert first.finished is not None
    assert second.finished is not None
    if is_racing(sketch.plan):
        if cannot_fail(sketch):
            assert (first.finished.status, second.finished.status) == ("completed", "completed")
        return
    assert first.finished.status == second.finished.status
    tainted = _tainted(one, other)
    assert _statuses(one, tainted) == _statuses(other, tainted)
    if sketch.exact and not any(closed.error for play in (one, other) for closed in play.ledger.closed.values()):
        assert _values(one, other) == _values(other, one)
        if not tainted:
            assert first.finished == second.finished
            assert _scopes(one) == _scopes(other)


def is_racing(plan: Plan) -> bool:
    """Whether something is called off because something else was faster."""
    return any(node.cancel_losers or (node.body is not None and node.body.need) for _, node in plan.walk())


def cannot_fail(sketch: Sketch) -> bool:
    """Whether no node of a loose workflow can fail, whatever happens."""
    return not sketch.failing and not any(_has_limit(node.policy, node.config) for _, node in sketch.plan.walk())


def _has_limit(policy: str | None, config: dict[str, Any]) -> bool:
    if policy == "loop":
        return config["loop_type"] == "for_each" and config["max_iterations"] < 2 and config["on_limit"] == "fail"
    return policy == "cycle"


def _tainted(*plays: Play) -> set[str]:
    """The scopes in which something was given up, in one play or the other."""
    found: set[str] = set()
    broken: set[tuple[Activation, int]] = set()
    for play in plays:
        assert play.ledger.finished is not None
        if play.ledger.finished.status != "completed":
            found.add("")
        failed = {path for path, closed in play.ledger.closed.items() if not closed.ok}
        found |= failed
        broken |= {play.ledger.opened_by[path] for path in failed}
    for play in plays:
        for path, opener in play.ledger.opened_by.items():  # outer ones come first
            if opener[0].scope in found or opener in broken:
                found.add(path)
    return found


def _statuses(play: Play, tainted: set[str]) -> dict[str, Any]:
    return {
        str(place): (how.status, how.ports) for place, how in play.ledger.ended.items() if place.scope not in tainted
    }


def _values(play: Play, other: Play) -> dict[str, Any]:
    """What was put out by nodes that completed in both."""
    return {
        str(place): (how.output, how.ports)
        for place, how in play.ledger.ended.items()
        if how.status == "completed" and place in other.ledger.ended and other.ledger.ended[place].status == "completed"
    }


def _scopes(play: Play) -> dict[str, Any]:
    return {path: (closed.ok, closed.result) for path, closed in play.ledger.closed.items()}
