"""A process that runs executions: python -m tests.crash.worker FOLDER RUNS stay|finish.

It begins what is missing of so many runs, goes on with all that nobody drives, and stays, or ends when all have ended.
It says on its output when it is `opening`, which is when it takes over what others left, and when it is `open`.
Whatever it is asked about handlers and steps that were cut off it answers as chance has it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pointwork.db import Owners
from pointwork.errors import Conflict, NotFound
from pointwork.journal.sqlite import SqliteJournal
from pointwork.runtime import Runtime, recovery
from tests.crash.drawn import Log, answer_to, inputs, registry_of, resources_of, workflow

Action = Literal["again", "done", "fail"]
LOOK_EVERY_S = 0.1  # for what processes left that died meanwhile; usually two seconds, too long for these tests


async def main(folder: Path, runs: int, *, stay: bool) -> None:
    log = Log(folder / "done.log")
    logging.getLogger("pointwork").addHandler(log)
    journal = SqliteJournal(folder / "pointwork.db")
    runtime = Runtime(
        journal=journal, registry=registry_of(log), resources=resources_of(log), owners=Owners(folder / "owners")
    )
    print("opening", flush=True)
    await runtime.open()
    print("open", flush=True)
    for number in range(runs):
        execution_id = f"run-{number}"
        try:
            await journal.row(execution_id)
        except NotFound:
            with suppress(Conflict):  # another process was faster
                await runtime.start(workflow(number), inputs(number), execution_id=execution_id)
    while (rows := await journal.unfinished()) or stay:
        for row in rows:
            if row.status in ("paused", "waiting") and row.id in runtime.drivers:
                await answer(runtime, row.id)
        await asyncio.sleep(0.01)
    await runtime.close()


async def answer(runtime: Runtime, execution_id: str) -> None:
    for waiting in (await runtime.state(execution_id))["waiting"]:
        actions: tuple[Action, ...] = ("again", "done", "fail") if waiting["node"] == "once" else ("again", "done")
        with suppress(Conflict):  # answered already, and something else was asked
            await runtime.send(execution_id, answer_to(waiting, actions))


if __name__ == "__main__":
    recovery.LOOK_EVERY_S = LOOK_EVERY_S
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), stay=sys.argv[3] == "stay"))
