"""Agents: a model that works with tools until it answers. Read `loop`, then `dialogue` and `rounds`."""

from pointwork.agents.context import AgentContext
from pointwork.agents.loop import Answer, run_agent

__all__ = ["AgentContext", "Answer", "run_agent"]
