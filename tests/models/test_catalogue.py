"""Which client answers, what the list of models says, and settings that cannot work."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pointwork.errors import ConfigurationError, ModelUnavailable
from pointwork.models import OFFLINE_DEMO, ModelRequest, Models, complete
from pointwork.testing import FakeModel

ANYWHERE = "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("settings", "name", "demo"),
    [
        ({}, "gpt-4o-mini", True),  # nothing configured: the demo stands in
        ({"api_key": "", "base_url": " "}, "gpt-4o-mini", True),  # empty is absent
        ({}, OFFLINE_DEMO, True),
        ({"api_key": "sk-x"}, "gpt-4o-mini", False),
        ({"base_url": ANYWHERE}, "llama3", False),  # a server of one's own needs no key
        ({"base_url": ANYWHERE}, OFFLINE_DEMO, True),  # by its name it is always itself
        ({"api_key": "sk-x", "offline_demo": False}, OFFLINE_DEMO, True),
    ],
)
def test_choice(settings: dict[str, Any], name: str, demo: bool) -> None:
    models = Models(**settings)
    assert (models.client(name) is models.client(OFFLINE_DEMO)) == demo


async def test_answer_of_the_demo_is_labelled() -> None:
    asked = ModelRequest(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])
    assert (await complete(Models().client("gpt-4o-mini"), asked)).model == OFFLINE_DEMO


def test_demo_can_be_forbidden() -> None:
    models = Models(offline_demo=False)
    with pytest.raises(ModelUnavailable, match="'gpt-4o' is not configured") as caught:
        models.client("gpt-4o")
    assert "OPENAI_API_KEY" in caught.value.hint
    assert models.in_use == "none"


@pytest.mark.parametrize(
    ("settings", "usable", "words"),
    [
        ({}, False, "Until then offline-demo answers"),
        ({"offline_demo": False}, False, "Set OPENAI_API_KEY"),
        ({"api_key": "sk-x"}, True, "https://api.openai.com/v1"),
        ({"base_url": "http://127.0.0.1:9/v1/"}, True, "Sent to http://127.0.0.1:9/v1,"),
    ],
)
def test_list_says_what_can_be_used_and_why_not(settings: dict[str, Any], usable: bool, words: str) -> None:
    *others, demo = Models(**settings).available()
    assert (demo.name, demo.available) == (OFFLINE_DEMO, True)
    ours = [model for model in others if ":" not in model.name]
    assert {(model.available, words in model.reason) for model in ours} == {(usable, True)}
    assert others[0].to_dict().keys() == {"name", "provider", "available", "reason"}


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        ({"api_key": "sk-one\nsk-two"}, "OPENAI_API_KEY"),
        ({"api_key": "sk-ключ"}, "OPENAI_API_KEY"),
        ({"api_key": "Bearer sk-x"}, "OPENAI_API_KEY"),
        ({"base_url": "localhost:11434"}, "OPENAI_BASE_URL"),
        ({"base_url": "ftp://127.0.0.1/v1"}, "OPENAI_BASE_URL"),
        ({"base_url": "http:///v1"}, "OPENAI_BASE_URL"),
        ({"base_url": "http://user:password@127.0.0.1/v1"}, "OPENAI_BASE_URL"),
        ({"base_url": "http://127.0.0.1/v1?key=sk-x"}, "OPENAI_BASE_URL"),
        ({"base_url": "http://127.0.0.1/v1#here"}, "OPENAI_BASE_URL"),
        ({"base_url": "http://127.0.0.1:0/v1"}, "OPENAI_BASE_URL"),
        ({"base_url": "http://127.0.0.1:99999/v1"}, "OPENAI_BASE_URL"),
        ({"base_url": "http://[::1/v1"}, "OPENAI_BASE_URL"),
        ({"base_url": "http://a b/v1"}, "OPENAI_BASE_URL"),
    ],
)
def test_settings_that_cannot_work_are_named_and_not_quoted(settings: dict[str, str], variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable) as caught:
        Models(**settings)
    [value] = settings.values()
    assert value not in str(caught.value)
    assert caught.value.hint


PROGRAM = """
import asyncio, sys
import pointwork.agents, pointwork.nodes.agent, pointwork.nodes.tool, pointwork.tools
from pointwork.models import ModelRequest, Models, complete
models = Models()
request = ModelRequest(model="gpt-4o", messages=[{"role": "user", "content": "2 + 2"}])
asyncio.run(complete(models.client("gpt-4o"), request))
Models(api_key="sk-x").client("gpt-4o")
print(sorted({name.partition(".")[0] for name in sys.modules} & {"pydantic_ai", "openai", "httpx2", "genai_prices"}))
"""


async def test_library_is_loaded_once_and_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[tuple[str, str]] = []

    class Gateway(FakeModel):
        def __init__(self, endpoint: object) -> None:
            super().__init__("Hello.")

    def load(name: str) -> object:
        loaded.append((name, threading.current_thread().name))
        return SimpleNamespace(Gateway=Gateway)

    monkeypatch.setattr(importlib, "import_module", load)
    models = Models(base_url=ANYWHERE)
    assert loaded == []
    asked = ModelRequest(model="m", messages=[{"role": "user", "content": "Hello"}])
    await asyncio.gather(*(complete(models.client("m"), asked) for _ in range(5)))
    [(name, thread)] = loaded
    assert name == "pointwork.models.gateway"
    assert thread != threading.current_thread().name


def test_model_library_is_not_loaded_before_it_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
