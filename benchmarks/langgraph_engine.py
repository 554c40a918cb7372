"""LangGraph as an engine: the workload as its documentation would build it. Needs the environment of `make bench`.

Durable means its SQLite checkpointer with `durability="sync"`: each step is stored before the next begins, which is
what Pointwork and the limit do as well.
"""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

from benchmarks.job import Job
from benchmarks.workloads import Work, Workload

__all__ = ["engine"]


class ChainState(TypedDict):
    value: str


class LoopState(TypedDict):
    value: str
    more: bool


class FanState(TypedDict):
    value: str
    values: Annotated[list[str], operator.add]


def _merged(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {**old, **new}


class GraphState(TypedDict):
    outputs: Annotated[dict[str, str], _merged]


def _chain(workload: Workload, work: Work) -> StateGraph[Any]:
    async def step(state: ChainState) -> dict[str, Any]:
        return {"value": await work.step(state["value"])}

    async def pause(state: ChainState) -> dict[str, Any]:
        return {"value": await work.pause(state["value"], workload.pauses["n0"])}

    graph = StateGraph(ChainState)
    for name, before in workload.graph.items():
        graph.add_node(name, pause if workload.pauses else step)
        graph.add_edge(before[0] if before else START, name)
    return graph


def _loop(workload: Workload, work: Work) -> StateGraph[Any]:
    first, last = workload.graph

    async def step(state: LoopState) -> dict[str, Any]:
        return {"value": await work.step(state["value"])}

    async def decide(state: LoopState) -> dict[str, Any]:
        return {"value": await work.step(state["value"]), "more": work.again()}

    graph = StateGraph(LoopState)
    graph.add_node(first, step)
    graph.add_node(last, decide)
    graph.add_edge(START, first)
    graph.add_edge(first, last)
    graph.add_conditional_edges(last, lambda state: first if state["more"] else END, [first, END])
    return graph


def _fan(workload: Workload, work: Work) -> StateGraph[Any]:
    """Its own form of a fan: messages to one node, instead of a thousand nodes. The faster one, so the one to beat."""
    width = len(workload.graph) - 2

    async def source(state: FanState) -> dict[str, Any]:
        return {"value": await work.step(None)}

    async def middle(state: FanState) -> dict[str, Any]:
        return {"values": [await work.step(state["value"])]}

    async def sink(state: FanState) -> dict[str, Any]:
        return {"value": await work.step(state["values"])}

    graph = StateGraph(FanState)
    graph.add_node("source", source)
    graph.add_node("middle", middle)
    graph.add_node("sink", sink)
    graph.add_edge(START, "source")
    graph.add_conditional_edges(
        "source", lambda state: [Send("middle", {"value": state["value"]}) for _ in range(width)], ["middle"]
    )
    graph.add_edge("middle", "sink")
    return graph


def _graph(workload: Workload, work: Work) -> StateGraph[Any]:
    graph = StateGraph(GraphState)

    def node(name: str, before: tuple[str, ...]) -> Any:
        seconds = workload.pauses.get(name, 0.0)

        async def step(state: GraphState) -> dict[str, Any]:
            inputs = [state["outputs"][one] for one in before]
            output = await (work.pause(inputs, seconds) if seconds else work.step(inputs))
            return {"outputs": {name: output}}

        return step

    for name, before in workload.graph.items():
        graph.add_node(name, node(name, before))
        graph.add_edge(list(before) if len(before) > 1 else before[0] if before else START, name)
    return graph


def _form(workload: Workload, work: Work) -> tuple[StateGraph[Any], dict[str, Any]]:
    """The graph in the form that suits LangGraph best, and the state that it begins with."""
    if workload.rounds > 1:
        return _loop(workload, work), {"value": "", "more": True}
    if workload.is_fan:
        return _fan(workload, work), {"value": "", "values": []}
    if all(len(before) <= 1 for before in workload.graph.values()):
        return _chain(workload, work), {"value": ""}
    return _graph(workload, work), {"outputs": {}}


def _checkpoints(folder: Path, *, durable: bool) -> AbstractAsyncContextManager[BaseCheckpointSaver[str] | None]:
    if not durable:
        return nullcontext()
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # not weighed when it is not used

    return AsyncSqliteSaver.from_conn_string(str(folder / "langgraph.db"))


def engine(*, durable: bool = False) -> Any:
    """LangGraph without a checkpointer, or with the one for SQLite."""

    @asynccontextmanager
    async def prepare(workload: Workload, work: Work, folder: Path) -> AsyncIterator[Job]:
        graph, state = _form(workload, work)
        wishes: dict[str, Any] = {"durability": "sync"} if durable else {}
        threads = count()
        async with _checkpoints(folder, durable=durable) as saver:
            app = graph.compile(checkpointer=saver)

            async def one() -> None:
                config = {
                    "recursion_limit": len(workload.graph) * workload.rounds + 10,
                    "configurable": {"thread_id": str(next(threads))},
                }
                await app.ainvoke(state, config, **wishes)

            async def run() -> None:
                if workload.executions == 1:
                    await one()
                else:
                    await asyncio.gather(*[one() for _ in range(workload.executions)])

            yield Job(run)

    return prepare
