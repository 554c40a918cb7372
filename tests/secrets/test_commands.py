"""Secrets on the command line: from a prompt or a pipe, never from an argument; and what a terminal shows."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pointwork.cli.discretion import discreet
from pointwork.cli.program import main
from pointwork.redaction import Redactor
from tests.cli.stage import PROGRAM, chain, pointwork, write
from tests.secrets.conftest import CANARY


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "POINTWORK_SECRET_KEY", "DATABASE_URL", "POINTWORK_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POINTWORK_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def stored(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    capsys.readouterr()
    assert main(["secrets", "list", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_value_from_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path, ending: str
) -> None:
    stdin(monkeypatch, f"{CANARY}{ending}".encode())
    assert main(["secrets", "set", "SERVICE_KEY"]) == 0
    shown = capsys.readouterr()
    assert CANARY not in shown.out + shown.err
    assert "{{secret.SERVICE_KEY}}" in shown.err
    assert main(["secrets", "list"]) == 0
    assert f"SERVICE_KEY  …{CANARY[-4:]}, set " in capsys.readouterr().out
    (entry,) = stored(capsys)
    assert (entry["name"], entry["last_four"]) == ("SERVICE_KEY", CANARY[-4:])
    assert CANARY.encode() not in (data_dir / "pointwork.db").read_bytes()


def test_a_value_of_several_lines_keeps_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin(monkeypatch, b"line one\nline two\n\n")
    assert main(["secrets", "set", "KEY"]) == 0
    (entry,) = stored(capsys)
    assert entry["last_four"] == "two\n"


def test_a_value_is_asked_for_without_being_shown(data_dir: Path) -> None:
    for answers, code, told in [((CANARY, CANARY), 0, "Stored SERVICE_KEY"), ((CANARY, "other"), 2, "not the same")]:
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            [*PROGRAM, "secrets", "set", "SERVICE_KEY"],
            stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
        )  # fmt: skip
        os.close(follower)
        shown = b""
        for prompt, answer in zip((b"(not shown): ", b"Once more: "), answers, strict=True):
            while prompt not in shown:
                shown += os.read(leader, 1_024)
            os.write(leader, f"{answer}\n".encode())
        while True:
            try:
                piece = os.read(leader, 1_024)
            except OSError:  # the other side has closed
                break
            if not piece:
                break
            shown += piece
        assert process.wait(60) == code, shown
        os.close(leader)
        assert told in shown.decode()
        assert CANARY not in shown.decode()


@pytest.mark.parametrize(
    ("arguments", "data", "told"),
    [
        (["set", "a.b"], b"value", "cannot be called"),
        (["set", "KEY"], b"", "not only white space"),
        (["set", "KEY"], b"\n", "not only white space"),
        (["set", "KEY"], b"\xff\xfe", "not text in UTF-8"),
        (["set", "KEY"], b"x" * 70_000, "1 to 65,536 bytes"),
        (["set", "KEY", CANARY], b"", "does not know"),  # a value as an argument is shown to everybody by `ps`
        (["set"], b"x", "required"),
        (["delete", "NONE"], b"", "no secret 'NONE'"),
    ],
)
def test_what_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], data: bytes, told: str
) -> None:
    stdin(monkeypatch, data)
    assert main(["secrets", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert stored(capsys) == []


def test_a_short_value_is_stored_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin(monkeypatch, b"1234")
    assert main(["secrets", "set", "PIN"]) == 0
    assert "not hidden where it turns up" in capsys.readouterr().err
    assert main(["secrets", "list"]) == 0
    assert "too short to be hidden" in capsys.readouterr().out


def test_changing_the_key_and_deleting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data_dir: Path
) -> None:
    stdin(monkeypatch, CANARY.encode())
    assert main(["secrets", "set", "KEY"]) == 0
    before = (data_dir / "secret.key").read_text()
    assert main(["secrets", "rotate"]) == 0
    assert "1 secret encrypted anew" in capsys.readouterr().err
    assert (data_dir / "secret.key").read_text() != before
    (data_dir / "secret.key").write_text(before)
    assert main(["secrets", "list"]) == 0
    assert "cannot be read: The secret 'KEY' was stored with the key" in capsys.readouterr().out
    assert main(["doctor"]) == 1
    assert "1 of them cannot be read" in capsys.readouterr().out
    assert main(["secrets", "delete", "KEY"]) == 0
    assert main(["doctor"]) == 0
    assert stored(capsys) == []


def test_a_run_with_a_secret_that_was_stored_by_command(tmp_path: Path, data_dir: Path) -> None:
    """Also without saving; what does not exist is named, with the next step."""
    assert pointwork("secrets", "set", "SERVICE_KEY", stdin=CANARY).returncode == 0
    node = {"id": "call", "type": "http", "http_config": {"url": "http://127.0.0.1:9/{{secret.SERVICE_KEY}}"}}
    flow = write(tmp_path, chain("Call", node))
    for more in ((), ("--no-save",)):
        done = pointwork("run", flow, *more)
        assert done.returncode == 1  # nobody may be reached there
        assert "127.0.0.1" in done.stderr
        assert "no secret" not in done.stderr
        assert CANARY not in done.stderr + done.stdout
    other = write(
        tmp_path, chain("Call", {**node, "http_config": {"url": "http://x.example/{{secret.NONE}}"}}), "other.json"
    )
    done = pointwork("run", other)
    assert "There is no secret 'NONE'" in done.stderr
    assert "pointwork secrets set NONE" in done.stderr


def test_a_document_with_a_secret_in_it_is_neither_checked_nor_run(tmp_path: Path) -> None:
    flow = write(tmp_path, chain("Call", {"id": "call", "type": "http", "http_config": {"url": f"http://x/{CANARY}"}}))
    done = pointwork("check", flow)
    assert done.returncode == 0  # nobody knows yet that it is one
    assert pointwork("secrets", "set", "SERVICE_KEY", stdin=CANARY).returncode == 0
    for command in ("check", "run"):
        done = pointwork(command, flow)
        assert done.returncode == 2
        assert "E-SECRET-VALUE" in done.stdout + done.stderr
        assert CANARY not in done.stdout + done.stderr
    found = json.loads(pointwork("check", flow, "--json").stdout)
    (problem,) = found[0]["problems"]
    assert problem["fixes"][0]["patch"][0]["value"] == "http://x/{{secret.SERVICE_KEY}}"


def test_checking_makes_no_data_folder(tmp_path: Path, data_dir: Path) -> None:
    assert pointwork("check", write(tmp_path, chain("Empty"))).returncode == 0
    assert not data_dir.exists()


# ------------------------------------------------------------------------------------------------- the terminal itself


def test_what_is_printed_while_a_command_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with discreet(Redactor({"KEY": CANARY})):
        print("the key is", CANARY)
        sys.stdout.writelines([CANARY[:7], CANARY[7:], "\n"])
        for letter in f"{CANARY} {CANARY[:5]}":
            print(letter, end="", flush=True, file=sys.stderr)
        later = Redactor({"LATER": "known-only-later"})
        print("known-only-later")
        del later
        print("known-only-later")  # whoever knew it is gone, and it is remembered
        assert sys.stdout.isatty() is False
    print(CANARY)  # no command runs any more
    assert out.getvalue() == (f"the key is [secret KEY]\n[secret KEY]\n[secret LATER]\n[secret LATER]\n{CANARY}\n")
    assert err.getvalue() == f"[secret KEY] {CANARY[:5]}"


def test_an_error_of_the_program_itself_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = "canary-of-this-test-alone"
    monkeypatch.setenv("SOME_API_KEY", mine)
    monkeypatch.setenv("POINTWORK_DEBUG", "1")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"it has {mine}")

    monkeypatch.setattr("pointwork.cli.health.examine", fail)
    assert main(["doctor"]) == 1
    shown = capsys.readouterr()
    assert mine not in shown.out + shown.err
    assert "RuntimeError: it has [secret SOME_API_KEY]" in shown.err
    assert "Traceback" in shown.err
