"""The node `code` in the real jail: inputs are variables, the result is the output, and an error fails the node."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import SandboxError, SandboxUnavailable
from pointwork.files import Workspaces
from pointwork.nodes.code import Code, CodeConfig
from pointwork.sandbox import Sandbox, chosen
from pointwork.testing import FakeContext


@pytest.fixture
async def ctx(tmp_path: Path) -> AsyncIterator[FakeContext]:
    sandbox = chosen("linux-jail", tmp_path)
    yield FakeContext(resources={Sandbox: sandbox, Workspaces: Workspaces(tmp_path)})
    await sandbox.close()


async def run(ctx: FakeContext, code: str, inputs: Any = None, **more: Any) -> Any:
    return await Code().run(ctx, CodeConfig(code=code, **more), inputs or {})


async def test_inputs_are_variables_and_the_result_is_the_output(ctx: FakeContext) -> None:
    inputs = {"amounts": [1, 2], "not a name": 5}
    assert await run(ctx, "result = sum(amounts) + inputs['not a name']", inputs) == 8
    assert await run(ctx, "{'n': len(inputs)}", inputs) == {"n": 2}
    assert await run(ctx, "x = 1") is None


async def test_what_is_printed_becomes_log_lines(ctx: FakeContext) -> None:
    await run(ctx, "print('one')\nprint('two')")
    *lines, (level, ran) = ctx.logged
    assert lines == [("INFO", "one"), ("INFO", "two")]
    assert level == "DEBUG"
    assert "linux-jail" in ran


async def test_code_that_prints_without_end_fills_no_journal(ctx: FakeContext) -> None:
    await run(ctx, "for n in range(700): print(n)")
    assert ctx.logged[499:501] == [("INFO", "499"), ("WARNING", "200 more lines were printed; they are not kept.")]


async def test_an_error_fails_the_node_with_its_line(ctx: FakeContext) -> None:
    with pytest.raises(SandboxError, match="line 2, in <module>"):
        await run(ctx, "x = 1\nx['a']")
    with pytest.raises(SandboxError, match=r"longer than 0\.2 s"):
        await run(ctx, "while True: pass", seconds=0.2)


async def test_an_error_of_the_codes_own_making_can_be_stored(ctx: FakeContext) -> None:
    with pytest.raises(SandboxError) as caught:
        await run(ctx, "raise ValueError(chr(0xd800) + 'x' * 10**6)")
    assert len(caught.value.message.encode()) < 5_000


async def test_files_are_kept_with_the_run(ctx: FakeContext, tmp_path: Path) -> None:
    await run(ctx, "open('made.txt', 'w').write(word)", {"word": "hello"})
    assert Workspaces(tmp_path).of(ctx.execution_id).read("made.txt", max_bytes=99) == b"hello"


async def test_without_a_sandbox_the_node_fails(tmp_path: Path) -> None:
    ctx = FakeContext(resources={Sandbox: chosen("off", tmp_path), Workspaces: Workspaces(tmp_path)})
    with pytest.raises(SandboxUnavailable, match="switched off"):
        await run(ctx, "1")
