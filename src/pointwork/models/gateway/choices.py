"""The settings of a request in the library's words, and those that a model has no use for.

Rule of this file: what is asked for and not sent is told. The library would only warn on the terminal.
"""

from __future__ import annotations

from typing import Any, Final, cast

from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from pointwork.models.client import ModelRequest
from pointwork.models.endpoint import Endpoint
from pointwork.workflow import JsonObject

__all__ = ["settings_of"]

SAMPLING: Final = ("temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty")
OURS: Final = {"stop_sequences": "stop", "thinking": "reasoning_effort", "openai_reasoning_effort": "reasoning_effort"}


def settings_of(
    request: ModelRequest, model: Model, endpoint: Endpoint, own: JsonObject
) -> tuple[ModelSettings, tuple[str, ...]]:
    """What is sent, and the names of what is not; `own` is how the protocol spells what has other names there."""
    asked: dict[str, Any] = {
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "parallel_tool_calls": request.parallel_tool_calls if request.tools else None,
        "tool_choice": _choice(request),
        **request.sampling,
        **own,
    }
    asked["stop_sequences"] = list(asked.pop("stop", None) or ()) or None
    asked = {name: value for name, value in asked.items() if value is not None}
    useless = [name for name in asked if name in _useless(request, model)]
    times = {
        "timeout": endpoint.silence_s,
        "first_event_timeout": endpoint.first_token_s or endpoint.silence_s,
        "request_timeout": endpoint.total_s,
    }
    sent = {name: value for name, value in asked.items() if name not in useless}
    return cast("ModelSettings", {**times, **sent}), tuple(OURS.get(name, name) for name in useless)


def _choice(request: ModelRequest) -> Any:
    choice = request.tool_choice
    if choice is None or not request.tools:
        return None
    return choice if choice in ("auto", "none", "required") else [choice]


def _useless(request: ModelRequest, model: Model) -> frozenset[str]:
    profile: Any = model.profile
    found = set(model.unsupported_settings)
    if not profile.get("supports_thinking") and not profile.get("thinking_always_enabled"):
        found.add("thinking")
    if profile.get("anthropic_disallows_sampling_settings") or _reasons(request, profile):
        found.update(SAMPLING)
    return frozenset(found)


def _reasons(request: ModelRequest, profile: Any) -> bool:
    """Whether this is a model of OpenAI that will reason, and so does not let itself be led."""
    if not profile.get("openai_supports_reasoning"):
        return False
    efforts = profile.get("openai_reasoning_efforts")
    may_not = "none" in efforts if efforts is not None else profile.get("openai_supports_reasoning_effort_none")
    if not may_not:
        return True
    if request.reasoning_effort is None:
        return bool(profile.get("thinking_enabled_by_default"))
    return request.reasoning_effort != "none"
