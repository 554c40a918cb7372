"""Damaged databases: what cannot be read is named and left alone, and everything else goes on."""

from __future__ import annotations

import logging
import sqlite3

import pytest

from pointwork.commands import CancelExecution
from pointwork.errors import Conflict
from tests.runtime.conftest import Processes
from tests.runtime.cut_off import cut_off
from tests.runtime.stage import flow

DAMAGE = {
    "no JSON": "UPDATE journal SET data = X'00FF00' WHERE execution = :n",
    "half a record": "UPDATE journal SET data = substr(data, 1, 20) WHERE execution = :n",
    "an event of a version to come": (
        "UPDATE journal SET data = replace(CAST(data AS TEXT), 'NodeStarted', 'NodeDreamt') WHERE execution = :n"
    ),
    "a node that is not in the plan": (
        'UPDATE journal SET data = replace(CAST(data AS TEXT), \'"node":"hangs"\', \'"node":"hung"\')'
        " WHERE execution = :n"
    ),
    "no records": "DELETE FROM journal WHERE execution = :n",
    "records missing": "DELETE FROM journal WHERE execution = :n AND first_seq = 1",
    "no plan": (
        "PRAGMA foreign_keys = OFF; DELETE FROM plans WHERE hash = (SELECT plan_hash FROM executions WHERE number = :n)"
    ),
    "a plan that is none": (
        "UPDATE plans SET data = X'7B7D' WHERE hash = (SELECT plan_hash FROM executions WHERE number = :n)"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("processes", ["sqlite"], indirect=True)
async def test_a_damaged_execution_does_not_keep_the_others_from_going_on(
    processes: Processes, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = await cut_off(processes, flow("start > hangs > broken"), "NodeStarted hangs")
    sound = await cut_off(processes, flow("start > hangs > b"), "NodeStarted hangs")
    path = processes.journal().path
    with sqlite3.connect(path, isolation_level=None) as connection:
        (number,) = connection.execute("SELECT number FROM executions WHERE id = ?", (damaged,)).fetchone()
        for statement in DAMAGE[damage].split(";"):
            connection.execute(statement, {"n": number} if ":n" in statement else {})
    connection.close()
    with caplog.at_level(logging.ERROR):
        stage = await processes.begin()
        assert (await stage.rest(sound))["status"] == "completed"
    assert f"Execution {damaged} of 'Story' cannot be resumed." in caplog.text
    processes.clock.advance(2)
    await stage.settle(sound)
    assert caplog.text.count("cannot be resumed") == 1
    with pytest.raises(Conflict, match="could not be resumed"):
        await stage.runtime.send(damaged, CancelExecution())
