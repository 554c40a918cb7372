"""What calls of models and tools have used, added up for people. What may be used is `pointwork.spending`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from pointwork.errors import BudgetExceeded
from pointwork.events import StepRecorded
from pointwork.workflow import JsonObject

__all__ = ["COUNTED", "Usage", "number_of"]

COUNTED: Final = ("model", "tool")  # kinds of steps


@dataclass(slots=True)
class Usage:
    """What the calls that have ended used, for people. Money is None until a price is known.

    >>> usage = Usage()
    >>> usage.take(StepRecorded("", "a", "0", "model", usage={"input_tokens": 8, "output_tokens": 2}))
    True
    >>> usage.to_dict()
    {'model_calls': 1, 'tool_calls': 0, 'input_tokens': 8, 'output_tokens': 2, 'cost_usd': None}
    """

    model_calls: int = 0
    tool_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def take(self, event: StepRecorded) -> bool:
        """Count a step that ended; false when it was none that counts."""
        if event.kind not in COUNTED or (event.error or {}).get("kind") == BudgetExceeded.code:
            return False  # a call that a budget stopped was never made
        self.model_calls += event.kind == "model"
        self.tool_calls += event.kind == "tool"
        usage = event.usage or {}
        self.input_tokens += number_of(usage.get("input_tokens"))
        self.output_tokens += number_of(usage.get("output_tokens"))
        if "cost_usd" in usage:
            self.cost_usd = (self.cost_usd or 0.0) + number_of(usage["cost_usd"])
        return True

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def to_dict(self) -> JsonObject:
        return asdict(self)


def number_of(value: Any) -> Any:
    """What a provider says it used, if it is a number."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 else 0
