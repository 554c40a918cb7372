"""A workflow as one step of another: it is what it was when the execution began."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.commands import Answered
from pointwork.errors import DefinitionError, NotFound
from pointwork.workflow import Workflow
from tests.runtime.conftest import Processes
from tests.runtime.stage import Stage, flow

ASK = {"type": "human", "human_config": {"question": "?"}}


class Library:
    """Stored workflows in all their versions."""

    def __init__(self) -> None:
        self.stored: dict[str, list[Workflow]] = {}

    def save(self, name: str, workflow: Workflow) -> None:
        self.stored.setdefault(name, []).append(workflow.model_copy(update={"id": name}))

    async def load(self, name: str, version: int | None) -> tuple[Workflow, int]:
        versions = self.stored.get(name, [])
        number = len(versions) if version is None else version
        if not 1 <= number <= len(versions):
            raise NotFound(f"There is no workflow {name!r} {version}.")
        return versions[number - 1], number


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
async def stage(journal: Any, clock: Any, library: Library) -> Any:
    made = Stage(journal, clock=clock, load_workflow=library.load)
    await made.runtime.open()
    yield made
    await made.runtime.close()


def calling(name: Any, version: Any = None, edges: str = "start > ask > call > end") -> Workflow:
    config = {"workflow_id": name} if version is None else {"workflow_id": name, "version": version}
    return flow(edges, call={"type": "workflow", "workflow_config": config}, **({"ask": ASK} if "ask" in edges else {}))


async def test_it_receives_what_the_node_receives_and_gives_its_result(stage: Stage, library: Library) -> None:
    @stage.on("double")
    async def double(ctx: Any, inputs: dict[str, Any]) -> Any:
        return inputs["n"] * 2

    library.save("inner", flow("start > double > end"))
    state = await stage.play(calling("inner", edges="start > call > end"), n=21)
    assert (state["result"], stage.ran) == (42, ["call[0]/double#1"])


async def test_changing_the_stored_workflow_afterwards_changes_nothing(stage: Stage, library: Library) -> None:
    library.save("inner", flow("start > old > end"))
    execution = await stage.runtime.start(calling("inner"), {})
    await stage.rest(execution)
    library.save("inner", flow("start > new > end"))
    library.stored["inner"][0] = flow("start > forged > end")
    await stage.runtime.send(execution, Answered("ask", 1))
    assert (await stage.rest(execution))["status"] == "completed"
    assert stage.ran == ["call[0]/old#1"]
    later = await stage.runtime.start(calling("inner"), {})
    await stage.rest(later)
    await stage.runtime.send(later, Answered("ask", 1))
    await stage.rest(later)
    assert stage.ran == ["call[0]/old#1", "call[0]/new#1"]


async def test_a_fork_keeps_the_workflows_of_its_origin(stage: Stage, library: Library) -> None:
    library.save("inner", flow("start > old > end"))
    origin = await stage.runtime.start(calling("inner"), {})
    await stage.rest(origin)
    library.stored.clear()
    fork = await stage.runtime.fork(origin, at=3)
    await stage.rest(fork)
    await stage.runtime.send(fork, Answered("ask", 1))
    assert (await stage.rest(fork))["status"] == "completed"
    assert stage.ran == ["call[0]/old#1"]


async def test_a_version_can_be_named(stage: Stage, library: Library) -> None:
    library.save("inner", flow("start > first > end"))
    library.save("inner", flow("start > second > end"))
    for version, node in ((1, "first"), (2, "second"), (None, "second")):
        await stage.play(calling("inner", version, edges="start > call"))
        assert stage.ran.pop() == f"call[0]/{node}#1"


async def test_workflows_within_workflows_within_workflows(stage: Stage, library: Library) -> None:
    library.save("one", calling("two", edges="start > call > end"))
    library.save("two", calling("three", edges="start > call > end"))
    library.save("three", flow("start > deep > end"))
    state = await stage.play(calling("one", edges="start > call > end"), x=1)
    assert (state["result"], stage.ran) == ({"x": 1}, ["call[0]/call[0]/call[0]/deep#1"])


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("nobody", None),
        ("inner", 7),
        ("inner", 0),
        ("inner", "1"),
        ("inner", [1]),
        ("inner", {}),
        (5, None),
        (None, None),
    ],
    ids=str,
)
async def test_a_workflow_that_is_not_there_is_a_problem_of_its_node(
    stage: Stage, library: Library, name: Any, version: Any
) -> None:
    library.save("inner", flow("start > deep > end"))
    workflow = calling(name, version, edges="start > call")
    problems = await stage.runtime.problems(workflow)
    assert [problem.node for problem in problems if problem.severity == "error"] == ["call"]
    with pytest.raises(DefinitionError):
        await stage.runtime.start(workflow, {})


async def test_a_workflow_that_runs_itself_is_a_problem(stage: Stage, library: Library) -> None:
    library.save("one", calling("two", edges="start > call"))
    library.save("two", calling("one", edges="start > call"))
    with pytest.raises(DefinitionError):
        await stage.runtime.start(calling("one", edges="start > call"), {})


async def test_without_a_library_there_are_no_workflows(journal: Any) -> None:
    stage = Stage(journal)
    await stage.runtime.open()
    with pytest.raises(DefinitionError):
        await stage.runtime.start(calling("inner", edges="start > call"), {})
    await stage.runtime.close()


async def test_it_goes_on_in_another_process_without_its_library(processes: Processes, library: Library) -> None:
    library.save("inner", flow("start > ask > b > end", ask=ASK))
    first = await processes.begin(load_workflow=library.load)
    execution = await first.runtime.start(calling("inner", edges="start > call > end"), {"n": 1})
    await first.rest(execution)
    await processes.end(first)
    second = await processes.begin()
    await second.runtime.send(execution, Answered("ask", {"n": 2}, scope="call[0]"))
    state = await second.rest(execution)
    assert (state["result"], second.ran) == ({"n": 2}, ["call[0]/b#1"])
