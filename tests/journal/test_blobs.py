"""Large values: referred to, kept once, given back as they were; and no value of a user is taken for a reference."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest

from pointwork.errors import NotFound
from pointwork.events import LogWritten, NodeCompleted, NodeFailed, NodeStarted, Record, ScopeOpened, StepRecorded
from pointwork.journal.blobs import LIMIT_BYTES
from tests.journal.storages import PLAN, Storage, finished, node, put, row, run, sqlite, started

BIG = "ä" * LIMIT_BYTES
LIST = [{"n": n, "text": "x" * 50} for n in range(1_000)]


def reference(value: Any) -> dict[str, Any]:
    data = orjson.dumps(value)
    text = value if isinstance(value, str) else data.decode()
    return {"$blob": hashlib.sha256(data).hexdigest(), "bytes": len(data), "preview": text[:200]}


def completed(output: Any) -> NodeCompleted:
    return NodeCompleted("", "n", output)


async def shown(journal: Any, *events: Any) -> list[Any]:
    """The events as read after they were appended at once; resolved, they must be what they were."""
    journal.create(row("a"), PLAN)
    await put(journal, "a", events, after=0)
    assert [record.event for record in await journal.read("a", resolve=True)] == list(events)
    return [record.event for record in await journal.read("a")]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("x" * (LIMIT_BYTES - 2), None),  # with its quotes exactly at the limit
        ("x" * (LIMIT_BYTES - 1), reference("x" * (LIMIT_BYTES - 1))),
        (BIG, reference(BIG)),
        (LIST, reference(LIST)),  # lists are not looked into
        ({"text": BIG, "score": 1}, {"text": reference(BIG), "score": 1}),
        ({"a": {"b": BIG, "c": 2}}, {"a": {"b": reference(BIG), "c": 2}}),
        ({"a": {"b": {"c": BIG}}}, {"a": {"b": reference({"c": BIG})}}),  # not deeper
        ({f"k{n}": "x" * 1_000 for n in range(50)}, reference({f"k{n}": "x" * 1_000 for n in range(50)})),
        # One member is large, and the rest of it too: then the whole is one value, with nothing inside it moved.
        ({"big": BIG, **{f"k{n}": "x" * 1_000 for n in range(50)}}, ...),
        (None, None),
        (7, None),
    ],
)
async def test_what_is_large_is_shown_as_a_reference(journal: Any, output: Any, expected: Any) -> None:
    wanted = reference(output) if expected is ... else output if expected is None else expected
    assert await shown(journal, completed(output)) == [completed(wanted)]


async def test_each_event_of_an_append_has_its_own_references(journal: Any) -> None:
    big, other = "x" * 40_000, "y" * 40_000
    expected = [
        NodeStarted("", "a", 1, {"one": reference(big), "two": "small"}, {"prompt": reference(other)}),
        LogWritten("INFO", big),  # text is text
        NodeFailed("", "a", 1, {"message": "no", "details": reference(big)}),
        ScopeOpened("l[0]", "", "l", 0, reference(big)),
        StepRecorded("", "a", "1", "model", value={"text": reference(other)}),
        finished(result=reference(LIST)),
    ]
    written = [
        NodeStarted("", "a", 1, {"one": big, "two": "small"}, {"prompt": other}),
        LogWritten("INFO", big),
        NodeFailed("", "a", 1, {"message": "no", "details": big}),
        ScopeOpened("l[0]", "", "l", 0, big),
        StepRecorded("", "a", "1", "model", value={"text": other}),
        finished(result=LIST),
    ]
    assert await shown(journal, *written) == expected


async def test_many_small_values_stay_where_they_are(journal: Any) -> None:
    written = [completed("x" * 1_000) for _ in range(100)]
    assert await shown(journal, *written) == written


@pytest.mark.parametrize(
    "output",
    [
        {"$blob": "0" * 64, "bytes": 1, "preview": "mine"},
        {"$blob": "../../etc/passwd"},
        {"$blob": None},
        {"keep": {"$blob": "x", "bytes": 40_000}, "text": BIG},
        {"$blob": BIG},
        {"": BIG, "a/b": BIG, "0": BIG},
    ],
)
async def test_a_users_own_look_alike_comes_back_unharmed(journal: Any, output: Any) -> None:
    await shown(journal, completed(output))  # which compares


async def test_live_records_are_what_a_reader_gets(journal: Any) -> None:
    heard: list[Record] = []
    journal.subscribe(heard.extend)
    await shown(journal, completed("small"), completed(BIG), NodeStarted("", "b", 1, {"x": {"text": BIG}}))
    assert heard == await journal.read("a")
    assert heard[1].event == completed(reference(BIG))


async def test_a_value_is_given_by_its_hash(journal: Any) -> None:
    [event] = await shown(journal, completed(LIST))
    assert orjson.loads(await journal.blob(event.output["$blob"])) == LIST


@pytest.mark.parametrize(
    "digest", ["", "0" * 64, "../../../etc/passwd", "A" * 64, "' OR 1=1 --", "0" * 63 + "\n", "\x00", "x" * 10_000]
)
async def test_other_names_are_not_found(journal: Any, digest: str) -> None:
    await shown(journal, completed(BIG))
    with pytest.raises(NotFound) as caught:
        await journal.blob(digest)
    assert len(caught.value.message) < 500


async def test_a_blob_lives_as_long_as_somebody_refers_to_it(journal: Any) -> None:
    digest = reference(BIG)["$blob"]
    await run(journal, "a", completed(BIG), completed(BIG))
    await run(journal, "b", completed({"text": BIG}))
    await journal.read("a")  # only whoever has read a reference knows its hash
    await journal.read("b")
    await journal.delete("a")
    assert await journal.blob(digest) == orjson.dumps(BIG)
    assert (await journal.read("b", resolve=True))[1].event == completed({"text": BIG})
    await journal.delete("b")
    with pytest.raises(NotFound):
        await journal.blob(digest)


# ------------------------------------------------------------------------------------------------------- on the disk


async def test_a_value_handed_through_five_nodes_is_stored_once(tmp_path: Path) -> None:
    storage = sqlite(tmp_path)
    journal = await storage.open()
    journal.create(row("a"), PLAN)
    after = await put(journal, "a", [started()], after=0)
    for n in range(5):
        passed = [NodeStarted("", f"n{n}", 1, {"topic": {"text": BIG}}), NodeCompleted("", f"n{n}", {"text": BIG})]
        after = await put(journal, "a", passed, after=after)
    await storage.close()
    with sqlite3.connect(tmp_path / "pointwork.db") as connection:
        assert connection.execute("SELECT length(data) FROM blobs").fetchall() == [(len(orjson.dumps(BIG)),)]
        assert connection.execute("SELECT max(length(data)) FROM journal").fetchone()[0] < 2_000
    connection.close()


async def test_what_is_stored_is_what_it_was_when_it_was_appended(tmp_path: Path) -> None:
    storage: Storage = sqlite(tmp_path)
    journal = await storage.open()
    journal.create(row("a"), PLAN)
    small, big = {"list": [1]}, {"list": [1], "text": BIG}
    pending = journal.append("a", [completed(small), completed(big)], after=0)
    small["list"].append(2)
    big["list"].append(2)
    await pending
    records = await journal.read("a", resolve=True)
    assert [record.event for record in records] == [completed({"list": [1]}), completed({"list": [1], "text": BIG})]
    await storage.close()


@pytest.mark.parametrize("value", [{1, 2}, object(), 2**70, {1: "a"}, "\ud800", float("nan")])
async def test_what_is_not_json_is_refused_and_does_no_harm(tmp_path: Path, value: Any) -> None:
    storage = sqlite(tmp_path)
    journal = await storage.open()
    journal.create(row("a"), PLAN)
    await put(journal, "a", [started()], after=0)
    if value != value:  # JSON has no such number; it is stored as null
        assert await put(journal, "a", [completed(value)], after=1) == 2
        assert (await journal.read("a", after=1))[0].event == completed(None)
    else:
        with pytest.raises(Exception, match="NodeCompleted of node 'n' cannot be stored") as caught:
            journal.append("a", [completed(value)], after=1)
        assert caught.value.__class__.__name__ == "Unacceptable"
        assert await put(journal, "a", node("b"), after=1) == 3
    await storage.close()
