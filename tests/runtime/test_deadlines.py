"""People who are waited for: until when, who is reminded, what is in the inbox; over any number of restarts."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Answered
from pointwork.runtime.inbox import Inbox
from tests.runtime.conftest import Processes
from tests.runtime.stage import Stage, flow

DAY = 86_400


def asking(**config: Any) -> dict[str, Any]:
    return {"type": "human", "human_config": {"question": "Well?", **config}}


async def waits(stage: Stage) -> list[tuple[str, str]]:
    found, _ = await Inbox(stage.runtime).page()
    return [(wait.execution.id, wait.node) for wait in found]


async def test_when_nobody_answers_in_time_the_way_deadline_is_taken(stage: Stage) -> None:
    workflow = flow("start > ask > b, ask:deadline > c", ask=asking(deadline_s=2 * DAY))
    execution = await stage.runtime.start(workflow, {})
    assert (await stage.rest(execution))["status"] == "waiting"
    stage.clock.advance(2 * DAY - 1)
    await stage.settle(execution)
    assert stage.ran == []
    stage.clock.advance(1)
    state = await stage.rest(execution)
    assert (state["status"], stage.ran) == ("completed", ["c#1"])
    assert state["node_states"]["b"]["status"] == "skipped"


async def test_without_that_way_it_fails_and_an_error_edge_catches_it(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("ask > b, ask:error > c", ask=asking(deadline_s=60)), {})
    await stage.rest(execution)
    stage.clock.advance(60)
    assert (await stage.rest(execution))["status"] == "completed"
    assert stage.ran == ["c#1"]


async def test_an_answer_in_time_is_an_answer(stage: Stage) -> None:
    workflow = flow("ask > b, ask:deadline > c", ask=asking(deadline_s=60, remind_s=50))
    execution = await stage.runtime.start(workflow, {})
    await stage.rest(execution)
    stage.clock.advance(59)
    await stage.runtime.send(execution, Answered("ask", "yes", by="Ann"))
    assert (await stage.rest(execution))["status"] == "completed"
    stage.clock.advance(60)
    assert stage.ran == ["b#1"]
    assert any("was answered by Ann." in line for line in await stage.told(execution))


async def test_reminders_come_again_and_again(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("ask", ask=asking(remind_s=DAY, assignee="ann@example.org")), {})
    await stage.rest(execution)
    for _ in range(3):
        stage.clock.advance(DAY)
        await stage.settle(execution)
    told = [line for line in await stage.told(execution) if "still waits" in line]
    assert len(told) == 3
    assert "the answer of ann@example.org" in told[0]


async def test_a_wait_of_days_survives_ten_restarts(processes: Processes) -> None:
    first = await processes.begin()
    workflow = flow("start > ask > b, ask:deadline > c", ask=asking(deadline_s=30 * DAY, remind_s=DAY))
    execution = await first.runtime.start(workflow, {})
    await first.rest(execution)
    await processes.end(first)
    for day in range(10):
        processes.clock.advance(DAY)
        stage = await processes.begin()
        state = await stage.rest(execution)
        assert (state["status"], await waits(stage)) == ("waiting", [(execution, "ask")])
        processes.clock.advance(0.5 * DAY)  # the reminder of the day falls in the life of this process
        await stage.settle(execution)
        assert sum("still waits" in line for line in await stage.told(execution)) <= day + 1
        await processes.end(stage)
    last = await processes.begin()
    await last.runtime.send(execution, Answered("ask", "at last"))
    assert (await last.rest(execution))["status"] == "completed"
    assert last.ran == ["b#1"]


async def test_a_deadline_that_passed_while_no_process_lived_is_seen_by_the_next(processes: Processes) -> None:
    first = await processes.begin()
    execution = await first.runtime.start(flow("ask > b, ask:deadline > c", ask=asking(deadline_s=60)), {})
    await first.rest(execution)
    await processes.end(first)
    processes.clock.advance(DAY)
    second = await processes.begin()
    await second.settle(execution)
    second.clock.advance(0)
    assert (await second.rest(execution))["status"] == "completed"
    assert second.ran == ["c#1"]


async def test_the_inbox_has_what_waits_for_people_and_nothing_else(stage: Stage) -> None:
    nap = {"type": "delay", "delay_config": {"seconds": 90}}
    workflow = flow("start > one, start > two, start > nap", one=asking(), two=asking(assignee="ann"), nap=nap)
    execution = await stage.runtime.start(workflow, {})
    await stage.settle(execution)
    inbox = Inbox(stage.runtime)
    found, after = await inbox.page()
    assert ({wait.node for wait in found}, after) == ({"one", "two"}, None)
    assert all(wait.since for wait in found)
    assert (await inbox.page())[0] == found
    await stage.runtime.send(execution, Answered("one", "yes"))
    await stage.settle(execution)
    assert [wait.node for wait in (await inbox.page())[0]] == ["two"]
    await stage.runtime.send(execution, Answered("two", "yes"))
    await stage.settle(execution)
    assert (await inbox.page())[0] == []


async def test_another_process_sees_the_inbox_too(processes: Processes) -> None:
    first = await processes.begin()
    execution = await first.runtime.start(flow("ask", ask=asking()), {})
    await first.rest(execution)
    second = await processes.begin()
    if type(first.journal) is type(second.journal) and (await second.journal.rows()):
        assert await waits(second) == [(execution, "ask")]


@pytest.mark.parametrize("limit", [1, 2])
async def test_the_inbox_comes_in_pages(stage: Stage, limit: int) -> None:
    begun = [await stage.runtime.start(flow("ask", ask=asking()), {}) for _ in range(3)]
    for execution in begun:
        await stage.rest(execution)
    found: list[str] = []
    before = None
    for _ in range(5):
        page, before = await Inbox(stage.runtime).page(limit=limit, before=before)
        found += [wait.execution.id for wait in page]
        if before is None:
            break
    assert sorted(found) == sorted(begun)
