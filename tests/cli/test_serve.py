"""`pointwork serve`, and the commands that talk to it: executions of commands go on there and are steered there."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pointwork.cli import main
from pointwork.cli.remote import Remote
from pointwork.errors import ConfigurationError
from tests.cli.stage import ADD, ASK, FAIL, PATIENCE_S, WAIT, chain, line_with, pointwork, started, the_rest, write


@pytest.fixture
def server(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on the data folder of the test, and its URL."""
    with started("serve", "--port", "0") as process:
        found = re.search(r"http://\S+", line_with(process.stdout, "Pointwork "))
        assert found is not None
        monkeypatch.setenv("POINTWORK_URL", found[0])
        yield process, found[0]


def test_says_where_it_is_and_stops_as_asked(server: tuple[subprocess.Popen[str], str], data_dir: Path) -> None:
    process, url = server
    with urllib.request.urlopen(f"{url}/health", timeout=PATIENCE_S) as answer:
        assert json.load(answer)["status"] == "healthy"
    process.send_signal(signal.SIGINT)
    out, err = the_rest(process)
    assert process.returncode == 0
    assert f"data     {data_dir}" in out
    assert "model    offline-demo" in out
    assert "sandbox  linux-jail, tried before its first use" in out
    assert err == ""


def test_an_execution_of_a_command_goes_on_in_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", write(tmp_path, ASK)]) == 4
    told = re.search(r"pointwork (executions answer \w+ ok yes)", capsys.readouterr().err)
    assert told is not None
    with started("serve", "--port", "0") as process:
        found = re.search(r"http://\S+", line_with(process.stdout, "Pointwork "))
        assert found is not None
        monkeypatch.setenv("POINTWORK_URL", found[0])
        assert main(["executions", "answer", "last", "nobody", "yes"]) == 2
        assert "'nobody' is not waiting for an answer. What waits in this execution: 'ok'." in capsys.readouterr().err
        assert main(["executions", "answer", "last", "ok", "perhaps"]) == 2
        assert "must choose one of 'yes', 'no'" in capsys.readouterr().err
        assert main(["executions", "answer", "last", "ok"]) == 2
        assert "There is no answer to send." in capsys.readouterr().err
        assert main(["inbox"]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith("? ")
        assert f"pointwork {told[1].removesuffix(' yes')} yes|no" in shown
        assert main(["inbox", "--assignee", "nobody", "--json"]) == 0
        assert capsys.readouterr().out == "[]\n"
        assert main(told[1].split()) == 0
        assert main(["inbox"]) == 0
        assert "Nothing waits for a person." in capsys.readouterr().err
        assert main(["executions", "watch", "last"]) == 0
        assert main(["executions", "show", "last", "--json"]) == 0
        assert '"choice": "yes"' in capsys.readouterr().out


def test_steering(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, url = server
    flow = {**WAIT, "id": "waiting"}
    remote = Remote(url)
    remote.post("/api/workflows", flow)
    begun = remote.post("/api/workflows/waiting/execute", {})["execution_id"]
    for line, status in [("pause", "paused"), ("resume", "waiting"), ("cancel", "cancelled")]:
        assert main(["executions", line, begun[:8]]) == 0
        assert capsys.readouterr().out == f"{begun}  {status}\n"
    assert main(["executions", "cancel", begun]) == 2
    assert "has ended (cancelled). Fork it to go on from it." in capsys.readouterr().err
    assert main(["executions", "fork", begun, "--at", "3"]) == 0
    forked = capsys.readouterr().out.split()[0]
    assert forked != begun
    assert main(["executions", "cancel", forked]) == 0
    capsys.readouterr()
    assert main(["executions", "compare", begun, forked]) == 0
    assert "ok status" not in capsys.readouterr().out  # both were cancelled while they waited
    assert main(["executions", "compare", begun, begun, "--json"]) == 0
    assert '"same": true' in capsys.readouterr().out
    assert main(["executions", "fork", begun, "--at", "999"]) == 2
    assert "has no record 999" in capsys.readouterr().err


def test_going_through_an_execution_step_by_step(
    server: tuple[subprocess.Popen[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, url = server
    remote = Remote(url)
    remote.post("/api/workflows", {**WAIT, "id": "waiting"})
    body = {"breakpoints": [{"node": "start"}]}
    begun = remote.post("/api/workflows/waiting/execute?wait=60", body)["execution_id"]
    first, *_ = [node["id"] for node in WAIT["nodes"] if node["type"] not in ("start", "end")]

    def told(*line: str) -> str:
        assert main(["executions", line[0], begun[:8], *line[1:]]) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    assert told("break", f"{first}:after", "*:effect", "--if", "1 > 0", "--hits", "2") == f"{begun}  paused\n"
    assert told("stub", f'{first}={{"choice": "no"}}', "--tool", "http_request=none") == f"{begun}  paused\n"
    state = remote.get(f"/api/executions/{begun}")
    assert [(one["node"], one["when"], one["hits"]) for one in state["breakpoints"]] == [
        (first, "after", 2), ("*", "effect", 2),
    ]  # fmt: skip
    assert [(one["node"], one["tool"], one["output"]) for one in state["stubs"]] == [
        (first, None, {"choice": "no"}), (None, "http_request", "none"),
    ]  # fmt: skip
    assert told("override", first, '{"asked": "by hand"}', "--inputs") == f"{begun}  paused\n"
    assert told("break", "--none") == f"{begun}  paused\n"
    assert told("step") == f"{begun}  paused\n"
    assert told("step", "--over") == f"{begun}  paused\n"
    state = remote.get(f"/api/executions/{begun}")
    assert state["node_states"][first]["output"] == {"choice": "no"}
    assert state["node_states"][first]["input"] == {"asked": "by hand"}
    assert told("override", first, '{"choice": "yes"}') == f"{begun}  paused\n"
    for line, says in [
        (["step", begun, "--out"], "not paused inside of a container"),
        (["break", begun], "Give at least one place, or --none."),
        (["stub", begun, "nothing"], "'nothing' is no NAME=VALUE."),
        (["stub", begun, "a=1", "--none"], "--none goes with no NODE=VALUE"),
        (["override", begun, first, "5", "--inputs"], "Inputs are an object"),
    ]:
        assert main(["executions", *line]) == 2
        assert says in capsys.readouterr().err
    assert told("cancel") == f"{begun}  cancelled\n"


def test_a_link_for_somebody_else(
    server: tuple[subprocess.Popen[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, url = server
    remote = Remote(url)
    remote.post("/api/workflows", {**ASK, "id": "asking"})
    remote.post("/api/workflows/asking/execute?wait=60", {})
    assert main(["executions", "link", "last", "ok", "--days", "0.5"]) == 0
    told = capsys.readouterr()
    link = told.out.strip()
    assert link.startswith(f"{url}/answer/")
    assert told.err.startswith("Good until ")
    token = link.rpartition("/")[2]
    assert remote.get(f"/api/answers/{token}")["question"] == "Shall it go out?"
    assert remote.post(f"/api/answers/{token}", {"value": "yes"}) == {"answered": True}
    assert main(["executions", "link", "last", "ok"]) == 2
    assert "is not waiting for an answer" in capsys.readouterr().err
    for days in ("0", "91", "nan"):
        assert main(["executions", "link", "last", "ok", "--days", days]) == 2
        assert f"A link cannot be good for {days} days." in capsys.readouterr().err


def test_looking_into_an_execution(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, url = server
    remote = Remote(url)
    remote.post("/api/workflows", {**ADD, "id": "adding"})
    begun = remote.post("/api/workflows/adding/execute?wait=60", {})
    line = ["executions", "evaluate", "last", "nodes.sum", "nodes.sum.result + 1"]
    assert main(line) == 0
    assert capsys.readouterr().out.splitlines()[1] == "nodes.sum.result + 1 = 6"
    assert main([*line, "--at", "2", "--json"]) == 1
    assert [one.get("value", "none") for one in json.loads(capsys.readouterr().out)["results"]] == [None, "none"]
    assert main(["executions", "evaluate", "last", "1 / 0", "output.result", "--node", "sum"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.splitlines()[0][:27]) == ("output.result = 5\n", "1 / 0: A division by zero (")
    assert main(["executions", "evaluate", "last", "1", "--node", "m[0]/sum"]) == 2
    assert "There was no scope 'm[0]'" in capsys.readouterr().err
    assert main(["executions", "diff", "last", "0"]) == 0
    assert '\nsum output\n  - null\n  + {"result": 5' in capsys.readouterr().out
    assert main(["executions", "diff", "last", "3", "3"]) == 0
    assert "Nothing changed." in capsys.readouterr().err
    assert main(["executions", "diff", "last", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["to"] == begun["last_seq"]
    assert main(["executions", "watch", "last", "--speed", "1000"]) == 0
    assert "completed" in capsys.readouterr().err
    assert main(["executions", "watch", "last", "--speed", "fast"]) == 2
    assert "'fast' is not a speed for a replay." in capsys.readouterr().err
    assert main(["executions", "diff", "last", "3", "999"]) == 2
    assert "has no record 999" in capsys.readouterr().err


def test_retrying_what_failed(
    server: tuple[subprocess.Popen[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, url = server
    remote = Remote(url)
    remote.post("/api/workflows", {**FAIL, "id": "failing"})
    begun = remote.post("/api/workflows/failing/execute?wait=60", {})["execution_id"]
    assert main(["executions", "retry", begun, "ratio"]) == 0
    assert capsys.readouterr().out.split()[0] != begun


def test_a_run_of_another_process_is_watched_live(tmp_path: Path) -> None:
    flow = chain("Nap", {"id": "nap", "type": "delay", "delay_config": {"seconds": 1.5}})
    with started("run", write(tmp_path, flow)) as running:
        line_with(running.stderr, "? nap")
        with started("executions", "watch", "last") as watching:
            assert "waiting" in line_with(watching.stderr, "? nap")
            assert "completed" in line_with(watching.stderr, "✓ Nap")
            assert watching.wait(PATIENCE_S) == 0
        assert running.wait(PATIENCE_S) == 0


# -- what is in the way ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--host", "0.0.0.0"], "does not listen on '0.0.0.0': it has no accounts yet"),
        (["--host", "192.0.2.1"], "ssh -L"),
        (["--data-dir", "/dev/null"], "The folder '/dev/null' cannot be used"),
    ],
)
def test_refusals_are_one_line(options: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "0", *options]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


def test_a_port_in_use_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
        err = capsys.readouterr().err
        assert f"Port {port} of 127.0.0.1 cannot be used" in err
        assert "--port" in err
        assert err.count("\n") == 1


def test_a_database_that_is_none(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "pointwork.db").write_text("this is not a database" * 100)
    done = pointwork("serve", "--port", "0")
    assert done.returncode == 2
    assert "is another kind of file, or damaged" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert main(["executions", "cancel", "last", "--url", f"http://127.0.0.1:{port}"]) == 2
    err = capsys.readouterr().err
    assert f"No server answers at http://127.0.0.1:{port}: Connection refused. Start one with `pointwork serve`" in err


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not the URL of a server"):
        Remote(url)


def test_something_else_answers(capsys: pytest.CaptureFixture[str]) -> None:
    import http.server
    import threading

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as other:
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{other.server_address[1]}"
        assert main(["executions", "cancel", "last", "--url", url]) == 2
        thread.join(PATIENCE_S)
    assert f"What answers at {url} is not Pointwork." in capsys.readouterr().err
