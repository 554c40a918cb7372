"""Texts with `{{ expressions }}` in them, and references to secrets that survive until they are needed.

In a template a missing name is an error, because a prompt with a hole in it is worse than no prompt; default(x, "…")
allows it. A literal `{{` is written `{{ "{{" }}`.

Secrets. `{{secret.NAME}}` is not an expression: it stays in the rendered text as it is, is stored so, and becomes the
secret only in `resolve_secrets`, which the performer calls last. A value may contain the same characters, because a
model or a web page wrote them, and must not become a reference. So everything between the author's references is
*guarded* when it is rendered: `{{secret.` becomes `{{~secret.` and each further ~ counts one more. What is resolved is
`{{secret.NAME}}` without ~, which only the author can have written; of the others one ~ is taken away again. Both
directions are exact, the text needs nothing beside it, and so it survives JSON, the journal and a restart. Text that
was not rendered here, such as a mapped input, must never be given to `resolve_secrets`; nor may rendered text be
decoded (JSON in a text, percent signs) before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pointwork.errors import ExpressionError
from pointwork.expressions import values
from pointwork.expressions.builder import build
from pointwork.expressions.language import perform
from pointwork.expressions.readers import Path, Step
from pointwork.expressions.scan import Fault, scan
from pointwork.expressions.values import MAX_TEXT, Run

__all__ = ["Template", "compile_template", "resolve_secrets"]

MAX_TEMPLATE = 262_144  # characters
MAX_PLACEHOLDERS = 200
MAX_CODE = 20_000  # characters of all expressions of a template together; bounds what the cache can hold
CACHED_TEMPLATES = 128

_REFERENCE = re.compile(r"\{\{\s*secret\.([A-Za-z_][A-Za-z0-9_-]{0,99})\s*\}\}", re.ASCII)
_UNGUARDED = re.compile(r"\{\{(?=~*secret\.)")
_RENDERED = re.compile(r"\{\{secret\.([A-Za-z_][A-Za-z0-9_-]{0,99})\}\}|\{\{~(?=~*secret\.)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Secret:
    name: str


@dataclass(frozen=True, slots=True)
class _Placeholder:
    step: Step
    at: int


_Part = str | _Secret | _Placeholder


@dataclass(frozen=True, slots=True)
class Template:
    """One compiled template; `names` are the paths that it reads, `secrets` the names of its secrets."""

    source: str
    names: frozenset[Path]
    secrets: frozenset[str]
    _parts: tuple[_Part, ...] = field(repr=False, compare=False)

    @property
    def is_static(self) -> bool:
        """Whether it renders the same whatever the names are."""
        return not self.names

    def render(self, names: Mapping[str, Any]) -> str:
        """The text, with the author's references to secrets still in it."""
        done: list[str] = []
        between: list[str] = []
        length = 0
        for part in self._parts:
            if isinstance(part, _Secret):
                done += (_guard("".join(between)), f"{{{{secret.{part.name}}}}}")
                between = []
                continue
            text = self._text(part, names) if isinstance(part, _Placeholder) else part
            length += len(text)
            if length > MAX_TEXT:
                raise ExpressionError("The rendered text is longer than 1 MiB", hint="Insert shorter values.")
            between.append(text)
        done.append(_guard("".join(between)))
        text = "".join(done)
        if not text.isascii() and len(text.encode()) > MAX_TEXT:
            raise ExpressionError("The rendered text is longer than 1 MiB", hint="Insert shorter values.")
        return text

    def value(self, names: Mapping[str, Any]) -> Any:
        """The value itself, if the template is one placeholder and nothing else; the rendered text otherwise.

        Texts inside of the value are guarded like rendered text; a value without anything to guard is not copied.
        """
        match self._parts:
            case (_Placeholder() as part,):
                return _guarded(self._perform(part, names))
            case _:
                return self.render(names)

    def _perform(self, part: _Placeholder, names: Mapping[str, Any]) -> Any:
        try:
            return perform(part.step, names)
        except Fault as fault:
            raise _explain(fault, self.source, part.at) from None

    def _text(self, part: _Placeholder, names: Mapping[str, Any]) -> str:
        value = self._perform(part, names)
        if type(value) is str:
            return value
        try:
            if value is None:
                raise Fault("The value is null", 'Write default(x, "…") for what may be null.')
            return values.to_text(Run(names), value)
        except Fault as fault:
            raise _explain(fault, self.source, part.at) from None


def compile_template(text: str) -> Template:
    """Read a template; an ExpressionError says where it is wrong and what to write instead."""
    if type(text) is not str:
        message = f"A template has to be text, not {values.describe(text)}"
        raise ExpressionError(message, hint='Write it in quotation marks: "About {{ topic }}".')
    if len(text) > MAX_TEMPLATE:
        message = f"The template has {len(text):,} characters; {MAX_TEMPLATE:,} are allowed"
        raise ExpressionError(message, hint="Give long texts as inputs and insert them.")
    return _compiled(text)


@lru_cache(maxsize=CACHED_TEMPLATES)
def _compiled(text: str) -> Template:
    parts: list[_Part] = []
    paths: set[Path] = set()
    position = code = 0
    while (opening := text.find("{{", position)) >= 0:
        if opening > position:
            parts.append(text[position:opening])
        try:
            position = _read_placeholder(text, opening, parts, paths)
            code += position - opening
            if code > MAX_CODE:
                raise Fault(f"The expressions have more than {MAX_CODE:,} characters", "Split the template.")
        except Fault as fault:
            raise _explain(fault, text, opening) from None
    if position < len(text):
        parts.append(text[position:])
    try:
        text.encode()
    except UnicodeEncodeError as error:
        fault = Fault("Half of a character (a lone surrogate)", "Remove it.")
        raise _explain(fault, text, error.start) from None
    secrets = frozenset(part.name for part in parts if isinstance(part, _Secret))
    return Template(text, frozenset(paths), secrets, tuple(parts))


def _read_placeholder(text: str, opening: int, parts: list[_Part], paths: set[Path]) -> int:
    """Append the placeholder that begins at `opening` and return where it ends."""
    if sum(type(part) is not str for part in parts) >= MAX_PLACEHOLDERS:
        raise Fault(f"More than {MAX_PLACEHOLDERS} placeholders", "Split the template.")
    if reference := _REFERENCE.match(text, opening):
        parts.append(_Secret(reference.group(1)))
        return reference.end()
    if text.find("}}", opening + 2) < 0:
        raise Fault("'{{' is never closed", 'Close it with }}; a literal {{ is written {{ "{{" }}.')
    scanned = scan(text, opening + 2, until_braces=True)
    if scanned.end >= len(text):
        raise Fault("'{{' is never closed", 'Close it with }}; a literal {{ is written {{ "{{" }}.')
    step, read = build(scanned, strict=True)
    parts.append(_Placeholder(step, opening))
    paths.update(read)
    return scanned.end + 2


def _explain(fault: Fault, text: str, opening: int) -> ExpressionError:
    at = opening if fault.at is None else min(fault.at, len(text))
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    excerpt = text[opening : opening + 60] + ("…" if len(text) > opening + 60 else "")
    message = f"{fault.message} (line {line}, column {column}: {excerpt!r})"
    return ExpressionError(message, hint=fault.hint or 'A literal {{ is written {{ "{{" }}.')


# Secrets


def resolve_secrets(rendered: Any, lookup: Callable[[str], str]) -> Any:
    """The rendered text, or JSON value with rendered texts in it, with the author's references resolved.

    `lookup` raises for a name that does not exist or that the node may not use. Call this last, only on what `render`
    or `value` made, before it is joined with anything else; keep the result out of journals, events and errors. Keys
    of objects are left as they are.
    """
    if type(rendered) is str:
        if "{{" not in rendered:
            return rendered
        return _RENDERED.sub(lambda found: lookup(found.group(1)) if found.group(1) else "{{", rendered)
    if type(rendered) is list:
        return [resolve_secrets(item, lookup) for item in rendered]
    if type(rendered) is dict:
        return {key: resolve_secrets(item, lookup) for key, item in rendered.items()}
    return rendered


def _guard(text: str) -> str:
    return _UNGUARDED.sub("{{~", text) if "{{" in text else text


def _guarded(value: Any) -> Any:
    """The value with every text in it guarded; the same object where nothing changes."""
    if type(value) is str:
        return _guard(value)
    if type(value) is list:
        items = [_guarded(item) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if type(value) is dict:
        fields = {key: _guarded(item) for key, item in value.items()}
        return fields if any(fields[key] is not value[key] for key in value) else value
    return value
