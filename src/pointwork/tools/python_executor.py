"""The tool `python_executor`: runs Python in the sandbox, with copies of the files of the execution."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Literal

import orjson

from pointwork.errors import FileRefused, SandboxUnavailable
from pointwork.files import Workspace, Workspaces, copies_of
from pointwork.sandbox import Artifact, Profile, Sandbox, SandboxLimits, SandboxOutcome
from pointwork.tools.base import ToolContext, tool
from pointwork.tools.result import MAX_RESULT_BYTES, failure
from pointwork.workflow import JsonObject

__all__ = ["python_executor"]

LIMITS = SandboxLimits()
RICH_LIMITS = replace(LIMITS, wall_s=30.0, cpu_s=25, memory_bytes=512 << 20)  # the first import of a plot takes seconds
SHOWN_CHARS = 2_000  # of what is too large to be given back
MAX_OUTPUT_CHARS = 10_000  # where output and all the rest are too much together
TIMEOUT_S = 90.0  # with the start of the jail


@tool(untrusted=True, timeout_s=TIMEOUT_S)  # it reads the files of the run
async def python_executor(
    ctx: ToolContext, code: str, packages: Literal["standard", "numbers"] = "standard"
) -> dict[str, Any]:
    """Run Python code in a sandbox and return what it computed.

    Assign the answer to the variable `result`, or end with an expression; print shows up too. Files of this run can be
    opened by their names, and files that the code writes are kept. There is no network, no other process, no thread,
    and nothing is left for the next call. It may take 5 seconds and 256 MB.

    Args:
        code: For example "result = sum(n * n for n in range(1, 11))".
        packages: "numbers" adds numpy, pandas and matplotlib, if they are installed.
    """
    profile: Profile = "rich" if packages == "numbers" else "plain"
    sandbox = ctx.resource(Sandbox)
    workspace = _workspace(ctx)
    files, notes = ({}, []) if workspace is None else await asyncio.to_thread(copies_of, workspace)
    try:
        outcome = await sandbox.run(
            code, files=files, profile=profile, limits=RICH_LIMITS if profile == "rich" else LIMITS
        )
    except SandboxUnavailable as error:
        return failure(error.message, hint=error.hint, code=code, reason="sandbox_unavailable")
    found = _answer(code, outcome, notes)
    if outcome.artifacts:
        found["artifacts"] = await asyncio.to_thread(_all_kept, outcome.artifacts, workspace)
    return _fitting(found)


def _workspace(ctx: ToolContext) -> Workspace | None:
    """The folder of the execution, or that of try-outs on a server; none where it is that of whoever calls."""
    workspaces = ctx.resource(Workspaces)
    own = workspaces.data_dir if ctx.execution_id else workspaces.outside
    return None if own is None else workspaces.of(ctx.execution_id)


def _answer(code: str, outcome: SandboxOutcome, notes: list[str]) -> JsonObject:
    found: JsonObject = {
        "result": outcome.result,
        "code": code,
        "output": outcome.output,
        "truncated": outcome.truncated,
        "duration_ms": outcome.duration_ms,
        "sandbox": outcome.sandbox,
    }
    if notes or outcome.notes:
        found["notes"] = [*notes, *outcome.notes]
    if outcome.error is not None:
        found["error"] = outcome.error
    return found


def _fitting(found: JsonObject) -> JsonObject:
    """The answer so that it can be given back: what was printed, kept and went wrong is told whatever else is large."""
    if _size(found) <= MAX_RESULT_BYTES:
        return found
    found = {**found, "code": found["code"][:SHOWN_CHARS], "truncated": True}
    if _size(found) > MAX_RESULT_BYTES:
        found["output"] = "\n".join(found["output"])[:MAX_OUTPUT_CHARS].splitlines()
    if (size := _size(found)) > MAX_RESULT_BYTES:
        large = f"The result is too large to be given back: {size:,} bytes; the limit is {MAX_RESULT_BYTES:,}."
        advice = "Assign less to `result`, or write it into a file."
        preview = orjson.dumps(found["result"])[:SHOWN_CHARS].decode(errors="ignore")
        found = {**found, "result": None, "preview": preview, "error": found.get("error", large), "hint": advice}
    return found


def _size(found: JsonObject) -> int:
    return len(orjson.dumps(found))


def _all_kept(artifacts: list[Artifact], workspace: Workspace | None) -> list[JsonObject]:
    return [_kept(artifact, workspace) for artifact in artifacts]


def _kept(artifact: Artifact, workspace: Workspace | None) -> JsonObject:
    """Keep a file that the code wrote in the workspace of the execution, if there is one."""
    entry: JsonObject = {"name": artifact.name, "bytes": len(artifact.data)}
    if workspace is None:
        return {**entry, "kept": False}
    try:
        workspace.write(artifact.name, artifact.data)
    except FileRefused as error:
        return {**entry, "kept": False, "reason": error.message}
    return entry
