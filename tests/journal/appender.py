"""A process that writes to a journal until it is done or killed; run by the tests.

    appender.py FILE DURABILITY PREFIX EXECUTIONS APPENDS

Each append has two records that say which they are. What is acknowledged is said on the output, one line each:
the execution and its last number.
"""

from __future__ import annotations

import asyncio
import os
import sys

from pointwork.journal.sqlite import SqliteJournal
from tests.journal.storages import PLAN, node, row


async def chain(journal: SqliteJournal, name: str, appends: int) -> None:
    journal.create(row(name), PLAN)
    for n in range(appends):
        pending = journal.append(name, node(f"{name}-{n}", n), after=2 * n)
        if pending is not None:
            await pending
        else:
            await asyncio.sleep(0)  # lets the journal have it
        os.write(1, f"{name} {2 * n + 2}\n".encode())


async def main(file: str, durability: str, prefix: str, executions: str, appends: str) -> None:
    journal = SqliteJournal(file, durability)  # pyright: ignore[reportArgumentType]
    await journal.open()
    await asyncio.gather(*(chain(journal, f"{prefix}{n}", int(appends)) for n in range(int(executions))))
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
