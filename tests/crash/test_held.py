"""kill -9 of a server while runs are paused, stepped, waiting for people and being forked, over SQLite.

Nothing is played here: real processes, the real command line, and deaths without any chance to tidy up.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from asyncio.subprocess import PIPE
from pathlib import Path
from random import Random
from typing import Any

from tests.crash.kills import ROOT
from tests.crash.test_server import Server, serving

RESTARTS = 10
FORKS = 40
PATIENCE_S = 60


def calculate(node: str, formula: str) -> dict[str, Any]:
    return {
        "id": node,
        "type": "tool",
        "tool_config": {"tool_name": "calculator", "arguments": {"expression": formula}},
    }


def document(*, last: str, asks: str = "human") -> dict[str, Any]:
    """Compute, ask, and compute again with another formula in each version."""
    question = {"question": "Shall {{ result }} be paid?", "choices": ["yes", "no"]}
    nodes = [
        {"id": "start", "type": "start"},
        calculate("sum", "2 + 3"),
        {"id": "ask", "type": asks, "human_config": question} if asks == "human" else {"id": "ask", "type": asks},
        calculate("after", last),
    ]
    edges = [("start", "sum", None), ("sum", "ask", None), ("ask", "after", "yes" if asks == "human" else None)]
    drawn = [{"source": a, "target": b, **({"condition": port} if port else {})} for a, b, port in edges]
    return {"id": "pay", "name": "Pay", "nodes": nodes, "edges": drawn}


async def ask(server: Server, path: str, body: Any = None) -> Any:
    return await asyncio.to_thread(server.call, path, body)


async def state_when(server: Server, execution: str, *statuses: str) -> dict[str, Any]:
    """The state, once the execution has one of these; whoever takes it over needs a moment."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            state = await ask(server, f"/api/executions/{execution}")
            if state["status"] in statuses:
                return state
            await asyncio.sleep(0.02)


async def command_line(server: Server, *arguments: str) -> tuple[int, str]:
    """A command as a person types it; its exit code and all that it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pointwork", *arguments),
        cwd=ROOT,
        stdout=PIPE,
        stderr=PIPE,
        env={
            **os.environ,
            "POINTWORK_DATA_DIR": str(server.folder),
            "POINTWORK_URL": f"http://127.0.0.1:{server.port}",
        },
    )
    out, err = await process.communicate()
    return process.returncode or 0, (out + err).decode()


async def test_a_run_that_waits_outlives_ten_restarts_and_another_version(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        await ask(server, "/api/workflows", document(last="1 + 1"))
        begun = await ask(server, "/api/workflows/pay/execute?wait=60", {})
        execution = begun["execution_id"]
        assert begun["status"] == "waiting"
        for number in range(RESTARTS):
            if number % 2:
                await server.kill()
            else:  # as an operator would
                assert server.process is not None
                server.process.send_signal(signal.SIGTERM)
                await server.process.communicate()
            await server.start()
            if number == RESTARTS // 2:
                stored = await asyncio.to_thread(save, server, document(last="10 * 10"))
                assert stored["version_number"] == 2
            state = await ask(server, f"/api/executions/{execution}")
            assert (state["status"], state["last_seq"]) == ("waiting", begun["last_seq"]), number
            assert state["waiting"] == begun["waiting"]
        inbox = await ask(server, "/api/inbox")
        assert [(entry["execution_id"], entry["node"]) for entry in inbox] == [(execution, "ask")]
        code, told = await command_line(server, "executions", "answer", "last", "ask", "maybe")
        assert (code, "must choose one of 'yes', 'no'" in told) == (2, True)
        code, told = await command_line(server, "executions", "answer", "last", "ask", "yes", "--by", "ann")
        assert (code, told.split()[0]) == (0, execution)
        state = await state_when(server, execution, "completed")
        assert (state["result"]["result"], state["workflow_version"]) == (2, begun["workflow_version"])
        told = "\n".join(line["message"] for line in state["logs"])
        assert "Node 'ask' was answered by ann." in told
        assert told.count("'sum' completed") == 1  # nothing was done again
        code, told = await command_line(server, "executions", "answer", execution, "ask", "yes")
        assert (code, "is not waiting for an answer" in told) == (2, True)
        newer = await ask(server, "/api/workflows/pay/execute?wait=60", {})
        await command_line(server, "executions", "answer", newer["execution_id"], "ask", "yes")
        assert (await state_when(server, newer["execution_id"], "completed"))["result"]["result"] == 100


def save(server: Server, changed: dict[str, Any]) -> Any:
    """Another version of the workflow."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/workflows/{changed['id']}",
        data=json.dumps(changed).encode(),
        headers={"content-type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


async def test_a_link_is_good_over_restarts_and_answers_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as server:
        await ask(server, "/api/workflows", document(last="1 + 1"))
        execution = (await ask(server, "/api/workflows/pay/execute?wait=60", {}))["execution_id"]
        made = await ask(server, f"/api/executions/{execution}/links", {"node": "ask"})
        link = made["url"].replace("/answer/", "/api/answers/")
        await server.kill()
        await server.start()
        assert (await ask(server, link))["question"] == "Shall 5 be paid?"
        answers = await asyncio.gather(
            *(ask(server, link, {"value": "yes", "by": str(n)}) for n in range(8)), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, urllib.error.HTTPError)]
        assert ([answer.code for answer in refused], answers.count({"answered": True})) == ([409] * 7, 1)
        await server.kill()  # the answer was told to be taken, so it is stored
        await server.start()
        assert (await state_when(server, execution, "completed"))["node_states"]["ask"]["output"] == {"choice": "yes"}


async def test_paused_and_stepping(tmp_path: Path) -> None:
    """What was held is held afterwards, at the same place, and goes on from there when it is told to."""
    async with serving(tmp_path) as server:
        await ask(server, "/api/workflows", document(last="1 + 1", asks="end"))
        points = {"breakpoints": [{"node": "sum"}]}
        held = await ask(server, "/api/workflows/pay/execute?wait=60", points)
        execution = held["execution_id"]
        commands = f"/api/executions/{execution}/commands"
        assert held["paused"]["reason"] == "breakpoint"
        for place in ("sum", "ask", "after"):
            await server.kill()
            await server.start()
            found = await ask(server, f"/api/executions/{execution}")
            assert (found["status"], found["paused"], found["last_seq"]) == ("paused", held["paused"], held["last_seq"])
            assert found["breakpoints"] == held["breakpoints"]
            await ask(server, commands, {"type": "step"})
            held = await state_when(server, execution, "paused")
            assert (held["paused"]["reason"], held["paused"]["node_id"]) == ("step", place)
            async with asyncio.timeout(PATIENCE_S):
                while held["node_states"][place]["status"] != "completed":
                    held = await ask(server, f"/api/executions/{execution}")
        await server.kill()
        await server.start()
        await ask(server, commands, {"type": "resume"})
        state = await state_when(server, execution, "completed")
        assert {node: found["attempt"] for node, found in state["node_states"].items()} == {
            "start": 1, "sum": 1, "ask": 1, "after": 1,
        }  # fmt: skip


async def test_forking(tmp_path: Path) -> None:
    """A fork that was told to be there is there, any other as a whole or not at all; the original is as it was."""
    chance = Random(7)
    async with serving(tmp_path) as server:
        await ask(server, "/api/workflows", document(last="1 + 1", asks="end"))
        origin = await ask(server, "/api/workflows/pay/execute?wait=60", {})
        assert origin["status"] == "completed"
        source = f"/api/executions/{origin['execution_id']}"
        records = await ask(server, f"{source}/events?limit=1000")
        points = [chance.randint(1, origin["last_seq"] - 1) for _ in range(FORKS)]
        told: set[int] = set()

        async def fork(number: int) -> None:
            try:
                await ask(server, f"{source}/fork", {"at": points[number], "execution_id": f"fork-{number}"})
                told.add(number)
            except OSError:  # it died meanwhile, or is not there yet
                pass

        for start in range(0, FORKS, 10):
            forking = [asyncio.create_task(fork(number)) for number in range(start, start + 10)]
            await asyncio.sleep(chance.uniform(0, 0.05))
            await server.kill()
            await asyncio.gather(*forking)
            await server.start()
        points.append(origin["last_seq"] - 1)
        await fork(FORKS)
        assert FORKS in told
        found = {row["execution_id"] for row in await ask(server, "/api/executions?limit=500")}
        assert {f"fork-{number}" for number in told} <= found
        for number in range(FORKS + 1):
            if (name := f"fork-{number}") not in found:
                continue
            state = await state_when(server, name, "completed")
            assert (state["result"], state["origin"]["seq"]) == (origin["result"], points[number])
            forked = await ask(server, f"/api/executions/{name}/events?limit=1000")
            assert [one["seq"] for one in forked] == list(range(1, len(forked) + 1))
            shared = range(1, points[number])
            assert [forked[at]["event"] for at in shared] == [records[at]["event"] for at in shared]
        assert await ask(server, source) == origin
        assert await ask(server, f"{source}/events?limit=1000") == records
        left = [path.name for path in tmp_path.glob("runs/*")]
        assert set(left) <= found
