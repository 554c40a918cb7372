"""Tools as files of the operator's: found, and refused when they could be somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from pointwork.tools import ToolRegistry
from pointwork.tools.folder import load_folder

SHOUT = """
from pointwork.tools import tool

@tool
async def shout(text: str) -> str:
    '''Turn text into capitals.'''
    return text.upper()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tools"
    made.mkdir(mode=0o700)
    return made


def loaded(folder: Path) -> ToolRegistry:
    registry = ToolRegistry()
    load_folder(registry, folder)
    return registry


async def test_a_file_is_a_tool(folder: Path) -> None:
    (folder / "shout.py").write_text(SHOUT)
    registry = loaded(folder)
    assert registry.problems == []
    assert await registry.execute_tool("shout", text="tea") == "TEA"


def test_no_folder_is_fine(tmp_path: Path) -> None:
    assert loaded(tmp_path / "nothing").problems == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("broken", "1 / 0", "ZeroDivisionError"),
        ("wrong", "def (", "SyntaxError"),
        ("leaves", "raise SystemExit", "SystemExit"),
        ("empty", "", "there is no tool in it"),
        ("taken", SHOUT.replace("shout", "calculator"), "Two tools are called 'calculator'"),
    ],
)
def test_a_broken_file_is_a_problem_with_its_name_and_harms_no_other(
    folder: Path, name: str, text: str, told: str
) -> None:
    (folder / f"{name}.py").write_text(text)
    (folder / "shout.py").write_text(SHOUT)
    registry = loaded(folder)
    [problem] = registry.problems
    assert f"'{name}.py'" in problem.message
    assert told in problem.message
    assert "shout" in registry


def test_what_others_may_write_is_not_run(folder: Path) -> None:
    (folder / "shout.py").write_text(SHOUT)
    (folder / "shout.py").chmod(0o666)
    registry = loaded(folder)
    assert "others may write to it" in registry.problems[0].message
    assert "shout" not in registry
    (folder / "shout.py").chmod(0o600)
    folder.chmod(0o777)
    assert "shout" not in loaded(folder)


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(SHOUT)
    (folder / "shout.py").symlink_to(tmp_path / "elsewhere.py")
    registry = loaded(folder)
    assert "it is a link" in registry.problems[0].message
    assert "shout" not in registry
