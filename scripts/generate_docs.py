"""Writes the reference pages in docs/reference from the program itself; `make docs` calls it.

    python scripts/generate_docs.py            write them
    python scripts/generate_docs.py --check    say what would change; exit code 1 if anything but prose would

Rule of this file: what a page says is taken from the code, never written here. Prose is what stands in paragraphs and
in table columns headed `meaning`; wording may drift from the code until the next `make docs`, names may not.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeAlias

from pointwork.cli.command import ENVIRONMENT, Command, Group
from pointwork.cli.program import COMMANDS, command
from pointwork.errors import NodeError, PointworkError
from pointwork.events import EVENT_TYPES
from pointwork.nodes import builtin_registry
from pointwork.server.problems import OWN_CODES
from pointwork.spec import NodeSpec

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
PACKAGE = ROOT / "src" / "pointwork"
NOTE = "<!-- Written by scripts/generate_docs.py (make docs). Change the code instead. -->\n"
MEANING = "meaning"
CODE = re.compile(r"[EWN]-[A-Z]+(?:-[A-Z]+)*\Z")
SEVERITIES = {"E": "error", "W": "warning", "N": "note"}

# Problems that hand on what somebody else found wrong, so that their message is not in the code.
WHOLE = {
    "E-CONFIG": "A value in the configuration of a node does not fit.",
    "E-EXPRESSION": "An expression cannot be read.",
    "E-FILE": "The file cannot be read, or holds no JSON object.",
    "E-REQUEST": "A part of the request does not fit.",
    "E-SHAPE": "A part of the document has the wrong shape.",
    "E-TEMPLATE": "A template cannot be read.",
}

Lines: TypeAlias = Iterator[str]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    """A Markdown table, or nothing when it would be empty."""
    found = [[_cell(text) for text in row] for row in rows]
    if found:
        yield ""
        yield f"| {' | '.join(head)} |"
        yield "|---" * len(head) + "|"
        yield from (f"| {' | '.join(row)} |" for row in found)
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def fenced(text: str, language: str = "") -> Lines:
    yield from ("", f"```{language}", *text.splitlines(), "```", "")


def code(text: str) -> str:
    return f"`{text}`" if text else ""


# -- command line ------------------------------------------------------------------------------------------------------


def cli_page() -> Lines:
    """All commands."""
    yield "# Command line"
    yield ""
    yield "`pointwork COMMAND --help` shows the same in the terminal."
    yield from table(("command", MEANING), ((code(f"pointwork {name}"), text) for name, text in COMMANDS.items()))
    for name in COMMANDS:
        found = command(name)
        if isinstance(found, Group):
            yield from (f"## pointwork {found.name}", "", *found.text.splitlines(), "")
            for inner in found.commands.values():
                yield from _command(inner, "###")
        else:
            yield from _command(found, "##")


def _command(found: Command, heading: str) -> Lines:
    yield from (f"{heading} pointwork {found.name}", "", *found.text.splitlines())
    yield from fenced(f"pointwork {found.usage}", "sh")
    rows = [
        (code(" ".join(filter(None, [", ".join(action.option_strings), _metavar(action)]))), action.help or "")
        for action in found.parser()._actions
    ]
    yield from table(("argument", MEANING), rows)
    yield from table(("example", MEANING), ((code(line), text) for line, text in found.examples))
    yield from table(("exit code", MEANING), ((str(number), text) for number, text in found.exits.items()))
    if found.environment:
        names = ", ".join(f"[{code(name)}](settings.md)" for name in found.environment)
        yield from (f"Reads {names}.", "")


def _metavar(action: argparse.Action) -> str:
    found = action.metavar
    return found if isinstance(found, str) else ""


# -- node types --------------------------------------------------------------------------------------------------------


def node_types_page() -> Lines:
    """All built-in node types."""
    specs = builtin_registry().specs
    yield "# Node types"
    yield ""
    yield "A node has a `type` and, under `<type>_config`, what its type needs. Every type also has the outlet `error`."
    rows = ((f"[{code(name)}](#{name})", spec.group, spec.title) for name, spec in sorted(specs.items()))
    yield from table(("type", "group", MEANING), rows)
    for _, spec in sorted(specs.items()):
        yield from _node_type(spec)


def _node_type(spec: NodeSpec) -> Lines:
    yield from (f"## {spec.type}", "", *_paragraphs(spec.doc), "")
    schema = spec.config.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    models = {field.alias or name: field for name, field in spec.config.model_fields.items()}
    defaults = {name: field.get_default(call_default_factory=True) for name, field in models.items()}
    rows = []
    for name, part in schema.get("properties", {}).items():
        default = "required" if name in required else code(json.dumps(defaults[name], ensure_ascii=False))
        rows.append((code(name), _type(part, schema), default, part.get("description", "")))
    yield from table((code(f"{spec.type}_config"), "type", "default", MEANING), rows)
    ports = ", ".join(map(code, spec.ports))
    if spec.ports_from is not None:
        field, key = spec.ports_from
        ports += f", and what {code(field if key is None else f'{field}[].{key}')} names"
    facts = [("outlets", ports)]
    if spec.policy is not None:
        facts.append(("container", "holds other nodes"))
    if not spec.idempotent:
        facts.append(("after a crash", "asks before it runs again"))
    yield from table(("property", "value"), facts)
    outputs = ((code(f"output.{name}"), text) for name, text in spec.outputs.items())
    yield from table(("output", MEANING), outputs)
    if spec.example:
        example = {"id": f"my_{spec.type}", "type": spec.type, f"{spec.type}_config": spec.example}
        yield from fenced(json.dumps(example, indent=2, ensure_ascii=False), "json")


def _paragraphs(text: str) -> list[str]:
    return inspect.cleandoc(text).splitlines()


def _type(part: dict[str, Any], schema: dict[str, Any]) -> str:
    """A JSON Schema in few words."""
    if "$ref" in part:
        return _type(schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_type(one, schema) for one in part["anyOf"]))
    if "enum" in part:
        return ", ".join(code(str(one)) for one in part["enum"])
    kind = str(part.get("type", "any"))
    if kind == "array":
        return f"list of {_type(part.get('items', {}), schema)}"
    bounds = [f"{sign} {part[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in part]
    kind = {"string": part.get("format", "text"), "object": "object", "null": "null"}.get(kind, kind)
    return " ".join([kind, *bounds])


# -- problems ----------------------------------------------------------------------------------------------------------


def problem_codes_page() -> Lines:
    """What `check` finds, and what the API and the log call errors."""
    yield "# Problem codes"
    yield ""
    yield "## In documents"
    yield ""
    yield "What `pointwork check` and `POST /api/workflows/validate` find. A document with errors cannot run."
    found: dict[str, dict[str, None]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, message in _told(ast.parse(path.read_text("utf-8"))):
            found.setdefault(name, {})[message] = None
    rows = [
        (code(name), SEVERITIES[name[0]], " / ".join(filter(None, texts)) or WHOLE.get(name, ""))
        for name, texts in sorted(found.items())
    ]
    yield from table(("code", "severity", MEANING), rows)
    yield "## Errors"
    yield ""
    yield "`code` of a problem document of the API, and `kind` of the error of a node or an execution."
    errors = {
        kind.code: (
            "" if issubclass(kind, NodeError) else kind.status,
            (kind.__doc__ or "").strip().partition("\n")[0],
            kind.default_hint,
        )
        for kind in _tree(PointworkError)
    }
    errors |= {name: (status, text, "") for name, (status, text) in OWN_CODES.items()}
    rows = ((code(name), str(status), f"{text} {hint}") for name, (status, text, hint) in sorted(errors.items()))
    yield from table(("code", "HTTP status", MEANING), rows)


def _tree(kind: type[PointworkError]) -> Iterator[type[PointworkError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from _tree(inner)


def _told(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Each code in a module, with the message beside it where there is one."""
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        known: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                known.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                yield from _told_by(node, known)


def _told_by(call: ast.Call, known: dict[str, list[ast.expr]]) -> Iterator[tuple[str, str]]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    values = [named["code"], named["message"]] if {"code", "message"} <= named.keys() else call.args
    resolved = [_resolved(value, call, known) for value in values]
    for at, value in enumerate(resolved):
        message = next((text for text in map(_text, resolved[at + 1 :]) if " " in text), "")
        yield from ((name, message) for node in ast.walk(value) if (name := _code(node)))


def _resolved(value: ast.expr, call: ast.Call, known: dict[str, list[ast.expr]]) -> ast.expr:
    """What a name was last set to before the call."""
    before = [one for one in known.get(getattr(value, "id", ""), []) if one.lineno < call.lineno]
    return max(before, key=lambda one: one.lineno, default=value)


def _code(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)) if CODE.match(text):
            return text
        case _:
            return ""


def _text(node: ast.expr) -> str:
    """Text with … where values go in; nothing when it is nearly all values."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            text = "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in parts)
            return text if re.search(r"[a-z]{3}", text) else ""
        case _:
            return ""


# -- settings and events -----------------------------------------------------------------------------------------------


def settings_page() -> Lines:
    """All environment variables."""
    yield "# Settings"
    yield ""
    yield "Everything is set by environment variables; options of commands win over them. A value that does not fit is"
    yield "refused with the name of its variable."
    yield from table(("variable", MEANING), ((code(name), text) for name, text in ENVIRONMENT.items()))


def events_page() -> Lines:
    """All events."""
    yield "# Events"
    yield ""
    yield "What the journal stores, and the socket sends with `view=records`. `scope` and `node` name an activation."
    for name, kind in EVENT_TYPES.items():
        yield from ("", f"## {name}", "", *_paragraphs(kind.__doc__ or ""))
        rows = [(code(one.name), code(str(one.type)), _default(one)) for one in fields(kind) if one.name != "type"]
        yield from table(("field", "type", "default"), rows)


def _default(field: Any) -> str:
    return "" if field.default is MISSING else code(repr(field.default))


# -- writing and comparing ---------------------------------------------------------------------------------------------

PAGES: dict[str, Callable[[], Lines]] = {
    "cli.md": cli_page,
    "node-types.md": node_types_page,
    "problem-codes.md": problem_codes_page,
    "settings.md": settings_page,
    "events.md": events_page,
}


def render(page: Callable[[], Lines]) -> str:
    """A page as it is written, without runs of empty lines."""
    text = "\n".join(page())
    return NOTE + "\n" + re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def skeleton(page: str) -> list[str]:
    """What must not drift: headings, code blocks, and tables without what their cells mean."""
    found: list[str] = []
    inside, prose = False, -1
    for line in page.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside or line.startswith("#"):
            found.append(line)
        elif line.startswith("|"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if not found or not found[-1].startswith("|"):
                prose = cells.index(MEANING) if MEANING in cells else -1
            found.append("|" + "|".join(cell for at, cell in enumerate(cells) if at != prose))
        elif found and found[-1].startswith("|"):
            found.append("")  # the table ends
    return [line for line in found if line]


def drift() -> list[str]:
    """The pages that no longer say what the code says."""
    stale: list[str] = []
    for name, page in PAGES.items():
        path = FOLDER / name
        if not path.exists() or skeleton(path.read_text("utf-8")) != skeleton(render(page)):
            stale.append(name)
    return stale


def main(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--check"]:
        stale = drift()
        for name in stale:
            print(f"docs/reference/{name} is not what the code says: run `make docs`.", file=sys.stderr)
        return 1 if stale else 0
    if arguments:
        print("usage: generate_docs.py [--check]", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(render(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
