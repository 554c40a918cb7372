"""Executions from beginning to end: what runs, in what order, at the same time, and that nothing runs twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import Conflict, DefinitionError, NotFound
from pointwork.journal.sqlite import SqliteJournal
from tests.runtime.stage import Owners, Stage, flow, told


async def test_a_chain_runs_in_order(stage: Stage) -> None:
    @stage.on("a", "b")
    async def add(ctx: Any, inputs: dict[str, Any]) -> Any:
        return {"n": inputs["n"] + 1}

    execution = await stage.runtime.start(flow("start > a > b > end"), {"n": 1})
    state = await stage.rest(execution)
    assert (state["status"], state["result"]) == ("completed", {"n": 3})
    assert stage.ran == ["a#1", "b#1"]
    assert await stage.told(execution) == [
        "ExecutionStarted",
        *(f"{what} {node}" for node in ("start", "a", "b", "end") for what in ("NodeStarted", "NodeCompleted")),
        "ExecutionFinished completed",
    ]
    row = await stage.journal.row(execution)
    assert (row.status, row.last_seq, row.workflow_name) == ("completed", 10, "Story")
    assert row.finished_at_us is not None


async def test_branches_run_at_the_same_time(stage: Stage) -> None:
    here = asyncio.Barrier(3)  # nobody passes before all three have come

    @stage.on("a", "b", "c")
    async def meet(ctx: Any, inputs: dict[str, Any]) -> Any:
        await here.wait()
        return ctx.activation.node

    state = await stage.play(flow("start > a > end, start > b > end, start > c > end"))
    assert state["result"] == {"a": "a", "b": "b", "c": "c"}


async def test_no_more_run_at_the_same_time_than_allowed(stage: Stage) -> None:
    running: set[str] = set()
    most: list[int] = []

    @stage.on("body")
    async def watch(ctx: Any, inputs: dict[str, Any]) -> Any:
        running.add(ctx.activation.scope)
        most.append(len(running))
        await asyncio.sleep(0)
        running.discard(ctx.activation.scope)

    workflow = flow(
        "start > many", many={"type": "map", "map_config": {"concurrency": 50}}, body={"parent": "many"},
        limits={"max_parallel": 3},
    )  # fmt: skip
    assert (await stage.play(workflow, items=list(range(20))))["status"] == "completed"
    assert (len(most), max(most)) == (20, 3)


async def test_rounds_and_items_have_scopes_of_their_own(stage: Stage) -> None:
    @stage.on("body")
    async def double(ctx: Any, inputs: dict[str, Any]) -> Any:
        return inputs["item"] * 2

    state = await stage.play(flow("start > each", each={"type": "loop"}, body={"parent": "each"}), items=[1, 2, 3])
    assert state["result"]["results"] == [2, 4, 6]
    assert stage.ran == ["each[0]/body#1", "each[1]/body#1", "each[2]/body#1"]


async def test_a_thousand_executions_at_once(stage: Stage) -> None:
    @stage.on("b")
    async def reply(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.sleep(0)
        return {"n": inputs["n"], "by": ctx.execution_id}

    workflow = flow("start > a > b > c > end")
    ids = await asyncio.gather(*(stage.runtime.start(workflow, {"n": n}) for n in range(1_000)))
    assert len(set(ids)) == 1_000
    assert all(await asyncio.gather(*(stage.runtime.finished(one) for one in ids)))
    rows = {row.id: row for row in await stage.journal.rows(limit=2_000)}
    assert {(row.status, row.last_seq) for row in rows.values()} == {("completed", 12)}
    for n in (0, 499, 999):
        assert (await stage.runtime.state(ids[n]))["result"] == {"n": n, "by": ids[n]}
    assert not stage.runtime.drivers


async def test_a_failure_without_a_way_out_ends_the_execution(stage: Stage) -> None:
    @stage.on("b")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError("no bees today")

    state = await stage.play(flow("start > a > b > c"))
    assert (state["status"], state["result"]) == ("failed", None)
    assert "no bees today" in state["error"]
    assert state["error_detail"]["node"] == "b"
    assert state["node_states"]["c"]["status"] == "cancelled"
    row = (await stage.journal.rows())[0]
    assert (row.status, "no bees today" in row.error) == ("failed", True)


async def test_an_error_edge_is_the_way_out(stage: Stage) -> None:
    @stage.on("b")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError("no bees today")

    @stage.on("mend")
    async def mend(ctx: Any, inputs: dict[str, Any]) -> Any:
        return inputs["error"]["message"]

    state = await stage.play(flow("start > b > c, b:error > mend"))
    assert (state["status"], state["result"]) == ("completed", "ValueError: no bees today")
    assert state["node_states"]["c"]["status"] == "skipped"


async def test_an_empty_workflow_completes(stage: Stage) -> None:
    state = await stage.play(flow("start"))
    assert state["status"] == "completed"


async def test_a_draft_that_cannot_run_is_refused_and_leaves_nothing(stage: Stage) -> None:
    with pytest.raises(DefinitionError) as refused:
        await stage.runtime.start(flow("a > b", b={"type": "no_such_type"}), {})
    assert refused.value.problems[0].node == "b"
    assert await stage.journal.rows() == []


async def test_an_id_is_taken_once(stage: Stage) -> None:
    held = asyncio.Event()

    @stage.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await held.wait()

    assert await stage.runtime.start(flow("a"), {}, execution_id="mine") == "mine"
    for _ in range(2):
        with pytest.raises(Conflict, match="'mine'"):
            await stage.runtime.start(flow("a"), {}, execution_id="mine")
        held.set()
        await stage.rest("mine")
    assert stage.ran == ["a#1"]
    assert [row.id for row in await stage.journal.rows()] == ["mine"]


@pytest.mark.parametrize("call", ["state", "send", "finished", "fork", "watch", "retry", "delete"])
async def test_an_unknown_execution_is_not_found(stage: Stage, call: str) -> None:
    from pointwork.commands import Pause, Retry

    async def watch() -> None:
        async for _ in stage.runtime.watch("nobody"):
            raise AssertionError

    runtime = stage.runtime
    calls = {
        "state": lambda: runtime.state("nobody"),
        "send": lambda: runtime.send("nobody", Pause()),
        "finished": lambda: runtime.finished("nobody"),
        "fork": lambda: runtime.fork("nobody", at=1),
        "watch": watch,
        "retry": lambda: runtime.retry("nobody", Retry("a")),
        "delete": lambda: runtime.delete("nobody"),
    }
    with pytest.raises(NotFound, match="'nobody'"):
        await calls[call]()


async def test_the_state_at_any_record_is_what_it_was(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("start > a > end"), {"n": 1})
    await stage.rest(execution)
    statuses = []
    for seq in range(1, 9):
        state = await stage.runtime.state(execution, at=seq)
        assert state["last_seq"] == seq
        statuses.append((state["status"], state["node_states"]["a"]["status"]))
    assert statuses == [
        *[("running", "pending")] * 3,
        ("running", "running"),
        *[("running", "completed")] * 3,
        ("completed", "completed"),
    ]


async def test_ended_executions_can_be_deleted_and_running_ones_cannot(stage: Stage) -> None:
    held = asyncio.Event()

    @stage.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await held.wait()

    execution = await stage.runtime.start(flow("a"), {})
    with pytest.raises(Conflict, match="running"):
        await stage.runtime.delete(execution)
    held.set()
    await stage.rest(execution)
    await stage.runtime.delete(execution)
    with pytest.raises(NotFound):
        await stage.runtime.state(execution)


async def test_records_show_what_was_rendered_and_who_started(stage: Stage) -> None:
    workflow = flow("start > ask", ask={"type": "human", "human_config": {"question": "Is {{n}} enough?"}})
    execution = await stage.runtime.start(workflow, {"n": 3}, version=7, model_override="tiny")
    state = await stage.rest(execution)
    assert (state["status"], state["waiting"][0]["request"]["question"]) == ("waiting", "Is 3 enough?")
    started = (await stage.runtime.records(execution))[0].event
    assert (started.workflow_id, started.workflow_version) == ("w", "7")
    assert started.options == {"model_override": "tiny"}
    assert (await stage.journal.row(execution)).version == 7
    assert told(await stage.runtime.records(execution, upto=2)) == ["ExecutionStarted", "NodeStarted start"]


@pytest.mark.parametrize("durability", ["behind", "power"])
async def test_whatever_the_durability_the_end_can_be_read_when_it_has_come(
    tmp_path: Path, loop_errors: list[Any], durability: Any
) -> None:
    stage = Stage(SqliteJournal(tmp_path / "pointwork.db", durability), owners=Owners())
    await stage.runtime.open()
    for number in range(30):
        state = await stage.play(flow("start > a > b > end"), n=number)
        assert (state["status"], state["result"]) == ("completed", {"n": number})
        assert (await stage.journal.row(state["execution_id"])).status == "completed"
        assert [r async for page in stage.runtime.watch(state["execution_id"], after=9) for r in page]
    await stage.runtime.close()
