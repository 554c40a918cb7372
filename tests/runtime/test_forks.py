"""Forks: any record of any execution is a place to go on from, by itself, to the same end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.commands import Answered, Breakpoint, CancelExecution, Override, Retry, SetBreakpoints
from pointwork.errors import Conflict, NodeError, NotFound, Unacceptable
from pointwork.events import ExecutionStarted, NodeFailed
from pointwork.nodes import Out
from pointwork.workflow import Workflow
from tests.runtime.stage import Stage, flow

ASK = {"type": "human", "human_config": {"question": "?", "choices": ["yes", "no"]}}
GOOD = {"type": "condition", "condition_config": {"condition_type": "greater_than", "field": "n", "value": 2}}
LATEST = [{"name": "n", "default": 0}, {"name": "n", "source_node": "improve", "source_field": "n"}]
NOW = {"retry": {"max_attempts": 3, "first_delay_s": 0}}

STORIES: dict[str, tuple[Workflow, dict[str, Any]]] = {
    "chain with steps": (flow("start > steps > b > end"), {"n": 1}),
    "branches and join": (flow("start > a > end, start > steps > end, start > c > d > end"), {"n": 1}),
    "router": (flow("start > choose:left > a > end, choose:right > b > end", choose={"type": "fork_in_the_road"}), {}),
    "failure and its way out": (flow("start > fails:error > mend > end, fails > never"), {}),
    "second attempt": (flow("start > second > end", second=NOW), {}),
    "loop": (flow("start > each > end", each={"type": "loop"}, steps={"parent": "each"}), {"items": [1, 2]}),
    "map": (
        flow("start > each > end", each={"type": "map"}, steps={"parent": "each"}, b={"parent": "each"}),
        {"items": [1, 2, 3]},
    ),
    "drawn loop": (
        flow("draft > good, good:true > done, good:false > improve > draft", good=GOOD, draft={"inputs": LATEST}),
        {},
    ),
    "race": (flow("start > a > end, start > b > end", end={"join": "any", "cancel_losers": True}), {}),
    "question": (flow("start > ask, ask:yes > a > end, ask:no > b > end", ask=ASK), {}),
    "delay": (flow("start > later > a > end", later={"type": "delay", "delay_config": {"seconds": 60}}), {"n": 1}),
    "failure": (flow("start > fails > b"), {}),
}  # fmt: skip


def act(stage: Stage) -> None:
    """What the nodes of all stories do."""

    @stage.on("steps")
    async def steps(ctx: Any, inputs: dict[str, Any]) -> Any:
        async def ten() -> int:
            return 10

        found = [await ctx.step("ten", ten), await ctx.step("ten", ten)]
        ctx.stream("said")
        return sum(found)

    @stage.on("choose")
    async def choose(ctx: Any, inputs: dict[str, Any]) -> Any:
        return Out("x", ("left",))

    @stage.on("fails")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise NodeError("no")

    @stage.on("second")
    async def second(ctx: Any, inputs: dict[str, Any]) -> Any:
        if ctx.attempt == 1:
            raise NodeError("no")
        return "yes"

    @stage.on("improve")
    async def improve(ctx: Any, inputs: dict[str, Any]) -> Any:
        return {"n": inputs["n"] + 1}

    @stage.on("a", "b")
    async def name(ctx: Any, inputs: dict[str, Any]) -> Any:
        return "same"


async def to_the_end(stage: Stage, execution: str) -> dict[str, Any]:
    """Answer what is asked, let pass what time it takes."""
    while True:
        await stage.settle(execution)
        ended = execution not in stage.runtime.drivers  # looked at first: it may end while the state is read
        state = await stage.runtime.state(execution)
        if ended:
            return state
        for waiting in state["waiting"]:
            if waiting["node"] == "ask":
                await stage.runtime.send(execution, Answered("ask", {"choice": "yes"}))
        stage.clock.advance(60)


def outcome(state: dict[str, Any]) -> Any:
    statuses = {node: (found["status"], found["output"]) for node, found in state["node_states"].items()}
    return state["status"], state["result"], (state["error_detail"] or {}).get("kind"), statuses


@pytest.mark.parametrize("story", STORIES)
async def test_a_fork_at_any_record_comes_to_the_same_end(stage: Stage, story: str) -> None:
    act(stage)
    workflow, inputs = STORIES[story]
    origin = await stage.runtime.start(workflow, inputs)
    whole = await to_the_end(stage, origin)
    records = await stage.runtime.records(origin)
    for at in range(1, len(records)):
        fork = await stage.runtime.fork(origin, at=at)
        state = await to_the_end(stage, fork)
        if story == "race":  # who wins is chance
            assert (state["status"], state["result"]) == (whole["status"], whole["result"])
        else:
            assert outcome(state) == outcome(whole), at
        forked = await stage.runtime.records(fork)
        first, *shared = (record.event for record in forked[:at])
        assert isinstance(first, ExecutionStarted)
        assert first.origin == {"execution_id": origin, "seq": at}
        assert shared == [record.event for record in records[1:at]]
        assert [record.seq for record in forked] == list(range(1, len(forked) + 1))
        row = await stage.journal.row(fork)
        assert (row.status, row.origin, row.last_seq) == (state["status"], first.origin, len(forked))
    assert await stage.runtime.records(origin) == records


async def test_a_fork_does_not_do_again_what_had_ended(stage: Stage) -> None:
    act(stage)
    origin = (await stage.play(flow("start > a > steps > b > end")))["execution_id"]
    told = await stage.told(origin)
    stage.ran.clear()
    await stage.rest(await stage.runtime.fork(origin, at=told.index("NodeStarted b")))
    assert stage.ran == ["b#1"]
    stage.ran.clear()
    half = told.index("StepRecorded steps ten") + 1  # the first of its two steps
    fork = await stage.runtime.fork(origin, at=half)
    await stage.rest(fork)
    assert stage.ran == ["steps#2", "b#1"]
    again = (await stage.told(fork))[half:]
    assert again[:2] == ["NodeFailed steps interrupted again", "NodeStarted steps #2"]
    assert again.count("StepStarted steps ten") == 1


async def test_an_override_changes_what_follows(stage: Stage) -> None:
    act(stage)
    origin = (await stage.play(flow("start > a > b > c > end")))["execution_id"]
    told = await stage.told(origin)
    stage.ran.clear()
    for at in (told.index("NodeStarted b"), told.index("NodeCompleted b"), told.index("NodeCompleted b") + 1):
        fork = await stage.runtime.fork(origin, at=at, override=Override("b", {"by": "hand"}))
        state = await stage.rest(fork)
        assert (state["status"], state["result"]) == ("completed", {"by": "hand"})
    assert stage.ran == ["c#1"] * 3


@pytest.mark.parametrize(
    ("override", "error", "says"),
    [
        (Override("nobody", 1), NotFound, "'nobody'"),
        (Override("b", object()), Unacceptable, "cannot be stored"),
        (Override("start", 1, ports=("elsewhere",)), Conflict, "already decided"),
        (Override("b", 1, scope="nowhere[0]"), NotFound, "nowhere"),
    ],
    ids=["unknown", "no data", "too late", "nowhere"],
)
async def test_an_override_that_does_not_fit_leaves_no_fork_behind(
    stage: Stage, override: Override, error: Any, says: str
) -> None:
    origin = (await stage.play(flow("start > a > b")))["execution_id"]
    at = (await stage.told(origin)).index("NodeStarted b")
    with pytest.raises(error, match=says):
        await stage.runtime.fork(origin, at=at, override=override)
    assert [row.id for row in await stage.journal.rows()] == [origin]
    assert not stage.runtime.drivers


async def test_an_override_of_the_last_node_is_the_end(stage: Stage) -> None:
    origin = (await stage.play(flow("start > a")))["execution_id"]
    at = (await stage.told(origin)).index("NodeStarted a") + 1
    fork = await stage.runtime.fork(origin, at=at, override=Override("a", "by hand"))
    assert (await stage.rest(fork))["result"] == "by hand"
    assert (await stage.journal.row(fork)).status == "completed"


@pytest.mark.parametrize("at", [0, -1, 99])
async def test_there_is_no_fork_where_there_is_no_record(stage: Stage, at: int) -> None:
    origin = (await stage.play(flow("start > a")))["execution_id"]
    with pytest.raises(Unacceptable, match=f"no record {at}") as refused:
        await stage.runtime.fork(origin, at=at)
    assert "from 1 to 6" in refused.value.hint


async def test_what_has_ended_or_is_cancelled_is_no_place_to_go_on_from(stage: Stage) -> None:
    origin = (await stage.play(flow("start > a")))["execution_id"]
    with pytest.raises(Conflict, match="had ended by then"):
        await stage.runtime.fork(origin, at=6)

    @stage.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.Event().wait()

    origin = await stage.runtime.start(flow("start > a"), {})
    await stage.until(origin, "NodeStarted a")
    await stage.runtime.send(origin, CancelExecution())
    await stage.rest(origin)
    at = (await stage.told(origin)).index("CancellationRequested") + 1
    with pytest.raises(Conflict, match="being cancelled by then"):
        await stage.runtime.fork(origin, at=at)


async def test_a_fork_of_what_still_runs_leaves_it_alone(stage: Stage) -> None:
    go = asyncio.Event()

    @stage.on("b")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await go.wait()
        return ctx.execution_id

    origin = await stage.runtime.start(flow("start > a > b"), {})
    await stage.until(origin, "NodeStarted b")
    last = len(await stage.told(origin))
    fork = await stage.runtime.fork(origin, at=last)
    go.set()
    assert (await stage.rest(origin))["result"] == origin
    assert (await stage.rest(fork))["result"] == fork


async def test_a_fork_of_a_pause_goes_on_by_itself(stage: Stage) -> None:
    origin = await stage.runtime.start(flow("a > b"), {}, breakpoints=[Breakpoint("b")])
    assert (await stage.rest(origin))["status"] == "paused"
    fork = await stage.runtime.fork(origin, at=len(await stage.told(origin)))
    assert (await stage.rest(fork))["status"] == "completed"
    assert (await stage.runtime.state(origin))["status"] == "paused"


@pytest.mark.parametrize(("names", "kept"), [("x y", ["y"]), ("y", ["y"]), ("x", []), ("", [])])
async def test_a_fork_to_a_version_without_some_nodes_has_no_breakpoints_there(
    stage: Stage, names: str, kept: list[str]
) -> None:
    points = [Breakpoint(name, hits=9) for name in names.split()]
    origin = await stage.runtime.start(flow("a > x > y"), {}, breakpoints=[Breakpoint("a"), *points])
    await stage.rest(origin)
    await stage.runtime.send(origin, SetBreakpoints(points))
    await stage.rest(origin)
    at = len(await stage.told(origin))
    fork = await stage.runtime.fork(origin, at=at, workflow=flow("a > y"))
    state = await stage.rest(fork)
    assert (state["status"], [point["node"] for point in state["breakpoints"]]) == ("completed", kept)
    assert ("BreakpointsSet" in (await stage.told(fork))[at:]) is ("x" in names)


async def test_a_fork_in_the_middle_of_what_must_not_simply_be_repeated_asks(stage: Stage) -> None:
    origin = (await stage.play(flow("start > mail > b", mail={"type": "fragile"})))["execution_id"]
    at = (await stage.told(origin)).index("NodeStarted mail") + 1
    fork = await stage.runtime.fork(origin, at=at)
    state = await stage.rest(fork)
    assert (state["status"], state["waiting"][0]["request"]["kind"]) == ("paused", "interrupted")
    assert state["waiting"][0]["request"]["question"] == (
        "The fork was taken while 'mail' was at work. In the original it may have had its effect, or still have it."
    )
    await stage.runtime.send(fork, Answered("mail", "sent", action="done"))
    assert (await stage.rest(fork))["result"] == {"output": "sent"}
    assert stage.ran == ["mail#1", "b#1", "b#1"]


CAUSES = [
    (Answered("mail", action="again"), "NodeFailed mail interrupted again", "it runs again"),
    (Answered("mail", action="fail"), "NodeFailed mail interrupted", "it was given up by hand"),
]


@pytest.mark.parametrize(("answer", "line", "then"), [pytest.param(*row, id=row[2]) for row in CAUSES])
async def test_what_is_decided_about_it_says_that_the_fork_was_taken(
    stage: Stage, answer: Answered, line: str, then: str
) -> None:
    origin = (await stage.play(flow("start > mail", mail={"type": "fragile"})))["execution_id"]
    fork = await stage.runtime.fork(origin, at=(await stage.told(origin)).index("NodeStarted mail") + 1)
    await stage.rest(fork)
    await stage.runtime.send(fork, answer)
    state = await stage.rest(fork)
    failed = (await stage.runtime.records(fork))[(await stage.told(fork)).index(line)].event
    assert isinstance(failed, NodeFailed)
    assert failed.error["message"] == f"The fork was taken while the node was working; {then}."
    assert not [
        entry for entry in state["logs"] if "process ended" in entry["message"] or "cut off" in entry["message"]
    ]


async def test_a_fork_of_a_running_execution_says_where_it_was_taken_and_the_original_says_nothing(
    stage: Stage,
) -> None:
    go = asyncio.Event()

    @stage.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await ctx.step("ask", go.wait)

    origin = await stage.runtime.start(flow("start > a > b"), {})
    await stage.until(origin, "StepStarted a ask")
    fork = await stage.runtime.fork(origin, at=len(await stage.told(origin)))
    go.set()
    await stage.rest(origin)
    state = await stage.rest(fork)
    told = [entry["message"] for entry in state["logs"]]
    assert any("The fork was taken while the node was working; it runs again." in line for line in told)
    assert not any("process ended" in line for line in told)
    assert not any("interrupted" in line for line in await stage.told(origin))


async def test_several_steps_of_a_fork_are_asked_about_in_the_same_words(stage: Stage) -> None:
    go = asyncio.Event()

    @stage.on("a")
    async def mails(ctx: Any, inputs: dict[str, Any]) -> Any:
        await asyncio.gather(*(ctx.step(name, go.wait, kind="tool", idempotent=False) for name in ("one", "two")))

    origin = await stage.runtime.start(flow("start > a"), {})
    await stage.until(origin, "StepStarted a two")
    fork = await stage.runtime.fork(origin, at=len(await stage.told(origin)))
    for name in ("one", "two"):
        request = (await stage.rest(fork))["waiting"][0]["request"]
        assert request["question"].startswith(f"The fork was taken while tool '{name}' of 'a' was at work.")
        await stage.runtime.send(fork, Answered("a", None, action="done"))
    go.set()
    assert (await stage.rest(fork))["status"] == "completed"
    assert (await stage.rest(origin))["status"] == "completed"


async def test_a_fork_of_a_fork_knows_where_it_comes_from(stage: Stage) -> None:
    first = (await stage.play(flow("start > a > b")))["execution_id"]
    second = await stage.runtime.fork(first, at=4)
    await stage.rest(second)
    third = await stage.runtime.fork(second, at=2, new_execution_id="third")
    assert (await stage.rest(third))["origin"] == {"execution_id": second, "seq": 2}
    with pytest.raises(Conflict, match="'third'"):
        await stage.runtime.fork(second, at=2, new_execution_id="third")


async def test_another_version_may_change_what_has_not_run(stage: Stage) -> None:
    @stage.on("b")
    async def old(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError("a mistake in the workflow")

    origin = (await stage.play(flow("start > a > b > end"), n=1))["execution_id"]
    at = (await stage.told(origin)).index("NodeStarted b")
    mended = flow("start > a > c > d > end")
    fork = await stage.runtime.fork(origin, at=at, workflow=mended, version=2)
    state = await stage.rest(fork)
    assert (state["status"], state["result"]) == ("completed", {"n": 1})
    assert stage.ran == ["a#1", "b#1", "c#1", "d#1"]
    assert (await stage.journal.row(fork)).version == 2


@pytest.mark.parametrize(
    ("mended", "named"),
    [
        (flow("start > b > end"), "'a'"),  # gone
        (flow("start > a > b > end", a={"type": "quick"}), "'a'"),  # another type
        (flow("a > b > end", begin={"type": "start"}), "'start'"),
        (flow("start > each > end", each={"type": "loop"}, a={"parent": "each"}), "'a'"),  # another scope
    ],
)
async def test_another_version_must_keep_what_has_run(stage: Stage, mended: Workflow, named: str) -> None:
    origin = (await stage.play(flow("start > a > b > end")))["execution_id"]
    at = (await stage.told(origin)).index("NodeStarted b")
    with pytest.raises(Conflict, match="changed what has already run") as refused:
        await stage.runtime.fork(origin, at=at, workflow=mended)
    assert named in refused.value.message
    assert [row.id for row in await stage.journal.rows()] == [origin]


async def test_another_version_must_keep_what_has_run_inside_containers(stage: Stage) -> None:
    def drawn(inner: str) -> Workflow:
        return flow("start > each > after", each={"type": "loop"}, **{inner: {"parent": "each"}})

    origin = (await stage.play(drawn("x"), items=[1, 2]))["execution_id"]
    at = (await stage.told(origin)).index("NodeCompleted each[0]/x") + 1
    with pytest.raises(Conflict, match="'x'"):
        await stage.runtime.fork(origin, at=at, workflow=drawn("y"))
    fork = await stage.runtime.fork(origin, at=at, workflow=drawn("x"))
    assert (await stage.rest(fork))["status"] == "completed"


async def test_retrying_a_node_of_an_ended_execution_is_a_fork_from_just_before_it(stage: Stage) -> None:
    @stage.on("b")
    async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
        raise ValueError("no")

    origin = (await stage.play(flow("start > a > b > c")))["execution_id"]
    stage.handlers.pop("b")
    fork = await stage.runtime.retry(origin, Retry("b"))
    assert fork != origin
    assert (await stage.rest(fork))["status"] == "completed"
    assert stage.ran == ["a#1", "b#1", "b#1", "c#1"]
    with pytest.raises(NotFound, match="'c' did not run"):
        await stage.runtime.retry(origin, Retry("c"))
    with pytest.raises(NotFound, match="'b' did not run"):
        await stage.runtime.retry(origin, Retry("b", scope="elsewhere[0]"))


async def test_retrying_right_after_the_end_is_a_fork_too(stage: Stage) -> None:
    """Even when the end has only just been stored."""
    execution = await stage.runtime.start(flow("start > a"), {})
    async for page in stage.runtime.watch(execution):
        if page[-1].event.type == "ExecutionFinished":
            fork = await stage.runtime.retry(execution, Retry("a"))
    assert (await stage.rest(fork))["status"] == "completed"


async def test_another_version_may_change_the_node_before_which_it_is_paused(stage: Stage) -> None:
    """Stop before a node, mend the document there, go on: what a breakpoint is for."""
    origin = await stage.runtime.start(flow("start > a > b > end"), {"n": 1}, breakpoints=[Breakpoint("b")])
    assert (await stage.rest(origin))["status"] == "paused"
    at = len(await stage.told(origin))
    fork = await stage.runtime.fork(origin, at=at, workflow=flow("start > a > c > end"), version=2)
    assert ((await stage.rest(fork))["status"], stage.ran) == ("completed", ["a#1", "c#1"])
    with pytest.raises(Conflict, match="'a'"):
        await stage.runtime.fork(origin, at=at, workflow=flow("start > c > end"), version=2)
