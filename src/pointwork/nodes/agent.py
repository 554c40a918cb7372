"""The node type `agent`: a language model with a prompt and, if it is given some, tools."""

from __future__ import annotations

from typing import Any

from pointwork.nodes.base import NodeContext, NodeType, node_type
from pointwork.workflow import AgentConfig, JsonObject

__all__ = ["Agent"]


@node_type(
    "agent",
    title="Agent",
    config=AgentConfig,
    icon="bot",
    group="Agents",
    gives="text",
    card="Ask {model}",
    example={"model": "gpt-4o-mini", "system_prompt": "Answer in one sentence.", "tools": ["calculator"]},
)
class Agent(NodeType[AgentConfig]):
    """Ask a language model, which may call tools until it knows the answer.

    The output is the text of the answer, or with an output schema the data that the model answered with. Without a
    prompt, the message to the model is made from the inputs: a single one as it is, several as a block `name: value`
    each.
    """

    async def run(self, ctx: NodeContext, config: AgentConfig, inputs: JsonObject) -> Any:
        # The engine starts without what only agents need.
        from pointwork.agents import run_agent
        from pointwork.models import Models
        from pointwork.tools import ToolRegistry

        models, tools = ctx.resource(Models), ctx.resource(ToolRegistry)
        override = ctx.options.get("model_override")
        answer = await run_agent(ctx, config, inputs, models=models, tools=tools, model=override)
        return answer.text if config.output_schema is None else answer.value
