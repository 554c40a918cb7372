"""Kill a process at the appends of an execution, before and after they are stored.

python -m tests.crash.every_append FOLDER DOCUMENT STRIDE: at every append, or at each STRIDE-th.
Each life is a fork of this process, which has everything loaded. The first life of a story dies at append number n,
the second goes on and dies as well, the third comes to the end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from pointwork.db import Owners
from pointwork.journal.sqlite import SqliteJournal
from pointwork.runtime import Runtime
from tests.crash import drawn
from tests.crash.drawn import Log, answer_to, inputs, registry_of, resources_of, workflow
from tests.crash.verdict import Verdict, nothing_beyond, read_log


class Deadly:
    """A journal whose n-th append is the last thing that the process does, before or right after it is stored."""

    def __init__(self, journal: SqliteJournal, *, at: int, stored: bool) -> None:
        self.journal = journal
        self.at = at
        self.stored = stored
        self.appends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.journal, name)

    def append(self, execution_id: str, events: Any, *, after: int, status: str | None = None) -> Any:
        self.appends += 1
        if self.appends == self.at:
            if not self.stored:
                die()
            self.journal.subscribe(lambda records: die() if records[0].seq == after + 1 else None)
        return self.journal.append(execution_id, events, after=after, status=status)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def live(folder: Path, document: int, *, at: int, stored: bool) -> None:
    """Begin or go on, until the end or until append number `at`."""
    log = Log(folder / "done.log")
    logging.getLogger("pointwork").addHandler(log)
    journal = Deadly(SqliteJournal(folder / "pointwork.db"), at=at, stored=stored)
    runtime = Runtime(
        journal=journal,  # type: ignore[arg-type]
        registry=registry_of(log),
        resources=resources_of(log),
        owners=Owners(folder / "owners"),
    )
    await runtime.open()
    if not await journal.rows():
        await runtime.start(workflow(document), inputs(document), execution_id=f"run-{document}")
    while not await runtime.finished(f"run-{document}") or f"run-{document}" in runtime.drivers:
        for waiting in (await runtime.state(f"run-{document}"))["waiting"]:
            await runtime.send(f"run-{document}", answer_to(waiting, ["again"]))
    await runtime.close()


async def judge(folder: Path, document: int) -> None:
    journal = SqliteJournal(folder / "pointwork.db")
    await journal.open()
    records = await journal.read(f"run-{document}", limit=100_000)
    await journal.close()
    nothing_beyond(read_log(folder / "done.log"), Verdict(f"run-{document}").over(records))


def in_a_process(work: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """The signal that ended it, or 0."""
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(work())
        except BaseException:
            logging.getLogger().exception("A life ended in an error.")
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def story(folder: Path, document: int, *, at: int, stored: bool) -> bool:
    """Three lives; false when the first had come to its end before append number `at`."""
    folder.mkdir()
    if in_a_process(lambda: live(folder, document, at=at, stored=stored)) == 0:
        return False
    in_a_process(lambda: live(folder, document, at=1 + at % 4, stored=not stored))
    assert in_a_process(lambda: live(folder, document, at=0, stored=False)) == 0
    assert in_a_process(lambda: judge(folder, document)) == 0
    return True


def main(folder: Path, document: int, stride: int) -> None:
    deaths = 0
    for stored in (False, True):
        at = 1 + stored * (stride // 2)
        while story(folder / f"{at}-{stored}", document, at=at, stored=stored):
            deaths, at = deaths + 1, at + stride
    print(deaths)


if __name__ == "__main__":
    drawn.LONGEST_S = 0.001
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
