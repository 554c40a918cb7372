"""Tools as files in a folder: each `.py` file there is run when the process starts, and its tools are registered.

Rule of this file: the folder is the operator's. What others may write is not run, and no path of a document, a request
or a model leads here. A file that is broken is a problem with its name; the others are loaded all the same.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from pointwork.errors import ConfigurationError, Problem
from pointwork.tools.base import BaseTool
from pointwork.tools.ownership import not_ours
from pointwork.tools.registry import ToolRegistry

__all__ = ["load_folder"]


def load_folder(registry: ToolRegistry, folder: Path) -> None:
    """Register the tools of all files in a folder; none is fine. What could not be loaded is in `registry.problems`."""
    if not folder.is_dir():
        return
    for path in (folder, *sorted(folder.glob("*.py"))):
        if (why := not_ours(path)) is not None:
            registry.problems.append(_problem(path, why, "Let nobody but yourself write to it: chmod go-w"))
            if path == folder:
                return
        elif path != folder:
            _load(registry, path)


def _load(registry: ToolRegistry, path: Path) -> None:
    name = f"pointwork_tools_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        found = _tools_of(module)
        if not found:
            registry.problems.append(_problem(path, "there is no tool in it", "Decorate a function with @tool"))
        for tool in found:
            registry.register_tool(tool)
    except ConfigurationError as error:
        registry.problems.append(_problem(path, error.message, error.hint))
    except (Exception, SystemExit) as error:
        registry.problems.append(_problem(path, f"{type(error).__name__}: {error}", traceback.format_exc(limit=-3)))


def _tools_of(module: ModuleType) -> list[type[BaseTool] | BaseTool]:
    found: list[type[BaseTool] | BaseTool] = []
    for value in vars(module).values():
        kind = value if isinstance(value, type) else type(value)
        if issubclass(kind, BaseTool) and kind.__module__ == module.__name__:
            found.append(value)
    return found


def _problem(path: Path, why: str, hint: str) -> Problem:
    return Problem(
        severity="warning", code="W-PLUGIN", message=f"The tools of {path.name!r} are not loaded: {why}.", hint=hint
    )
