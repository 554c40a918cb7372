"""How a node type describes its configuration: pydantic models with marks that forms, check and engine read.

`Template` marks text with `{{ … }}` that the scheduler renders when the node starts; `Expression` marks a formula
of the expression language. `ui(...)` adds what a form needs. Configurations keep unknown keys, because documents
of newer versions and of plug-ins must survive a save; `check` warns about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Config", "Expression", "Mark", "SecretTemplate", "Template", "ui"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a text field. It shows as `format` in the JSON Schema, so the app sees what the engine sees.

    `secrets`: the text may refer to secrets, because it reaches neither a model nor the journal.
    """

    format: str
    secrets: bool = False

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        schema = {**handler(core_schema), "format": self.format}
        return {**schema, "secrets": True} if self.secrets else schema


Template: TypeAlias = Annotated[str, Mark("template")]
SecretTemplate: TypeAlias = Annotated[str, Mark("template", secrets=True)]
Expression: TypeAlias = Annotated[str, Mark("expression")]


class Config(BaseModel):
    """Base of all node configurations: `<type>_config` in the document."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _null_is_default(cls, data: Any) -> Any:
        """Old documents write null where they mean nothing in particular."""
        if not isinstance(data, dict) or None not in data.values():
            return data
        return {key: value for key, value in data.items() if value is not None or cls._may_be_null(key)}

    @classmethod
    def _may_be_null(cls, key: str) -> bool:
        info = cls.model_fields.get(key)
        return info is None or info.is_required() or info.default is None


def ui(
    default: Any = ...,
    *,
    title: str | None = None,
    help: str | None = None,
    widget: str | None = None,
    placeholder: str | None = None,
    when: dict[str, Any] | None = None,
    advanced: bool = False,
    **constraints: Any,
) -> Any:
    """A configuration field with hints for its form.

    `widget` names the editor (text, prompt, code, number, slider, select, toggle, json, key-value, model, tools,
    expression, node); `when` shows the field only while other fields have these values; `constraints` are pydantic's
    own (`ge`, `le`, `max_length`, …).
    """
    hints = {"widget": widget, "placeholder": placeholder, "when": when, "advanced": advanced or None}
    shown = {key: value for key, value in hints.items() if value is not None}
    extra: Any = {"ui": shown} if shown else None
    if isinstance(default, (list, dict)):
        constraints["default_factory"] = default.copy
    else:
        constraints["default"] = default
    return Field(title=title, description=help, json_schema_extra=extra, **constraints)
