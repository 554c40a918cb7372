"""Journals of earlier versions mean what they always meant: none of them is ever compiled or decided again."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from pointwork.engine import Plan, Scheduler, fold
from pointwork.events import ExecutionFinished, Record
from tests.engine.ledger import Ledger
from tests.engine.simulator import contents
from tests.golden.regenerate import FOLDER, STORIES, meaning, read_records

NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def story(name: str) -> tuple[Plan, list[Record]]:
    plan = Plan.load((FOLDER / f"{name}.plan.json").read_bytes())
    return plan, read_records((FOLDER / f"{name}.jsonl").read_bytes())


def known(now: Any, then: Any) -> Any:
    """What is true now, without the fields that the version that wrote the story did not have."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {key: known(now[key], value) for key, value in then.items() if key in now}
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [known(one, other) for one, other in zip(now, then, strict=True)]
    return now


def test_every_story_is_there() -> None:
    assert set(STORIES) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_journal_means_what_it_meant(name: str) -> None:
    expected = orjson.loads((FOLDER / f"{name}.state.json").read_bytes())
    now = meaning(*story(name))
    assert known(now, expected) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_journal_keeps_every_field(name: str) -> None:
    lines = (FOLDER / f"{name}.jsonl").read_bytes().splitlines()
    _, records = story(name)
    for line, record in zip(lines, records, strict=True):
        written, now = orjson.loads(line), orjson.loads(orjson.dumps(record))
        assert written["event"].items() <= now["event"].items()
        assert {key: value for key, value in written.items() if key != "event"} == {
            key: value for key, value in now.items() if key != "event"
        }


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_can_still_be_read_and_is_not_changed_by_it(name: str) -> None:
    """A later version may add to plans; nothing of what was written may get lost."""
    written = orjson.loads((FOLDER / f"{name}.plan.json").read_bytes())
    now = orjson.loads(story(name)[0].dump())
    assert len(written["levels"]) == len(now["levels"])
    for before, after in zip(written["levels"], now["levels"], strict=True):
        assert before.keys() <= after.keys()
        assert all(node.items() <= other.items() for node, other in zip(before["nodes"], after["nodes"], strict=True))
        assert before["edges"] == after["edges"]


@pytest.mark.parametrize("name", NAMES)
def test_a_journal_obeys_the_rules(name: str) -> None:
    plan, records = story(name)
    ledger = Ledger(plan)
    for record in records:
        ledger.take(record.event)
    assert ledger.finished is not None
    assert isinstance(records[-1].event, ExecutionFinished)


@pytest.mark.parametrize("name", NAMES)
def test_every_beginning_of_a_journal_can_be_gone_on_from(name: str) -> None:
    plan, records = story(name)
    events = [record.event for record in records]
    for length in range(1, len(events) + 1):
        scheduler = Scheduler.recover(plan, events[:length])
        told, _ = scheduler.go_on()
        assert contents(scheduler.state) == contents(fold(plan, [*events[:length], *told]))
        going_on = scheduler.state.paused or scheduler.outstanding() or scheduler.state.waiting
        assert going_on or scheduler.state.status is not None, f"nothing is left to do after record {length}"
