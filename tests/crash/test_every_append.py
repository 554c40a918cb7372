"""Death at single appends, before and after they are stored, of one execution of each kind."""

from pathlib import Path

import pytest

from tests.crash.drawn import DOCUMENTS
from tests.crash.kills import dead_at_every_append

# Of the long ones not every append; `make torture` takes them all.
STRIDES = {"Loop and map": 9, "Drawn loop": 7, "Agent in ten rounds": 13}


@pytest.mark.parametrize("name", [document["name"] for document in DOCUMENTS])
async def test_death_at_every_append(tmp_path: Path, name: str) -> None:
    document = [document["name"] for document in DOCUMENTS].index(name)
    assert await dead_at_every_append(tmp_path, document, stride=STRIDES.get(name, 3)) >= 10
