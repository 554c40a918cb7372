"""Agents on the protocols of several providers, and on providers that fail, at a server that was not written here."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from pointwork.agents import run_agent
from pointwork.errors import ModelError
from pointwork.models import Models
from pointwork.models.providers import configured
from pointwork.testing import FakeContext
from pointwork.tools import ToolRegistry
from pointwork.workflow import AgentConfig
from tests.providers.servers import QUESTION, aimock

# aimock ends Gemini's tool calls with a word that Google's library does not know, and warns of.
pytestmark = pytest.mark.filterwarnings("ignore:FUNCTION_CALL is not a valid FinishReason")

NAMES = ["gpt-4o", "openai:gpt-4o", "anthropic:claude-sonnet-5-5", "google:gemini-3.8-flash", "ollama:llama3.2"]


def models_at(url: str, *, retries: int = 2) -> Models:
    environment = {
        "ANTHROPIC_API_KEY": "key-a", "ANTHROPIC_BASE_URL": url, "GEMINI_API_KEY": "key-g", "GEMINI_BASE_URL": url,
        "OLLAMA_HOST": url,
    }  # fmt: skip
    return Models(
        api_key="key-o", base_url=f"{url}/v1", providers=configured(environment), max_retries=retries, silence_s=20
    )


async def ask(models: Models, name: str, ctx: FakeContext) -> str:
    config = AgentConfig(model=name, tools=["calculator"])
    try:
        return (await run_agent(ctx, config, {"q": QUESTION}, models=models, tools=ToolRegistry())).text
    finally:
        await models.close()
        del models
        gc.collect()  # Google's client closes itself in a task when it is collected: let it be in this loop
        await asyncio.sleep(0)


@pytest.mark.parametrize("name", NAMES)
async def test_a_real_tool_call_over_each_protocol(tmp_path: Path, name: str) -> None:
    ctx = FakeContext()
    async with aimock(tmp_path) as url:
        assert await ask(models_at(url), name, ctx) == "The answer is 362."
    first, called, last = ctx.steps.values()
    assert called.value == {"result": 362, "expression": "15 * 23 + 17"}
    assert ctx.text() == "The answer is 362."
    for step in (first, last):
        assert step.usage is not None
        assert step.usage["output_tokens"] > 0
        assert ("cost_usd" in step.usage) == (name.partition(":")[0] in ("anthropic", "google"))  # else nobody knows


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize("fault", ["--chaos-drop", "--chaos-malformed", "--chaos-disconnect", "--chaos-ratelimit"])
async def test_each_fault_is_told(tmp_path: Path, name: str, fault: str) -> None:
    async with aimock(tmp_path, fault, "1") as url:
        models = models_at(url, retries=0)
        with pytest.raises(ModelError) as caught:
            await ask(models, name, FakeContext())
    assert caught.value.hint
    assert "key-" not in str(caught.value)


async def test_what_fails_now_and_then_is_tried_again(tmp_path: Path) -> None:
    async with aimock(tmp_path, "--chaos-drop", "0.2") as url:
        answers = [await ask(models_at(url, retries=8), "openai:gpt-4o", FakeContext()) for _ in range(3)]
    assert answers == ["The answer is 362."] * 3
