"""What holds for the journal in memory alone."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.errors import Unacceptable
from pointwork.events import NodeCompleted, Record
from pointwork.journal.memory import MemoryJournal
from tests.journal.storages import PLAN, row, started


async def test_what_is_appended_is_stored_at_once() -> None:
    journal = MemoryJournal()
    journal.create(row("a"), PLAN)
    assert journal.append("a", [started()], after=0) is None
    assert [record.seq for record in await journal.read("a")] == [1]


async def test_what_listeners_cannot_be_shown_is_not_stored() -> None:
    journal = MemoryJournal()
    heard: list[Record] = []
    journal.subscribe(heard.extend)
    journal.create(row("a"), PLAN)
    value: Any = object()
    with pytest.raises(Unacceptable, match="NodeCompleted of node 'n' cannot be stored"):
        journal.append("a", [started(), NodeCompleted("", "n", value)], after=0)
    assert await journal.last_seq("a") == 0
    assert heard == []


async def test_rows_are_copies() -> None:
    journal = MemoryJournal()
    journal.create(row("a"), PLAN)
    journal.append("a", [started()], after=0)
    (await journal.row("a")).status = "changed"
    assert (await journal.row("a")).status == "running"
