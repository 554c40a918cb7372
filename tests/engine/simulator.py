"""Plays an execution without a runtime: a test, or chance, decides what handlers answer and when.

Whatever the scheduler says is checked on the way: its events by the `Ledger`, its commands here (exactly the handlers
that are at work are being performed, none twice), and its state against a fold of the same events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from pointwork.commands import (
    Cancel,
    Command,
    Completed,
    Failed,
    Input,
    Perform,
    SetTimer,
    Start,
    Suspended,
    TimerFired,
)
from pointwork.engine import Plan, Scheduler, State, compile
from pointwork.engine.scope import Scope
from pointwork.events import Activation, Event, ScopeClosed, ScopeOpened, event_from_dict
from pointwork.spec import NodeSpec
from pointwork.workflow import Workflow
from tests.engine.drawings import SPECS
from tests.engine.ledger import Ledger

__all__ = ["Play", "at", "brief", "contents", "story"]


class Play:
    """One execution, act by act. Handlers of `start` and `end` answer by themselves, those of all others on cue."""

    def __init__(
        self,
        workflow: Workflow | Plan,
        inputs: dict[str, Any] | None = None,
        *,
        specs: Mapping[str, NodeSpec] = SPECS,
        workflows: Mapping[tuple[str, int | None], Workflow] | None = None,
        begin: bool = True,
    ) -> None:
        self.plan = workflow if isinstance(workflow, Plan) else compile(workflow, specs, workflows)
        self.scheduler = Scheduler(self.plan)
        self.events: list[Event] = []
        self.ledger = Ledger(self.plan)
        self.shadow = State(self.plan)  # a second fold of what was said
        self.performing: dict[Activation, Perform] = {}
        self.timers: list[SetTimer] = []
        self.cancelled: list[Activation] = []
        self.said: list[Event] = self.say(Start(inputs or {})) if begin else []

    # ------------------------------------------------------------------------------------------------ input

    def say(self, item: Input) -> list[Event]:
        """Hand in an input; returns the events that it led to, those of `start` and `end` included."""
        before = len(self.events)
        self.take(*self.scheduler.handle(item))
        while easy := next((p for p in self.performing.values() if p.type in ("start", "end")), None):
            output = easy.inputs["output"] if easy.type == "end" and easy.inputs.keys() == {"output"} else easy.inputs
            del self.performing[Activation(easy.scope, easy.node)]
            self.take(*self.scheduler.handle(Completed(easy.scope, easy.node, easy.attempt, output)))
        self.said = self.events[before:]
        return self.said

    def done(self, where: str, output: Any = "ok", *ports: str) -> list[Event]:
        """The handler of an activation returns."""
        perform = self.performing.pop(at(where))
        return self.say(Completed(perform.scope, perform.node, perform.attempt, output, ports or ("out",)))

    def fail(self, where: str, kind: str = "broken", *, retryable: bool = True) -> list[Event]:
        """The handler of an activation raises."""
        perform = self.performing.pop(at(where))
        error = {"kind": kind, "message": f"{perform.node} broke", "hint": ""}
        return self.say(Failed(perform.scope, perform.node, perform.attempt, error, retryable))

    def ask(self, where: str, **request: Any) -> list[Event]:
        """The handler of an activation wants an answer."""
        perform = self.performing.pop(at(where))
        return self.say(Suspended(perform.scope, perform.node, perform.attempt, request))

    def fire(self, where: str) -> list[Event]:
        """The time of an activation's timer has come."""
        found = next(timer for timer in self.timers if Activation(timer.scope, timer.node) == at(where))
        self.timers.remove(found)
        return self.say(TimerFired(found.scope, found.node, found.attempt, found.purpose))

    # ----------------------------------------------------------------------------------------------- output

    def take(self, events: Iterable[Event], commands: Iterable[Command]) -> None:
        """Store events, obey commands, and check both."""
        for event in events:
            self.events.append(event)
            self.ledger.take(event)
            self.shadow.apply(event)
        for command in commands:
            self.obey(command)
        self.shadow.work.clear()
        assert self.performing.keys() == set(self.ledger.handlers())

    def obey(self, command: Command) -> None:
        match command:
            case Perform():
                place = Activation(command.scope, command.node)
                assert place not in self.performing, f"{place} is performed twice"
                self.performing[place] = command
            case SetTimer():
                self.timers.append(command)
            case Cancel():
                place = Activation(command.scope, command.node)
                self.performing.pop(place, None)
                self.cancelled.append(place)

    def recover(self, prefix: int | None = None, *, plan: Plan | None = None) -> None:
        """Lose the scheduler and all events from `prefix` on, and go on from what was stored."""
        self.begin_again(self.events[:prefix], plan=plan)
        for command in self.scheduler.outstanding():
            self.obey(command)
        self.take(*self.scheduler.go_on())

    def begin_again(self, events: list[Event], *, plan: Plan | None = None) -> None:
        """A scheduler, a ledger and a fold that know these events, which were JSON in between."""
        self.events = [event_from_dict(orjson.loads(orjson.dumps(event))) for event in events]
        self.plan = plan or Plan.load(self.plan.dump())
        self.ledger, self.shadow, self.performing, self.timers = Ledger(self.plan), State(self.plan), {}, []
        for event in self.events:
            self.ledger.take(event)
            self.shadow.apply(event)
        self.shadow.work.clear()
        self.scheduler = Scheduler.recover(self.plan, self.events)

    def check_state(self) -> None:
        """The scheduler's state is what its events say, and agrees with the ledger."""
        state = self.scheduler.state
        assert contents(state) == contents(self.shadow)
        assert state.scopes.keys() == self.ledger.scopes.keys()
        for path, scope in state.scopes.items():
            assert (scope.undecided, scope.live) == (self.ledger.scopes[path].undecided, self.ledger.scopes[path].live)
        assert state.waiting.keys() == {place for place, busy in self.ledger.busy.items() if busy == "waiting"}
        assert state.running == len(self.performing) + sum(place in self.ledger.mute for place in self.ledger.busy)

    # -------------------------------------------------------------------------------------------- questions

    @property
    def statuses(self) -> dict[str, str]:
        """Status by activation, in the order in which they ended; what has not ended comes last."""
        ended = {str(place): how.status for place, how in self.ledger.ended.items()}
        return {**ended, **{str(place): status for place, status in self.ledger.busy.items()}}

    @property
    def result(self) -> tuple[str, Any]:
        """Status and result of the end."""
        assert self.ledger.finished is not None, self.statuses
        return self.ledger.finished.status, self.ledger.finished.result

    @property
    def error(self) -> dict[str, Any]:
        assert self.ledger.finished is not None
        assert self.ledger.finished.error is not None
        return self.ledger.finished.error

    @property
    def told(self) -> list[str]:
        """What the last input led to, as a story."""
        return story(self.said)

    @property
    def at_work(self) -> list[str]:
        return [str(place) for place in self.performing]

    def inputs(self, where: str) -> dict[str, Any]:
        """What an activation that is being performed received."""
        return self.performing[at(where)].inputs

    def output(self, where: str) -> Any:
        return self.ledger.ended[at(where)].output


def at(where: str) -> Activation:
    """`a` or `m[0]/a`."""
    scope, _, node = where.rpartition("/")
    return Activation(scope, node)


def brief(event: Event) -> str:
    """An event in a few words: what happened, and where."""
    name = event.type.removeprefix("Node").removeprefix("Execution")
    if isinstance(event, (ScopeOpened, ScopeClosed)):
        return f"{name} {event.scope}"
    node = getattr(event, "node", None)
    return f"{name} {Activation(getattr(event, 'scope', ''), node)}" if node else name


def story(events: Iterable[Event]) -> list[str]:
    return [brief(event) for event in events]


_PLAIN = (
    "status", "undecided", "live", "outputs", "received", "ports", "attempts", "tries", "configs", "left",
    "open_children", "stopping", "doomed", "lost", "cancelled", "sinks_done", "back", "exits", "index", "item",
    "inputs",
)  # fmt: skip


def contents(state: State) -> dict[str, Any]:
    """All of a state that is true, without what a scheduler only keeps at hand (work, items worked out)."""
    names = ("started", "status", "paused", "stepping", "cancelling", "running", "activations", "breakpoints", "visits")
    return {
        **{name: getattr(state, name) for name in (*names, "passed", "waiting")},
        "scopes": {path: _scope(scope) for path, scope in state.scopes.items()},
    }


def _scope(scope: Scope) -> dict[str, Any]:
    rounds = {
        index: (r.attempt, r.opened, r.closed, r.keep, r.results, r.error, [*r.open], [*r.snapshots])
        for index, r in scope.rounds.items()
    }
    found = {**{name: getattr(scope, name) for name in _PLAIN}, "rounds": rounds, "space": scope.space.path}
    return {**found, "overridden": sorted(scope.overridden)} if scope.overridden else found
