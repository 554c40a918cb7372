"""What people send to an execution, with values that can be stored and without secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from pointwork.commands import Answered, Override, OverrideInputs, SetStubs
from pointwork.errors import Unacceptable
from pointwork.redaction import Redactor
from pointwork.runtime.values import as_json

__all__ = ["clean"]

T = TypeVar("T")


def clean(item: T, redactor: Redactor) -> T:
    """The same wish; raises Unacceptable for a value that is no JSON."""

    def cleaned(value: Any, what: str) -> Any:
        return redactor.data(as_json(value, what, refusal=Unacceptable))

    match item:
        case Answered():
            return replace(item, value=redactor.data(item.value))
        case Override():
            return replace(item, output=cleaned(item.output, "The output"))
        case OverrideInputs():
            return replace(item, inputs=cleaned(item.inputs, "The inputs"))
        case SetStubs():
            return replace(
                item, stubs=[replace(stub, output=cleaned(stub.output, "The output of a stub")) for stub in item.stubs]
            )
        case _:
            return item
