"""The program: help that costs nothing, near matches, one line for whatever goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from pointwork import __version__
from pointwork.cli import main
from pointwork.cli.command import ENVIRONMENT, Command, Group
from pointwork.cli.program import COMMANDS, command
from tests.cli.stage import ADD, PROGRAM, ROOT, pointwork, write


def all_commands() -> list[Command]:
    found: list[Command] = []
    for name in COMMANDS:
        one = command(name)
        found += one.commands.values() if isinstance(one, Group) else [one]
    return found


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)


def test_no_command_is_help_and_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


@pytest.mark.parametrize("spelling", ["--version", "version"])
def test_version(spelling: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([spelling]) == 0
    assert capsys.readouterr().out == f"pointwork {__version__}\n"


@pytest.mark.parametrize("found", all_commands(), ids=lambda found: found.name)
def test_help_of_a_command_teaches(found: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*found.name.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: pointwork {found.usage}\n")
    assert "exit codes:" in shown
    assert all(name in shown for name in found.environment)
    assert not [line for line in shown.splitlines() if len(line) > 120]
    assert set(found.environment) <= ENVIRONMENT.keys()


def test_groups_list_their_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tools", "--help"]) == 0
    assert "  call " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("rnu", "'rnu' is not a command of pointwork. Did you mean 'run'?"),
        ("--verison", "'--verison' is not an option of pointwork."),
        ("tools cal", "'cal' is not a command of pointwork tools. Did you mean 'call'?"),
        ("run", "The following arguments are required: FILE. `pointwork run --help`"),
        ("run a.json --inptu x=1", "pointwork run does not know '--inptu'. Did you mean '--input'?"),
        ("run a.json --inp x=1", "does not know '--inp'"),  # shortened options break when new ones come
        ("run a.json --timeout soon", "--timeout: 'soon' is not a number of seconds above 0"),
        ("run a.json --timeout -1", "--timeout: '-1' is not a number of seconds above 0"),
        ("serve --port 70000", "'70000' is not a port"),
        ("executions list --status done", "invalid choice: 'done'"),
        ("check - -", "Standard input can be read only once."),
        ("run - --inputs -", "Standard input cannot be both"),
    ],
)
def test_wrong_command_lines_are_one_line_with_the_next_step(
    line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pointwork: ")
    assert says in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_help_imports_nothing_heavy() -> None:
    heavy = (
        "rich",
        "pydantic",
        "orjson",
        "fastapi",
        "starlette",
        "uvicorn",
        "pydantic_ai",
        "openai",
        "httpx",
        "asyncio",
    )
    code = f"""
import sys
from pointwork.cli import main
main(["--help"]); main(["--version"]); main(["run", "--help"]); main(["serve", "--help"])
print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_defect_is_told_as_one_and_traced_on_demand(
    debug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(*_: Any) -> Command:
        raise RuntimeError("on fire")

    monkeypatch.setenv("POINTWORK_DEBUG", debug)
    monkeypatch.setattr("pointwork.cli.program.command", explode)
    assert main(["run"]) == 1
    err = capsys.readouterr().err
    assert "RuntimeError: on fire This is a defect of Pointwork." in err
    assert ("Traceback" in err) == bool(debug)


@pytest.mark.parametrize("line", [["openapi"], ["--help"], ["run", "--help"], ["tools", "list"]], ids=" ".join)
def test_a_closed_pipe_is_no_error(line: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([*PROGRAM, *line], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_terminal_without_unicode_gets_signs_that_it_can_show(tmp_path: Any) -> None:
    done = pointwork("run", write(tmp_path, ADD), PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert " + sum" in done.stderr


def test_output_that_cannot_be_encoded_is_escaped(tmp_path: Any) -> None:
    flow = {**ADD, "name": "☂"}
    done = pointwork("run", write(tmp_path, flow), PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "\\u2602" in done.stderr


def test_module_and_script_are_the_same() -> None:
    script = ROOT / ".venv" / "bin" / "pointwork"
    by_module = pointwork("--version").stdout
    assert by_module == f"pointwork {__version__}\n"
    if script.exists():
        assert subprocess.run([script, "--version"], check=True, capture_output=True, text=True).stdout == by_module
