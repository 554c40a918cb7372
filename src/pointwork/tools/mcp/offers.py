"""What a server says it can do: `Offer`, one tool in the server's words, and whether those can be used.

Everything in an offer comes from a stranger. Its size is limited, its schema must be one that can be compiled without
looking anywhere else and checked quickly, and its fingerprint covers every word that a model would read.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import jsonschema_rs

from pointwork.workflow import JsonObject

__all__ = ["Offer", "differences", "fault", "input_schema", "registered_name", "validator"]

MAX_NAME_CHARS: Final = 128
MAX_DESCRIPTION_CHARS: Final = 8_192  # about 2,000 tokens, in every call of a model
MAX_SCHEMA_BYTES: Final = 65_536
MAX_DEPTH: Final = 40
MAX_PARTS: Final = 20_000  # of a schema whose references are written out: what one check may have to look at
MAX_SHOWN_LINES: Final = 40
MAX_LINE_CHARS: Final = 300
REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
OLD_DRAFT: Final = "json-schema.org/draft-04"  # in which an address is called `id`, like so much else
REGISTERED_CHARS: Final = 64  # what providers accept as the name of a function
UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One tool. `hints` are what the server says about its effects; nothing is decided by them."""

    name: str
    title: str = ""
    description: str = ""
    input_schema: JsonObject
    output_schema: JsonObject | None = None
    hints: JsonObject = field(default_factory=dict[str, Any])

    @classmethod
    def read(cls, tool: JsonObject) -> Offer:
        """From the words of the protocol."""
        return cls(
            name=tool["name"],
            title=tool.get("title") or "",
            description=tool.get("description") or "",
            input_schema=tool["inputSchema"],
            output_schema=tool.get("outputSchema"),
            hints=tool.get("annotations") or {},
        )

    def to_dict(self) -> JsonObject:
        return asdict(self)

    @property
    def fingerprint(self) -> str:
        """The same for the same words, wherever and whenever they are read."""
        return hashlib.sha256(_canonical(self.to_dict()).encode()).hexdigest()


def registered_name(server: str, tool: str) -> str:
    """What a tool is registered as. What providers do not accept in a name is replaced, and told apart by a hash.

    >>> registered_name("files", "read"), registered_name("files", "read.text")
    ('files__read', 'files__read_text-4b02e3')
    """
    plain = UNFIT.sub("_", tool)
    name = f"{server}__{plain}"
    if plain == tool and len(name) <= REGISTERED_CHARS:
        return name
    mark = hashlib.sha256(tool.encode(errors="surrogatepass")).hexdigest()[:6]
    return f"{name[: REGISTERED_CHARS - 7]}-{mark}"


def input_schema(offer: Offer) -> JsonObject:
    """The schema of the arguments, in the form that everything which reads schemas of tools knows."""
    properties = offer.input_schema.get("properties")
    named = {
        name: part if isinstance(part, dict) else ({} if part else {"not": {}})
        for name, part in (properties if isinstance(properties, dict) else {}).items()
    }
    return {**offer.input_schema, "type": "object", "properties": named}


def validator(schema: JsonObject) -> Any:
    """What checks by a schema; raises ValueError with the reason when it cannot be used."""
    return jsonschema_rs.validator_for(schema, offline=True, pattern_options=jsonschema_rs.RegexOptions())


def fault(offer: Offer) -> str | None:
    """Why a tool cannot be used; None when it can."""
    if not offer.name or len(offer.name) > MAX_NAME_CHARS or not offer.name.isprintable():
        return f"its name is empty, longer than {MAX_NAME_CHARS} characters or cannot be printed"
    if len(offer.description) > MAX_DESCRIPTION_CHARS:
        return f"its description has {len(offer.description):,} characters; {MAX_DESCRIPTION_CHARS:,} are the limit"
    for what, schema in (("input", offer.input_schema), ("output", offer.output_schema)):
        if schema is not None and (why := _schema_fault(schema)) is not None:
            return f"its {what} schema cannot be used: {why}"
    return None


def _schema_fault(schema: JsonObject) -> str | None:
    if _depth(schema) > MAX_DEPTH:
        return f"it is nested more than {MAX_DEPTH} deep"
    try:
        size = len(_canonical(schema).encode())
    except (ValueError, TypeError) as error:
        return str(error)
    if size > MAX_SCHEMA_BYTES:
        return f"it has {size:,} bytes; {MAX_SCHEMA_BYTES:,} are the limit"
    if _has_addresses(schema, ("$id", "id") if OLD_DRAFT in _canonical(schema) else ("$id",)):
        return "it refers to parts by an address; references begin with #"
    if _parts(schema, schema, {}) > MAX_PARTS:
        return f"with its references written out it has more than {MAX_PARTS:,} parts"
    try:
        validator(schema)
    except (ValueError, TypeError) as error:
        return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return None


def _depth(value: Any) -> int:
    """Without recursion: what is too deep for it is what is looked for."""
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def _has_addresses(value: Any, names: tuple[str, ...], *, inner: bool = False) -> bool:
    """Whether a part has an address of its own or refers to one, so that nobody can count what is referred to."""
    if isinstance(value, list):
        return any(_has_addresses(one, names, inner=True) for one in value)
    if not isinstance(value, dict):
        return False
    if inner and any(isinstance(value.get(name), str) for name in names):
        return True
    references = (value.get(key) for key in REFERENCES)
    return any(isinstance(one, str) and not one.startswith("#") for one in references) or any(
        _has_addresses(one, names, inner=True) for one in value.values()
    )


def _parts(value: Any, root: JsonObject, known: dict[str, int]) -> int:
    """How many parts a schema has where each reference counts as what it refers to; a circle counts once."""
    if isinstance(value, list):
        return sum(_parts(inner, root, known) for inner in value)
    if not isinstance(value, dict):
        return 0
    count = 1 + sum(_parts(inner, root, known) for key, inner in value.items() if key not in ("$defs", "definitions"))
    for key in REFERENCES:
        target = value.get(key)
        if isinstance(target, str) and target.startswith("#"):
            if target not in known:
                known[target] = 1
                known[target] = _parts(_at(root, target), root, known)
            count += known[target]
    return min(count, MAX_PARTS + 1)


def _at(root: Any, pointer: str) -> Any:
    at = root
    for part in pointer[1:].split("/")[1:]:
        at = at.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
    return at


def differences(approved: Offer, offered: Offer, *, whole: bool = False) -> str:
    """What changed, line by line; not all of it if it is long, unless the `whole` is asked for to agree to it."""
    before, after = (json.dumps(one.to_dict(), indent=1, sort_keys=True).splitlines() for one in (approved, offered))
    lines = list(difflib.unified_diff(before, after, "approved", "offered now", lineterm="", n=1))
    if whole:
        return "\n".join(lines)
    lines = [line if len(line) <= MAX_LINE_CHARS else f"{line[:MAX_LINE_CHARS]}…" for line in lines]
    more = len(lines) - MAX_SHOWN_LINES
    return "\n".join([*lines[:MAX_SHOWN_LINES], *([f"… and {more} lines more"] if more > 0 else [])])


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
