"""Nodes that ask: what may be answered, what an answer leads to, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.commands import Answered, CancelExecution, Pause, Resume
from pointwork.errors import Conflict, PointworkError, Unacceptable
from pointwork.nodes import Suspend
from tests.runtime.stage import Stage, flow


def asking(**config: Any) -> dict[str, Any]:
    return {"type": "human", "human_config": {"question": "Well?", **config}}


async def test_an_answer_becomes_the_output_and_the_handler_is_not_run_again(stage: Stage) -> None:
    @stage.on("a")
    async def ask(ctx: Any, inputs: dict[str, Any]) -> Any:
        return Suspend({"question": "Well?"})

    execution = await stage.runtime.start(flow("a > b"), {})
    state = await stage.rest(execution)
    assert (state["status"], state["waiting"][0]["node"]) == ("waiting", "a")
    assert (await stage.journal.row(execution)).status == "waiting"
    await stage.runtime.send(execution, Answered("a", {"x": [1]}))
    state = await stage.rest(execution)
    assert (state["status"], state["result"], stage.ran) == ("completed", {"x": [1]}, ["a#1", "b#1"])


@pytest.mark.parametrize(
    ("value", "ways"),
    [
        ({"choice": "approve"}, ["b", "d"]),
        ({"choice": "reject", "why": "late"}, ["c", "d"]),
        ("approve", ["b", "d"]),
    ],
    ids=str,
)
async def test_a_choice_is_a_way_on(stage: Stage, value: Any, ways: list[str]) -> None:
    workflow = flow("start > ask, ask:approve > b, ask:reject > c, ask > d", ask=asking(choices=["approve", "reject"]))
    execution = await stage.runtime.start(workflow, {})
    await stage.rest(execution)
    await stage.runtime.send(execution, Answered("ask", value))
    state = await stage.rest(execution)
    assert stage.ran == [f"{node}#1" for node in ways]
    assert state["node_states"]["ask"]["output"] == (value if isinstance(value, dict) else {"choice": value})


@pytest.mark.parametrize(
    ("config", "answer", "says"),
    [
        ({"choices": ["yes", "no"]}, {"value": {"choice": "perhaps"}}, "'yes', 'no'"),
        ({"choices": ["yes", "no"]}, {"value": None}, "'yes', 'no'"),
        ({"choices": ["yes", "no"]}, {"value": ["yes"]}, "'yes', 'no'"),
        ({"choices": ["yes", "no"]}, {"value": {"choice": ["yes"]}}, "'yes', 'no'"),
        ({"choices": ["yes", "no"]}, {"value": {"choice": {}}}, "'yes', 'no'"),
        ({"schema": {"type": "integer"}}, {"value": "five"}, "does not fit"),
        ({"schema": {"type": "object", "required": ["n"]}}, {"value": {}}, '"n" is a required property'),
        (
            {"schema": {"type": "object", "properties": {"n": {"type": "array", "items": {"type": "string"}}}}},
            {"value": {"n": ["a", 2]}},
            "n/1",
        ),
        (
            {"choices": ["yes"], "schema": {"properties": {"why": {"minLength": 3}}, "required": ["why"]}},
            {"value": {"choice": "yes", "why": "x"}},
            "why",
        ),
        ({}, {"action": "again"}, "was asked something else"),
        ({}, {"action": "done", "value": 1}, "was asked something else"),
        ({}, {"value": object()}, "cannot be stored"),
        ({}, {"value": "half a \ud83d face"}, "Unicode"),
        ({}, {"value": 2**70}, "cannot be stored"),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused_and_can_be_mended(
    stage: Stage, config: dict[str, Any], answer: dict[str, Any], says: str
) -> None:
    execution = await stage.runtime.start(flow("start > ask > b", ask=asking(**config)), {})
    await stage.rest(execution)
    before = await stage.told(execution)
    with pytest.raises(PointworkError) as refused:
        await stage.runtime.send(execution, Answered("ask", **answer))
    assert says in refused.value.message
    assert refused.value.status == 422
    assert (await stage.told(execution), stage.ran) == (before, [])
    good: dict[str, Any] = {"choice": "yes", "n": ["a"], "why": "because"}
    await stage.runtime.send(execution, Answered("ask", 5 if "integer" in str(config) else good))
    assert (await stage.rest(execution))["status"] == "completed"


async def test_answering_twice_too_late_or_somebody_else_is_refused(stage: Stage) -> None:
    here, go = asyncio.Event(), asyncio.Event()

    @stage.on("b")
    async def wait(ctx: Any, inputs: dict[str, Any]) -> Any:
        here.set()
        await go.wait()

    execution = await stage.runtime.start(flow("start > ask > b", ask=asking()), {})
    await stage.rest(execution)
    for wrong in (Answered("b"), Answered("nobody"), Answered("start"), Answered("ask", scope="nowhere[0]")):
        with pytest.raises(Conflict, match="does not wait for an answer"):
            await stage.runtime.send(execution, wrong)
    await stage.runtime.send(execution, Answered("ask", "first"))
    await here.wait()
    with pytest.raises(Conflict, match="'ask' does not wait for an answer"):
        await stage.runtime.send(execution, Answered("ask", "second"))
    go.set()
    await stage.rest(execution)
    with pytest.raises(Conflict, match="has ended"):
        await stage.runtime.send(execution, Answered("ask", "third"))
    assert (await stage.runtime.state(execution))["node_states"]["ask"]["output"] == "first"


async def test_two_who_answer_at_once_are_not_both_heard(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("start > ask > b", ask=asking()), {})
    await stage.rest(execution)
    said = await asyncio.gather(
        *(stage.runtime.send(execution, Answered("ask", n)) for n in range(5)), return_exceptions=True
    )
    assert [isinstance(one, Conflict) for one in said] == [False, True, True, True, True]
    assert (await stage.rest(execution))["node_states"]["ask"]["output"] == 0


async def test_each_round_asks_for_itself(stage: Stage) -> None:
    workflow = flow("start > each", each={"type": "map"}, ask=asking() | {"parent": "each"})
    execution = await stage.runtime.start(workflow, {"items": ["a", "b"]})
    state = await stage.rest(execution)
    assert sorted(waiting["path"] for waiting in state["waiting"]) == [["each[0]"], ["each[1]"]]
    await stage.runtime.send(execution, Answered("ask", "B", scope="each[1]"))
    assert (await stage.rest(execution))["status"] == "waiting"
    await stage.runtime.send(execution, Answered("ask", "A", scope="each[0]"))
    assert (await stage.rest(execution))["result"]["results"] == ["A", "B"]


async def test_an_answer_during_a_pause_takes_effect_when_it_ends(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("start > ask > b", ask=asking()), {})
    await stage.rest(execution)
    await stage.runtime.send(execution, Pause())
    await stage.runtime.send(execution, Answered("ask", "yes"))
    await stage.settle(execution)
    assert stage.ran == []
    await stage.runtime.send(execution, Resume())
    assert (await stage.rest(execution))["result"] == {"output": "yes"}


async def test_a_question_is_withdrawn_with_its_execution(stage: Stage) -> None:
    execution = await stage.runtime.start(flow("start > ask > b", ask=asking()), {})
    await stage.rest(execution)
    await stage.runtime.send(execution, CancelExecution())
    state = await stage.rest(execution)
    assert (state["status"], state["waiting"]) == ("cancelled", [])


@pytest.mark.parametrize(
    "schema",
    [{"type": "nonsense"}, {"$ref": "http://127.0.0.1:9/none"}, {"$ref": "#/nowhere"}, {"pattern": "("}, 5, "text"],
    ids=str,
)
async def test_a_handler_may_ask_with_a_schema_that_is_none(stage: Stage, schema: Any) -> None:
    """Nothing is fetched and nothing hangs; whoever answers learns why it cannot be."""

    @stage.on("a")
    async def ask(ctx: Any, inputs: dict[str, Any]) -> Any:
        return Suspend({"question": "Well?", "schema": schema})

    execution = await stage.runtime.start(flow("a"), {})
    await stage.rest(execution)
    with pytest.raises(Unacceptable, match="schema of 'a'"):
        await stage.runtime.send(execution, Answered("a", "yes"))
    await stage.runtime.send(execution, CancelExecution())
    assert (await stage.rest(execution))["status"] == "cancelled"


async def test_a_handler_may_ask_what_recovery_asks(stage: Stage) -> None:
    """It looks like a question about a cut-off handler, and is answered like one."""

    @stage.on("a")
    async def ask(ctx: Any, inputs: dict[str, Any]) -> Any:
        return Suspend({"kind": "interrupted", "question": "Again?"})

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.rest(execution)
    with pytest.raises(Unacceptable):
        await stage.runtime.send(execution, Answered("a", "yes"))
    await stage.runtime.send(execution, Answered("a", "yes", action="done"))
    assert (await stage.rest(execution))["result"] == {"output": "yes"}


@pytest.mark.parametrize("by", ["", "Ann"])
async def test_what_a_handler_asks_first_of_all_is_asked_once(stage: Stage, by: str) -> None:
    """Whether it is written down who answers makes no difference to the answer."""

    @stage.on("a")
    async def ask(ctx: Any, inputs: Any) -> Any:
        return [await ctx.ask("mail", {"kind": "approval", "question": "Shall it?"}) for _ in range(2)]

    execution = (await stage.play(flow("start > a")))["execution_id"]
    for value in ("one", "two"):
        await stage.runtime.send(execution, Answered("a", value, by=by))
        state = await stage.rest(execution)
    assert (state["status"], state["node_states"]["a"]["output"]) == ("completed", ["one", "two"])
