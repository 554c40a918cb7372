"""Adding a node type means adding one file: the page that says so is done word by word."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pointwork.nodes
from pointwork.config import Config
from pointwork.errors import ConfigurationError
from pointwork.nodes import NodeType, Registry, builtin_registry, node_type
from tests.nodes import test_contract
from tests.nodes.running import runner

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-node-type.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file of the page lies in the folder of node types."""
    (tmp_path / "shorten.py").write_text(blocks("python")[0])
    monkeypatch.setattr(pointwork.nodes, "__path__", [*pointwork.nodes.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield
    sys.modules.pop("pointwork.nodes.shorten", None)
    vars(pointwork.nodes).pop("shorten", None)


@pytest.mark.usefixtures("added")
async def test_the_file_is_all_that_it_takes() -> None:
    registry = builtin_registry()
    spec = registry.specs["shorten"]
    assert (spec.title, spec.doc) == ("Shorten", "Keep the first words of a text.")
    assert spec.config.model_json_schema()["properties"]["words"]["ui"] == {"widget": "slider"}
    async with runner(registry=registry) as there:
        state = await there.run(json.loads(blocks("json")[0]), text="To be, or not to be")
        assert state["result"] == "To be, or"


@pytest.mark.usefixtures("added")
async def test_the_test_of_the_page_passes() -> None:
    builtin_registry()
    names: dict[str, Any] = {}
    exec(blocks("python")[1], names)
    await names["test_shorten"]()


@pytest.mark.usefixtures("added")
async def test_it_keeps_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = builtin_registry()
    monkeypatch.setattr(test_contract, "SPECS", registry.specs)
    monkeypatch.setattr(test_contract, "TYPES", registry.types)
    checks = [check for name, check in vars(test_contract).items() if name.startswith("test_it")]
    assert len(checks) >= 8
    for check in checks:
        result = check("shorten")
        if result is not None:
            await result


def test_it_is_gone_again() -> None:
    assert "shorten" not in builtin_registry().specs


# -- the registry ------------------------------------------------------------------------------------------------------


def kind(name: str) -> type[NodeType[Any]]:
    class Kind(NodeType[Config]):
        """Something."""

    return node_type(name, title=name)(Kind)


def test_two_types_of_one_name_are_refused() -> None:
    registry = Registry()
    first, second = kind("same"), kind("same")
    registry.add(first)
    registry.add(first)  # the same again is no conflict
    with pytest.raises(ConfigurationError, match="Two node types are called 'same'"):
        registry.add(second)
    registry.add(second, replace=True)
    assert type(registry.types["same"]) is second


class Point:
    """An entry point of an installed package."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name = name
        self.value = f"package:{name}"
        self.load = load


def broken() -> Any:
    raise ImportError("No module named 'numbers_of_things'")


def test_plug_ins_are_found_and_broken_ones_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [Point("broken", broken), Point("fine", lambda: kind("fine")), Point("odd", lambda: 5)]
    monkeypatch.setattr(
        importlib.metadata, "entry_points", lambda *, group: points if group == "pointwork.nodes" else []
    )
    registry = Registry()
    registry.load_entry_points()
    assert set(registry.specs) == {"fine"}
    assert [problem.code for problem in registry.problems] == ["W-PLUGIN", "W-PLUGIN"]
    assert "'broken' (package:broken) could not be loaded: No module named" in registry.problems[0].message
    assert "'odd'" in registry.problems[1].message
    assert "Traceback" in registry.problems[0].hint
