"""The tools by name: registering, describing, calling.

Built-in tools are the modules of this folder (file name = tool name), others come through the entry-point group
`pointwork.tools` or `register_tool`. Only an unknown tool or arguments that do not fit raise; a tool that fails
returns `{"error": …}`, whatever it did. Schemas are compiled when a tool is registered, without ever following a
reference to another place, and their patterns match in linear time.
"""

from __future__ import annotations

import asyncio
import difflib
import importlib
import logging
import pkgutil
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

import jsonschema_rs

from pointwork.errors import ConfigurationError, PointworkError, Problem, Unacceptable, UnknownTool
from pointwork.tools.base import BaseTool, ToolContext
from pointwork.tools.result import failure, tame
from pointwork.workflow import JsonObject

__all__ = ["ToolRegistry", "ToolSource", "builtin_tools"]

log = logging.getLogger("pointwork.tools")

ENTRY_POINTS = "pointwork.tools"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")  # what every provider accepts as the name of a function
MAX_TOLD = 3  # faults of one set of arguments that are named
MAX_FAULT_CHARS = 200


@dataclass(frozen=True, slots=True)
class _Entry:
    tool: BaseTool
    validator: Any
    schema: JsonObject


@dataclass(slots=True)
class _Source:
    source: ToolSource
    revision: object = None
    names: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])


class ToolSource(Protocol):
    """Where tools come from that come and go while the process runs."""

    def revision(self) -> object:
        """A value that is another one when `tools` gives something else. Asked at every look-up, so it is quick."""
        ...

    def tools(self) -> Iterable[BaseTool]: ...


class ToolRegistry:
    """A set of tools. The built-in ones are in it from the start."""

    def __init__(self, *, builtins: bool = True) -> None:
        self._tools: dict[str, type[BaseTool]] = {}
        self._entries: dict[str, _Entry] = {}
        self.problems: list[Problem] = []
        self._sources: list[_Source] = []
        for found in builtin_tools() if builtins else ():
            self.register_tool(found)

    def register_tool(self, tool: type[BaseTool] | BaseTool, *, replace: bool = False) -> None:
        """Add a tool: a class that can be made without arguments, an instance, or a function with `@tool`."""
        kind = tool if isinstance(tool, type) else type(tool)
        try:
            made = tool() if isinstance(tool, type) else tool
        except TypeError as error:
            raise ConfigurationError(
                f"The tool class {kind.__qualname__!r} cannot be made: {error}.",
                hint="Define what is missing; a tool whose class takes arguments is registered as an instance.",
            ) from error
        if not isinstance(made, BaseTool):
            raise ConfigurationError(
                f"{made!r} is not a tool.", hint="Decorate the function with @tool, or derive the class from BaseTool."
            )
        name = made.name
        if not isinstance(name, str) or not NAME.match(name):
            raise ConfigurationError(
                f"A tool cannot be called {name!r}.", hint="Use at most 64 letters, digits, underscores and hyphens."
            )
        before = self._tools.get(name)
        same = before is not None and (before.__module__, before.__qualname__) == (kind.__module__, kind.__qualname__)
        if before is not None and not (replace or same):
            raise ConfigurationError(
                f"Two tools are called {name!r}: {before.__qualname__} and {kind.__qualname__}.",
                hint="Rename one of them, or pass replace=True.",
            )
        schema = made.schema
        self._entries[name] = _Entry(made, _compiled(name, schema), schema)
        self._tools[name] = kind

    def unregister_tool(self, name: str) -> None:
        """Take a tool out; raises UnknownTool when there is none of this name."""
        self.get_tool(name)
        del self._tools[name], self._entries[name]

    def load_entry_points(self) -> None:
        """Add the tools of installed plug-ins; one that is broken becomes a problem with its name."""
        import importlib.metadata  # slow to import, and needed here only

        for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
            try:
                self.register_tool(point.load())
            except Exception as error:
                self.problems.append(
                    Problem(
                        severity="warning",
                        code="W-PLUGIN",
                        message=f"Tool plug-in {point.name!r} ({point.value}) could not be loaded: {error}",
                        hint=traceback.format_exc(limit=3),
                    )
                )

    def add_source(self, source: ToolSource) -> None:
        """Have the tools of a source too: those that it offers whenever somebody looks."""
        self._sources.append(_Source(source))

    def source_problems(self) -> list[Problem]:
        """What kept tools of sources from being added."""
        self._renew()
        return [problem for source in self._sources for problem in source.problems]

    def _renew(self) -> None:
        for known in self._sources:
            revision = known.source.revision()
            if revision == known.revision:
                continue
            known.revision = revision
            for name in known.names:
                del self._entries[name], self._tools[name]
            known.names, known.problems = [], []
            for tool in known.source.tools():
                try:
                    if tool.name in self._entries:
                        raise ConfigurationError(f"There is another tool called {tool.name!r}.")
                    self.register_tool(tool)
                    known.names.append(tool.name)
                except ConfigurationError as error:
                    message = f"The tool {tool.title!r} is not there: {error.message}"
                    known.problems.append(
                        Problem(severity="warning", code="W-PLUGIN", message=message, hint=error.hint)
                    )

    def __contains__(self, name: str) -> bool:
        self._renew()
        return name in self._entries

    def get_tool(self, name: str) -> BaseTool:
        """The tool of this name; raises UnknownTool, which is a KeyError, naming the nearest ones."""
        return self._entry(name).tool

    def get_all_tools(self) -> list[BaseTool]:
        """All tools, by name."""
        self._renew()
        return [self._entries[name].tool for name in sorted(self._entries)]

    def get_tool_definitions(self, names: Iterable[str] | None = None) -> list[JsonObject]:
        """The function definitions that are sent to models: of these tools in this order, or of all."""
        self._renew()
        wanted = sorted(self._entries) if names is None else names
        return [self._entry(name).tool.definition.to_openai() for name in wanted]

    async def execute_tool(self, name: str, /, **arguments: Any) -> Any:
        """Call a tool with arguments by name."""
        return await self.call(name, arguments)

    async def call(self, name: str, arguments: JsonObject, *, ctx: ToolContext | None = None) -> Any:
        """Call a tool. Raises UnknownTool or Unacceptable; a failure of the tool itself is its result."""
        entry = self._entry(name)
        checked = self.fit(name, arguments)
        limit = asyncio.timeout(entry.tool.timeout_s)
        try:
            async with limit:
                result = await entry.tool.run(checked, ctx or ToolContext())
        except TimeoutError as error:
            if limit.expired():
                return failure(f"The tool {name!r} did not finish within {entry.tool.timeout_s:g} s.")
            return _failed(name, error)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return _failed(name, error)  # the tool cancelled itself; the agent goes on
        except Unacceptable:  # by types that say more than the schema, such as dates
            raise
        except (Exception, SystemExit, BaseExceptionGroup) as error:
            return _failed(name, error)
        try:
            return tame(result, name=name)
        except Exception as error:  # looking at what was returned runs its methods
            return _failed(name, error)

    def fit(self, name: str, arguments: JsonObject) -> JsonObject:
        """The arguments as the tool gets them; raises Unacceptable, naming what does not fit its schema."""
        entry = self._entry(name)
        try:
            faults = [_fault(error) for error in islice(entry.validator.iter_errors(arguments), MAX_TOLD)]
        except (ValueError, TypeError, RecursionError) as error:
            faults = [str(error)[:MAX_FAULT_CHARS]]
        properties: JsonObject = entry.schema.get("properties", {})
        if faults:
            takes = ", ".join(f"{key} ({value.get('type', 'any')})" for key, value in properties.items()) or "nothing"
            raise Unacceptable(
                f"The arguments of {name!r} do not fit: {'; '.join(faults)}.", hint=f"It takes: {takes}."
            )
        # JSON knows one kind of number, Python two: 5.0 is a valid integer, but no index.
        return {
            key: int(value)
            if isinstance(value, float) and value.is_integer() and properties.get(key, {}).get("type") == "integer"
            else value
            for key, value in arguments.items()
        }

    def _entry(self, name: str) -> _Entry:
        self._renew()
        entry = self._entries.get(name)
        if entry is None:
            near = difflib.get_close_matches(name[:64], self._entries, n=3)
            hint = f"Did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
            raise UnknownTool(f"There is no tool {name[:64]!r}.", hint=hint)
        return entry


def _failed(name: str, error: BaseException) -> JsonObject:
    if isinstance(error, PointworkError):  # said on purpose, so nobody needs to look for its place
        return failure(error.message, hint=error.hint) if error.hint else failure(error.message)
    # Unlike str(error), this copes with an exception that cannot be turned into text.
    shown = traceback.TracebackException.from_exception(error)
    log.warning("Tool %r failed.\n%s", name, "".join(shown.format()).encode(errors="backslashreplace").decode())
    said = str(shown)
    return failure(f"{type(error).__name__}: {said}" if said else type(error).__name__)


def _compiled(name: str, schema: JsonObject) -> Any:
    try:
        if not isinstance(schema, dict):
            raise TypeError(f"it is not an object but {type(schema).__name__}")
        return jsonschema_rs.validator_for(schema, offline=True, pattern_options=jsonschema_rs.RegexOptions())
    except (ValueError, TypeError) as error:
        reason = str(error).splitlines()[0][:MAX_FAULT_CHARS]
        raise ConfigurationError(
            f"The parameters of the tool {name!r} are not a JSON Schema that can be used: {reason}",
            hint="References must stay inside the schema; types are string, number, integer, boolean, array, object.",
        ) from error


def _fault(error: jsonschema_rs.ValidationError) -> str:
    where = ".".join(str(part) for part in error.instance_path)
    text, half = error.message, MAX_FAULT_CHARS // 2
    if len(text) > MAX_FAULT_CHARS:  # it begins with the value and ends with what is wrong with it
        text = f"{text[:half]} … {text[-half:]}"
    return f"{where}: {text}" if where else text


def builtin_tools() -> Iterator[type[BaseTool] | BaseTool]:
    """The tools that the modules of this folder define."""
    package = importlib.import_module("pointwork.tools")
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"pointwork.tools.{module.name}")
        for value in vars(loaded).values():
            kind = value if isinstance(value, type) else type(value)
            if issubclass(kind, BaseTool) and kind.__module__ == loaded.__name__ != BaseTool.__module__:
                yield value
