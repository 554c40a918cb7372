"""Chance plays an execution to its end: in what order handlers answer, when the process dies, who pauses and looks.

What a handler answers is a function of the activation, of how often it has failed and of what it received, never of
the order; so two plays of an exact workflow must come to the same end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, TypeAlias
from zlib import crc32

import orjson

from pointwork.commands import (
    Answered,
    Breakpoint,
    Cancel,
    CancelExecution,
    Command,
    Completed,
    Failed,
    Input,
    Interrupted,
    Override,
    Pause,
    Perform,
    Resume,
    Retry,
    SetBreakpoints,
    SetTimer,
    Start,
    Step,
    Suspended,
    TimerFired,
)
from pointwork.engine import Plan
from pointwork.errors import Conflict, Unacceptable
from pointwork.events import Activation, Event, NodeFailed, NodeStarted
from tests.engine.simulator import Play
from tests.properties.generator import Sketch

__all__ = ["Chance", "Weather", "ending"]

Order: TypeAlias = Literal["random", "first", "last"]
MOST_CRASHES = 8  # in one play, or long ones never end
MOST_MOVES = 20_000  # a play that takes longer does not end
STEPS: tuple[Literal["into", "over", "out", "call"], ...] = ("into", "over", "out", "call")
INPUTS = {"q": "question", "items": ["a", "b"], "n": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What an execution has to stand; probabilities are per move."""

    order: Order = "random"
    width: int | None = None  # handlers at a time
    crash: float = 0.0
    pause: float = 0.0
    breakpoints: bool = False
    late: float = 0.0  # a cancelled handler answers all the same
    cancel: float = 0.0
    override: float = 0.0
    timeouts: bool = False  # containers may take too long
    look: float = 0.05  # compare the state with its fold


class Chance(Play):
    """A play in which a seed decides what happens next."""

    def __init__(self, sketch: Sketch, weather: Weather, seed: int) -> None:
        plan = sketch.plan if weather.width is None else _narrowed(sketch.plan, weather.width)
        super().__init__(plan, begin=False)
        self.sketch = sketch
        self.weather = weather
        self.seed = seed
        self.random = Random(f"{sketch.seed}/{seed}")
        self.orphans: list[Perform] = []  # cancelled, but not yet aware of it
        self.due: set[Activation] = set()  # may begin another attempt
        self.moves = 0
        self.crashes = 0

    def run(self) -> Chance:
        """To the end."""
        try:
            self.begin()
            while self.scheduler.state.status is None:
                self.moves += 1
                assert self.moves < MOST_MOVES, "this never ends"
                self.move()
            self.check_state()
            self.ended()
        except BaseException as error:
            error.add_note(f"workflow {self.sketch.seed}, play {self.seed}, {self.weather}")
            raise
        return self

    def go_on(self, events: list[Event]) -> Chance:
        """From these events to the end."""
        self.begin_again(events, plan=self.plan)
        self.restart()
        return self.run()

    def begin(self) -> None:
        if not self.scheduler.state.started:
            points = tuple(self.breakpoints()) if self.weather.breakpoints else ()
            self.hand_in(Start(INPUTS, breakpoints=points))

    def breakpoints(self) -> list[Breakpoint]:
        names = [node.id for _, node in self.plan.walk()]
        kinds: list[Literal["before", "after", "error"]] = ["before", "before", "after", "error"]
        return [
            Breakpoint(
                name,
                self.random.choice(kinds),
                self.random.choice((None, None, "default(index, 1) == 1", "1 / 0")),
                self.random.choice((1, 1, 2)),
            )
            for name in self.random.sample(names, min(len(names), 3))
        ]

    def hand_in(self, item: Input) -> list[Event]:
        if isinstance(item, (TimerFired, Retry)):
            self.due.add(Activation(item.scope, item.node))
        events, commands = self.scheduler.handle(item)
        self.take(events, commands)
        return events

    def take(self, events: Iterable[Event], commands: Iterable[Command]) -> None:
        for event in events:
            if isinstance(event, NodeFailed) and event.retry_in_s == 0:
                self.due.add(Activation(event.scope, event.node))
            elif isinstance(event, NodeStarted) and event.attempt > 1:
                place = Activation(event.scope, event.node)
                assert place in self.due, f"{event} before its time"
                self.due.remove(place)
        super().take(events, commands)

    # ------------------------------------------------------------------------------------------------ moves

    def move(self) -> None:
        """One thing happens."""
        weather, dice = self.weather, self.random.random
        if self.crashes < MOST_CRASHES and dice() < weather.crash:
            self.crash()
        elif weather.pause and dice() < weather.pause:
            self.meddle()
        elif weather.cancel and dice() < weather.cancel:
            self.hand_in(CancelExecution())
        elif weather.override and dice() < weather.override:
            self.override()
        elif self.orphans and dice() < 0.5:
            self.speak_late()
        elif self.scheduler.state.paused and dice() < 0.4:
            self.carry_on()
        else:
            self.act()
        if dice() < weather.look:
            self.check_state()

    def carry_on(self) -> None:
        """Somebody resumes, or takes a step of any kind; there may be nothing to step out of."""
        if self.random.random() < 0.5:
            self.hand_in(Resume())
            return
        try:
            self.hand_in(Step(self.random.choice(STEPS)))
        except Conflict:
            self.hand_in(Step())

    def act(self) -> None:
        """A handler answers, a timer fires, or somebody answers."""
        waiting = list(self.scheduler.state.waiting)
        count = len(self.performing) + len(self.timers) + len(waiting)
        if not count:
            assert self.scheduler.state.paused, f"nothing will ever happen: {self.ledger.busy}"
            self.carry_on()
            return
        choice = {"first": 0, "last": count - 1}.get(self.weather.order, self.random.randrange(count))
        if choice < len(self.performing):
            place = list(self.performing)[choice]
            self.hand_in(self.answer_of(self.performing.pop(place)))
        elif choice < len(self.performing) + len(waiting):
            self.reply(Activation(*waiting[choice - len(self.performing)]))
        else:
            self.fire_timer(self.timers.pop(choice - len(self.performing) - len(waiting)))

    def fire_timer(self, timer: SetTimer) -> None:
        self.hand_in(TimerFired(timer.scope, timer.node, timer.attempt, timer.purpose))

    def reply(self, place: Activation) -> None:
        request = self.scheduler.state.waiting[place]
        if request.get("kind") == "interrupted":
            self.hand_in(Answered(place.node, scope=place.scope, action="again"))
        else:
            side = ("left", "right")[self.number(place, "side") % 2]
            self.hand_in(Answered(place.node, {"choice": side}, place.scope, ports=("out", side)))

    def speak_late(self) -> None:
        """Somebody who was called off answers: nothing at all happens."""
        perform = self.orphans.pop(self.random.randrange(len(self.orphans)))
        assert self.hand_in(self.answer_of(perform)) == []

    def obey(self, command: Command) -> None:
        if isinstance(command, Cancel):
            perform = self.performing.get(Activation(command.scope, command.node))
            if perform is not None and self.random.random() < self.weather.late:
                self.orphans.append(perform)
        elif isinstance(command, SetTimer) and command.purpose == "timeout" and not self.weather.timeouts:
            return
        super().obey(command)

    def meddle(self) -> None:
        """Somebody pauses, goes on, steps, moves the breakpoints or is too impatient to wait for a retry."""
        state = self.scheduler.state
        retrying = [place for place, busy in self.ledger.busy.items() if busy == "retrying"]
        if retrying and self.random.random() < 0.3:
            place = self.random.choice(retrying)
            self.hand_in(Retry(place.node, place.scope))
        elif state.paused or state.stepping:
            self.carry_on()
        elif self.random.random() < 0.2:
            self.hand_in(SetBreakpoints(self.breakpoints()))
        else:
            self.hand_in(Pause())

    def override(self) -> None:
        """Somebody sets the output of any activation by hand; it is refused if that makes no sense."""
        scope = self.random.choice(list(self.scheduler.state.scopes.values()))
        node = self.random.choice(scope.plan.nodes)
        ports = sorted({edge.port for edge in node.outgoing})
        chosen = tuple(self.random.sample(ports, 1)) if ports and self.random.random() < 0.5 else None
        try:
            self.hand_in(Override(node.id, {"set": 1}, scope.path, chosen))
        except Conflict:
            ended = self.ledger.ended[Activation(scope.path, node.id)]
            assert ended.status != "completed" or ended.ports != chosen
        except Unacceptable:
            assert chosen is None
            assert "out" not in ports
        self.orphans.clear()  # whoever is overridden while at work is cancelled in ways that chance has not foreseen

    # ---------------------------------------------------------------------------------------------- crashes

    def crash(self) -> None:
        """The process dies; the journal ends anywhere, also in the middle of what one input led to."""
        self.crashes += 1
        keep = len(self.events) if self.random.random() < 0.3 else self.random.randint(0, len(self.events))
        self.begin_again(self.events[:keep], plan=self.plan)
        self.orphans.clear()
        self.due.clear()
        self.restart()

    def restart(self) -> None:
        """What a runtime does after a crash: either handlers run again as they are, or as the next attempt."""
        if not self.scheduler.state.started:
            self.begin()
            return
        outstanding = self.scheduler.outstanding()
        for command in outstanding:
            self.obey(command)
        self.take(*self.scheduler.go_on())
        for place, perform in list(self.performing.items()):
            again = self.random.random()
            if place in self.performing and perform in outstanding and again < 0.7:
                del self.performing[place]
                request = {"kind": "interrupted"} if again < 0.2 else None
                self.hand_in(Interrupted(place.scope, place.node, request))

    # --------------------------------------------------------------------------------------------- handlers

    def number(self, place: Activation, salt: object) -> int:
        return crc32(f"{self.sketch.seed}/{place.scope}/{place.node}/{salt}".encode())

    def answer_of(self, perform: Perform) -> Input:
        """What a handler returns or raises."""
        place = Activation(perform.scope, perform.node)
        where = (perform.scope, perform.node, perform.attempt)
        if perform.type == "start":
            return Completed(*where, perform.inputs)
        if perform.type == "end":
            inputs = perform.inputs
            return Completed(*where, inputs["output"] if inputs.keys() == {"output"} else inputs)
        luck = self.number(place, self.ledger.tries.get(place, 0)) % 100
        if self.sketch.failing and luck < 15:
            error = {"kind": "broken", "message": f"{place} broke", "hint": ""}
            return Failed(*where, error, retryable=luck >= 3)
        match perform.type:
            case "condition":
                return Completed(*where, {"branch": luck % 2}, ("true" if luck % 2 else "false", "*"))
            case "router":
                return Completed(*where, {"branch": luck % 3}, (("left", "right", "else")[luck % 3],))
            case "human":
                return Suspended(*where, {"kind": "human"})
            case _:
                return Completed(*where, self.value(place, perform))

    def value(self, place: Activation, perform: Perform) -> Any:
        """The output of a `work` node: of some kind, with a digest of all that the handler was given."""
        given = (perform.inputs, perform.config, perform.names, perform.absent)
        digest = crc32(orjson.dumps(given, option=orjson.OPT_SORT_KEYS))
        match self.number(Activation("", place.node), "kind") % 6:
            case 0:
                return {"n": digest, "items": [digest, 1, {"a": {"b": 2}}][: self.number(place, "size") % 4]}
            case 1:
                return [digest, None][: self.number(place, "size") % 3]
            case 2:
                return None
            case 3:
                return digest
            case 4:
                return {"a": {"b": digest}, "output": [1, digest]}
            case _:
                return f"text {digest}"

    # --------------------------------------------------------------------------------------------- the end

    def ended(self) -> None:
        """What is true of every end."""
        state = self.scheduler.state
        assert list(state.scopes) == [""], "closed scopes stay in memory"
        assert not state.running
        assert not state.waiting
        assert not self.performing
        assert not any(state.root.undecided)


def ending(play: Play) -> dict[str, Any]:
    """How everything ended: each activation with its status, output and ports, each scope, and the execution."""
    assert play.ledger.finished is not None
    return {
        "end": (play.ledger.finished.status, play.ledger.finished.result, play.ledger.finished.error),
        **{str(place): (how.status, how.output, how.ports) for place, how in play.ledger.ended.items()},
        **{f"scope {path}": (closed.ok, closed.result) for path, closed in play.ledger.closed.items()},
    }


def _narrowed(plan: Plan, width: int) -> Plan:
    narrow = Plan.load(plan.dump())
    narrow.limits = narrow.limits.model_copy(update={"max_parallel": width})
    return narrow
