"""Every example does what its table says: with a script for the model where it needs one, else with nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pointwork.commands import Answered
from pointwork.models import ModelRequest
from pointwork.testing import FakeModel
from pointwork.workflow import Workflow
from tests.nodes.running import runner

FOLDER = Path(__file__).resolve().parents[2] / "examples"
EXAMPLES: dict[str, Any] = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
ROW = re.compile(
    r"^\| (?P<idea>[^|]+) \| \[(?P<name>[\w-]+)\.json\]\((?P=name)\.json\) \| (?P<inputs>[^|]+) \| (?P<key>yes|no)"
)
TABLE = {hit["name"]: hit for hit in map(ROW.match, (FOLDER / "README.md").read_text().splitlines()) if hit}


def told(request: ModelRequest) -> str:
    return str(request.messages[0]["content"]).split()[0]


def judge(verdict: str) -> FakeModel:
    """Answers a question of the `sentiment-router`."""
    return FakeModel(lambda request: verdict if told(request) == "Answer" else f"{told(request)} …")


def checker(*verdicts: str) -> FakeModel:
    """Plays the three agents of the `quality-loop`."""
    left = iter(verdicts)
    drafts = iter(range(1, 100))
    return FakeModel(lambda request: next(left) if told(request) == "Judge" else f"draft {next(drafts)}")


# Example, inputs, result with no key at all. The first row of each has no inputs: the defaults do.
KEYLESS: list[tuple[str, dict[str, Any], Any]] = [
    ("calculator-agent", {}, "15 * 23 + 17 = 362"),
    ("condition", {}, 108.0),
    ("condition", {"amount": 99.999}, 100.0),
    ("router", {}, {"way": "parcel", "price": 6.42}),
    ("router", {"weight": "0.2"}, {"way": "letter", "price": 2.7}),
    ("router", {"weight": 0.2, "express": True}, {"way": "courier", "price": 20.3}),
    ("router", {"weight": 100, "express": True}, {"way": "else", "price": 70.0}),
    ("for-each", {}, {"lines": [11.9, 29.15, 117.81], "total": 158.86}),
    ("for-each", {"prices": [1]}, {"lines": [1.19], "total": 1.19}),
    ("for-each", {"prices": []}, {"lines": [], "total": 0}),
    ("while", {}, {"years": 15, "amount": 2078.91}),
    ("while", {"amount": 100, "rate": 1}, {"years": 1, "amount": 200}),
    ("while", {"amount": 0}, {"years": 0, "amount": None}),  # nothing never doubles
    ("while", {"rate": 0}, {"years": 200, "amount": 1000}),  # ends by its limit
    ("until", {}, {"root": 1.4142135623746899, "guesses": 4}),
    ("until", {"number": 0}, {"root": 2**-10, "guesses": 10}),
    ("drawn-cycle", {}, 3.125),
    ("drawn-cycle", {"number": 4}, 2.0),
    ("fan-out", {}, {"smallest": 4, "average": 18.0, "largest": 42}),
    ("map", {}, {"roots": [1.0, 2.0, None, 4.0, 5.0]}),
    ("map", {"numbers": 4}, {"roots": [2.0]}),
    ("race", {}, 4),
    ("retry-and-error-edge", {}, 100),
    ("retry-and-error-edge", {"people": 8}, 12.5),
    ("sub-workflow", {}, {"germany": 119.0, "norway": 125.0}),
    ("gross-price", {"price": 10}, 11.9),
    ("delay", {}, 42),
    ("delay", {"until": "2023-12-24"}, 42),
]
WAITING = {"human-approval"}
SCRIPTED = {"sequential-research", "sentiment-router", "quality-loop"}


def test_every_example_is_in_the_table_and_tested() -> None:
    assert EXAMPLES.keys() == TABLE.keys()
    assert EXAMPLES.keys() == {name for name, _, _ in KEYLESS} | WAITING | SCRIPTED
    assert {name for name, row in TABLE.items() if row["key"] == "yes"} == SCRIPTED


@pytest.mark.parametrize("name", EXAMPLES)
async def test_example_is_whole(name: str) -> None:
    document = EXAMPLES[name]
    workflow = Workflow.load(document)
    assert workflow.dump() == document
    assert workflow.id == name
    assert workflow.description
    assert all(node.name and node.position.keys() == {"x", "y"} for node in workflow.nodes)
    assert len({edge.id for edge in workflow.edges}) == len(workflow.edges)
    async with runner(library=EXAMPLES) as there:
        assert await there.runtime.problems(workflow) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_table_names_the_inputs(name: str) -> None:
    start = next(node for node in EXAMPLES[name]["nodes"] if node["type"] == "start")
    inputs = [item["name"] for item in start["start_config"]["inputs"]]
    assert re.findall(r"`(\w+)`", TABLE[name]["inputs"]) == inputs


@pytest.mark.parametrize(("name", "inputs", "result"), KEYLESS)
async def test_without_a_key(name: str, inputs: dict[str, Any], result: Any) -> None:
    async with runner(library=EXAMPLES) as there:
        state = await there.run(EXAMPLES[name], **inputs)
    assert state["error"] is None
    assert state["status"] == "completed"
    assert state["result"] == result


async def test_sequential_research() -> None:
    model = FakeModel("fact 1\nfact 2", "An article.")
    async with runner(model) as there:
        state = await there.run(EXAMPLES["sequential-research"], topic="moons")
    assert state["result"] == "An article."
    assert [request.messages[-1]["content"] for request in model.requests] == ["moons", "fact 1\nfact 2"]


@pytest.mark.parametrize(("verdict", "skipped"), [("Positive.", "console"), ("negative", "thank")])
async def test_sentiment_router(verdict: str, skipped: str) -> None:
    async with runner(judge(verdict)) as there:
        state = await there.run(EXAMPLES["sentiment-router"])
    assert state["result"] == "Write …"
    assert [name for name, node in state["node_states"].items() if node["status"] == "skipped"] == [skipped]


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        (["APPROVED"], "draft 1"),
        (["Too long.", "Too short.", "Approved"], "draft 3"),
    ],
)
async def test_quality_loop(verdicts: list[str], result: str) -> None:
    async with runner(checker(*verdicts)) as there:
        state = await there.run(EXAMPLES["quality-loop"])
    assert state["status"] == "completed"
    assert state["result"] == result


async def test_quality_loop_that_is_never_content() -> None:
    async with runner(checker(*["Too long."] * 10)) as there:
        state = await there.run(EXAMPLES["quality-loop"])
    assert state["status"] == "failed"
    assert "did not end within 5 rounds" in state["error"]


@pytest.mark.parametrize(
    ("answer", "result", "skipped"),
    [
        ({"choice": "approve", "comment": "Fine."}, {"paid": 1176.0, "comment": "Fine."}, {"rejected"}),
        ({"choice": "reject", "comment": "Too much."}, {"comment": "Too much."}, {"pay", "paid"}),
    ],
)
async def test_human_approval(answer: dict[str, Any], result: Any, skipped: set[str]) -> None:
    async with runner() as there:
        execution = await there.runtime.start(Workflow.load(EXAMPLES["human-approval"]), {})
        state = await there.rest(execution)
        assert state["status"] == "waiting"
        [waiting] = state["waiting"]
        assert waiting["request"]["question"] == "Shall 1200 be paid?"
        await there.runtime.send(execution, Answered("ask", answer))
        state = await there.rest(execution)
    assert state["status"] == "completed"
    assert state["result"] == result
    assert {name for name, node in state["node_states"].items() if node["status"] == "skipped"} == skipped


@pytest.mark.parametrize(
    ("name", "inputs", "said"),
    [
        ("gross-price", {}, "The workflow needs the input 'price', but nothing was given."),
        ("condition", {"amount": "much"}, "The input 'amount' should be a number, but the text 'much' was given."),
        ("router", {"express": "perhaps"}, "The input 'express' should be true or false"),
        ("until", {"number": -1}, "A division by zero"),
        ("drawn-cycle", {"small": -1}, "did not end within 50 rounds"),
        ("fan-out", {"numbers": []}, "min([])"),
        ("delay", {"until": "tomorrow"}, "Delay 'until' should wait until 'tomorrow', which is no time."),
        ("delay", {"until": "2999-01-01"}, "longer than 366 days"),
    ],
)
async def test_inputs_that_do_not_fit(name: str, inputs: dict[str, Any], said: str) -> None:
    async with runner(library=EXAMPLES) as there:
        state = await there.run(EXAMPLES[name], **inputs)
    assert state["status"] == "failed"
    assert said in state["error"]
