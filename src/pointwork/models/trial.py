"""Trying a model: it is asked one word, so that somebody knows whether its provider, key and name are right."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from pointwork.errors import ModelError
from pointwork.models.catalogue import HOW_TO, Models
from pointwork.models.client import ModelDelta, ModelRequest, Usage, complete
from pointwork.models.messages import UserMessage
from pointwork.models.offline_demo import OFFLINE_DEMO
from pointwork.workflow import JsonObject

__all__ = ["Trial", "try_model"]

QUESTION = "Answer with the one word: ready"
SHOWN = 200  # characters of the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it. `model` is the one that really answered; `first_ms` passed until its first piece."""

    ok: bool
    message: str
    hint: str = ""
    model: str | None = None
    first_ms: float | None = None
    duration_ms: float = 0.0
    usage: Usage = field(default_factory=Usage)

    def to_dict(self) -> JsonObject:
        return {**asdict(self), "usage": dict(self.usage)}


async def try_model(models: Models, name: str, *, now: Callable[[], float] = time.perf_counter) -> Trial:
    """Ask a model one word. Nothing is raised for what a provider does: the trial says it.

    >>> import asyncio
    >>> asyncio.run(try_model(Models(), "offline-demo")).model
    'offline-demo'
    """
    began = now()
    first: list[float] = []

    def passed() -> float:
        return round((now() - began) * 1e3, 1)

    def seen(_: ModelDelta) -> None:
        if not first:
            first.append(passed())

    request = ModelRequest(model=name, messages=[UserMessage(role="user", content=QUESTION)])
    try:
        response = await complete(models.client(name), request, on_delta=seen)
    except ModelError as error:
        return Trial(ok=False, message=error.message, hint=error.hint, duration_ms=passed())
    if response.model == OFFLINE_DEMO != name:
        message = f"{name!r} is not configured: {OFFLINE_DEMO} answers for it."
        return Trial(ok=False, message=message, hint=HOW_TO, model=response.model, duration_ms=passed())
    answer = " ".join(response.text.split())
    return Trial(
        ok=True,
        message=answer if len(answer) <= SHOWN else f"{answer[:SHOWN]} …",
        model=response.model,
        first_ms=first[0],
        duration_ms=passed(),
        usage=response.usage,
    )
