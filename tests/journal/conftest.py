"""A journal of every kind, and two on the same records where several processes may share them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.journal.storages import SHARED, STORAGES, Storage


@pytest.fixture(params=STORAGES)
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    made = STORAGES[request.param](tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def journal(storage: Storage) -> Any:
    return await storage.open()


@pytest.fixture(params=SHARED)
async def shared(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    made = SHARED[request.param](tmp_path)
    yield made
    await made.close()
