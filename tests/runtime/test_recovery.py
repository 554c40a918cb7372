"""A process ends, another goes on: what had ended is not done again, and what must not be repeated is asked about."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.commands import Answered, Breakpoint, CancelExecution, Override, Resume
from pointwork.errors import Conflict, ToolError, Unacceptable
from pointwork.nodes import Suspend
from tests.runtime.conftest import Processes
from tests.runtime.cut_off import cut_off, hangs
from tests.runtime.stage import Stage, flow

ASK = {"type": "human", "human_config": {"question": "?"}}


async def test_what_had_ended_is_not_done_again(processes: Processes) -> None:
    execution = await cut_off(processes, flow("start > a > hangs > b > end"), "NodeStarted hangs", n=1)
    stage = await processes.begin()
    state = await stage.rest(execution)
    assert (state["status"], state["result"], stage.ran) == ("completed", {"n": 1}, ["hangs#2", "b#1"])
    assert (await stage.told(execution))[4:9] == [
        "NodeCompleted a",
        "NodeStarted hangs",
        "NodeFailed hangs interrupted again",
        "NodeStarted hangs #2",
        "NodeCompleted hangs",
    ]
    assert (await stage.journal.row(execution)).owner == stage.runtime.owner


async def test_an_interruption_is_no_failed_attempt(processes: Processes) -> None:
    retry = {"retry": {"max_attempts": 2, "first_delay_s": 0}}
    execution = await cut_off(processes, flow("hangs", hangs=retry), "NodeStarted hangs")

    def fails_once(stage: Stage) -> None:
        @stage.on("hangs")
        async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
            if ctx.attempt == 2:
                raise ToolError("no")
            return "yes"

    stage = await processes.begin(prepare=fails_once)
    await stage.until(execution, "NodeFailed hangs tool_error again")
    await stage.settle(execution)
    processes.clock.advance(0)
    assert (await stage.rest(execution))["result"] == "yes"


async def test_loops_and_maps_go_on_where_they_were(processes: Processes) -> None:
    def body(stage: Stage) -> None:
        @stage.on("hangs")
        async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
            if inputs["item"] == 3 and ctx.attempt == 1:
                await asyncio.Event().wait()
            return inputs["item"] * 10

    for kind, result in (("loop", [10, 20, 30, 40]), ("map", [10, 20, 30, 40])):
        workflow = flow("start > each > end", each={"type": kind}, hangs={"parent": "each"}, after={"parent": "each"})
        first = await processes.begin(prepare=body)
        execution = await first.runtime.start(workflow, {"items": [1, 2, 3, 4]})
        await first.until(execution, "NodeStarted each[2]/hangs")
        await first.settle(execution)
        done = [line for line in await first.told(execution) if line.startswith("NodeCompleted each")]
        await processes.end(first)
        second = await processes.begin(prepare=body)
        state = await second.rest(execution)
        assert [item["hangs"] for item in state["result"]["results"]] == result
        lines = await second.told(execution)
        assert all(lines.count(line) == 1 for line in done)
        assert sum(line.startswith("ScopeOpened") for line in lines) == 4
        assert "each[2]/hangs#2" in second.ran
        await processes.end(second)


async def test_recorded_steps_are_remembered_and_open_ones_repeated(processes: Processes) -> None:
    done: list[str] = []

    def steps(stage: Stage) -> None:
        @stage.on("worker")
        async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
            async def step(name: str) -> str:
                done.append(name)
                if name == "two" and ctx.attempt == 1:
                    await asyncio.Event().wait()
                return name

            return [await ctx.step(name, lambda name=name: step(name)) for name in ("one", "two", "three")]

    first = await processes.begin(prepare=steps)
    execution = await first.runtime.start(flow("worker > b"), {})
    await first.until(execution, "StepStarted worker two")
    await first.settle(execution)
    await processes.end(first)
    second = await processes.begin(prepare=steps)
    assert (await second.rest(execution))["result"] == {"output": ["one", "two", "three"]}
    assert done == ["one", "two", "two", "three"]


async def test_steps_of_a_mind_that_was_changed_are_not_remembered(processes: Processes) -> None:
    """The second process asked for something else from the second step on; the third must not get the first's third."""
    done: list[str] = []

    def steps(stage: Stage) -> None:
        @stage.on("worker")
        async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
            async def step(value: str) -> str:
                done.append(value)
                return value

            second = "b" if ctx.attempt == 1 else "B"
            found = [await ctx.step(name, lambda n=name: step(f"{n}{ctx.attempt}")) for name in ("a", second)]
            if ctx.attempt == 2:
                await asyncio.Event().wait()
            found.append(await ctx.step("c", lambda: step(f"c{ctx.attempt}")))
            if ctx.attempt == 1:
                await asyncio.Event().wait()
            return found

    first = await processes.begin(prepare=steps)
    execution = await first.runtime.start(flow("worker"), {})
    await first.until(execution, "StepRecorded worker c")
    await first.settle(execution)
    await processes.end(first)
    second = await processes.begin(prepare=steps)
    await second.until(execution, "StepRecorded worker B")
    await second.settle(execution)
    await processes.end(second)
    third = await processes.begin(prepare=steps)
    assert (await third.rest(execution))["result"] == ["a1", "B2", "c3"]
    assert done == ["a1", "b1", "c1", "B2", "c3"]


@pytest.mark.parametrize(
    ("action", "value", "status", "ran", "result"),
    [
        ("again", None, "completed", ["hangs#2", "b#1"], {}),
        ("done", {"sent": True}, "completed", ["b#1"], {"sent": True}),
        ("done", None, "completed", ["b#1"], {"output": None}),
        ("fail", None, "failed", [], None),
    ],
)
async def test_a_node_that_must_not_simply_be_repeated_is_asked_about(
    processes: Processes, action: Any, value: Any, status: str, ran: list[str], result: Any
) -> None:
    workflow = flow("start > hangs > b", hangs={"type": "fragile", "retry": {"max_attempts": 5}})
    execution = await cut_off(processes, workflow, "NodeStarted hangs")
    stage = await processes.begin()
    state = await stage.rest(execution)
    assert (state["status"], state["paused"]["reason"], stage.ran) == ("paused", "interrupted", [])
    request = state["waiting"][0]["request"]
    assert (request["kind"], request["choices"], request["step"]) == ("interrupted", ["again", "done", "fail"], None)
    assert request["question"].startswith("'hangs' was cut off while at work")
    assert (await stage.journal.row(execution)).status == "paused"
    with pytest.raises(Unacceptable, match="asked something else"):
        await stage.runtime.send(execution, Answered("hangs", "yes"))
    await stage.runtime.send(execution, Answered("hangs", value, action=action))
    state = await stage.rest(execution)
    assert (state["status"], state["result"], stage.ran) == (status, result, ran)
    if action == "fail":
        assert state["error_detail"]["kind"] == "interrupted"


async def test_a_question_outlives_any_number_of_processes(processes: Processes) -> None:
    execution = await cut_off(processes, flow("start > hangs > b", hangs={"type": "fragile"}), "NodeStarted hangs")
    lines: list[list[str]] = []
    for _ in range(3):
        stage = await processes.begin()
        assert (await stage.rest(execution))["status"] == "paused"
        lines.append(await stage.told(execution))
        await processes.end(stage)
    assert lines[0] == lines[1] == lines[2]
    stage = await processes.begin()
    await stage.runtime.send(execution, Answered("hangs", "x", action="done"))
    assert (await stage.rest(execution))["status"] == "completed"


def mails(stage: Stage, done: list[str]) -> None:
    """A worker that looks something up and then sends two mails at the same time; the first time it gets stuck."""

    @stage.on("worker")
    async def work(ctx: Any, inputs: dict[str, Any]) -> Any:
        async def look() -> str:
            done.append("look")
            return "addresses"

        async def mail(name: str) -> str:
            done.append(name)
            if ctx.attempt == 1:
                await asyncio.Event().wait()
            return f"sent to {name}"

        found = await ctx.step("look", look, kind="tool")
        sent = await asyncio.gather(
            *(ctx.step("mail", lambda n=n: mail(n), kind="tool", data={"to": n}, idempotent=False) for n in "xy")
        )
        return [found, *sent]


@pytest.mark.parametrize(
    ("answers", "done", "result"),
    [
        (["again", "again"], ["look", "x", "y", "x", "y"], ["addresses", "sent to x", "sent to y"]),
        (["done", "again"], ["look", "x", "y", "y"], ["addresses", "by hand 0", "sent to y"]),
        (["again", "done"], ["look", "x", "y", "x"], ["addresses", "sent to x", "by hand 1"]),
        (["done", "done"], ["look", "x", "y"], ["addresses", "by hand 0", "by hand 1"]),
    ],
    ids="-".join,
)
@pytest.mark.parametrize("restart", [False, True], ids=["", "restart in between"])
async def test_every_step_that_must_not_simply_be_repeated_is_asked_about(
    processes: Processes, answers: list[Any], done: list[str], result: list[str], restart: bool
) -> None:
    """`done` gives the result of the step, not of the node: the worker goes on with it."""
    effects: list[str] = []
    first = await processes.begin(prepare=lambda stage: mails(stage, effects))
    execution = await first.runtime.start(flow("worker"), {})
    await first.until(execution, "StepStarted worker mail")
    await first.settle(execution)
    await processes.end(first)
    stage = await processes.begin(prepare=lambda stage: mails(stage, effects))
    for n, action in enumerate(answers):
        state = await stage.rest(execution)
        step = state["waiting"][0]["request"]["step"]
        assert (state["status"], step["name"], step["kind"]) == ("paused", "mail", "tool")
        if not (restart and answers[0] == "again"):
            assert step["data"] == {"to": "xy"[n]}
        await stage.runtime.send(execution, Answered("worker", f"by hand {n}", action=action))
        if restart and n == 0:
            await stage.settle(execution)
            await processes.end(stage)
            stage = await processes.begin(prepare=lambda stage: mails(stage, effects))
    if (
        restart and answers[0] == "again"
    ):  # that it may be done again was only said, so it is asked again: the safe side
        state = await stage.rest(execution)
        if state["status"] == "paused":
            await stage.runtime.send(execution, Answered("worker", action="again"))
    state = await stage.rest(execution)
    assert (state["result"], sorted(effects)) == (result, sorted(done))


async def test_a_step_whose_failure_is_decided_by_hand_fails_its_node(processes: Processes) -> None:
    effects: list[str] = []
    first = await processes.begin(prepare=lambda stage: mails(stage, effects))
    execution = await first.runtime.start(flow("worker:error > b"), {})
    await first.until(execution, "StepStarted worker mail")
    await first.settle(execution)
    await processes.end(first)
    stage = await processes.begin(prepare=lambda stage: mails(stage, effects))
    await stage.rest(execution)
    await stage.runtime.send(execution, Answered("worker", action="fail"))
    state = await stage.rest(execution)
    assert (state["status"], state["result"]["error"]["kind"]) == ("completed", "interrupted")
    assert effects == ["look", "x", "y"]


async def test_a_step_that_had_failed_is_not_asked_about(processes: Processes) -> None:
    def work(stage: Stage) -> None:
        @stage.on("worker")
        async def fail(ctx: Any, inputs: dict[str, Any]) -> Any:
            if ctx.attempt > 1:
                return "second thoughts"

            async def mail() -> None:
                raise ToolError("refused")

            with pytest.raises(ToolError):
                await ctx.step("mail", mail, idempotent=False)
            return await asyncio.Event().wait()

    first = await processes.begin(prepare=work)
    execution = await first.runtime.start(flow("worker"), {})
    await first.until(execution, "StepRecorded worker mail failed")
    await first.settle(execution)
    await processes.end(first)
    stage = await processes.begin(prepare=work)
    assert (await stage.rest(execution))["result"] == "second thoughts"


async def test_paused_stays_paused_and_breakpoints_stay_set(processes: Processes) -> None:
    first = await processes.begin()
    execution = await first.runtime.start(flow("a > b > c"), {}, breakpoints=[Breakpoint("b"), Breakpoint("c")])
    await first.rest(execution)
    await processes.end(first)
    second = await processes.begin()
    await second.settle(execution)
    assert ((await second.rest(execution))["paused"]["node_id"], second.ran) == ("b", [])
    await second.runtime.send(execution, Resume())
    assert ((await second.rest(execution))["paused"]["node_id"], second.ran) == ("c", ["b#1"])


async def test_a_question_to_a_person_waits_on(processes: Processes) -> None:
    first = await processes.begin()
    execution = await first.runtime.start(flow("start > ask > b", ask=ASK), {})
    await first.rest(execution)
    await processes.end(first)
    second = await processes.begin()
    assert (await second.rest(execution))["status"] == "waiting"
    await second.runtime.send(execution, Answered("ask", "yes"))
    assert (await second.rest(execution))["result"] == {"output": "yes"}


@pytest.mark.parametrize("away", [10, 60, 1_000])
async def test_delays_and_retries_fall_due_at_the_time_they_had_set(processes: Processes, away: float) -> None:
    workflow = flow(
        "start > later > a, start > b",
        later={"type": "delay", "delay_config": {"seconds": 60}}, b={"retry": {"first_delay_s": 60}},
    )  # fmt: skip

    def fails(stage: Stage) -> None:
        @stage.on("b")
        async def fail_once(ctx: Any, inputs: dict[str, Any]) -> Any:
            if ctx.attempt == 1:
                raise ToolError("no")

    first = await processes.begin(prepare=fails)
    execution = await first.runtime.start(workflow, {})
    await first.until(execution, "NodeFailed b tool_error again")
    await first.until(execution, "NodeWaiting later")
    await first.settle(execution)
    await processes.end(first)
    processes.clock.advance(away)
    second = await processes.begin(prepare=fails)
    await second.settle(execution)
    left = max(0, 60 - away)
    assert sorted(processes.clock.pending) == sorted([left, left, 2])  # 2: to look for orphans again
    processes.clock.advance(left)
    state = await second.rest(execution)
    assert (state["status"], sorted(second.ran)) == ("completed", ["a#1", "b#2"])


async def test_a_process_that_lives_keeps_what_it_drives(processes: Processes) -> None:
    go = asyncio.Event()
    one = await processes.begin()

    @one.on("a")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        await go.wait()

    execution = await one.runtime.start(flow("a > b"), {})
    two = await processes.begin()
    for _ in range(5):
        processes.clock.advance(2)
        await two.settle(execution)
    assert execution not in two.runtime.drivers
    with pytest.raises(Conflict, match="driven by another process"):
        await two.runtime.send(execution, CancelExecution())
    go.set()
    assert (await one.rest(execution))["status"] == "completed"
    assert (one.ran, two.ran) == (["a#1", "b#1"], [])


async def test_what_a_dead_process_leaves_is_taken_over_while_others_live_on(processes: Processes) -> None:
    one, two, three = [await processes.begin(prepare=lambda stage: hangs(stage, "hangs")) for _ in range(3)]
    ids = [await one.runtime.start(flow("start > ask > b", ask=ASK), {}) for _ in range(20)]
    for execution in ids:
        await one.rest(execution)
    await processes.end(one)
    while not all(one in two.runtime.drivers or one in three.runtime.drivers for one in ids):
        processes.clock.advance(2)
        await two.settle(ids[0])
    assert not set(two.runtime.drivers) & set(three.runtime.drivers)
    for execution in ids:
        home = two if execution in two.runtime.drivers else three
        await home.runtime.send(execution, Answered("ask", "yes"))
        assert (await home.rest(execution))["status"] == "completed"
    assert sorted(two.ran + three.ran) == ["b#1"] * 20


async def test_a_type_that_is_gone_fails_its_node_and_nothing_else(processes: Processes) -> None:
    execution = await cut_off(processes, flow("start > ask > b > c", ask=ASK), "NodeWaiting ask")
    other = await cut_off(processes, flow("start > ask > d", ask=ASK, d={"type": "quick"}), "NodeWaiting ask")
    stage = await processes.begin(prepare=lambda stage: stage.registry.types.pop("work"))
    for one in (execution, other):
        await stage.rest(one)
        await stage.runtime.send(one, Answered("ask", "yes"))
    state = await stage.rest(execution)
    assert (state["status"], state["error_detail"]["kind"]) == ("failed", "configuration")
    assert "'b' has the type 'work'" in state["error"]
    assert "plug-in" in state["error"]
    assert (await stage.rest(other))["status"] == "completed"


async def test_a_handler_at_work_whose_type_is_gone(processes: Processes) -> None:
    execution = await cut_off(processes, flow("start > hangs:error > b", b={"type": "quick"}), "NodeStarted hangs")
    stage = await processes.begin(prepare=lambda stage: stage.registry.types.pop("work"))
    state = await stage.rest(execution)
    assert (state["status"], state["result"]["error"]["kind"]) == ("completed", "configuration")


async def test_overriding_what_was_asked_about_is_an_answer_too(processes: Processes) -> None:
    execution = await cut_off(processes, flow("start > hangs > b", hangs={"type": "fragile"}), "NodeStarted hangs")
    stage = await processes.begin()
    await stage.rest(execution)
    await stage.runtime.send(execution, Override("hangs", "by hand"))
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["result"] == {"output": "by hand"}


async def test_a_request_that_was_made_before_is_asked_on(processes: Processes) -> None:
    def asks(stage: Stage) -> None:
        @stage.on("a")
        async def ask(ctx: Any, inputs: dict[str, Any]) -> Any:
            return Suspend({"question": "?", "choices": ["left", "right"]})

    first = await processes.begin(prepare=asks)
    execution = await first.runtime.start(flow("a:left > b, a:right > c", a={"type": "fork_in_the_road"}), {})
    await first.rest(execution)
    await processes.end(first)
    second = await processes.begin(prepare=asks)
    with pytest.raises(Unacceptable):
        await second.runtime.send(execution, Answered("a", "up"))
    await second.runtime.send(execution, Answered("a", "right"))
    await second.rest(execution)
    assert second.ran == ["c#1"]


async def test_what_was_decided_is_not_asked_again_when_the_next_attempt_is_cut_off_before_it(
    processes: Processes,
) -> None:
    def work(stage: Stage) -> None:
        @stage.on("worker")
        async def mail(ctx: Any, inputs: dict[str, Any]) -> Any:
            if ctx.attempt == 2:
                ctx.log("thinking")
                await asyncio.Event().wait()
            await ctx.step("mail", asyncio.Event().wait if ctx.attempt == 1 else a_moment, idempotent=False)

    async def a_moment() -> None:
        await asyncio.sleep(0)

    first = await processes.begin(prepare=work)
    execution = await first.runtime.start(flow("worker"), {})
    await first.until(execution, "StepStarted worker mail")
    await first.settle(execution)
    await processes.end(first)
    second = await processes.begin(prepare=work)
    assert (await second.rest(execution))["status"] == "paused"
    await second.runtime.send(execution, Answered("worker", action="again"))
    await second.until(execution, "LogWritten worker 'thinking'")
    await second.settle(execution)
    await processes.end(second)
    third = await processes.begin(prepare=work)
    assert (await third.rest(execution))["status"] == "completed"
