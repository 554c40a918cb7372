"""One attempt: a handler runs with its context, its time limit and a copy of its inputs; any outcome is an input.

This is the node boundary: whatever a handler raises becomes `Failed` and is recorded, nothing escapes. Secrets are
put into the configuration here, at the last moment, and nowhere else.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pointwork.commands import Completed, Failed, Input, Perform, Suspended
from pointwork.config import Config
from pointwork.errors import ConfigurationError, NodeTimeout
from pointwork.expressions import resolve_secrets
from pointwork.nodes import NodeType, Out, Suspend
from pointwork.runtime.context import Context
from pointwork.runtime.failures import error_of, is_retryable
from pointwork.runtime.values import as_json, own_copy

if TYPE_CHECKING:
    from pointwork.runtime.driver import Driver

__all__ = ["attempt"]


async def attempt(driver: Driver, perform: Perform) -> Input:
    """Run a handler once."""
    context = Context(driver, perform)
    try:
        kind, config = _handler(driver, perform)
        inputs = own_copy(perform.inputs)
        if perform.timeout_s is None:
            result = await kind.run(context, config, inputs)
        else:
            result = await _in_time(kind, context, config, inputs, perform.timeout_s)
        return _outcome(perform, result)
    except Exception as error:
        return Failed(perform.scope, perform.node, perform.attempt, error_of(error), is_retryable(error))
    finally:
        context.flush()


async def _in_time(
    kind: NodeType[Any], context: Context, config: Config, inputs: dict[str, Any], seconds: float
) -> Any:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await kind.run(context, config, inputs)
    except TimeoutError as error:
        if limit.expired():
            node = context.performing.node
            raise NodeTimeout(f"{node!r} took longer than its {seconds:g} s.") from error
        raise


def _handler(driver: Driver, perform: Perform) -> tuple[NodeType[Any], Config]:
    prepared = driver.compiled.prepared.get(id(perform.config))
    if prepared is not None:
        return prepared
    kind = driver.runtime.registry.types.get(perform.type)
    if kind is None:
        raise ConfigurationError(
            f"Node {perform.node!r} has the type {perform.type!r}, which this process does not know.",
            hint="Install the plug-in that brings it, then retry the node.",
        )
    raw = perform.config
    if perform.rendered:
        secrets = driver.runtime.secret
        raw = {**raw, **{name: resolve_secrets(raw[name], secrets) for name in perform.rendered}}
    return kind, kind.spec.config.model_validate(raw)


def _outcome(perform: Perform, result: Any) -> Input:
    scope, node, number = perform.scope, perform.node, perform.attempt
    if isinstance(result, Suspend):
        return Suspended(scope, node, number, as_json(result.request, f"The request of {node!r}"))
    if isinstance(result, Out):
        return Completed(scope, node, number, as_json(result.value, f"The output of {node!r}"), result.ports)
    return Completed(scope, node, number, as_json(result, f"The output of {node!r}"))
