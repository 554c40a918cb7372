"""Agents under their old names."""

from backend.agents.base import BaseAgent
from backend.agents.condition_agent import ConditionAgent
from backend.agents.llm_agent import LLMAgent
from backend.agents.llm_agent_v2 import LLMAgentV2
from backend.agents.loop_agent import LoopAgent
from backend.agents.registry import AgentRegistry

__all__ = ["AgentRegistry", "BaseAgent", "ConditionAgent", "LLMAgent", "LLMAgentV2", "LoopAgent"]
