"""From a Python function to the JSON Schema of its arguments, and from JSON arguments back to its own types.

Types come from the annotations, descriptions from a docstring in Google's style, and both through pydantic: whatever
it understands (`Literal`, lists, models, `Annotated[int, Field(ge=1)]`) can be an argument of a tool.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import PydanticUserError

from pointwork.errors import ConfigurationError, Unacceptable
from pointwork.workflow import JsonObject

__all__ = ["Docstring", "Signature", "read_docstring", "read_signature"]

SECTION = re.compile(r"^(Args|Arguments|Parameters|Returns?|Yields?|Raises|Examples?|Notes?):\s*$")
ENTRY = re.compile(r"^(?P<name>\*{0,2}\w+)\s*(?:\([^)]*\))?\s*:\s*(?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """What a docstring says: the text before its sections, and a line per argument."""

    description: str
    arguments: dict[str, str]


def read_docstring(text: str | None) -> Docstring:
    """Read a docstring in Google's style.

    >>> read_docstring("Add numbers.\\n\\nArgs:\\n    a: The first\\n        of them.\\n    b (int): The second.")
    Docstring(description='Add numbers.', arguments={'a': 'The first of them.', 'b': 'The second.'})
    """
    description: list[str] = []
    arguments: dict[str, str] = {}
    section, name, indent = "", "", 0
    for line in inspect.cleandoc(text or "").splitlines():
        if hit := SECTION.match(line):
            section, name = hit[1], ""
        elif not section:
            description.append(line)
        elif section in ("Args", "Arguments", "Parameters") and line.strip():
            depth = len(line) - len(line.lstrip())
            entry = ENTRY.match(line.strip())
            if entry and (not name or depth <= indent):
                name, indent = entry["name"].lstrip("*"), depth
                arguments[name] = entry["text"]
            elif name:
                arguments[name] = f"{arguments[name]} {line.strip()}".strip()
    return Docstring("\n".join(description).strip(), arguments)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes: as a schema for models, and as a pydantic model that turns JSON into its types."""

    description: str
    schema: JsonObject
    wants_context: bool
    model: type[BaseModel]

    def bind(self, arguments: JsonObject) -> dict[str, Any]:
        """The arguments as keyword arguments of the function; raises Unacceptable when they do not fit."""
        try:
            values = self.model.model_validate(arguments)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "arguments"
            raise Unacceptable(f"{where}: {first['msg']}.") from error
        fields = type(values).model_fields
        return {
            info.alias or name: getattr(values, name)
            for name, info in fields.items()
            if name in values.model_fields_set
        }


def read_signature(function: Callable[..., Any], *, context: type) -> Signature:
    """Describe a function; a first parameter annotated with `context` is not an argument."""
    where = f"Tool function {function.__qualname__!r}"
    try:
        hints = get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise ConfigurationError(
            f"{where} has an annotation that cannot be read: {error}.", hint="Annotate with types known in its module."
        ) from error
    doc = read_docstring(function.__doc__)
    wants_context = False
    fields: dict[str, Any] = {}
    for at, (name, parameter) in enumerate(inspect.signature(function).parameters.items()):
        if at == 0 and hints.get(name) is context:
            wants_context = True
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ConfigurationError(
                f"{where} takes {str(parameter)!r}, which a model cannot fill in.", hint="Give each argument a name."
            )
        default = ... if parameter.default is parameter.empty else parameter.default
        # Behind an alias, because names like `schema` or `_x` are not free in a pydantic model.
        fields[f"argument_{at}"] = (
            hints.get(name, Any),
            Field(default, alias=name, title=None, description=doc.arguments.get(name)),
        )
    try:
        model = create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)
        schema = _tidy(model.model_json_schema())
    except (PydanticUserError, NameError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"{where} has arguments that JSON cannot describe: {error}", hint="Use JSON types, or pydantic models."
        ) from error
    return Signature(doc.description or function.__name__, schema, wants_context, model)


def _tidy(schema: Any) -> Any:
    """Without the titles that pydantic adds: they cost tokens and say nothing."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidied: JsonObject = {}
    for key, value in schema.items():
        if key == "title" and isinstance(value, str):
            continue
        if key in ("properties", "$defs") and isinstance(value, dict):
            tidied[key] = {name: _tidy(inner) for name, inner in value.items()}
        else:
            tidied[key] = value if key in ("default", "const", "enum", "examples") else _tidy(value)
    return tidied
