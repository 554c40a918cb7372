"""The agent of phase 1."""

from backend.agents.llm_agent_v2 import LLMAgentV2 as LLMAgent

__all__ = ["LLMAgent"]
