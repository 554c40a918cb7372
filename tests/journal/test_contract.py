"""What every journal does: appending, refusing, reading, listing.

Forgetting and large values have files of their own.
"""

from __future__ import annotations

import asyncio
import dataclasses
import random
from typing import Any, get_args

import pytest

from pointwork.errors import Conflict, JournalError, NotFound
from pointwork.events import EVENT_TYPES, Event, LogWritten, Record
from tests.journal.storages import PLAN, Storage, finished, node, put, row, run, started, text

# --------------------------------------------------------------------------------------------------- append and read


async def test_records_come_back_as_they_were(journal: Any) -> None:
    journal.create(row("a"), PLAN)
    written: list[Event] = [started(), *node("one", {"text": "ü\x00😀", "n": [1, 2.5, None, True]}), text("hi")]
    await put(journal, "a", written, after=0)
    assert await journal.read("a") == [Record("a", seq, 1_000_000, event) for seq, event in enumerate(written, 1)]
    assert await journal.last_seq("a") == 4


async def test_every_event_type_survives(journal: Any) -> None:
    samples: dict[Any, Any] = {str: "x", int: 3, bool: True, "Any": {"k": [1]}, "JsonObject": {"k": {"l": "m"}}}
    written: list[Event] = []
    for kind in EVENT_TYPES.values():
        values: dict[str, Any] = {}
        for field in dataclasses.fields(kind):
            if field.name == "type":
                continue
            if field.name == "ports":
                values[field.name] = ("a", "b")
            elif field.name == "breakpoints":
                values[field.name] = [{"node": "x"}]
            else:
                base = field.type.split(" ")[0] if isinstance(field.type, str) else field.type
                named = {"str": str, "int": int, "bool": bool}.get(str(base), str(base))
                values[field.name] = samples.get(named, "x")
        written.append(kind(**values))
    assert len(written) == len(get_args(Event))
    journal.create(row("a"), PLAN)
    await put(journal, "a", written, after=0)
    assert [record.event for record in await journal.read("a")] == written


async def test_reading_by_pages_loses_and_repeats_nothing(journal: Any) -> None:
    journal.create(row("a"), PLAN)
    after = 0
    for size in (3, 1, 5, 2):  # rows of different lengths
        batch = [LogWritten("INFO", f"{after + n}") for n in range(size)]
        after = await put(journal, "a", batch, after=after)
    whole = await journal.read("a")
    assert [record.seq for record in whole] == list(range(1, 12))
    for limit in range(1, 13):
        pages: list[Record] = []
        while page := await journal.read("a", after=pages[-1].seq if pages else 0, limit=limit):
            assert len(page) <= limit
            pages += page
        assert pages == whole
    for start in range(13):
        assert await journal.read("a", after=start) == whole[start:]


@pytest.mark.parametrize(
    ("after", "limit", "expected"),
    [
        (0, 0, []),  # nothing wanted
        (0, -1, []),
        (-5, 2, [1, 2]),  # before the first
        (3, 10, []),  # at the end
        (99, 10, []),  # behind the end
        (2**70, 2**70, []),
        (1, 2**70, [2, 3]),
    ],
)
async def test_reading_at_the_edges(journal: Any, after: int, limit: int, expected: list[int]) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started(), *node("one")], after=0)
    assert [record.seq for record in await journal.read("a", after=after, limit=limit)] == expected


async def test_time_is_stamped_by_the_journal(journal: Any, storage: Storage) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    storage.clock.now += 5
    await put(journal, "a", node("one"), after=1)
    assert [record.at_us for record in await journal.read("a")] == [1_000_000, 1_000_005, 1_000_005]


async def test_appends_may_be_queued_one_behind_the_other(journal: Any) -> None:
    journal.create(row("a"), PLAN)
    pending = [journal.append("a", [LogWritten("INFO", str(n))], after=n) for n in range(200)]
    assert await journal.last_seq("a") == 200
    for one in pending:
        assert one is None or await one is None
    assert [record.seq for record in await journal.read("a")] == list(range(1, 201))


async def test_executions_do_not_touch_each_other(journal: Any) -> None:
    async def chain(name: str) -> None:
        journal.create(row(name), PLAN)
        after = await put(journal, name, [started()], after=0)
        for n in range(10):
            after = await put(journal, name, node(f"{name}-{n}"), after=after)
        await put(journal, name, [finished()], after=after, status="completed")

    names = [f"e{n}" for n in range(50)]
    await asyncio.gather(*map(chain, names))
    for name in names:
        records = await journal.read(name)
        assert [record.seq for record in records] == list(range(1, 23))
        assert {record.execution_id for record in records} == {name}
        assert all(getattr(record.event, "node", name).startswith(name) for record in records)


# ------------------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize("after", [0, 1, 2, 4, 99])
async def test_a_stale_append_is_a_conflict_and_leaves_no_trace(journal: Any, after: int) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started(), *node("one")], after=0)
    with pytest.raises(Conflict, match=f"'a' has 3 records; nothing can be added behind record {after}") as caught:
        await put(journal, "a", node("late"), after=after)
    assert caught.value.hint
    assert await journal.last_seq("a") == 3
    assert await put(journal, "a", node("again"), after=3) == 5


async def test_a_conflict_hurts_nobody_else(journal: Any) -> None:
    for name in "abc":
        journal.create(row(name), PLAN)
        await put(journal, name, [started()], after=0)
    results = await asyncio.gather(
        *(put(journal, name, node("x"), after=after) for name, after in [("a", 1), ("b", 7), ("c", 1)]),
        return_exceptions=True,
    )
    assert [results[0], type(results[1]), results[2]] == [3, Conflict, 3]
    assert [await journal.last_seq(name) for name in "abc"] == [3, 1, 3]


async def test_nothing_is_added_to_what_has_ended(journal: Any) -> None:
    last = await run(journal, "a")
    with pytest.raises(Conflict, match=r"'a' has ended \(completed\)"):
        await put(journal, "a", node("late"), after=last)
    assert await journal.last_seq("a") == last


async def test_unknown_executions_are_not_found(journal: Any) -> None:
    with pytest.raises(NotFound, match="'nobody'"):
        await put(journal, "nobody", node("x"), after=0)
    for asked in (journal.read, journal.last_seq, journal.row, journal.delete):
        with pytest.raises(NotFound, match="'nobody'"):
            await asked("nobody")
    with pytest.raises(NotFound, match="'nobody'"):
        await journal.claim("nobody", owner="me", was=None)
    with pytest.raises(NotFound, match="'nothing'"):
        await journal.plan("nothing")


async def test_what_is_introduced_is_stored_with_its_first_record(journal: Any) -> None:
    journal.create(row("a"), PLAN)
    with pytest.raises(NotFound):
        await journal.row("a")
    assert await journal.rows() == []
    await put(journal, "a", [started()], after=0)
    assert await journal.row("a") == row("a", last_seq=1)
    assert await journal.plan("p1") == PLAN


async def test_an_id_is_taken_once(journal: Any, storage: Storage) -> None:
    journal.create(row("a"), PLAN)
    with pytest.raises(Conflict, match="'a' already"):
        journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    with pytest.raises(Conflict, match="'a' already"):
        journal.create(row("a"), PLAN)
    assert await put(journal, "a", node("goes on"), after=1) == 3
    await put(journal, "a", [finished()], after=3, status="completed")
    with pytest.raises(Conflict, match="'a' already"):  # a journal may notice when it stores
        await run(journal, "a")
    assert await journal.last_seq("a") == 4


async def test_a_cancelled_waiter_cancels_nobody_else(journal: Any) -> None:
    journal.create(row("a"), PLAN)
    tasks = [asyncio.ensure_future(put(journal, "a", [LogWritten("INFO", str(n))], after=n)) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == 1
    assert results[2] == 3
    assert await journal.last_seq("a") == 3  # cancelled is the waiting, not the record


# ----------------------------------------------------------------------------------------------------------- listening


async def test_listeners_hear_what_is_stored_in_order(journal: Any) -> None:
    heard: list[list[Record]] = []
    end = journal.subscribe(lambda records: heard.append(list(records)))
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    await put(journal, "a", node("one"), after=1)
    assert heard == [(await journal.read("a"))[:1], (await journal.read("a"))[1:]]
    end()
    await put(journal, "a", node("two"), after=3)
    assert len(heard) == 2


async def test_listeners_hear_before_those_who_wait_go_on(journal: Any) -> None:
    order: list[str] = []
    journal.subscribe(lambda records: order.append("heard"))
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    order.append("stored")
    assert order == ["heard", "stored"]


async def test_nobody_hears_of_what_was_refused(journal: Any) -> None:
    heard: list[Record] = []
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    journal.subscribe(heard.extend)
    with pytest.raises(Conflict):
        await put(journal, "a", node("x"), after=5)
    assert heard == []


async def test_ending_one_subscription_leaves_the_others(journal: Any) -> None:
    first: list[Record] = []
    second: list[Record] = []
    end = journal.subscribe(first.extend)
    journal.subscribe(second.extend)
    end()
    end()
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    assert (len(first), len(second)) == (0, 1)


# ---------------------------------------------------------------------------------------------------- rows and owners


async def test_row_follows_the_execution(journal: Any, storage: Storage) -> None:
    journal.create(row("a", origin={"execution_id": "b", "seq": 3}), PLAN)
    await put(journal, "a", [started()], after=0)
    assert await journal.row("a") == row("a", last_seq=1, origin={"execution_id": "b", "seq": 3})
    await put(journal, "a", [LogWritten("INFO", "waits")], after=1, status="waiting")
    assert (await journal.row("a")).status == "waiting"
    storage.clock.now = 9_000_000
    failed = finished("failed", error={"message": "The model refused.", "code": "model_refused"})
    await put(journal, "a", [failed], after=2, status="failed")
    ended = await journal.row("a")
    assert (ended.status, ended.finished_at_us, ended.last_seq) == ("failed", 9_000_000, 3)
    assert ended.error == "The model refused."


async def test_an_execution_that_ends_at_once_has_its_end_in_the_row(journal: Any) -> None:
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started(), finished()], after=0, status="completed")
    stored = await journal.row("a")
    assert (stored.status, stored.finished_at_us, stored.last_seq) == ("completed", 1_000_000, 2)
    assert await journal.unfinished() == []


async def fill(journal: Any) -> None:
    await run(journal, "r1", created_at_us=1_000, workflow_name="Bees 100%")
    await run(journal, "r2", created_at_us=2_000, workflow_id="v", workflow_name="Ünder_score")
    await run(journal, "r3", created_at_us=2_000, workflow_id=None)
    journal.create(row("r4", created_at_us=3_000), PLAN)
    await put(journal, "r4", [started()], after=0)
    journal.create(row("r5", created_at_us=4_000, workflow_id="v"), PLAN)
    error = {"message": "No such model"}
    await put(journal, "r5", [started(), finished("failed", error=error)], after=0, status="failed")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, "r5 r4 r3 r2 r1"),  # newest first, and by id where the time is the same
        ({"limit": 2}, "r5 r4"),
        ({"limit": 0}, ""),
        ({"oldest_first": True}, "r1 r2 r3 r4 r5"),
        ({"oldest_first": True, "before": (2_000, "r2"), "limit": 2}, "r3 r4"),
        ({"before": (3_000, "r4")}, "r3 r2 r1"),
        ({"before": (2_000, "r3")}, "r2 r1"),  # in the middle of one time
        ({"workflow_id": "v"}, "r5 r2"),
        ({"workflow_id": "nobody's"}, ""),
        ({"status": ["running"]}, "r4"),
        ({"status": ["running", "failed"]}, "r5 r4"),
        ({"since_us": 3_000}, "r5 r4"),
        ({"since_us": 2**70}, ""),
        ({"until_us": 3_000}, "r3 r2 r1"),  # before it, not at it
        ({"since_us": 2_000, "until_us": 4_000}, "r4 r3 r2"),
        ({"before": (2**70, "x"), "limit": 2**70}, "r5 r4 r3 r2 r1"),
        ({"q": "bees"}, "r1"),  # whatever the case
        ({"q": "ÜNDER"}, "r2"),
        ({"q": "%"}, "r1"),  # no pattern
        ({"q": "r_s"}, "r2"),
        ({"q": "r_1"}, ""),
        ({"q": "R4"}, "r4"),  # an id
        ({"q": "no such"}, "r5"),  # an error
        ({"q": "'; DROP TABLE executions; --"}, ""),
        ({"workflow_id": "v", "status": ["completed"], "q": "ü", "since_us": 1, "before": (9_000, "x")}, "r2"),
    ],
)
async def test_lists(journal: Any, wanted: dict[str, Any], expected: str) -> None:
    await fill(journal)
    assert " ".join(found.id for found in await journal.rows(**wanted)) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [(0, "completed", 3), (0, "failed", 1), (0, "running", 1)]),
        ({"width_us": 2_000}, [(0, "completed", 1), (1, "completed", 2), (1, "running", 1), (2, "failed", 1)]),
        ({"since_us": 2_000, "width_us": 2_000}, [(0, "completed", 2), (0, "running", 1), (1, "failed", 1)]),
        ({"until_us": 2_000}, [(0, "completed", 1)]),
        ({"workflow_id": "v"}, [(0, "completed", 1), (0, "failed", 1)]),
        ({"q": "no such", "width_us": 1_000}, [(4, "failed", 1)]),
        ({"since_us": 2**70, "width_us": 2**70}, []),
    ],
)
async def test_counts(journal: Any, wanted: dict[str, Any], expected: list[tuple[int, str, int]]) -> None:
    await fill(journal)
    assert await journal.tally(**wanted) == expected


async def test_unfinished_are_all_that_go_on_or_wait(journal: Any) -> None:
    await fill(journal)
    await put(journal, "r4", [text("…")], after=1, status="waiting")
    assert [(found.id, found.status, found.last_seq) for found in await journal.unfinished()] == [("r4", "waiting", 2)]


async def test_only_one_of_two_takes_over(journal: Any) -> None:
    journal.create(row("a", owner="dead"), PLAN)
    await put(journal, "a", [started()], after=0)
    taken = await asyncio.gather(
        journal.claim("a", owner="one", was="dead"), journal.claim("a", owner="two", was="dead")
    )
    assert sorted(taken) == [False, True]
    assert (await journal.row("a")).owner == ("one" if taken[0] else "two")
    assert await journal.claim("a", owner="three", was=None) is False


async def test_nobody_takes_over_what_has_ended(journal: Any) -> None:
    await run(journal, "a", owner=None)
    assert await journal.claim("a", owner="one", was=None) is False


async def test_changes_grow_with_every_record(journal: Any) -> None:
    before = await journal.changes()
    assert await journal.changes() == before
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    middle = await journal.changes()
    await put(journal, "a", node("x"), after=1)
    assert before < middle < await journal.changes()


async def test_health_says_that_all_is_well(journal: Any) -> None:
    assert (await journal.health())["ok"] is True


# ------------------------------------------------------------------------------------- several journals on one storage


async def test_what_one_stores_the_other_reads(shared: Storage) -> None:
    one, two = await shared.open(), await shared.open()
    before = await two.changes()
    one.create(row("a"), PLAN)
    await put(one, "a", [started()], after=0)
    assert await two.changes() > before
    assert await two.read("a") == await one.read("a")


async def test_two_on_one_execution_are_kept_apart(shared: Storage) -> None:
    one, two = await shared.open(), await shared.open()
    one.create(row("a"), PLAN)
    await put(one, "a", [started()], after=0)
    await put(two, "a", node("two"), after=1)
    with pytest.raises(Conflict, match="has 3 records"):
        await put(one, "a", node("one"), after=1)
    assert [getattr(record.event, "node", None) for record in await two.read("a")] == [None, "two", "two"]


async def test_after_a_conflict_nothing_goes_until_it_was_read_again(shared: Storage) -> None:
    one, two = await shared.open(), await shared.open()
    one.create(row("a"), PLAN)
    await put(one, "a", [started()], after=0)
    await put(two, "a", node("two"), after=1)
    lost = one.append("a", node("lost"), after=1)
    behind = one.append("a", node("behind the lost one"), after=3)  # which is where it ends, by the other's records
    for pending in (lost, behind):
        with pytest.raises(Conflict):
            await pending
    with pytest.raises(Conflict):
        await put(one, "a", node("still"), after=3)
    assert await one.last_seq("a") == 3
    assert await put(one, "a", node("now"), after=3) == 5


async def test_a_conflict_with_another_process_hurts_nobody_in_the_batch(shared: Storage) -> None:
    one, two = await shared.open(), await shared.open()
    for name in "abc":
        one.create(row(name), PLAN)
        await put(one, name, [started()], after=0)
    await put(two, "b", node("two"), after=1)
    two.create(row("taken"), PLAN)
    await put(two, "taken", [started()], after=0)
    one.create(row("taken"), PLAN)
    one.create(row("new"), PLAN)
    results = await asyncio.gather(
        *(
            put(one, name, node("x"), after=after)
            for name, after in [("a", 1), ("b", 1), ("taken", 0), ("new", 0), ("c", 1)]
        ),
        return_exceptions=True,
    )
    assert [result if isinstance(result, int) else type(result) for result in results] == [3, Conflict, Conflict, 2, 3]
    assert [await two.last_seq(name) for name in ["a", "b", "taken", "new", "c"]] == [3, 3, 1, 2, 3]


async def test_a_claim_lets_append_again(shared: Storage) -> None:
    one, two = await shared.open(), await shared.open()
    one.create(row("a", owner="one"), PLAN)
    await put(one, "a", [started()], after=0)
    assert await two.claim("a", owner="two", was="one") is True
    await put(two, "a", node("two"), after=1)
    with pytest.raises(Conflict):
        await put(one, "a", node("one"), after=1)
    assert await one.claim("a", owner="one", was="nobody") is False
    with pytest.raises(Conflict):
        await put(one, "a", node("one"), after=3)
    assert await one.claim("a", owner="one", was="two") is True
    assert await put(one, "a", node("one"), after=3) == 5


async def test_a_closed_journal_has_stored_everything(shared: Storage) -> None:
    one = await shared.open()
    one.create(row("a"), PLAN)
    for n in range(100):
        one.append("a", [LogWritten("INFO", str(n))], after=n)
    await one.close()
    await one.close()
    with pytest.raises(JournalError, match="not open"):
        one.append("a", [started()], after=100)
    with pytest.raises(JournalError, match="not open"):
        await one.read("a")
    assert await (await shared.open()).last_seq("a") == 100


@pytest.mark.parametrize("seed", range(10))
async def test_whatever_is_acknowledged_is_there_once_and_in_order(shared: Storage, seed: int) -> None:
    chance = random.Random(seed)
    journals = [await shared.open() for _ in range(3)]
    names = ["a", "b", "c"]
    for name in names:
        journals[0].create(row(name), PLAN)
        await put(journals[0], name, [started()], after=0)
    acknowledged: dict[str, list[tuple[int, str]]] = {name: [] for name in names}

    async def attempt(journal: Any, name: str, after: int, tag: str, count: int) -> None:
        await put(journal, name, [LogWritten("INFO", f"{tag}.{n}") for n in range(count)], after=after)
        acknowledged[name] += [(after + n + 1, f"{tag}.{n}") for n in range(count)]

    async def driver(journal: Any, tag: str) -> None:
        for turn in range(30):
            name = chance.choice(names)
            after = await journal.last_seq(name)
            attempts = []
            for n in range(chance.randint(1, 4)):  # queued one behind the other, sometimes at the wrong place
                count = chance.randint(1, 3)
                attempts.append(attempt(journal, name, after, f"{tag}-{turn}-{n}", count))
                after += count + chance.choice([0, 0, 0, 0, 1, -1])
            for result in await asyncio.gather(*attempts, return_exceptions=True):
                assert isinstance(result, Conflict | None)

    # Two share a journal, so that appends of one fail in the same batch as those of the other.
    await asyncio.gather(*(driver(journal, f"j{n}") for n, journal in enumerate([*journals, journals[0]])))
    for name in names:
        records = await journals[0].read(name, limit=10_000)
        stored = [(record.seq, record.event.message) for record in records[1:]]
        assert stored == sorted(acknowledged[name])
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
    assert sum(map(len, acknowledged.values())) > 50
