"""Forgetting: by age, by number, streamed text only; never what goes on, and never what somebody else refers to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.errors import Conflict, NotFound
from pointwork.journal import Pruned
from tests.journal.storages import PLAN, Storage, finished, node, put, row, run, started, text


async def left(journal: Any) -> str:
    return " ".join(sorted(found.id for found in await journal.rows()))


async def test_deleting_takes_all_of_one_execution(journal: Any) -> None:
    await run(journal, "a", *node("one"), plan_hash="pa")
    await run(journal, "b", *node("one"))
    before = await journal.changes()
    await journal.delete("a")
    assert await journal.changes() > before
    assert await left(journal) == "b"
    for asked in (journal.read, journal.row, journal.last_seq, journal.delete):
        with pytest.raises(NotFound, match="'a'"):
            await asked("a")
    assert len(await journal.read("b")) == 4
    await run(journal, "a")  # the id is free again, and nothing old is in it
    assert len(await journal.read("a")) == 2


@pytest.mark.parametrize("status", ["running", "paused", "waiting"])
async def test_what_goes_on_is_not_deleted(journal: Any, status: str) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0, status=status)
    with pytest.raises(Conflict, match=f"'a' is {status}"):
        await journal.delete("a")
    assert await journal.prune(ended_before_us=2**60, keep_per_workflow=0, text_before_us=2**60) == Pruned(0, 0)
    assert await journal.last_seq("a") == 1


async def fill(journal: Any, storage: Storage) -> None:
    """Ends at 1 … 6 s; 1, 2, 3 of workflow v, 4 and 5 of w, 6 of none; one of w goes on."""
    for n, workflow in enumerate(["v", "v", "v", "w", "w", None], start=1):
        storage.clock.now = n * 1_000_000
        await run(journal, f"e{n}", text("hi"), *node("x"), workflow_id=workflow, created_at_us=n * 1_000_000 - 5)
    journal.create(row("going", created_at_us=1), PLAN)
    await put(journal, "going", [started(), text("hi")], after=0)


@pytest.mark.parametrize(
    ("criteria", "expected", "pruned"),
    [
        ({}, "e1 e2 e3 e4 e5 e6 going", Pruned(0, 0)),
        ({"ended_before_us": 3_000_000}, "e3 e4 e5 e6 going", Pruned(2, 0)),
        ({"keep_per_workflow": 1}, "e3 e5 e6 going", Pruned(3, 0)),
        ({"keep_per_workflow": 0}, "going", Pruned(6, 0)),
        ({"ended_before_us": 2_000_000, "keep_per_workflow": 2}, "e2 e3 e4 e5 e6 going", Pruned(1, 0)),
        ({"ended_before_us": 2**60, "keep_per_workflow": 2}, "e2 e3 e4 e5 e6 going", Pruned(1, 0)),
        ({"ended_before_us": 4_500_000, "keep_per_workflow": 0}, "e5 e6 going", Pruned(4, 0)),
        ({"ended_before_us": -(2**70), "keep_per_workflow": 2**70}, "e1 e2 e3 e4 e5 e6 going", Pruned(0, 0)),
        ({"text_before_us": 3_000_000}, "e1 e2 e3 e4 e5 e6 going", Pruned(0, 2)),
        ({"keep_per_workflow": 1, "text_before_us": 6_000_000}, "e3 e5 e6 going", Pruned(3, 2)),
    ],
)
async def test_pruning(journal: Any, storage: Storage, criteria: Any, expected: str, pruned: Pruned) -> None:
    await fill(journal, storage)
    before = await left(journal)
    chosen = {name: value for name, value in criteria.items() if name != "text_before_us"}
    told = [row.id for row in await journal.prunable(**chosen)]
    assert (told, await left(journal)) == (sorted(told), before)  # oldest first, and nothing is gone yet
    assert await journal.prune(**criteria) == pruned
    assert await left(journal) == expected
    assert set(told) == set(before.split()) - set(expected.split())
    assert await journal.prune(**criteria) == Pruned(0, 0)  # once is enough


async def test_discarding_takes_what_is_still_there(journal: Any) -> None:
    await run(journal, "a", plan_hash="pa")
    await run(journal, "b", plan_hash="pb")
    await run(journal, "c", plan_hash="pb")
    assert await journal.discard(["b", "nobody", "a", "b"]) == ["b", "a"]
    assert await left(journal) == "c"
    assert await journal.plan("pb") == PLAN
    with pytest.raises(NotFound):
        await journal.plan("pa")
    assert await journal.discard([]) == []


async def test_discarding_stops_at_what_goes_on(journal: Any) -> None:
    await run(journal, "a", plan_hash="pa")
    await run(journal, "b")
    journal.create(row("going"), PLAN)
    await put(journal, "going", [started()], after=0)
    with pytest.raises(Conflict, match="'going' is running"):
        await journal.discard(["a", "going", "b"])
    assert await left(journal) == "b going"
    with pytest.raises(NotFound):
        await journal.plan("pa")


async def test_records_keep_their_numbers_when_text_goes(journal: Any) -> None:
    journal.create(row("a"), PLAN)
    after = await put(journal, "a", [started(), text("one"), *node("x")], after=0)
    after = await put(journal, "a", [text("two")], after=after)  # a row that goes as a whole
    after = await put(journal, "a", [text("three"), text("four")], after=after)
    after = await put(journal, "a", [*node("z"), text("last of its row"), text("this too")], after=after)
    after = await put(journal, "a", [*node("y"), text("five"), finished()], after=after, status="completed")
    before = {record.seq: record for record in await journal.read("a")}
    assert await journal.prune(text_before_us=2**60) == Pruned(0, 7)
    kept = await journal.read("a")
    assert [record.seq for record in kept] == [1, 3, 4, 8, 9, 12, 13, 15]
    assert all(before[record.seq] == record for record in kept)
    assert await journal.last_seq("a") == after == 15
    for start in range(16):
        assert await journal.read("a", after=start) == [record for record in kept if record.seq > start]
    for limit in range(1, 10):
        pages: list[Any] = []
        while page := await journal.read("a", after=pages[-1].seq if pages else 0, limit=limit):
            pages += page
        assert pages == kept


async def test_a_word_in_a_value_is_not_streamed_text(journal: Any) -> None:
    await run(journal, "a", *node("x", {"type": "TextStreamed", "said": '"TextStreamed"'}))
    before = await journal.read("a")
    assert await journal.prune(text_before_us=2**60) == Pruned(0, 0)
    assert await journal.read("a") == before


async def test_a_plan_goes_with_the_last_execution_of_it(journal: Any, storage: Storage) -> None:
    await run(journal, "a", plan_hash="shared")
    await run(journal, "b", plan_hash="own")
    storage.clock.now += 10
    await run(journal, "c", plan_hash="shared")
    assert await journal.prune(ended_before_us=1_000_005) == Pruned(2, 0)
    assert await journal.plan("shared") == PLAN
    with pytest.raises(NotFound):
        await journal.plan("own")


async def test_two_who_prune_at_once(shared: Storage) -> None:
    one, two = await shared.open(), await shared.open()
    for n in range(20):
        await run(one, f"e{n}", *node("x", "y" * 40_000))
    pruned = await asyncio.gather(one.prune(keep_per_workflow=5), two.prune(keep_per_workflow=5))
    assert sum(part.executions for part in pruned) == 15
    assert len(await one.rows()) == 5
    assert len((await one.read((await two.rows())[0].id, resolve=True))[1].event.inputs["in"]) == 40_000
