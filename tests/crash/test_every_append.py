"""Death at every single append, before and after it is stored, of one execution of each kind."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.crash.drawn import DOCUMENTS
from tests.crash.kills import ROOT


@pytest.mark.parametrize("document", range(len(DOCUMENTS)), ids=[document["name"] for document in DOCUMENTS])
async def test_death_at_every_append(tmp_path: Path, document: int) -> None:
    arguments = ("-m", "tests.crash.every_append", str(tmp_path), str(document))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    assert int(output) >= 20
