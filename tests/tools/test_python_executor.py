"""`python_executor` as an agent meets it, in the real jail: results, files of the run, and what it says on failure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pointwork.files import Workspaces
from pointwork.sandbox import Sandbox, chosen
from pointwork.tools import ToolContext
from tests.tools.reach import call, context


@pytest.fixture
async def ctx(tmp_path: Path) -> AsyncIterator[ToolContext]:
    sandbox = chosen("linux-jail", tmp_path)
    yield context(data=tmp_path, more={Sandbox: sandbox})
    await sandbox.close()


async def test_it_returns_the_result_and_what_was_printed(ctx: ToolContext) -> None:
    code = "print('adding')\nresult = sum([1, 2, 3, 4, 5])"
    found = await call("python_executor", ctx, code=code)
    assert found.pop("duration_ms") >= 0
    assert found.pop("sandbox").startswith("linux-jail/landlock")
    assert found == {"result": 15, "code": code, "output": ["adding"], "truncated": False}


async def test_it_says_what_went_wrong_and_keeps_what_was_printed(ctx: ToolContext) -> None:
    found = await call("python_executor", ctx, code="print('before')\n{}['x']")
    assert found["error"] == "line 2, in <module>\nKeyError: 'x'"
    assert (found["result"], found["output"]) == (None, ["before"])


async def test_files_of_the_run_go_in_and_new_ones_come_out(ctx: ToolContext, tmp_path: Path) -> None:
    workspace = Workspaces(tmp_path).of("run")
    workspace.write("in/prices.csv", b"tea,2\ncake,3\n")
    code = """
import csv, os
rows = list(csv.reader(open("in/prices.csv")))
os.makedirs("out")
open("out/sum.txt", "w").write(str(sum(int(price) for _, price in rows)))
"""
    found = await call("python_executor", ctx, code=code)
    assert found["artifacts"] == [{"name": "out/sum.txt", "bytes": 1}]
    assert workspace.read("out/sum.txt", max_bytes=9) == b"5"
    found = await call("python_executor", ctx, code="result = sorted(os.listdir('.'))\nimport os")
    assert "error" in found  # imports count from where they stand
    found = await call("python_executor", ctx, code="import os\nresult = sorted(os.listdir('.'))")
    assert found["result"] == ["in", "out"]


@pytest.mark.parametrize(
    "code", ["result = '漢' * 150_000", "result = list(range(10**6))", "result = '\\x01' * 150_000"]
)
async def test_what_was_printed_and_kept_is_told_beside_a_result_that_is_too_large(ctx: ToolContext, code: str) -> None:
    found = await call("python_executor", ctx, code=f"print('hello')\nopen('a', 'w').write('b')\n{code}")
    assert "too large to be given back" in found["error"]
    assert "write it into a file" in found["hint"]
    assert (found["result"], found["output"], found["truncated"]) == (None, ["hello"], True)
    assert found["artifacts"] == [{"name": "a", "bytes": 1}]
    assert 0 < len(found["preview"]) <= 2_000


@pytest.mark.parametrize(
    "code",
    [
        f"x = '{'漢' * 90_000}'\nresult = 1",  # the model has it already
        "print('\\x01' * 60_000)\nresult = 1",
    ],
)
async def test_a_result_comes_back_beside_code_or_output_that_is_too_large(ctx: ToolContext, code: str) -> None:
    found = await call("python_executor", ctx, code=code)
    assert (found["result"], found["truncated"], "error" in found) == (1, True, False)


@pytest.mark.parametrize(
    "code",
    ["open('a', 'wb').write(bytes(9 << 20))", "for n in range(40):\n    open(str(n), 'w').close()"],
)
async def test_files_that_do_not_come_back_are_told(ctx: ToolContext, code: str) -> None:
    found = await call("python_executor", ctx, code=f"{code}\nresult = 1")
    assert found["notes"] == [
        "Not all files that the code wrote were kept: at most 32, with 8 MiB in all of them together."
    ]


async def test_a_name_that_the_workspace_does_not_take_is_told(ctx: ToolContext, tmp_path: Path) -> None:
    found = await call("python_executor", ctx, code="open('a\\nb', 'w')\nopen('c', 'w')\nresult = 1")
    kept = {entry["name"]: entry.get("kept", True) for entry in found["artifacts"]}
    assert kept == {"a\nb": False, "c": True}
    assert found["result"] == 1
    assert [file.name for file in Workspaces(tmp_path).of("run").list()] == ["c"]


async def test_outside_of_an_execution_no_file_is_read_or_kept(tmp_path: Path) -> None:
    sandbox = chosen("linux-jail", tmp_path)
    ctx = context(data=tmp_path, execution_id=None, more={Sandbox: sandbox})
    found = await call("python_executor", ctx, code="import os\nopen('x', 'w')\nresult = os.listdir('.')")
    assert found["result"] == ["x"]
    assert found["artifacts"] == [{"name": "x", "bytes": 0, "kept": False}]
    await sandbox.close()


async def test_a_folder_for_try_outs_keeps_files(tmp_path: Path) -> None:
    sandbox = chosen("linux-jail", tmp_path)
    workspaces = Workspaces(tmp_path, outside=tmp_path / "tryouts")
    ctx = context(data=tmp_path, execution_id=None, more={Sandbox: sandbox, Workspaces: workspaces})
    found = await call("python_executor", ctx, code="open('x', 'w')\nresult = 1")
    assert found["artifacts"] == [{"name": "x", "bytes": 0}]
    assert (tmp_path / "tryouts" / "x").exists()
    await sandbox.close()


async def test_without_a_sandbox_it_runs_nothing_and_says_why(tmp_path: Path) -> None:
    ctx = context(data=tmp_path, more={Sandbox: chosen("off", tmp_path)})
    found = await call("python_executor", ctx, code="result = 1")
    assert found["reason"] == "sandbox_unavailable"
    assert "switched off" in found["error"]
    assert "result" not in found
