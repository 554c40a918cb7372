"""What every node type promises: a new one is tested here without a line being added."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from pointwork.egress import Egress, EgressResponse
from pointwork.engine import check
from pointwork.files import Workspaces
from pointwork.models import Models
from pointwork.nodes import NodeType, Out, Suspend, builtin_registry
from pointwork.sandbox import LinuxJail, Sandbox
from pointwork.spec import NodeSpec
from pointwork.testing import FakeContext, FakeModel, FakeModels
from pointwork.tools import ToolRegistry
from pointwork.workflow import Workflow

TYPES = builtin_registry().types
SPECS = builtin_registry().specs
RUN = [name for name, spec in SPECS.items() if spec.policy is None]
INPUTS: dict[str, Any] = {"output": "positive", "topic": "tides"}


class Answering(Egress):
    """Stands where the network is."""

    async def request(self, method: str, url: str, **more: Any) -> EgressResponse:
        return EgressResponse(url, 200, {"content-type": "application/json"}, b"{}", truncated=False)


every_type = pytest.mark.parametrize("name", SPECS)


def test_there_are_node_types() -> None:
    assert {"start", "end", "agent", "tool", "condition", "loop"} <= SPECS.keys()
    assert builtin_registry().problems == []


@every_type
def test_it_says_what_it_is(name: str) -> None:
    spec = SPECS[name]
    assert spec.type == name
    assert spec.title
    assert spec.group != "Other"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", spec.icon)
    first, *_ = spec.doc.splitlines()
    assert first.endswith((".", ":"))  # a sentence for the palette
    assert spec.doc != NodeType.__doc__
    assert spec.version >= 1


@every_type
def test_its_card_is_made_from_its_configuration(name: str) -> None:
    spec = SPECS[name]
    assert spec.card
    fields = [field for _, field, _, _ in Formatter().parse(spec.card) if field is not None]
    assert set(fields) <= spec.config.model_fields.keys()


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All fields of a configuration, those of objects within it too."""
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {}).items()


@every_type
def test_its_form_explains_every_field(name: str) -> None:
    schema = SPECS[name].config.model_json_schema()
    assert json.loads(json.dumps(schema)) == schema
    unexplained = [field for field, shape in properties(schema) if not shape.get("description", "").endswith(".")]
    assert unexplained == []


@every_type
def test_its_example_is_a_configuration(name: str) -> None:
    spec = SPECS[name]
    config = spec.config.model_validate(spec.example)
    assert config.model_extra == {}
    assert config.model_dump(mode="json", by_alias=True, exclude_unset=True) == spec.example
    # The engine hands configurations on as data with all defaults: they must read the same.
    with_defaults = config.model_dump(mode="json", by_alias=True)
    assert spec.config.model_validate(with_defaults).model_dump(mode="json", by_alias=True) == with_defaults


@every_type
def test_its_example_can_be_used_in_a_workflow(name: str) -> None:
    spec = SPECS[name]
    nodes: list[dict[str, Any]] = [
        {"id": "before", "type": "start"},
        {"id": "it", "type": name, f"{name}_config": spec.example},
        {"id": "after", "type": "end"},
        *([{"id": "inside", "type": "end", "parent": "it"}] if spec.policy and spec.policy != "workflow" else []),
    ]
    ports = spec.ports_of(spec.example)
    edges = [
        {"source": "before", "target": "it"},
        *({"source": "it", "target": "after", "condition": port} for port in (*ports, "error")),
    ]
    workflow = Workflow.load({"nodes": nodes, "edges": edges})
    stored = Workflow.load({"nodes": [{"id": "start", "type": "start"}]})
    workflows = {(str(spec.example.get("workflow_id")), None): stored}
    assert [problem for problem in check(workflow, SPECS, workflows) if problem.severity != "note"] == []


@every_type
def test_its_ports_are_told_apart(name: str) -> None:
    spec = SPECS[name]
    ports = spec.ports_of(spec.example)
    assert ports
    assert len(set(ports)) == len(ports)
    assert not {"error", "*"} & set(ports)
    assert not set(spec.always) & set(ports)
    if spec.ports_from is not None:
        assert spec.ports_from[0] in spec.config.model_fields
        assert set(ports) > set(spec.ports)  # the example shows ports of its own


@every_type
def test_its_flags_make_sense(name: str) -> None:
    spec = SPECS[name]
    overridden = type(TYPES[name]).run is not NodeType.run
    assert overridden == (spec.policy is None)  # composite types are run by the engine
    assert spec.idempotent or spec.effects
    assert not (spec.transparent and spec.effects)
    assert not (spec.policy and (spec.transparent or spec.collects))


async def run(spec: NodeSpec) -> Any:
    jail = LinuxJail()
    context = FakeContext(
        {
            Models: FakeModels(FakeModel("Tides come and go.")),
            ToolRegistry: ToolRegistry(),
            Sandbox: jail,
            Workspaces: Workspaces(),
            Egress: Answering(),
        }
    )
    try:
        return await TYPES[spec.type].run(context, spec.config.model_validate(spec.example), dict(INPUTS))
    finally:
        await jail.close()


@pytest.mark.parametrize("name", RUN)
async def test_its_example_runs(name: str) -> None:
    spec = SPECS[name]
    result = await run(spec)
    value = result.value if isinstance(result, Out) else result.request if isinstance(result, Suspend) else result
    assert json.loads(json.dumps(value)) == value
    assert isinstance(value, {"text": str, "json": dict, "list": list}.get(spec.gives, object))
    if isinstance(result, Out):
        assert set(result.ports) <= {*spec.ports_of(spec.example), *spec.always}
        assert spec.outputs.keys() <= value.keys()


@pytest.mark.parametrize("name", SPECS)
def test_types_are_given_for_known_outputs_only(name: str) -> None:
    assert SPECS[name].output_types.keys() <= SPECS[name].outputs.keys()


@pytest.mark.parametrize("name", sorted(SPECS.keys() - set(RUN)))
async def test_a_composite_type_is_run_by_the_engine(name: str) -> None:
    with pytest.raises(Exception, match="no behaviour of its own"):
        await run(SPECS[name])
