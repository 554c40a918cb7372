"""The Linux jail holds: against all that wants out, as any user, with and without namespaces; or it refuses."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox import Environment, LinuxJail, SandboxLimits, SandboxOutcome
from tests.sandbox.hostile import HOSTILE
from tests.sandbox.ordinary import ORDINARY
from tests.sandbox.trial import failures, tried

ROOT = Path(__file__).resolve().parents[2]
OTHER = 4321  # nobody's number


@pytest.fixture
async def jail() -> AsyncIterator[LinuxJail]:
    jail = LinuxJail()
    yield jail
    await jail.close()


def test_there_is_enough_to_try() -> None:
    assert len(HOSTILE) >= 60
    assert {name.partition("-")[0] for name in HOSTILE} == {"fs", "net", "prc", "krn", "mem", "cpu", "out", "esc"}
    assert len(ORDINARY) >= 50


async def test_nothing_gets_out(jail: LinuxJail) -> None:
    assert await tried(jail) == {}


class Unjailed:
    """Runs code with nothing around it."""

    async def run(self, code: str, **_: Any) -> SandboxOutcome:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", f"{code}\nprint(globals().get('result'))", stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        return SandboxOutcome(output=said.decode().splitlines())


async def test_a_trial_sees_what_does_get_out() -> None:
    names = ["fs-open", "fs-write", "net-tcp", "prc-kill", "esc-pickle"]
    harm = await tried(Unjailed(), {name: HOSTILE[name] for name in names})  # type: ignore[arg-type]
    assert harm.keys() == {"fs-open", "fs-write", "listener", "victim", "esc-pickle"}


async def test_ordinary_programs_run(jail: LinuxJail) -> None:
    wrong = await failures(jail)
    assert wrong.keys() == {"threads", "thread pool"}, wrong  # the one thing that is not there


async def under(uid: int, *denied: str) -> dict[str, Any]:
    """What a trial under another user says, or with system calls denied."""
    trial = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox.trial", str(uid), *denied, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    said, _ = await trial.communicate()
    return json.loads(said)


AS_ROOT = pytest.mark.parametrize("uid", [0, OTHER] if os.geteuid() == 0 else [])


@pytest.mark.skipif(os.geteuid() != 0, reason="other users can be tried by root only; as this one it was, above")
async def test_nothing_gets_out_as_an_ordinary_user() -> None:
    said = await under(OTHER)
    assert "user+mnt+net+ipc+uts+pid" in said["layers"]
    assert said["numbers_layers"] == said["layers"]
    assert said["numbers"] == 600.0**3
    assert said["harm"] == {}
    assert said["wrong"].keys() == {"threads", "thread pool"}


@AS_ROOT
async def test_nothing_gets_out_without_namespaces(uid: int) -> None:
    said = await under(uid, "unshare")
    assert said["layers"].endswith("+seccomp")
    assert said["numbers"] == 600.0**3
    assert said["harm"] == {}
    assert said["wrong"].keys() == {"threads", "thread pool", "files", "folders"}  # no folder to write to


@AS_ROOT
@pytest.mark.parametrize("layer", ["landlock", "seccomp"])
async def test_without_a_layer_nothing_is_run(uid: int, layer: str) -> None:
    said = await under(uid, layer)
    assert said.keys() == {"refused"}


async def test_what_a_program_comes_to(jail: LinuxJail) -> None:
    outcome = await jail.run("print('one')\nprint('two')\nresult = {'n': n + 1}", inputs={"n": 4})
    assert (outcome.result, outcome.output, outcome.error) == ({"n": 5}, ["one", "two"], None)
    assert outcome.sandbox == await jail.layers()
    outcome = await jail.run("def f():\n    return 1 / 0\nprint('before')\nf()")
    assert outcome.error == "line 4, in <module>\n  line 2, in f\nZeroDivisionError: division by zero"
    assert outcome.output == ["before"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("while True: pass", "took longer than 0.2 s"),
        ("import os; os._exit(3)", "ended its process without a result"),
        ("import ctypes; ctypes.string_at(0)", "ended by SIGSEGV"),
        ("x = [0] * 10**9", "more memory than it may"),
        ("result = (", "SyntaxError"),
        ("raise SystemExit('enough')", "SystemExit: enough"),
        ("class E(Exception):\n def __str__(self): raise E\nraise E", "E"),
        ("print('x' * 10**9)", "more memory than it may"),
        ("input()", "EOFError"),
        ("x" * 200_000, "at most 100,000 are run"),
    ],
)
async def test_how_it_is_told_that_it_went_wrong(jail: LinuxJail, code: str, told: str) -> None:
    outcome = await jail.run(code, limits=SandboxLimits(wall_s=0.2 if "while" in code else 20))
    assert told in str(outcome.error)
    assert outcome.result is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("10**5000", "<a whole number of 16,610 bits>"),
        ("2**70", "1180591620717411303424"),
        ("float('nan')", "nan"),
        ("chr(0xd800)", "\\ud800"),
        ("b'\\xff'", "\\xff"),
        ("{1: {2, 3}}", {"1": [2, 3]}),
        ("object", "<class 'object'>"),
        ("type('X', (), {'__repr__': lambda s: 1 / 0})()", "<X that cannot be shown: ZeroDivisionError>"),
        ("range(3)", [0, 1, 2]),
        ("(n for n in 'ab')", ["a", "b"]),
    ],
)
async def test_results_are_plain_data(jail: LinuxJail, value: str, shown: Any) -> None:
    assert (await jail.run(f"result = {value}")).result == shown


async def test_files_go_in_as_copies_and_come_out_as_artifacts(jail: LinuxJail) -> None:
    code = """
text = open('folder/in.txt').read()
open('folder/in.txt', 'a').write('!')
open('out.bin', 'wb').write(b'\\0')
result = text
"""
    outcome = await jail.run(code, files={"folder/in.txt": b"hello", "other": b"?"})
    assert (outcome.result, outcome.error) == ("hello", None)
    assert {a.name: a.data for a in outcome.artifacts} == {"folder/in.txt": b"hello!", "out.bin": b"\0"}
    assert outcome.notes == []


@pytest.mark.parametrize(
    "name", ["../out", "/etc/out", "a/../../out", "", ".", "x\0y", "\ud800", "n" * 300, "folder/" + "n" * 300]
)
async def test_files_that_cannot_be_handed_in_are_refused(jail: LinuxJail, name: str) -> None:
    outcome = await jail.run("result = 1", files={name: b"x"})
    assert outcome.result is None
    assert "no file" in str(outcome.error) or "could not be copied" in str(outcome.error)


async def test_files_that_do_not_fit_are_refused(jail: LinuxJail) -> None:
    outcome = await jail.run("result = 1", files={"large": bytes(65 << 20)})
    assert "No space left" in str(outcome.error)
    outcome = await jail.run("result = 1", files={f"file-{n}": b"" for n in range(5_000)})
    assert "No space left" in str(outcome.error)


async def test_files_that_were_made_unreadable_stay_behind(jail: LinuxJail) -> None:
    outcome = await jail.run(
        "import os\nos.close(os.open('x', os.O_CREAT | os.O_WRONLY, 0))\nopen('y', 'w')\nresult = 1"
    )
    assert (outcome.result, [artifact.name for artifact in outcome.artifacts]) == (1, ["y"])


async def test_a_result_that_is_too_large_is_cut_off_or_said_to_be(jail: LinuxJail) -> None:
    outcome = await jail.run("result = {'k' * 900 + str(n): 10**3000 for n in range(40_000)}")
    assert outcome.truncated
    assert len(json.dumps(outcome.result)) < 300_000
    outcome = await jail.run("print('x' * 100)", limits=SandboxLimits(output_chars=10))
    assert (outcome.output, outcome.truncated) == (["x" * 10], True)
    outcome = await jail.run("print('x' * 100)\nwhile True: pass", limits=SandboxLimits(output_chars=10, wall_s=0.5))
    assert (outcome.output, outcome.truncated) == (["x" * 10], True)


async def test_packages_in_the_folder_of_the_library_cannot_be_read(jail: LinuxJail) -> None:
    assert list((Path(os.__file__).parent / "site-packages").glob("*/__init__.py"))  # pip's at least
    code = """
import os, sys
found = {"read": [], "refused": []}
for at in sys.path:
    inside = os.path.join(at, "site-packages")
    for name in os.listdir(inside) if os.path.isdir(inside) else []:
        path = os.path.join(inside, name, "__init__.py")
        if os.path.exists(path):
            try:
                found["read"].append(open(path).name)
            except PermissionError:
                found["refused"].append(path)
result = [found["read"], bool(found["refused"])]
"""
    assert (await jail.run(code)).result == [[], True]


async def test_a_jail_that_does_not_hold_is_tried_once(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f"""#!{sys.executable}
import json, socket, sys
with open({str(tmp_path / "starts")!r}, "a") as file:
    file.write("x")
control = socket.socket(fileno=json.loads(sys.argv[6])["control"])
control.sendall(json.dumps({{"error": "no Landlock"}}).encode() + b"\\n")
""")
    python.chmod(0o755)
    jail = LinuxJail({"plain": Environment(python=str(python))})
    for _ in range(3):
        with pytest.raises(SandboxUnavailable, match="no Landlock"):
            await jail.run("result = 1")
    assert (tmp_path / "starts").read_text() == "x"
    await jail.close()


async def test_no_call_sees_another(jail: LinuxJail) -> None:
    await jail.run("import builtins, os\nbuiltins.left = 1\nopen('left', 'w').write('x')\nos.environ['LEFT'] = '1'")
    outcome = await jail.run(
        "import builtins, os\nresult = [hasattr(builtins, 'left'), os.listdir(), 'LEFT' in os.environ]"
    )
    assert outcome.result == [False, [], False]


async def test_a_call_that_is_given_up_is_stopped(jail: LinuxJail) -> None:
    call = asyncio.create_task(jail.run("while True: pass", limits=SandboxLimits(wall_s=60, cpu_s=60)))
    server = await jail._server("plain")
    while not _children(server.process.pid):
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await jail.run("result = 1")).result == 1


async def test_nothing_is_left_when_it_is_closed() -> None:
    jail = LinuxJail()
    await jail.layers()
    server = await jail._server("plain")
    call = asyncio.create_task(jail.run("while True: pass", limits=SandboxLimits(wall_s=60, cpu_s=60)))
    while len(_session(server.process.pid)) < 3:
        await asyncio.sleep(0)
    await jail.close()
    with pytest.raises(SandboxUnavailable):
        await call
    while _session(server.process.pid):
        await asyncio.sleep(0)
    assert not Path(server.room.path).exists()


async def test_a_fork_server_that_dies_is_replaced(jail: LinuxJail) -> None:
    first = await jail._server("plain")
    first.process.kill()
    first.process.wait()
    assert (await jail.run("result = 2")).result == 2
    assert (await jail._server("plain")) is not first


async def test_a_python_that_is_not_there_is_refused() -> None:
    for python in ("/bin/false", "/nowhere/python"):
        jail = LinuxJail({"plain": Environment(python=python)})
        with pytest.raises(SandboxUnavailable, match="did not start"):
            await jail.run("result = 1")
        await jail.close()


def _session(leader: int) -> list[int]:
    """The processes of a session."""
    found: list[int] = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(name))
    return found


def _children(leader: int) -> list[int]:
    return _session(leader)[2:]
