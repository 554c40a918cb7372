"""The `delay` node: waits for a while or until a time. The waiting survives restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import model_validator

from pointwork.config import Config, Template, ui
from pointwork.errors import TypeMismatch
from pointwork.events import iso
from pointwork.nodes.base import NodeContext, NodeType, Suspend, node_type
from pointwork.workflow import JsonObject

__all__ = ["Delay", "DelayConfig"]

MAX_DAYS = 366  # a year is the longest anniversary; what is longer is a mistyped year
MAX_DELAY_S = MAX_DAYS * 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DelayConfig(Config):
    """How long, or until when; exactly one of them."""

    seconds: float | None = ui(None, ge=0, le=MAX_DELAY_S, help="How many seconds to wait; at most 366 days.")
    until: Template | None = ui(
        None,
        placeholder="2030-01-31T18:00:00+01:00",
        help="The time to wait for, as ISO 8601. Without an offset it is UTC; a time that has passed is no wait.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> DelayConfig:
        if (self.seconds is None) == (self.until is None):
            raise ValueError("set either seconds or until")
        return self


@node_type(
    "delay",
    title="Delay",
    icon="clock",
    group="Flow",
    card="Wait {seconds}{until}",
    effects=False,
    transparent=True,
    example={"seconds": 30},
)
class Delay(NodeType[DelayConfig]):
    """Wait for some seconds or until a time, then hand on what arrived. A restart in between does not matter."""

    async def run(self, ctx: NodeContext, config: DelayConfig, inputs: JsonObject) -> Any:
        now = ctx.now_us()
        until = now + round(config.seconds * 1e6) if config.seconds is not None else _time(ctx, config.until or "")
        if until <= now:
            return inputs
        if until - now > MAX_DELAY_S * 1_000_000:
            raise TypeMismatch(
                f"Delay {ctx.activation.node!r} would wait until {config.until}, longer than {MAX_DAYS} days.",
                hint="Check the year; a longer wait is better started by a schedule.",
            )
        return Suspend({"kind": "delay", "until": iso(until), "default": inputs})


def _time(ctx: NodeContext, text: str) -> int:
    """Microseconds since 1970 of an ISO time."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise TypeMismatch(
            f"Delay {ctx.activation.node!r} should wait until {text[:100]!r}, which is no time.",
            hint="Write it as in 2030-01-31T18:00:00Z.",
        ) from error
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
