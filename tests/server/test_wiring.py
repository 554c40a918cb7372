"""The object graph: opened in order, closed again, and refused with a reason when something is in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointwork import wiring
from pointwork.errors import ConfigurationError, DefinitionError, NotFound
from pointwork.settings import Settings
from pointwork.wiring import App
from tests.server.workshop import chain


def settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, database=folder / "pointwork.db")


async def test_opening_and_closing_more_than_once(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    app = App(settings(folder))
    assert not folder.exists()  # building opens nothing
    for _ in range(2):
        await app.open()
        assert (folder / "pointwork.db").exists()
        assert app.runtime.owner
        await app.close()


async def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    app = App(settings(tmp_path / "file" / "data"))
    with pytest.raises(ConfigurationError, match="POINTWORK_DATA_DIR"):
        await app.open()
    await app.close()


async def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "pointwork.db").write_text("this is not a database, whatever its name says" * 100)
    app = App(settings(tmp_path))
    with pytest.raises(ConfigurationError, match=r"pointwork\.db"):
        await app.open()
    await app.close()  # nothing was left open


async def test_stored_workflows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "LOADED", 2)
    app = App(settings(tmp_path))
    await app.open()
    app.library.create({**chain("start", "end"), "id": "w"})
    first, number = await app.workflow("w")
    assert (first.id, number) == ("w", 1)
    assert (await app.workflow("w"))[0] is first  # read once
    app.library.save("w", {"name": "Draft"}, autosave=True)
    assert (await app.workflow("w"))[1] == 1  # a draft is not what runs
    app.library.save("w", {"name": "Second"})
    assert (await app.workflow("w"))[0].name == "Second"
    assert (await app.workflow("w", 1))[0].name == "Chain"
    app.library.save("w", {"name": "Third"})
    assert (await app.workflow("w"))[0].name == "Third"
    assert len(app._loaded) == 2
    with pytest.raises(NotFound):
        await app.workflow("unknown")
    app.library.save("w", {"nodes": 5})  # the library does not look; whoever runs it does
    with pytest.raises(DefinitionError):
        await app.workflow("w")
    await app.close()


def test_what_is_switched_off_is_no_tool(tmp_path: Path) -> None:
    for sandbox, there in (("off", False), ("linux-jail", True)):
        app = App(Settings(data_dir=tmp_path, database=tmp_path / "p.db", python_sandbox=sandbox))
        assert ("python_executor" in app.tools) is there
