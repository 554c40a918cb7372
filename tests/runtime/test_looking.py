"""Looking into executions: watch expressions at any record, and what changed between two of them."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Answered, Override
from pointwork.errors import NotFound, Unacceptable
from pointwork.events import NodeCompleted, ScopeClosed
from pointwork.nodes import Suspend
from pointwork.runtime.difference import difference
from pointwork.runtime.evaluation import MAX_VALUE_BYTES, evaluate
from tests.runtime.stage import Stage, flow


async def seen(stage: Stage, execution: str, *expressions: str, **where: Any) -> list[Any]:
    """The values of expressions; the code of the problem where there is none."""
    found = await evaluate(stage.runtime, execution, expressions, **where)
    return [one["problem"]["code"] if "problem" in one else one["value"] for one in found["results"]]


async def seq_of(stage: Stage, execution: str, kind: type, **fields: Any) -> int:
    """The first record with such an event."""
    for record in await stage.runtime.records(execution):
        if isinstance(record.event, kind) and all(getattr(record.event, n) == v for n, v in fields.items()):
            return record.seq
    raise AssertionError(f"no {kind.__name__} with {fields}")


async def test_an_expression_now_and_earlier(stage: Stage) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        return {"text": inputs["topic"].upper()}

    execution = (await stage.play(flow("start > a > b > end"), topic="trains"))["execution_id"]
    before = await seq_of(stage, execution, NodeCompleted, node="a") - 1
    assert await seen(stage, execution, "nodes.a.text", "inputs.topic") == ["TRAINS", "trains"]
    assert await seen(stage, execution, "nodes.a.text", "inputs.topic", at=before) == [None, "trains"]
    assert await seen(stage, execution, "text", "output.text", "len(text) + 1", node="b") == ["TRAINS", "TRAINS", 7]
    assert await seen(stage, execution, "[text, output]", node="b", at=before) == [[None, None]]
    assert await seen(stage, execution, "inputs.topic", at=0) == [None]
    assert (await evaluate(stage.runtime, execution, ["1"], at=before))["at"] == before


async def test_one_that_is_wrong_does_not_spoil_the_others(stage: Stage) -> None:
    execution = (await stage.play(flow("start > end"), topic="trains"))["execution_id"]
    wrong = ["1 +", "1 / 0", "nodes", "__import__('os')", "inputs.topic.x", "2 ** 9000", "10 ** 40", '"a" * 300000']
    assert await seen(stage, execution, *wrong, "inputs.topic") == ["expression"] * 6 + [
        "unacceptable",
        "expression",
        "trains",
    ]


async def test_values_that_are_too_large_say_so(stage: Stage) -> None:
    execution = (await stage.play(flow("start > end"), text="x" * (MAX_VALUE_BYTES - 2), more="y"))["execution_id"]
    found = await evaluate(stage.runtime, execution, ["inputs.text", "[inputs.text]", "inputs.text + inputs.more"])
    assert ["problem" in one for one in found["results"]] == [False, True, True]
    assert found["results"][1]["problem"]["hint"].startswith("Look at a part of it")
    many = await evaluate(stage.runtime, execution, ["inputs.text"] * 9)
    assert ["problem" in one for one in many["results"]] == [False] * 8 + [True]


async def test_each_round_of_a_map_and_the_latest_one(stage: Stage) -> None:
    document = flow("start > m > end, b", m={"type": "map"}, b={"parent": "m"})
    execution = (await stage.play(document, items=["x", "y"]))["execution_id"]
    assert await seen(stage, execution, "[item, index]", node="b", scope="m[0]") == [["x", 0]]
    assert await seen(stage, execution, "[item, index]", scope="m[1]") == [["y", 1]]
    closed = await seq_of(stage, execution, ScopeClosed, scope="m[0]")
    found = await evaluate(stage.runtime, execution, ["item"], node="b", scope="m[0]")
    assert (found["at"], found["path"], found["node"]) == (closed - 1, ["m[0]"], "b")
    latest = await evaluate(stage.runtime, execution, ["item"], node="b")
    assert (latest["path"], latest["results"]) == (["m[1]"], [{"expression": "item", "value": "y"}])


async def test_a_node_that_never_ran_is_looked_at_where_it_would_be(stage: Stage) -> None:
    document = flow("start > m > end, a > b", m={"type": "map"}, a={"parent": "m"}, b={"parent": "m"})

    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        raise ValueError("broken")

    execution = (await stage.play(document, items=["x"]))["execution_id"]
    found = await evaluate(stage.runtime, execution, ["item", "output"], node="b")
    assert (found["path"], [one["value"] for one in found["results"]]) == (["m[0]"], ["x", None])


@pytest.mark.parametrize(
    ("where", "refusal", "says"),
    [
        ({"at": 99}, Unacceptable, r"has no record 99.*go from 1 to"),
        ({"at": -1}, Unacceptable, "has no record -1"),
        ({"node": "bb"}, NotFound, r"'bb' cannot be looked at.*no such node.*Did you mean 'b'"),
        ({"node": "b", "at": 1}, NotFound, r"'b' cannot be looked at: there is none yet"),
        ({"node": "b", "scope": ""}, NotFound, r"none at the top of the workflow"),
        ({"node": "start", "scope": "m[0]"}, NotFound, r"none in scope 'm\[0\]'"),
        ({"scope": "m[9]"}, NotFound, r"no scope 'm\[9\]' by record"),
    ],
)
async def test_where_there_is_nothing(stage: Stage, where: dict[str, Any], refusal: type, says: str) -> None:
    document = flow("start > m > end, b", m={"type": "map"}, b={"parent": "m"})
    execution = (await stage.play(document, items=["x"]))["execution_id"]
    with pytest.raises(refusal, match=says):
        await evaluate(stage.runtime, execution, ["1"], **where)


async def test_an_execution_that_does_not_exist(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await evaluate(stage.runtime, "nobody", ["1"])
    with pytest.raises(NotFound):
        await difference(stage.runtime, "nobody", start=0)


async def test_references_to_secrets_stay_references(stage: Stage) -> None:
    execution = (await stage.play(flow("start > end"), text="{{secret.key}}"))["execution_id"]
    assert await seen(stage, execution, "inputs.text", "secret.key", "secret") == [
        "{{secret.key}}",
        "expression",
        "expression",
    ]


async def test_looking_records_nothing_and_an_execution_that_waits_goes_on(stage: Stage) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        return Suspend({"kind": "human", "question": "Well?"})

    state = await stage.play(flow("start > a > b"), topic="trains")
    execution = state["execution_id"]
    assert await seen(stage, execution, "[topic, output]", node="a") == [["trains", None]]
    assert (await stage.runtime.state(execution))["last_seq"] == state["last_seq"]
    await stage.runtime.send(execution, Answered("a", {"text": "yes"}))
    await stage.runtime.finished(execution)
    assert await seen(stage, execution, "nodes.a.text") == ["yes"]


# ------------------------------------------------------------------------------------------------- difference


async def changes(stage: Stage, execution: str, start: int, end: int | None = None) -> dict[str, list[Any]]:
    """What changed, as `scope/node.field: [before, after]`."""
    found = await difference(stage.runtime, execution, start=start, end=end)
    return {
        f"{'/'.join([*one['path'], one['node'] or 'run'])}.{one['field']}": [one["before"], one["after"]]
        for one in found["changes"]
    }


async def test_only_what_differs(stage: Stage) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        return "done"

    execution = (await stage.play(flow("start > a > end"), topic="trains"))["execution_id"]
    done = await seq_of(stage, execution, NodeCompleted, node="a")
    assert await changes(stage, execution, done - 1, done) == {
        "a.status": ["running", "completed"],
        "a.output": [None, "done"],
        "a.ports": [[], ["out"]],
    }
    assert await changes(stage, execution, done, done - 1) == {
        "a.status": ["completed", "running"],
        "a.output": ["done", None],
        "a.ports": [["out"], []],
    }
    assert await changes(stage, execution, done, done) == {}
    since = await changes(stage, execution, done)
    assert since["run.status"] == ["running", "completed"]
    assert since["run.result"] == [None, "done"]
    assert since["end.inputs"] == [None, {"output": "done"}]
    assert not any(place.startswith(("a.", "start.")) for place in since)


async def test_from_before_the_first_record(stage: Stage) -> None:
    execution = (await stage.play(flow("start > end"), topic="trains"))["execution_id"]
    all_of_it = await changes(stage, execution, 0)
    assert all_of_it["run.inputs"] == all_of_it["run.vars"] == [{}, {"topic": "trains"}]
    assert all_of_it["start.status"] == ["pending", "completed"]


async def test_rounds_that_a_later_one_made_the_state_forget(stage: Stage) -> None:
    @stage.on("b")
    async def b(ctx: Any, inputs: Any) -> Any:
        return f"saw {inputs['item']}"

    document = flow("start > m > end, b", m={"type": "map"}, b={"parent": "m"})
    execution = (await stage.play(document, items=["x", "y"]))["execution_id"]
    found = await changes(stage, execution, 0)
    assert (found["m[0]/b.output"], found["m[1]/b.output"]) == ([None, "saw x"], [None, "saw y"])
    assert found["m[0]/b.inputs"] == [None, {"item": "x"}]


async def test_an_output_set_by_hand_in_an_earlier_round(stage: Stage) -> None:
    """The state has let go of the values of the first activation by then; what changed is known all the same."""

    @stage.on("c")
    async def c(ctx: Any, inputs: Any) -> Any:
        return Suspend({"kind": "human", "question": "Well?"})

    document = flow("start > m > end, b > c", m={"type": "map"}, b={"parent": "m"}, c={"parent": "m"})
    execution = (await stage.play(document, items=["x", "y"]))["execution_id"]
    before = (await stage.runtime.state(execution))["last_seq"]
    await stage.runtime.send(execution, Override("b", "by hand", "m[0]"))
    assert await changes(stage, execution, before) == {"m[0]/b.output": [{"item": "x"}, "by hand"]}


async def test_what_is_asked_and_pauses_are_changes(stage: Stage) -> None:
    @stage.on("a")
    async def a(ctx: Any, inputs: Any) -> Any:
        return Suspend({"kind": "human", "question": "Well?"})

    execution = (await stage.play(flow("start > a")))["execution_id"]
    found = await changes(stage, execution, 0)
    assert found["a.request"] == [None, {"kind": "human", "question": "Well?"}]
    assert found["run.status"] == ["pending", "waiting"]


async def test_a_sub_workflow_has_the_keys_of_the_state(stage: Stage) -> None:
    document = flow("start > m > end, b", m={"type": "map"}, b={"parent": "m"})
    execution = (await stage.play(document, items=["x"]))["execution_id"]
    found = await difference(stage.runtime, execution, start=0)
    assert {one["node_id"] for one in found["changes"]} == {None, "start", "m", "b", "end"}


async def test_large_values_are_references_unless_asked_for(stage: Stage) -> None:
    execution = (await stage.play(flow("start > end"), text="x" * 200_000))["execution_id"]
    short = await difference(stage.runtime, execution, start=0)
    full = await difference(stage.runtime, execution, start=0, resolve=True)
    outputs = [next(c["after"] for c in d["changes"] if c["field"] == "output") for d in (short, full)]
    assert outputs[1]["text"] == "x" * 200_000
    assert "$blob" in outputs[0] or "$blob" in outputs[0]["text"]


async def test_so_many_changes_and_no_more(stage: Stage) -> None:
    execution = (await stage.play(flow("start > end"), topic="trains"))["execution_id"]
    everything = (await difference(stage.runtime, execution, start=0))["changes"]
    some = await difference(stage.runtime, execution, start=0, limit=3)
    assert (some["changes"], some["left_off"]) == (everything[:3], len(everything) - 3)


@pytest.mark.parametrize(("start", "end"), [(99, None), (0, 99), (-1, None)])
async def test_records_that_are_not_there(stage: Stage, start: int, end: int | None) -> None:
    execution = (await stage.play(flow("start > end")))["execution_id"]
    with pytest.raises(Unacceptable, match="has no record"):
        await difference(stage.runtime, execution, start=start, end=end)
