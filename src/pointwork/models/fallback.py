"""Models that stand by: when one cannot answer, the next that the agent names is asked.

Only models that were named for it are asked, in their order, and each change is told (`Switched`). What has been shown
cannot be taken back, so once a part of an answer has come, nobody else is asked.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from pointwork.errors import ModelError
from pointwork.models.client import Ignored, ModelClient, ModelDelta, ModelRequest, Switched

__all__ = ["StandingBy"]


class StandingBy:
    """A client of several models, the first of which answers if it can."""

    def __init__(self, names: Sequence[str], find: Callable[[str], ModelClient]) -> None:
        """`find` gives the client of a name, or raises ModelUnavailable, which is a reason to ask the next."""
        self._names = tuple(names)
        self._find = find

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        """The answer of the first model that gives one; raises the error of the last when none does."""
        for name, following in zip(self._names, (*self._names[1:], None), strict=True):
            begun = False
            try:
                async with aclosing(self._find(name).stream(replace(request, model=name))) as deltas:
                    async for delta in deltas:
                        begun = begun or not isinstance(delta, Ignored)
                        yield delta
            except ModelError as error:
                if begun or following is None:
                    raise
                switched = Switched(name, following, str(error))
            else:
                return
            yield switched
