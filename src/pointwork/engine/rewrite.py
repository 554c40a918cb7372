"""Changing values that a state holds, after the fact: for whoever stores something else than what was decided.

Rules of this file: only values of users change, never what has happened; and a value that does not change stays the
same object. What `change` makes of values is what a fold of the stored events would hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pointwork.engine.scope import Closed, Rounds, Scope
from pointwork.engine.state import State

__all__ = ["rewrite"]

Change = Callable[[Any], Any]


def rewrite(state: State, change: Change) -> None:
    """Put every value of the state through `change`, which gets JSON data and gives JSON data of the same kind."""
    for scope in state.scopes.values():
        _scope(scope, change)
    for place, request in state.waiting.items():
        state.waiting[place] = change(request)
    state.breakpoints = change(state.breakpoints)


def _scope(scope: Scope, change: Change) -> None:
    _values(scope, change)
    scope.item = change(scope.item)
    scope.inputs = change(scope.inputs)
    scope.configs = {index: change(config) for index, config in scope.configs.items()}
    scope.doomed = change(scope.doomed)
    scope.lost = change(scope.lost)


def _values(at: Scope | Closed, change: Change) -> None:
    at.outputs[:] = map(change, at.outputs)
    at.received[:] = map(change, at.received)
    for rounds in at.rounds.values():
        _rounds(rounds, change)


def _rounds(rounds: Rounds, change: Change) -> None:
    rounds.items = change(rounds.items)
    rounds.error = change(rounds.error)
    rounds.results = {index: change(result) for index, result in rounds.results.items()}
    for closed in {id(one): one for one in (rounds.latest, *rounds.snapshots.values()) if one is not None}.values():
        _values(closed, change)
        closed.result = change(closed.result)
