"""The benchmarks do the work that they say they do, and judge it as they say. No test here looks at a clock."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import page
from benchmarks.audience import Audience, Latencies, Seat
from benchmarks.child import child
from benchmarks.contest import Outcome, contest, ratio
from benchmarks.engines import ENGINES, find
from benchmarks.http_client import load
from benchmarks.job import Job
from benchmarks.picture import draw
from benchmarks.profiles import Sampler
from benchmarks.suites import http
from benchmarks.targets import TARGETS, Target, Verdict, judged
from benchmarks.ticker import LINE, Ticker, plug_in
from benchmarks.worker import WrongCount, measured
from benchmarks.workloads import WORKLOADS, Work, Workload, workload
from pointwork.engine import View
from pointwork.events import ExecutionStarted, LogWritten, Record
from pointwork.journal.memory import MemoryJournal
from pointwork.nodes import Registry
from pointwork.runtime import Runtime
from pointwork.server.stream_frames import MessageFrames, batches_of
from pointwork.workflow import Workflow

HERE = [name for name in ENGINES if not name.startswith("langgraph")]  # the others need the environment of `make bench`
SMALL = {"W1": 5, "W2": 4, "W3": 2, "W4": 3, "W5": 3, "W6": 3, "W7": 2}


def small(name: str) -> Workload:
    """The workload with pauses that are too short to notice."""
    usual = workload(name, SMALL[name])
    return replace(usual, pauses={node: seconds / 1e4 for node, seconds in usual.pauses.items()})


# -- the work ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "nodes"),
    [("W1", 100), ("W2", 1_002), ("W3", 1_000), ("W4", 2_000), ("W5", 5_000), ("W6", 5_000), ("W7", 11)],
)
def test_usual_size(name: str, nodes: int) -> None:
    assert workload(name).nodes == nodes


@pytest.mark.parametrize("name", WORKLOADS)
def test_nodes_stand_behind_those_they_depend_on(name: str) -> None:
    seen: set[str] = set()
    for node, before in workload(name).graph.items():
        assert seen.issuperset(before)
        assert len(set(before)) == len(before)
        seen.add(node)


def test_each_node_of_a_layer_depends_on_three() -> None:
    graph = workload("W3").graph
    assert {len(before) for node, before in graph.items() if not node.startswith("l0_")} == {3}


@pytest.mark.parametrize("engine", HERE)
@pytest.mark.parametrize("name", WORKLOADS)
async def test_engine_runs_each_node_once(name: str, engine: str, tmp_path: Path) -> None:
    task = small(name)
    work = Work(task.rounds)
    async with find(engine)(task, work, tmp_path) as job:
        figures = await measured(job, work, task.nodes, times=2)  # which refuses any other number of nodes
    assert work.count == task.nodes * 2
    assert figures.keys() == {"wall_s", "cpu_s", "written_bytes"}


@pytest.mark.parametrize("name", ["W2", "W3", "W7"])
async def test_engines_hand_nodes_the_same(name: str, tmp_path: Path) -> None:
    given: dict[str, list[int]] = {}

    class Noting(Work):
        async def step(self, inputs: Any) -> str:
            # One value as itself, more as a list or by name: how is the engine's affair, how many is not.
            count = len(inputs) if isinstance(inputs, list | dict) else int(inputs is not None)
            given[engine].append(count)
            return await super().step(inputs)

    task = small(name)
    for engine in ("limit", "pointwork"):
        given[engine] = []
        async with find(engine)(task, Noting(), tmp_path) as job:
            await job.run()
    expected = sorted(len(before) for before in task.graph.values()) * task.executions
    assert sorted(given["limit"]) == sorted(given["pointwork"]) == sorted(expected)


async def test_the_limit_stores_what_it_does(tmp_path: Path) -> None:
    task = small("W5")
    async with find("limit-durable")(task, Work(), tmp_path) as job:
        await job.run()
    with sqlite3.connect(tmp_path / "limit.db") as connection:
        rows = connection.execute("SELECT execution, count(*), max(seq) FROM journal GROUP BY execution").fetchall()
    connection.close()
    assert rows == [(execution, 12, 12) for execution in (1, 2, 3)]  # began, five nodes twice, ended


@pytest.mark.parametrize("done", [4, 6])
async def test_who_does_not_do_the_work_has_no_figure(done: int) -> None:
    work = Work()

    async def run() -> None:
        for _ in range(done):
            await work.step(None)

    with pytest.raises(WrongCount, match=f"^{done} nodes ran, not 5"):
        await measured(Job(run), work, 5, times=1)


# -- side by side ------------------------------------------------------------------------------------------------------


def test_engines_are_measured_in_processes_of_their_own() -> None:
    outcomes = contest("W1", ("limit", "pointwork"), size=5, rounds=2)
    assert {name: (one.nodes, len(one.wall_s)) for name, one in outcomes.items()} == {
        "limit": (5, 2),
        "pointwork": (5, 2),
    }
    report = outcomes["pointwork"].report()
    assert report["rss_mb"] > 1
    assert report["us_per_node"].keys() == {"median", "best", "cpu"}


def test_a_worker_that_fails_is_not_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    with child("worker", "nobody", "W1") as one, pytest.raises(RuntimeError, match="worker nobody W1 ended"):
        one.answer()
    assert "KeyError: 'nobody'" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([2.0, 2.0, 2.0], [1.0, 1.0, 1.0], 2.0),
        ([2.0, 20.0, 2.0], [1.0, 10.0, 1.0], 2.0),  # a noisy round is noisy for both
        ([2.0, 2.0, 9.0], [1.0, 1.0, 1.0], 2.0),  # and one that is so for one of them does not count
        ([1.0], [2.0], 0.5),
    ],
)
def test_ratio_is_that_of_rounds_beside_each_other(ours: list[float], theirs: list[float], expected: float) -> None:
    one, other = Outcome(10, wall_s=ours, cpu_s=[1.0] * len(ours)), Outcome(10, wall_s=theirs, cpu_s=[4.0] * len(ours))
    assert ratio(one, other) == expected
    assert ratio(one, other, by="cpu") == 0.25


def test_ratio_is_per_node() -> None:
    assert ratio(Outcome(10, wall_s=[1.0]), Outcome(100, wall_s=[1.0])) == 10.0


def test_profile_shows_who_works_and_for_whom() -> None:
    def busy() -> int:
        return sum(n * n for n in range(20_000))

    sampler = Sampler()
    with sampler:
        while sampler.samples < 20:
            busy()
    report = sampler.report(per=10)
    functions = {one["function"].rpartition(".")[2]: one for one in report["functions"]}
    assert functions["<genexpr>"]["us"] > 0
    in_all = {name: one["all_us"] for name, one in functions.items()}
    assert in_all["<genexpr>"] <= report["us"] * 1.01
    assert not [one for one in report["functions"] if one["function"].startswith("/")]


# -- demands -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("floor", "goal", "more", "value", "reached"),
    [
        (2.0, 1.0, False, 0.9, "goal"),
        (2.0, 1.0, False, 1.0, "goal"),
        (2.0, 1.0, False, 1.1, "floor"),
        (2.0, 1.0, False, 2.1, "missed"),
        (10.0, 20.0, True, 25.0, "goal"),
        (10.0, 20.0, True, 19.0, "floor"),
        (10.0, 20.0, True, 9.0, "missed"),
        (2.0, None, False, 1.0, "floor"),  # there is nothing more to reach
        (None, 2.0, False, 3.0, "missed"),
        (0.0, 0.0, False, 0.0, "goal"),
        (2.0, 1.0, False, None, "not measured"),
    ],
)
def test_demand(floor: float | None, goal: float | None, more: bool, value: float | None, reached: str) -> None:
    target = Target(suite="one", what="", figure=lambda figures: figures["x"], floor=floor, goal=goal, more=more)
    [verdict] = judged({"one": {"x": value}}, [target])
    assert verdict.reached == reached
    assert verdict.is_complete == (reached == "goal" or goal is None)


def test_demands_of_suites_that_were_not_run_are_not_judged() -> None:
    assert judged({}) == []


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"{target.suite} {target.what}")
def test_goal_is_beyond_its_floor(target: Target) -> None:
    if target.floor is not None and target.goal is not None:
        assert target.reached(target.goal) == "goal"
        assert target.reached(target.floor) in {"floor", "goal"}
    assert (target.floor, target.goal) != (None, None)


@pytest.fixture
def results() -> dict[str, Any]:
    """Those that are published."""
    return json.loads(command.RESULTS.read_text())


def verdicts_of(results: dict[str, Any]) -> list[Verdict]:
    return judged({name: one["figures"] for name, one in results["suites"].items()})


def test_results_hold_a_figure_for_every_demand(results: dict[str, Any]) -> None:
    verdicts = verdicts_of(results)
    assert len(verdicts) == len(TARGETS)
    left_out = {(one.target.suite, one.target.unit) for one in verdicts if one.reached == "not measured"}
    assert left_out <= {("startup", ""), ("startup", "MiB")}, "only what --install measures may be left out"
    assert [one.report() for one in verdicts] == results["targets"]


def test_every_goal_that_is_not_reached_has_its_profile(results: dict[str, Any]) -> None:
    wanted = {
        " ".join(one.target.profile) for one in verdicts_of(results) if not one.is_complete and one.target.profile
    }
    assert set(results["profiles"]) == wanted


def test_page_says_what_the_results_say(results: dict[str, Any]) -> None:
    text = command.PAGE.read_text()
    told = page.figures(results, verdicts_of(results))
    assert page.within(text, told) == text, "run python -m benchmarks --page"


def test_page_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="figures"):
        page.within("# Performance\n", "| |")


def test_picture_is_small_and_always_the_same(results: dict[str, Any], tmp_path: Path) -> None:
    suites = {name: one["figures"] for name, one in results["suites"].items()}
    for name in ("one.svg", "two.svg"):
        draw(suites, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.svg").stat().st_size < 100_000


# -- the stream --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("took_us", "percent", "expected_ms"),
    [
        ([50], 50, 0.1),  # the upper end of its bucket
        ([1_000] * 99 + [50_000], 50, 1.1),
        ([1_000] * 99 + [50_000], 99, 1.1),
        ([1_000] * 98 + [50_000] * 2, 99, 50.1),
        ([-5], 99, 0.1),  # clocks are not exact
        ([10**9], 99, 10_000.0),
    ],
)
def test_percentile(took_us: list[int], percent: float, expected_ms: float) -> None:
    latencies = Latencies()
    for one in took_us:
        latencies.add(one)
    assert latencies.percentile_ms(percent) == expected_ms


def test_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Latencies().percentile_ms(50)


def frames(*lines: str, batch: bool) -> list[bytes]:
    """What a server sends of an execution that logs these lines."""
    events = [ExecutionStarted("w", "Ticker", "1", "", {}), *(LogWritten("INFO", line, "", "ticker") for line in lines)]
    records = [Record("x", seq, seq, event) for seq, event in enumerate(events, start=1)]
    made = MessageFrames(View([("ticker", "ticker")])).of(records, following=None)
    return [one.text.encode() for one in ([together for _, together in batches_of(made)] if batch else made)]


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize(
    ("numbers", "seen", "repeated"),
    [
        ([0, 1, 2, 3], 4, 0),
        ([0, 2, 3], 3, 0),  # one is lost
        ([0, 1, 1, 2, 3], 4, 1),
        ([0, 2, 1, 3], 3, 1),  # out of order: lost, and something came that was not expected
        ([], 0, 0),
    ],
)
def test_viewer_counts_what_it_gets(numbers: list[int], seen: int, repeated: int, batch: bool) -> None:
    audience = Audience()
    seats = [Seat(audience), Seat(audience)]
    for text in frames(*(f"tick {number} 1000" for number in numbers), "something else", batch=batch):
        for seat in seats:
            seat.take(text, 3_000)
    assert [seat.seen for seat in seats] == [seen, seen]
    assert audience.repeated == 2 * repeated
    if seen:
        assert audience.latencies.percentile_ms(50) == 2.1


async def test_ticker_logs_numbered_lines() -> None:
    types = Registry()
    types.add(Ticker)
    runtime = Runtime(journal=MemoryJournal(), registry=types)
    await runtime.open()
    node = {"id": "ticker", "type": "ticker", "ticker_config": {"lines": 3, "per_second": 1e6}}
    execution_id = await runtime.start(Workflow.load({"nodes": [node], "edges": []}), {})
    await runtime.finished(execution_id)
    records = await runtime.records(execution_id)
    await runtime.close()
    lines = [record.event.message for record in records if isinstance(record.event, LogWritten)]
    assert [int(found[1]) for line in lines if (found := LINE.fullmatch(line))] == [0, 1, 2]


def test_ticker_is_found_as_a_plug_in(tmp_path: Path) -> None:
    plug_in(tmp_path)
    [found] = importlib.metadata.distributions(path=[str(tmp_path)])
    [point] = found.entry_points
    assert (point.group, point.load()) == ("pointwork.nodes", Ticker)


# -- over HTTP ---------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """A server that answers every request alike; its port."""
    ended: list[asyncio.Future[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(asyncio.get_running_loop().create_future())
        mine = ended[-1]
        with suppress(asyncio.IncompleteReadError):  # the client has left
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split()[0]))
                writer.write(answer)
        writer.close()
        await writer.wait_closed()
        mine.set_result(None)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*ended)


async def test_client_counts_runs_that_ended_well() -> None:
    async with answering(b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"status":"completed"}') as port:
        figures = await load(port, "/x", clients=2, seconds=0, runs=10)
    assert figures["runs"] == 11  # both were at work when the tenth was done


@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"status":"running"}',
        b'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 22\r\n\r\n{"status":"completed"}',
    ],
)
async def test_client_does_not_count_others(answer: bytes) -> None:
    async with answering(answer) as port:
        with pytest.raises(RuntimeError, match="did not end well"):
            await load(port, "/x", clients=1, seconds=0, runs=1)


def test_runs_on_a_real_server() -> None:
    http.repeated(3, under=())
