"""Documents of earlier versions do what their texts promise. The model answers with what it was told and asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pointwork.legacy import normalise
from pointwork.models import ModelRequest
from pointwork.testing import FakeModel
from pointwork.workflow import Workflow
from tests.legacy.drawing import drawing, patched
from tests.nodes.running import runner

FOLDER = Path(__file__).parent / "documents"


def document(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def said(request: ModelRequest) -> tuple[str, str]:
    """What the model was told, and what it was asked."""
    system = next((message["content"] for message in request.messages if message["role"] == "system"), "")
    return str(system), str(request.messages[-1]["content"])


def echo(request: ModelRequest) -> str:
    system, asked = said(request)
    return f"({system.rstrip('.')}: {asked})"


def ended(state: dict[str, Any]) -> dict[str, list[str]]:
    """Status to the nodes that ended so."""
    found: dict[str, list[str]] = {}
    for name, node in state["node_states"].items():
        found.setdefault(node["status"], []).append(name)
    return found


async def test_sequential_research() -> None:
    async with runner(FakeModel(echo)) as there:
        state = await there.run(document("sequential_research"), topic="tides")
    assert state["result"] == (
        "(You write a short article from the facts: (You find the important facts about a topic: tides))"
    )


@pytest.mark.parametrize(
    ("name", "verdict", "taken", "skipped"),
    [
        ("sentiment_router", "positive", "thank", "console"),
        ("sentiment_router", " positive\n", "thank", "console"),
        ("sentiment_router", "negative", "console", "thank"),
        ("bare_router", "It is POSITIVE.", "positive_responder", "negative_responder"),
        ("bare_router", "It is not.", "negative_responder", "positive_responder"),
    ],
)
async def test_only_the_taken_branch_runs(name: str, verdict: str, taken: str, skipped: str) -> None:
    model = FakeModel(verdict, "An answer.")
    async with runner(model) as there:
        state = await there.run(document(name), text="I like it")
    assert state["status"] == "completed"
    assert state["result"] == "An answer."
    assert ended(state)["skipped"] == [skipped]
    assert state["node_states"][taken]["output"] == "An answer."
    # Without inputs of its own, an agent behind a condition reads what the condition read.
    assert [said(request)[1] for request in model.requests] == ["I like it", verdict]


async def test_the_quality_loop_ends_by_its_condition() -> None:
    replies = iter(["a draft", "a better draft", "a good draft"])
    model = FakeModel(lambda request: next(replies))
    async with runner(model) as there:
        state = await there.run(document("quality_loop"), topic="tides")
    assert state["status"] == "completed"
    assert state["result"] == {"draft": "a good draft"}  # what the condition received, which it hands on
    assert [said(request) for request in model.requests] == [
        ("Write a draft about the topic.", "tides"),
        ("Improve the draft.", "a draft"),
        ("Improve the draft.", "a better draft"),
    ]


async def test_the_quality_loop_ends_in_any_case() -> None:
    async with runner(FakeModel("a draft")) as there:
        state = await there.run(document("quality_loop"), topic="tides")
    assert state["status"] == "failed"
    assert "did not end within 10 rounds" in state["error"]


@pytest.mark.parametrize("topics", [["tides", "moons"], "tides, moons"])
async def test_each_topic_is_researched_and_all_of_it_summarised(topics: Any) -> None:
    model = FakeModel(echo)
    async with runner(model) as there:
        state = await there.run(document("for_each_one_way"), topics=topics)
    *researched, summarised = [said(request) for request in model.requests]
    assert researched == [("Research the topic.", "tides"), ("Research the topic.", "moons")]
    assert summarised[0] == "Summarise the findings."
    assert json.loads(summarised[1]) == ["(Research the topic: tides)", "(Research the topic: moons)"]
    assert state["result"] == f"(Summarise the findings: {said(model.requests[-1])[1]})"


async def test_each_topic_goes_through_the_whole_body() -> None:
    model = FakeModel(echo)
    async with runner(model) as there:
        state = await there.run(document("for_each_way_back"), topics=["tides", "moons"])
    assert state["status"] == "completed"
    assert [said(request)[0] for request in model.requests] == [
        "Research the topic.",
        "Shorten the findings.",
        "Research the topic.",
        "Shorten the findings.",
        "Summarise the findings.",
    ]


async def test_a_longer_list_is_cut_with_a_warning() -> None:
    model = FakeModel(echo)
    async with runner(model) as there:
        state = await there.run(document("for_each_one_way"), topics=[f"topic {number}" for number in range(12)])
    assert state["status"] == "completed"
    assert len(model.requests) == 11
    assert state["node_states"]["topic_loop"]["output"]["status"] == "max_iterations"
    assert any("treats the first 10" in line["message"] for line in state["logs"])


@pytest.mark.parametrize(("name", "rounds"), [("while_loop", 3), ("until_loop", 10)])
async def test_loops_with_a_condition(name: str, rounds: int) -> None:
    async with runner() as there:
        state = await there.run(document(name))
    assert state["status"] == "completed"
    assert state["node_states"]["again"]["output"]["total_iterations"] == rounds


async def test_views_are_joined() -> None:
    async with runner(FakeModel(echo)) as there:
        state = await there.run(document("fan_out"), topic="tides")
    assert state["result"] == (
        "(Join the views: technical: (You look at the technical side: tides)\n\n"
        "economic: (You look at the economic side: tides)\n\nsocial: (You look at the social side: tides))"
    )


@pytest.mark.parametrize(("text", "taken"), [("words", "work"), (" ", None)])
async def test_edges_with_handles(text: str, taken: str | None) -> None:
    async with runner(FakeModel("Done.")) as there:
        state = await there.run(document("handles"), text=text)
    assert ended(state).get("skipped", []) == ([] if taken else ["work"])


@pytest.mark.parametrize(("score", "skipped"), [(8, "rework"), (7, "publish")])
async def test_branches_by_id(score: int, skipped: str) -> None:
    async with runner(FakeModel("Done.")) as there:
        state = await there.run(document("branch_ids"), score=score)
    assert state["status"] == "completed"
    assert ended(state)["skipped"] == [skipped]
    assert state["node_states"]["log"]["output"] == {"score": score}


async def test_loops_without_any_mappings() -> None:
    model = FakeModel(echo)
    async with runner(model) as there:
        state = await there.run(drawing("start>L L>a a>end"), topics=["tides", "moons"])
    assert [said(request)[1] for request in model.requests] == ["tides", "moons"]
    assert state["result"] == ["(: tides)", "(: moons)"]


async def test_loops_within_loops() -> None:
    document_ = drawing(
        "start>L1 L1>L2 L2>a a>end",
        L2={"inputs": [{"name": "words", "source_node": "L1", "source_field": "items"}]},
        a="L2.items",
    )
    model = FakeModel(echo)
    async with runner(model) as there:
        state = await there.run(document_, groups=[["a", "b"], ["c"]])
    assert state["status"] == "completed"
    assert [said(request)[1] for request in model.requests] == ["a", "b", "c"]
    assert state["result"] == [["(: a)", "(: b)"], ["(: c)"]]


async def test_a_loop_that_repeats_nothing_hands_its_list_on() -> None:
    async with runner() as there:
        state = await there.run(drawing("start>L L>end"), topics=["tides", "moons"])
    assert state["result"]["results"] == ["tides", "moons"]


async def test_the_fix_runs_like_the_guess() -> None:
    original = document("for_each_one_way")
    [note] = normalise(Workflow.load(original))[1]
    explicit = patched(original, note.fixes[0]["patch"])
    results: list[Any] = []
    for version in (original, explicit):
        async with runner(FakeModel(echo)) as there:
            results.append((await there.run(version, topics=["tides", "moons"]))["result"])
    assert results[0] == results[1]
