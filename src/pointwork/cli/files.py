"""Reading what people name on the command line: documents, files of inputs, and `name=value` pairs.

Rules of this file: whatever is wrong with a file is one sentence that names the file, the place in it and the next
step. Nothing larger than the server would take is read, and strict JSON only, so that a document that runs here also
runs there.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from pointwork.cli.command import UsageError, nearest
from pointwork.errors import Unacceptable
from pointwork.workflow import JsonObject

__all__ = ["MAX_BYTES", "json_or_text", "read_inputs", "read_json", "read_object", "read_value"]

STDIN = "-"
MAX_BYTES = 2 << 20  # the same as a body that the server takes
MAX_DEPTH = 64
MAX_INT = 2**63  # what JSON readers agree on; longer rows of digits are numbers of things, not quantities
MAX_DIGITS = 20


def read_bytes(name: str) -> bytes:
    """The content of a file, or of standard input for `-`; raises Unacceptable."""
    if name == STDIN:
        return _limited(sys.stdin.buffer.read(MAX_BYTES + 1), "What came over standard input")
    path = Path(name).expanduser()
    try:
        with open(path, "rb") as file:
            return _limited(file.read(MAX_BYTES + 1), f"{name!r}")
    except FileNotFoundError as error:
        raise Unacceptable(f"There is no file {name!r}.{_beside(path)}", hint="Check the path.") from error
    except IsADirectoryError as error:
        hint = f"Name a file in it, for example {str(path / 'workflow.json')!r}."
        raise Unacceptable(f"{name!r} is a folder, not a file.", hint=hint) from error
    except PermissionError as error:
        raise Unacceptable(f"{name!r} may not be read by this user.", hint="Change its permissions.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise Unacceptable(f"{name!r} cannot be read: {reason}.", hint="Check the path.") from error


def _limited(data: bytes, what: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise Unacceptable(
            f"{what} is larger than {MAX_BYTES >> 20} MiB.",
            hint="Documents and inputs are small; give a program the path of a large file instead of its content.",
        )
    return data


def _beside(path: Path) -> str:
    """The most similar file in the same folder."""
    try:
        names = [entry.name for entry in os.scandir(path.parent)][:1_000]
    except OSError:
        return ""
    return nearest(path.name, names)


def read_json(name: str) -> Any:
    """The JSON value in a file; raises Unacceptable with the line and column where it stops being JSON."""
    shown = "Standard input" if name == STDIN else repr(name)
    data = read_bytes(name).removeprefix(b"\xef\xbb\xbf")  # some editors begin files with this mark
    if not data.strip():
        raise Unacceptable(f"{shown} is empty.", hint="It must hold one JSON document.")
    if b"\0" in data[:1_024]:
        raise Unacceptable(f"{shown} is not a text file.", hint="It must hold one JSON document.")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unacceptable(f"{shown} is not JSON: {_place(data, error)}.", hint=_advice(name, error, data)) from error
    if _deeper(value):
        raise Unacceptable(f"{shown} is nested deeper than {MAX_DEPTH} levels.", hint="Make it flatter.")
    return value


def _place(data: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        return f"byte {wrong.start + 1} (line {data[: wrong.start].count(10) + 1}) is not UTF-8"
    return f"line {error.lineno}, column {error.colno}: {error.msg.partition(': line')[0]}"


def _advice(name: str, error: orjson.JSONDecodeError, data: bytes) -> str:
    if name.endswith((".yaml", ".yml")):
        return "Workflow documents are JSON; convert the file first."
    rest = data.decode("utf-8", "replace")[error.pos :][:9]
    if rest.startswith(("NaN", "Infinity", "-Infinity")):
        return "JSON has no NaN and no Infinity; write null, or a number."
    if rest.startswith(("//", "/*")):
        return "JSON has no comments; remove it."
    if error.msg.startswith("trailing comma"):
        return "Remove that comma."
    if rest.startswith("'"):
        return "JSON writes text in double quotes."
    return "Mend it at that place."


def _deeper(value: Any) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):  # the values in the innermost list are a level too
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True


def read_object(name: str, *, what: str) -> JsonObject:
    """The JSON object in a file."""
    value = read_json(name)
    if not isinstance(value, dict):
        shown = "standard input" if name == STDIN else repr(name)
        kind = {list: "a list", str: "text", bool: "a truth value", type(None): "null"}.get(type(value), "a number")
        raise Unacceptable(
            f"{what} in {shown} must be a JSON object, not {kind}.", hint="It begins with { and ends with }."
        )
    return value


def read_value(text: str) -> Any:
    """What a value on the command line means: JSON when it is JSON, the content of a file for `@file`, else text.

    `@@` is an @ at the beginning. Long numbers stay text, because they would lose digits.

    >>> read_value("5"), read_value("[1, 2]"), read_value("true"), read_value("hello"), read_value("1" * 25) == "1" * 25
    (5, [1, 2], True, 'hello', True)
    """
    if text.startswith("@@"):
        return text[1:]
    return _file_value(text[1:]) if text.startswith("@") else json_or_text(text)


def json_or_text(text: str) -> Any:
    """The JSON value that the text is, if nothing of it is lost by reading it so; else the text."""
    try:
        value = json.loads(text, parse_constant=_refuse, parse_int=_small, parse_float=_exact)
    except (ValueError, RecursionError):
        return text
    return text if _deeper(value) else value


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _small(text: str) -> int:
    if len(text) > MAX_DIGITS or not -MAX_INT <= int(text) < MAX_INT:
        raise ValueError(text)
    return int(text)


def _exact(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")) or len(text) > MAX_DIGITS:
        raise ValueError(text)
    return value


def _file_value(name: str) -> Any:
    if name.endswith(".json"):
        return read_json(name)
    try:
        return read_bytes(name).decode()
    except UnicodeDecodeError as error:
        raise Unacceptable(
            f"{name!r} is not a text file.", hint="Inputs are text or JSON; pass the path of other files."
        ) from error


def read_inputs(pairs: Iterable[str], file: str | None, *, option: str = "--input") -> JsonObject:
    """The inputs of a run: those of a file, and over them the `name=value` pairs."""
    inputs = {} if file is None else read_object(file, what="The inputs")
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign or not name.strip():
            raise UsageError(
                f"{pair!r} is not a name=value pair.",
                hint=f"Write {option} topic=tides, or {option} 'topic=the tides'.",
            )
        inputs[name.strip()] = read_value(text)
    return inputs
