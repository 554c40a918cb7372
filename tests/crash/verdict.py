"""Whether an execution came through: its records against themselves and against what its handlers really did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pointwork.events import (
    ExecutionFinished,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    NodeSkipped,
    NodeStarted,
    NodeWaiting,
    Record,
    StepRecorded,
    StepStarted,
)
from tests.crash.drawn import line_of

Place = tuple[str, str]


def read_log(path: Path) -> Counter[str]:
    """What was done, how often; there must be no errors among it."""
    lines = path.read_text().splitlines()
    assert not [line for line in lines if line.startswith("E ")]
    return Counter(lines)


class Verdict:
    """Goes through the records of one execution."""

    def __init__(self, execution_id: str) -> None:
        self.id = execution_id
        self.attempts: Counter[Place] = Counter()
        self.running: set[Place] = set()
        self.ended: set[Place] = set()
        self.asked: set[Place] = set()  # since the last attempt began
        self.open: dict[tuple[Place, str], StepStarted] = {}
        self.recorded: set[tuple[Place, str]] = set()
        self.known: Counter[str] = Counter()  # lines that may be in the log, and how often

    def over(self, records: Sequence[Record]) -> Counter[str]:
        """Raises AssertionError when something was lost or done twice; what the handlers may have done."""
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
        for record in records:
            match record.event:
                case NodeStarted() as event:
                    self.begins(event)
                case NodeCompleted() | NodeSkipped() | NodeCancelled() | NodeFailed(retry_in_s=None) as event:
                    self.ends((event.scope, event.node))
                case NodeFailed() as event:
                    assert (event.error["kind"], event.retry_in_s) == ("interrupted", 0.0)
                    self.running.remove((event.scope, event.node))
                case NodeWaiting() as event:
                    self.waits(event)
                case StepStarted() as event:
                    self.calls(event)
                case StepRecorded() as event:
                    self.returns(event)
                case _:
                    pass
        last = records[-1].event
        assert isinstance(last, ExecutionFinished)
        assert (last.status, last.error) == ("completed", None)
        assert not self.running
        return self.known

    def begins(self, event: NodeStarted) -> None:
        place = (event.scope, event.node)
        assert place not in self.ended, f"{place} had ended and began again"
        assert place not in self.running, f"{place} began twice without having been cut off"
        assert event.attempt == self.attempts[place] + 1, f"{place}: attempt {event.attempt}"
        assert event.attempt == 1 or event.node != "once" or place in self.asked, f"{place} was repeated unasked"
        self.attempts[place] = event.attempt
        self.running.add(place)
        self.known[f"B {self.id} {event.scope or '-'} {event.node} {event.attempt}"] = 1
        again = {key: step for (where, key), step in self.open.items() if where == place}
        for key, step in again.items():
            assert step.idempotent or place in self.asked, f"{place}: step {key} was cut off, and nobody was asked"
            del self.open[place, key]
        self.asked.discard(place)

    def ends(self, place: Place) -> None:
        assert place not in self.ended, f"{place} ended twice"
        self.ended.add(place)
        self.running.discard(place)

    def waits(self, event: NodeWaiting) -> None:
        place = (event.scope, event.node)
        if event.request["kind"] == "interrupted":
            self.asked.add(place)
            return
        assert event.request["kind"] == "approval"
        step = (place, event.request["step"]["key"])
        assert step not in self.recorded, f"{step} had been answered and was asked again"

    def calls(self, event: StepStarted) -> None:
        step = ((event.scope, event.node), event.key)
        assert step not in self.recorded, f"{step} had ended and was called again"
        assert step not in self.open, f"{step} was called twice by one attempt"
        self.open[step] = event
        self.known[line_of(self.id, event)] += 1

    def returns(self, event: StepRecorded) -> None:
        step = ((event.scope, event.node), event.key)
        assert step not in self.recorded, f"{step} ended twice"
        if self.open.pop(step, None) is None:
            assert event.kind == "other", f"{step} ended without having begun"  # an answer of a person
        self.recorded.add(step)


def nothing_beyond(done: Counter[str], known: Counter[str]) -> None:
    """What was done was stored beforehand, and as often as it was done."""
    for line, count in done.items():
        assert count <= known[line], f"{line!r} was done {count} times, and was stored beforehand {known[line]} times"
