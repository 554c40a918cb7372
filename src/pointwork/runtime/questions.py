"""What a person is asked about a handler that was cut off, and what the answer means.

A handler may have been in several steps at once; those that must not simply be repeated are asked about one by one.
`done` gives the result of the step, and the handler goes on from there; about a handler without steps it gives the
output of the node.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pointwork.commands import Answered, CutOff
from pointwork.events import NodeWaiting, StepRecorded, StepStarted
from pointwork.workflow import JsonObject

if TYPE_CHECKING:
    from pointwork.runtime.driver import Driver

__all__ = ["question", "settled"]


def question(driver: Driver, scope: str, node: str, cause: CutOff) -> JsonObject | None:
    """What to ask about a handler that was cut off; None when it may simply run again."""
    step = driver.steps.interrupted(scope, node)
    if step is not None:
        return _about(node, step, cause)
    found = driver.scheduler.state.find(scope, node)
    if found is None or found[0].plan.nodes[found[1]].idempotent:
        return None
    return _about(node, None, cause)


def settled(driver: Driver, answer: Answered, request: JsonObject) -> Answered | None:
    """The answer as it concerns the node; None when there is something else to ask first."""
    step = request.get("step")
    if step is None or answer.action == "fail":
        return answer
    scope, node = answer.scope, answer.node
    if answer.action == "done":
        driver.note(StepRecorded(scope, node, step["key"], step["kind"], step["name"], answer.value))
    driver.steps.close(scope, node, step["key"])
    other = driver.steps.interrupted(scope, node)
    if other is not None:
        driver.record(NodeWaiting(scope, node, _about(node, other, request.get("cause", "restart"))))
        return None
    return replace(answer, action="again", value=None)


def _about(node: str, step: StepStarted | None, cause: CutOff) -> JsonObject:
    what = repr(node) if step is None else f"{step.kind} {step.name!r} of {node!r}"
    told = f"{what} was cut off while at work, so it may or may not have had its effect."
    if cause == "fork":
        effect = "In the original it may have had its effect, or still have it."
        told = f"The fork was taken while {what} was at work. {effect}"
    return {
        "kind": "interrupted",
        "cause": cause,
        "question": told,
        "choices": ["again", "done", "fail"],
        "step": None if step is None else {"key": step.key, "kind": step.kind, "name": step.name, "data": step.data},
    }
