"""The node type `code`: Python that the author of a workflow wrote, run in the sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

from pointwork.config import Config, ui
from pointwork.errors import FileRefused, SandboxError
from pointwork.files import Workspaces, copies_of
from pointwork.nodes.base import NodeContext, NodeType, node_type
from pointwork.workflow import JsonObject

__all__ = ["Code", "CodeConfig"]


MAX_LINES = 500  # that are kept as log lines, each an event of its own


class CodeConfig(Config):
    """What is run."""

    code: str = ui(
        widget="code", min_length=1, help="Inputs are variables, and all of them together are the variable inputs."
    )
    numbers: bool = ui(False, title="numpy, pandas, matplotlib", help="With the packages for numbers.")
    seconds: float = ui(5.0, gt=0, le=60, advanced=True, help="How long it may take.")
    memory_mb: int = ui(256, ge=16, le=2_048, advanced=True, title="Memory", help="In MB, how much it may use.")


@node_type(
    "code",
    title="Python",
    config=CodeConfig,
    icon="code",
    group="Actions",
    card="Run Python",
    ports=("out",),
    example={"code": "result = {name: len(str(value)) for name, value in inputs.items()}"},
)
class Code(NodeType[CodeConfig]):
    """Run Python in the sandbox and hand on the variable `result`, or the value of an expression at the end.

    Inputs are variables of the code. It can read the files of the run and write new ones; it has no network and sees
    nothing else. What it prints becomes log lines. An error of the code fails the node.
    """

    async def run(self, ctx: NodeContext, config: CodeConfig, inputs: JsonObject) -> Any:
        from pointwork.sandbox import Sandbox, SandboxLimits  # the engine starts without what only code needs

        sandbox = ctx.resource(Sandbox)
        workspaces = ctx.resource(Workspaces)
        # Without a data folder the workspace is the current folder, which is none of the code's business.
        workspace = None if workspaces.data_dir is None else workspaces.of(ctx.execution_id)
        files, notes = ({}, []) if workspace is None else await asyncio.to_thread(copies_of, workspace)
        variables = {name: value for name, value in inputs.items() if name.isidentifier()}
        outcome = await sandbox.run(
            config.code,
            files=files,
            profile="rich" if config.numbers else "plain",
            inputs={**variables, "inputs": inputs},
            limits=SandboxLimits(
                wall_s=config.seconds, cpu_s=int(config.seconds) + 1, memory_bytes=config.memory_mb << 20
            ),
        )
        for line in outcome.output[:MAX_LINES]:
            ctx.log(line)
        if len(outcome.output) > MAX_LINES:
            ctx.log(f"{len(outcome.output) - MAX_LINES:,} more lines were printed; they are not kept.", "WARNING")
        for note in (*notes, *outcome.notes):
            ctx.log(note, "WARNING")
        ctx.log(f"Ran for {outcome.duration_ms:g} ms in {outcome.sandbox}.", "DEBUG")
        if outcome.error is not None:
            raise SandboxError(f"The code failed: {outcome.error}", hint="Mend the code of the node.")
        for artifact in outcome.artifacts:
            try:
                if workspace is not None:
                    await asyncio.to_thread(workspace.write, artifact.name, artifact.data)
            except FileRefused as error:
                ctx.log(f"{artifact.name!r} was not kept: {error.message}", "WARNING")
        return outcome.result
