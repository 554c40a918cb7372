"""The commands that only look: check, executions list and show, tools, doctor, openapi."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pointwork.cli import health as health_module
from pointwork.cli import main
from pointwork.cli.health import Status, examine
from tests.cli.stage import ADD, ASK, FAIL, SUB, WAIT, chain, line_with, pointwork, started, write

BROKEN = chain("Broken", {"id": "x", "type": "agnet"})

# -- check -------------------------------------------------------------------------------------------------------------


def test_check_says_what_is_in_order(tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ADD)
    assert main(["check", path]) == 0
    assert capsys.readouterr().out == f"✓ {path}  no problems\n"
    assert not data_dir.exists()


def test_check_goes_on_after_a_bad_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [write(tmp_path, BROKEN, "a.json"), str(tmp_path / "no.json"), write(tmp_path, ADD, "c.json")]
    assert main(["check", *files]) == 2
    assert capsys.readouterr().out == (
        f"✗ {files[0]}  1 error\n"
        f"{files[0]}: x › type: error E-TYPE: 'x' has the unknown type 'agnet'. Did you mean 'agent'?\n"
        f"✗ {files[1]}  1 error\n"
        f"{files[1]}: document: error E-FILE: There is no file {files[1]!r}. Did you mean 'c.json'? Check the path.\n"
        f"✓ {files[2]}  no problems\n"
    )


def test_check_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [write(tmp_path, BROKEN, "a.json"), write(tmp_path, ADD, "b.json")]
    assert main(["check", *files, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert [(one["file"], one["ok"], [problem["code"] for problem in one["problems"]]) for one in told] == [
        (files[0], False, ["E-TYPE"]), (files[1], True, []),
    ]  # fmt: skip


def test_check_finds_workflows_beside_the_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, SUB)
    assert main(["check", path]) == 2
    assert "which does not exist" in capsys.readouterr().out
    write(tmp_path, {**ADD, "id": "adder"}, "inner.json")
    assert main(["check", path]) == 0


def test_check_over_standard_input() -> None:
    done = pointwork("check", "-", stdin=json.dumps(BROKEN))
    assert done.returncode == 2
    assert "standard input: x › type: error E-TYPE" in done.stdout


# -- executions --------------------------------------------------------------------------------------------------------


def identify(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["executions", "list", "--limit", "1", "--json"]) == 0
    return str(json.loads(capsys.readouterr().out)[0]["execution_id"])


def test_executions_before_there_are_any(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["executions", "list"]) == 2
    assert f"There are no executions in {str(data_dir)!r}." in capsys.readouterr().err
    assert not data_dir.exists()


def test_executions_are_listed_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for flow, code in [(ADD, 0), (FAIL, 1), (ASK, 4)]:
        assert main(["run", write(tmp_path, flow), "--quiet"]) == code
    capsys.readouterr()
    assert main(["executions", "list"]) == 0
    waiting, failed, completed = capsys.readouterr().out.splitlines()
    assert waiting.startswith("? waiting ")
    assert waiting.endswith("Ask")
    assert "Fail  The tool 'calculator' failed" in failed
    assert completed.startswith("✓ completed")
    assert main(["executions", "list", "--status", "failed"]) == 0
    assert capsys.readouterr().out == failed + "\n"
    execution_id = failed.split()[2]
    assert main(["executions", "show", execution_id[:16]]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "  ✗ ratio  failed     The tool 'calculator' failed" in err
    assert f"  execution {execution_id}\n" in err
    assert main(["executions", "show", completed.split()[2]]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == 5
    assert main(["executions", "show", "last"]) == 4
    assert "? ok waits for an answer: Shall it go out?" in capsys.readouterr().err


def test_an_execution_at_a_point_of_its_past(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", write(tmp_path, FAIL), "--quiet"]) == 1
    capsys.readouterr()
    assert main(["executions", "show", "last", "--at", "2"]) == 4
    assert "● start  running" in capsys.readouterr().err
    assert main(["executions", "show", "last", "--at", "2", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["status"] == "running"


def test_ids_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", write(tmp_path, ADD), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["executions", "show", "nonsense"]) == 2
    assert "There is no execution 'nonsense'." in capsys.readouterr().err
    assert main(["run", write(tmp_path, ADD), "--quiet"]) == 0
    assert main(["executions", "show", ""]) == 2
    assert "2 ids begin so; type more of it." in capsys.readouterr().err


# -- tools -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (["list"], 0, "  Evaluate an arithmetic expression"),
        (["show", "calculator"], 0, "  expression (string)\n"),
        (["call", "calculator", "expression=2 + 3"], 0, '"result": 5'),
        (["call", "calculator", "expression=7"], 0, '"result": 7'),  # it wants text, and 7 is text here
        (["call", "calculator", "expression=1 / 0"], 1, '"error": "A division by zero'),
        (["call", "calculator"], 2, '"expression" is a required property'),
        (["call", "calculator", "formula=1"], 2, "'formula' was unexpected"),
        (["call", "calculator", "2 + 3"], 2, "Write pointwork tools call calculator topic=tides"),
        (["call", "calcualtor", "expression=1"], 2, "Did you mean 'calculator'?"),
        (["show", "nothing"], 2, "There is no tool 'nothing'"),
    ],
)
def test_tools(line: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tools", *line]) == code
    assert says in "".join(capsys.readouterr())


def test_tools_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tools", "list", "--json"]) == 0
    names = [one["function"]["name"] for one in json.loads(capsys.readouterr().out)]
    assert names == sorted(names)
    assert {"calculator", "file_reader", "web_search"} <= set(names)
    arguments = write(tmp_path, {"expression": "6 * 7"}, "arguments.json")
    assert main(["tools", "call", "calculator", "--arguments", arguments]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == 42


# -- doctor ------------------------------------------------------------------------------------------------------------


def found(data_dir: Path | None = None) -> dict[str, tuple[str, str]]:
    return {one.name: (one.status.value, one.text) for one in examine(data_dir=str(data_dir) if data_dir else None)}


def test_doctor_on_a_fresh_machine(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "ok    python" in out
    assert f"ok    data folder {data_dir} (made at the first start)" in out
    assert "warn  models      none configured; offline-demo, the built-in demo, answers" in out
    assert "ok    memory      searched with minilm-l6-v2, which works" in out
    assert not data_dir.exists()


def test_doctor_says_what_memory_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTWORK_EMBEDDER", "lexical")
    assert found()["memory"] == (
        "warn",
        "Memories are found by the words that they share with the question, not by what they mean.",
    )
    monkeypatch.setenv("POINTWORK_EMBEDDER", "openai:text-embedding-3-small")
    assert found()["memory"] == (
        "warn",
        "POINTWORK_EMBEDDER is 'openai:text-embedding-3-small'. There is no provider 'openai'.",
    )
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert found()["memory"] == ("ok", "searched with openai:text-embedding-3-small")
    monkeypatch.setenv("POINTWORK_EMBEDDER", "ollama:nomic-embed-text")
    assert found()["memory"] == ("ok", "searched with ollama:nomic-embed-text")


def test_doctor_never_shows_keys(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert main(["doctor", "--json"]) == 0
    assert "http://127.0.0.1:1/v1, with a key" in capsys.readouterr().out
    monkeypatch.setenv("OPENAI_BASE_URL", "http://user:hidden@127.0.0.1:1/v1?key=very-secret")
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "fail  models" in out
    assert "very-secret" not in out
    assert "hidden" not in out


def test_doctor_on_a_database(tmp_path: Path, data_dir: Path) -> None:
    assert main(["run", write(tmp_path, ADD), "--quiet"]) == 0
    assert found()["database"][0] == "ok"
    assert found()["executions"] == ("ok", "0 unfinished, driven by 0 processes")
    assert main(["run", write(tmp_path, ASK), "--quiet"]) == 4
    assert found()["executions"] == ("warn", "0 unfinished, driven by 0 processes; 1 without a process")
    with started("run", write(tmp_path, WAIT)) as process:
        line_with(process.stderr, "? wait")
        assert found()["executions"] == ("warn", "1 unfinished, driven by 1 process; 1 without a process")
    newer = sqlite3.connect(data_dir / "pointwork.db")
    with newer:
        newer.execute("INSERT INTO migrations VALUES (999, 'future', 0)")
    newer.close()
    assert found()["database"][0] == "fail"
    (data_dir / "pointwork.db").write_bytes(b"something else entirely" * 1_000)
    assert found()["database"] == ("fail", f"{data_dir / 'pointwork.db'} cannot be read: file is not a database")


@pytest.mark.parametrize(
    ("free", "status"), [(1 << 40, "ok"), (500 << 20, "warn"), (10 << 20, "fail")], ids=["plenty", "little", "none"]
)
def test_doctor_on_a_disk(free: int, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module.shutil, "disk_usage", lambda path: type("Usage", (), {"free": free}))
    assert found()["data folder"][0] == status


def test_doctor_on_what_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    assert found(tmp_path / "file")["data folder"] == ("fail", f"{tmp_path / 'file'} cannot be written")
    monkeypatch.setenv("PORT", "many")
    assert found()["settings"] == ("fail", "PORT is 'many', which is not a number from 0 to 65535.")


def test_doctor_on_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        taken.close()
        monkeypatch.setenv("PORT", str(port))
        assert found()["port"] == ("ok", f"127.0.0.1:{port} is free")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setattr("pointwork.cli.remote.TIMEOUT_S", 0.1)
        status, text = found()["port"]
        assert status == "warn"
        assert text.startswith(f"127.0.0.1:{port} cannot be used: Address already in use")


def test_doctor_knows_a_server_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with started("serve", "--port", "0") as process:
        port = line_with(process.stdout, "Pointwork ").strip().rpartition(":")[2]
        monkeypatch.setenv("PORT", port)
        status, text = found()["port"]
        assert status == Status.OK
        assert text.startswith(f"127.0.0.1:{port}: Pointwork ")


# -- openapi -----------------------------------------------------------------------------------------------------------


def test_openapi(tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    shown = capsys.readouterr().out
    document: dict[str, Any] = json.loads(shown)
    assert "/api/executions" in document["paths"]
    assert main(["openapi", "--out", str(tmp_path / "api.json")]) == 0
    assert (tmp_path / "api.json").read_text() == shown
    assert main(["openapi", "--out", str(tmp_path / "no" / "api.json")]) == 2
    assert "cannot be written: No such file or directory." in capsys.readouterr().err
    assert not data_dir.exists()
