"""One attempt: a handler runs with its context, its time limit and a copy of its inputs; any outcome is an input.

This is the node boundary: whatever a handler raises becomes `Failed` and is recorded, nothing escapes. Secrets are
put into the configuration here, at the last moment, and nowhere else. Whatever a handler returns, asks or raises is
cleaned of them before it becomes part of the execution, so that a recovered execution is the same as a live one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pointwork.commands import Completed, Failed, Input, Perform, Suspended
from pointwork.config import Config
from pointwork.errors import ConfigurationError, NodeTimeout, TypeMismatch
from pointwork.expressions import resolve_secrets
from pointwork.nodes import Asking, NodeType, Out, Suspend
from pointwork.redaction import Redactor
from pointwork.runtime.clock import micros
from pointwork.runtime.context import Context
from pointwork.runtime.failures import error_of, is_retryable
from pointwork.runtime.limit import TimeLimit
from pointwork.runtime.values import MUTABLE, as_json, deep_copy
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.driver import Driver

__all__ = ["attempt"]


async def attempt(driver: Driver, perform: Perform) -> Input:
    """Run a handler once."""
    context = Context(driver, perform)
    redactor = driver.redactor
    try:
        kind, config = driver.compiled.prepared.get(id(perform.config)) or _handler(driver, perform)
        inputs = perform.inputs.copy()
        for value in inputs.values():
            if type(value) in MUTABLE:
                inputs = deep_copy(inputs)
                break
        if perform.timeout_s is None:
            result = await kind.run(context, config, inputs)
        else:
            result = await _in_time(kind, context, config, inputs, perform.timeout_s)
        if type(result) is str and result.isascii():  # as `_outcome`, in the case that is usual
            return Completed(perform.scope, perform.node, perform.attempt, redactor.text(result))
        return _outcome(kind, perform, result, redactor)
    except Asking as asking:
        return Suspended(perform.scope, perform.node, perform.attempt, _request(perform.node, asking.request, redactor))
    except BaseException as error:
        if _is_for_us(error):
            raise
        # A step that was cut off and must not simply be done again makes its node not simply be tried again.
        again = is_retryable(error) and driver.steps.interrupted(perform.scope, perform.node) is None
        return Failed(perform.scope, perform.node, perform.attempt, error_of(error, redactor.text), again)
    finally:
        if context.pieces or context.sieve is not None:
            context.flush()


def _is_for_us(error: BaseException) -> bool:
    """Whether it ends the task or the process, and is not just something that the handler came up with."""
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return isinstance(error, (KeyboardInterrupt, GeneratorExit))


async def _in_time(
    kind: NodeType[Any], context: Context, config: Config, inputs: dict[str, Any], seconds: float
) -> Any:
    context.limit = limit = TimeLimit(context.driver.runtime.clock, seconds)
    result: Any = None
    try:
        async with limit:
            result = await kind.run(context, config, inputs)
    except TimeoutError:
        if not limit.expired:
            raise
    if limit.expired:
        raise NodeTimeout(f"{context.performing.node!r} took longer than its {seconds:g} s.")
    return result


def _handler(driver: Driver, perform: Perform) -> tuple[NodeType[Any], Config]:
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
    try:
        return kind, kind.spec.config.model_validate(raw)
    except ValidationError as error:
        # Without the values: by now they may hold secrets.
        found = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, found["loc"])) or "as a whole"
        raise TypeMismatch(
            f"The configuration of {perform.node!r} does not fit: {where}: {found['msg']}.",
            hint="Mend the configuration of the node, or what its templates are filled with.",
        ) from None


def _outcome(kind: NodeType[Any], perform: Perform, result: Any, redactor: Redactor) -> Input:
    scope, node, number = perform.scope, perform.node, perform.attempt
    if isinstance(result, Suspend):
        return Suspended(scope, node, number, _request(node, result.request, redactor))
    if isinstance(result, Out):
        value = redactor.data(as_json(result.value, "The output", of=node))
        return Completed(scope, node, number, value, _ports(kind, perform, result.ports))
    return Completed(scope, node, number, redactor.data(as_json(result, "The output", of=node)))


def _ports(kind: NodeType[Any], perform: Perform, ports: Any) -> tuple[str, ...]:
    """The ports that a handler chose, if there are such ports."""
    if not isinstance(ports, (tuple, list)):
        raise TypeMismatch(f"{perform.node!r} chose {ports!r} as ports.", hint='Return Out(value, ports=("name",)).')
    spec = kind.spec
    for port in ports:
        if port not in spec.ports and port not in spec.always and port != "error":
            known = (*spec.ports_of(perform.config), *spec.always)
            if port not in known:
                raise TypeMismatch(
                    f"{perform.node!r} chose {port!r} among its ports, but it has no port {port!r}.",
                    hint=f"It has {', '.join(map(repr, known))} and 'error'.",
                )
    return tuple(ports)


def _request(node: str, request: Any, redactor: Redactor) -> JsonObject:
    """What a handler asks for, if it can be asked."""
    asked = redactor.data(as_json(request, "The request", of=node))
    if not isinstance(asked, dict):
        raise TypeMismatch(f"The request of {node!r} is no object.", hint="Return Suspend({…}).")
    if "until" in asked:
        try:
            micros(asked["until"])
        except (TypeError, ValueError, OverflowError) as error:
            raise TypeMismatch(
                f"{node!r} would wait until {asked['until']!r}, which is no time.",
                hint="Write it as in 2030-01-31T18:00:00Z.",
            ) from error
    return asked
