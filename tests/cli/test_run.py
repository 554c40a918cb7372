"""`pointwork run`: exit codes, what goes to which stream, JSON for programs, a terminal with somebody at it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pointwork.cli import main
from pointwork.testing import OpenAIServer, Reply
from pointwork.workflow import JsonObject
from tests.cli.stage import (
    ADD,
    ASK,
    FAIL,
    PATIENCE_S,
    PROGRAM,
    SUB,
    WAIT,
    calculate,
    chain,
    line_with,
    pointwork,
    started,
    the_rest,
    write,
)  # fmt: skip

BROKEN = chain("Broken", {"id": "x", "type": "agnet"})
ECHO = {"name": "Echo", "nodes": [{"id": "start", "type": "start"}, {"id": "end", "type": "end"}],
        "edges": [{"source": "start", "target": "end"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("flow", "code", "out", "err"),
    [
        (ADD, 0, '{\n  "result": 5,\n  "expression": "2 + 3"\n}\n', "✓ Add    completed"),
        (FAIL, 1, "", "✗ failed at ratio (tool_error)\n  The tool 'calculator' failed: A division by zero"),
        (ASK, 4, "", "? ok waits for an answer: Shall it go out?"),
        (BROKEN, 2, "", "x › type: error E-TYPE: 'x' has the unknown type 'agnet'. Did you mean 'agent'?"),
        ({"name": "Empty"}, 2, "", "E-EMPTY: The workflow has no nodes."),
        ({"nodes": [{"id": 5, "type": "start"}]}, 2, "", "nodes.0.id: error E-SHAPE"),
        ([], 2, "", "The document in "),
        ("{", 2, "", "is not JSON: line 1, column 2"),
    ],
    ids=["completed", "failed", "waits", "unknown type", "empty", "shape", "list", "no JSON"],
)
def test_exit_codes_and_streams(
    flow: Any, code: int, out: str, err: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", write(tmp_path, flow)]) == code
    shown = capsys.readouterr()
    assert shown.out == out
    assert err in shown.err
    assert "Traceback" not in shown.err


def test_inputs_of_every_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note.txt").write_text("from a file")
    given = write(tmp_path, {"a": 1, "b": "over"}, "in.json")
    line = ["run", write(tmp_path, ECHO), "--inputs", given, "--input", "b=[1, 2]", "--input", "c=true"]
    assert main([*line, "--input", f"d=@{tmp_path}/note.txt", "--input", "e=x=y", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out) == {"a": 1, "b": [1, 2], "c": True, "d": "from a file", "e": "x=y"}


def test_a_text_result_is_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = chain("Text", {"id": "route", "type": "agent", "agent_config": {"prompt": "2 + 3", "tools": ["calculator"]}})
    assert main(["run", write(tmp_path, flow)]) == 0
    out, err = capsys.readouterr()
    assert out == "2 + 3 = 5\n"
    assert "offline-demo, the built-in demo model, answered for route: it is no language" in err
    assert "Set OPENAI_API_KEY" in err


@pytest.mark.parametrize("flow", [ADD, FAIL, ASK], ids=lambda flow: flow["name"])
def test_json_is_one_document_and_nothing_else(flow: JsonObject, tmp_path: Path) -> None:
    done = pointwork("run", write(tmp_path, flow), "--json")
    state = json.loads(done.stdout)
    assert state["workflow_name"] == flow["name"]
    assert {"completed": 0, "failed": 1, "waiting": 4}[state["status"]] == done.returncode
    assert done.stderr == ""


def test_json_of_a_document_that_cannot_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", write(tmp_path, BROKEN), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["problems"][0]["code"]) == ("definition", "E-TYPE")


def test_large_results_are_given_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 100_000
    path = write(tmp_path, ECHO)
    assert main(["run", path, "--inputs", write(tmp_path, {"a": long}, "in.json")]) == 0
    assert json.loads(capsys.readouterr().out) == {"a": long}
    assert main(["run", path, "--inputs", str(tmp_path / "in.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == {"a": long}


def test_the_document_over_standard_input() -> None:
    done = pointwork("run", "-", "--quiet", stdin=json.dumps(ADD))
    assert (done.returncode, json.loads(done.stdout)["result"], done.stderr) == (0, 5, "")


def test_nothing_is_kept_without_saving(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    assert main(["run", write(tmp_path, ADD), "--no-save"]) == 0
    assert main(["run", write(tmp_path, ASK), "--no-save"]) == 4
    assert "It was not stored (--no-save)" in capsys.readouterr().err
    assert not data_dir.exists()
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("durability", ["behind", "commit", "power"])
def test_every_durability(durability: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTWORK_DURABILITY", durability)
    assert main(["run", write(tmp_path, ADD), "--quiet"]) == 0


def test_a_data_folder_that_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["run", write(tmp_path, ADD), "--data-dir", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.startswith("pointwork: The folder ")


def test_settings_that_do_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POINTWORK_DURABILITY", "maybe")
    assert main(["run", write(tmp_path, ADD)]) == 2
    assert "POINTWORK_DURABILITY is 'maybe'. It must be one of behind, commit, power." in capsys.readouterr().err


# -- workflows of workflows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "inner"),
    [("other.json", {**ADD, "id": "adder"}), ("adder.json", ADD)],
    ids=["by its id", "by the name of its file"],
)
def test_a_workflow_in_the_same_folder(
    name: str, inner: JsonObject, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, inner, name)
    write(tmp_path, "{ no json", "broken.json")
    write(tmp_path, {"id": "other", "nodes": 5}, "wrong.json")
    assert main(["run", write(tmp_path, SUB), "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == 5


def test_a_stored_workflow_comes_first(tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pointwork.library import WorkflowLibrary

    data_dir.mkdir()
    library = WorkflowLibrary(data_dir / "pointwork.db")
    library.open()
    library.create({**chain("Stored", calculate("sum", "40 + 2")), "id": "adder"})
    library.close()
    write(tmp_path, ADD, "adder.json")
    assert main(["run", write(tmp_path, SUB), "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == 42


@pytest.mark.parametrize(
    ("inner", "says"),
    [
        (None, "'inner' runs workflow 'adder', which does not exist."),
        (BROKEN, "In workflow 'adder': 'x' has the unknown type"),
        ({"nodes": 5}, "nodes: "),
        ({**SUB, "id": "adder"}, "runs this one"),
    ],
    ids=["missing", "broken", "wrong shape", "endless"],
)
def test_workflows_that_cannot_be_run_as_part(
    inner: Any, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if inner is not None:
        write(tmp_path, inner, "adder.json")
    assert main(["run", write(tmp_path, SUB)]) == 2
    assert says in capsys.readouterr().err


# -- processes and terminals -------------------------------------------------------------------------------------------


def test_an_interrupt_cancels(tmp_path: Path) -> None:
    with started("run", write(tmp_path, WAIT)) as process:
        line_with(process.stderr, "? wait")
        process.send_signal(signal.SIGINT)
        _, err = the_rest(process)
        assert process.returncode == 3
    assert "cancelled: as you asked" in err


def test_time_is_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", write(tmp_path, WAIT), "--timeout", "0.05"]) == 3
    assert "cancelled: it took longer than 0.05 s (--timeout)" in capsys.readouterr().err


def test_termination_leaves_the_execution_to_the_server(tmp_path: Path) -> None:
    with started("run", write(tmp_path, WAIT)) as process:
        line_with(process.stderr, "? wait")
        process.terminate()
        _, err = the_rest(process)
        assert process.returncode == 143
    assert "left before its end. It goes on when `pointwork serve` runs" in err


@contextmanager
def terminal(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str], Callable[[str], object]]]:
    """A process at a pseudo-terminal of its own: what reads its screen (nothing: it has closed it), what types."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))

    def read() -> str:
        try:
            return os.read(ours, 65_536).decode(errors="replace")
        except OSError:
            return ""

    # Ctrl-C at a terminal is for the process that it belongs to, so that must be the one that is started.
    take_over = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    )
    line = [sys.executable, "-c", take_over, *PROGRAM, *arguments]
    process = subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        yield process, read, lambda text: os.write(ours, text.encode())
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        os.close(ours)


def at_terminal(*arguments: str, typed: list[tuple[str, str]]) -> tuple[int, str]:
    """Whenever the first text appears, type the second. The exit code and the screen."""
    screen, mark, left = "", 0, list(typed)
    with terminal(*arguments) as (process, read, write_text):
        while piece := read():
            screen += piece
            if left and (at := screen.find(left[0][0], mark)) >= 0:
                mark = at + len(left[0][0])
                write_text(left.pop(0)[1])
        code = process.wait(PATIENCE_S)
    assert not left, screen
    return code, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen).replace("\r", "")


def test_a_person_at_the_terminal_is_asked(tmp_path: Path) -> None:
    code, screen = at_terminal("run", write(tmp_path, ASK), typed=[("1–2> ", "maybe\n"), ("1–2> ", "yes\n")])
    assert code == 0
    assert "? ok\n  Shall it go out?\n  1  yes\n  2  no\n" in screen
    assert "Type one of the numbers or names above." in screen
    assert "  ✓ ok     completed  → yes" in screen
    assert screen.rstrip().endswith('{"choice": "yes"}')


def test_a_person_can_leave_the_question(tmp_path: Path) -> None:
    code, screen = at_terminal("run", write(tmp_path, ASK), typed=[("1–2> ", "\x04")])
    assert code == 4
    assert re.search(r"pointwork executions answer \w+ ok yes", screen)


def test_an_interrupt_at_the_question_cancels(tmp_path: Path) -> None:
    code, screen = at_terminal("run", write(tmp_path, ASK), typed=[("1–2> ", "\x03")])
    assert code == 3
    assert "cancelled: as you asked" in screen


def test_the_terminal_gets_its_cursor_back(tmp_path: Path) -> None:
    screen = ""
    with terminal("run", write(tmp_path, WAIT)) as (process, read, _):
        while "until" not in screen:
            screen += read()
        process.terminate()
        while piece := read():
            screen += piece
        assert process.wait(PATIENCE_S) == 143
    assert screen.rfind("\x1b[?25h") > screen.rfind("\x1b[?25l") > -1


def test_problems_at_a_terminal_are_a_table(tmp_path: Path) -> None:
    code, screen = at_terminal("run", write(tmp_path, BROKEN), typed=[])
    assert code == 2
    assert re.search(r"error +x › type +E-TYPE", screen)


# -- models ------------------------------------------------------------------------------------------------------------

AGENT = chain("Agent", {"id": "writer", "type": "agent", "agent_config": {"model": "small", "prompt": "Hello"}})


@pytest.mark.parametrize(("options", "model"), [([], "small"), (["--model", "large"], "large")])
async def test_the_model_that_is_asked(
    options: list[str], model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async with OpenAIServer(Reply("Good morning.")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        done = await asyncio.to_thread(pointwork, "run", write(tmp_path, AGENT), *options)
        assert (done.returncode, done.stdout) == (0, "Good morning.\n")
        assert server.requests[0].body["model"] == model
        assert "demo" not in done.stderr


def test_nobody_answers_when_the_demo_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POINTWORK_OFFLINE_DEMO", "off")
    assert main(["run", write(tmp_path, AGENT)]) == 1
    assert "✗ failed at writer (model_unavailable)" in capsys.readouterr().err
