"""Run a workflow from a script; whoever watches the execution on a server sees it live."""

from typing import Any

from backend.agents.registry import AgentRegistry
from backend.tools.registry import ToolRegistry
from pointwork.runtime.runtime import new_id
from pointwork.server.schemas import ExecutionState
from pointwork.wiring import session
from pointwork.workflow import Workflow


class WorkflowExecutorV3:
    """One execution of one workflow. `execution_id` is known before it begins, so it can be watched from then on.

    `stream_updates=False` says that nobody will watch; what is stored is the same, so a look later is possible.
    """

    def __init__(self, workflow: Workflow | dict[str, Any], stream_updates: bool = True) -> None:
        self.workflow = Workflow.load(workflow)
        self.stream_updates = stream_updates
        self.execution_id = new_id()

    async def execute(self, inputs: dict[str, Any] | None = None) -> ExecutionState:
        """Run to the end, or until the execution pauses or waits for a person; raises DefinitionError if it cannot."""
        async with session() as app:
            AgentRegistry.install(app.nodes)
            for tool in ToolRegistry.get_all_tools():
                app.tools.register_tool(tool, replace=True)
            await app.runtime.start(self.workflow, inputs or {}, execution_id=self.execution_id)
            await app.runtime.finished(self.execution_id)
            state = await app.runtime.state(self.execution_id, resolve=True)
        return ExecutionState.model_validate(state)
