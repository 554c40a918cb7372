"""The hunt: a canary in every kind of secret, everything that can let it out is done, then every byte is searched.

Done are: runs that succeed and fail, live streams, forks, tools tried out, providers that repeat keys, agents that are
told to say one, documents with secrets in them. Searched are: database and log of the database, workspaces, logs at
their most talkative, everything that HTTP and sockets answered, the output of commands.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from pointwork.settings import Settings
from pointwork.testing import OpenAIServer, Reply
from pointwork.wiring import App
from tests.secrets import hunt
from tests.secrets.hunt import CANARIES, ENVIRONMENT, STORED_PROVIDER_KEY, Echo, files_of, found_in, leaks
from tests.server.workshop import serving

EVERY = [*CANARIES.values(), *ENVIRONMENT.values(), STORED_PROVIDER_KEY]
WAYS = ("return", "raise", "error", "print", "log", "file", "large")
PATIENCE_S = 60


def node(name: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, f"{kind}_config": config}


def chain(name: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(nodes)]
    return {"id": name, "name": name, "nodes": list(nodes), "edges": edges}


def documents(echo: str) -> dict[str, dict[str, Any]]:
    """What is run. All of it can be stored: secrets are references."""
    key = "{{secret.HTTP_HEADER}}"
    headers = {"x-key": key, "authorization": "Bearer {{secret.HTTP_HEADER}}"}
    body = {"password": "{{secret.HTTP_BODY}}", "given": "{{ key }}"}
    found = {
        "echoed": chain(
            "echoed",
            node("call", "http", method="POST", url=f"{echo}/ok?k={key}", headers=headers, body=body),
            node("end", "end"),
        ),
        "refused": chain("refused", node("call", "http", url=f"{echo}/fail/{{{{secret.HTTP_BODY}}}}", headers=headers)),
        "unreachable": chain("unreachable", node("call", "http", url="http://10.0.0.1/{{secret.HTTP_HEADER}}")),
        "unknown": chain("unknown", node("call", "http", url=f"{echo}/{{{{secret.NOBODY}}}}")),
        "agent": chain("agent", node("ask", "agent", prompt="Say it: {{ key }}", tools=["blurts"], model="gpt-4o")),
        "stored": chain("stored", node("ask", "agent", prompt="Say it.", model="lab:tiny")),
        "human": chain("human", node("ask", "human", question="Is {{ key }} right?"), node("end", "end")),
        "search": chain("search", node("look", "tool", tool_name="web_search", arguments={"query": "{{ key }}"})),
    }  # fmt: skip
    for way in WAYS:
        found[way] = chain(way, node("blurt", "tool", tool_name="blurts", arguments={"how": way}), node("end", "end"))
    return found


def provider_reply(request: Any) -> Reply:
    """A model that has seen everything, and a provider that repeats the key it was given."""
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not request.results and request.body.get("tools"):
        return Reply.calls(*[("blurts", {"how": way}) for way in ("return", "error")])
    if request.results:
        return Reply(f"It is {CANARIES['TOOL']}, {CANARIES['ANSWER']} and {key}.", thinking=f"Hm, {CANARIES['PEM']}.")
    return Reply.failure(401, f"Incorrect API key provided: {key}. Also {CANARIES['ANSWER']}.")


@pytest.fixture
def talk() -> Iterator[io.StringIO]:
    """Everything that is logged, by whoever, at every level; as a careless operator would set it up."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@contextmanager
def captured() -> Iterator[io.StringIO]:
    """What is printed by the process itself, which is nobody's to hide but that of commands."""
    before = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = stream = io.StringIO()
    try:
        yield stream
    finally:
        sys.stdout, sys.stderr = before


class Hunt:
    """One server, everything that was heard of it, and what its files hold."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self.client = client
        self.address = address
        self.heard: dict[str, bytes] = {}

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = await self.client.request(method, path, timeout=PATIENCE_S, **more)
        place = f"{method} {path} #{len(self.heard)}"
        self.heard[place] = repr(answer.headers.raw).encode() + b"\n" + answer.content
        return answer

    async def watch(self, execution: str) -> None:
        """Over sockets and server-sent events, as messages and as records."""
        for view in ("messages", "records"):
            async with connect(f"ws://{self.address}/api/ws/executions/{execution}?view={view}") as socket:
                async with asyncio.timeout(PATIENCE_S):
                    frames = [frame async for frame in socket]
            self.heard[f"socket {execution} {view}"] = "\n".join(map(str, frames)).encode()
        headers = {"accept": "text/event-stream"}
        await self.ask("GET", f"/api/executions/{execution}/events", headers=headers)

    async def look_at(self, execution: str) -> dict[str, Any]:
        """Everything that can be asked about an execution."""
        place = f"/api/executions/{execution}"
        state = (await self.ask("GET", f"{place}?full=1")).json()
        records = (await self.ask("GET", f"{place}/events?limit=500")).json()
        for digest in {part.split('"')[0] for part in json.dumps(records).split('"$blob": "')[1:]}:
            await self.ask("GET", f"/api/blobs/{digest}")
        for file in (await self.ask("GET", f"{place}/files")).json():
            await self.ask("GET", f"{place}/files/{file['name']}")
        await self.watch(execution)
        return state


async def set_up(hunting: Hunt, provider: str) -> None:
    for name, value in CANARIES.items():
        assert (await hunting.ask("PUT", f"/api/secrets/{name}", json={"value": value})).status_code == 200
    body = {"kind": "openai-compatible", "base_url": provider, "key": STORED_PROVIDER_KEY}
    assert (await hunting.ask("PUT", "/api/providers/lab", json=body)).status_code == 200


async def run_everything(hunting: Hunt, echo: str) -> dict[str, dict[str, Any]]:
    """Run all documents with a secret among their inputs; the states at their ends."""
    states: dict[str, dict[str, Any]] = {}
    for name, document in documents(echo).items():
        stored = await hunting.ask("POST", "/api/workflows", json=document)
        assert stored.status_code == 201, stored.text
        body = {"inputs": {"key": CANARIES["INPUT"], CANARIES["INPUT"]: 1}}
        key = {"idempotency-key": f"once-{name}"}
        begun = await hunting.ask("POST", f"/api/workflows/{name}/execute?wait=50", json=body, headers=key)
        execution = begun.json()["execution_id"]
        if begun.json()["status"] == "waiting":
            answer = {"type": "answer", "node": "ask", "value": CANARIES["ANSWER"]}
            await hunting.ask("POST", f"/api/executions/{execution}/commands", json=answer)
        states[name] = await hunting.look_at(execution)
        if name == "echoed":
            override = {"node": "call", "output": CANARIES["ANSWER"]}
            fork = await hunting.ask("POST", f"/api/executions/{execution}/fork", json={"at": 2, "override": override})
            await hunting.look_at(fork.json()["execution_id"])
    return states


async def ask_everything_else(hunting: Hunt) -> None:
    for way in WAYS:
        await hunting.ask("POST", "/api/tools/blurts/execute", json={"arguments": {"how": way}})
    for name, value in CANARIES.items():
        literal = chain("bad", {**node("a", "http", url="http://x.example", headers={"k": value}), "name": value})
        assert (await hunting.ask("POST", "/api/workflows", json=literal)).status_code == 422, name
        assert (await hunting.ask("POST", "/api/workflows/validate", json=literal)).status_code == 200
        assert (await hunting.ask("POST", "/api/workflows/test", json={"document": literal})).status_code == 422, name
        prompt = chain("bad", node("a", "agent", prompt=f"Use {{{{secret.{name}}}}}"))
        found = (await hunting.ask("POST", "/api/workflows/validate", json=prompt)).json()
        assert "E-SECRET" in {problem["code"] for problem in found}
    for path in (
        "/health", "/openapi.json", "/docs", "/api/secrets", "/api/providers", "/api/providers/lab", "/api/models",
        "/api/tools", "/api/node-types", "/api/workflows", "/api/executions", "/api/workflows/echoed",
        "/api/workflows/echoed/versions", f"/api/executions?q={CANARIES['INPUT']}", f"/nothing/{CANARIES['PROMPT']}",
        f"/api/executions/{CANARIES['PROMPT']}", f"/api/workflows?cursor={CANARIES['PROMPT']}",
    ):  # fmt: skip
        await hunting.ask("GET", path)
    for name in ("openai", "lab", "groq"):
        if name != "groq":  # which is not on this machine
            await hunting.ask("POST", f"/api/providers/{name}/test")
    await hunting.ask("PUT", "/api/secrets/HTTP_BODY", json={"value": CANARIES["HTTP_BODY"], "x": 1})


async def test_no_canary_is_anywhere(tmp_path: Path, talk: io.StringIO) -> None:
    data = tmp_path / "data"
    (data / "tools").mkdir(parents=True)
    (data / "tools" / "careless.py").write_text(hunt.TOOLS)
    for folder in (data, data / "tools"):
        folder.chmod(0o700)
    (data / "tools" / "careless.py").chmod(0o600)
    echo = Echo()
    async with OpenAIServer(provider_reply) as provider, echo.serving() as echo_url:
        environment = {
            **ENVIRONMENT,
            "POINTWORK_DATA_DIR": str(data),
            "OPENAI_BASE_URL": provider.url,
            "POINTWORK_EGRESS_ALLOW": echo_url,
            "POINTWORK_SEARCH_PROVIDER": "searxng",
            "SEARXNG_URL": f"{echo_url}/search",
        }
        settings = Settings.from_environment(environment)
        app = App(settings)
        with captured():
            async with (
                serving(app) as address,
                httpx.AsyncClient(base_url=f"http://{address}") as client,
            ):
                hunting = Hunt(client, address)
                await set_up(hunting, provider.url)
                states = await run_everything(hunting, echo_url)
                await ask_everything_else(hunting)
        sent = b"".join(echo.heard) + json.dumps([[r.headers, r.body] for r in provider.requests]).encode()
    # It was really there: what the services were sent held the secrets that they were meant to get, and no others.
    assert leaks(sent, [CANARIES["HTTP_HEADER"]])
    assert leaks(sent, [CANARIES["HTTP_BODY"]])
    assert leaks(sent, [STORED_PROVIDER_KEY])
    assert leaks(sent, [ENVIRONMENT["OPENAI_API_KEY"]])
    prompts = json.dumps([request.body for request in provider.requests]).encode()
    ends = {name: state["status"] for name, state in states.items()}
    expected = {
        "echoed": "completed", "refused": "failed", "unreachable": "failed", "unknown": "failed", "agent": "completed",
        "stored": "failed", "human": "completed", "search": ends["search"], "return": "completed", "raise": "failed",
        "error": "failed", "print": "completed", "log": "completed", "file": "completed", "large": "completed",
    }  # fmt: skip
    assert ends == expected
    assert "[secret HTTP_HEADER]" in json.dumps(states["echoed"])
    assert "Incorrect API key provided: ***" in json.dumps(states["stored"])
    key_file = files_of(data).pop(data / "secret.key").partition(b"\n")[2].decode().strip()
    places = {str(path): found for path, found in files_of(tmp_path).items() if path.name != "secret.key"}
    places |= {**hunting.heard, "log": talk.getvalue().encode(), "prompts": prompts}
    assert found_in(places, [*EVERY, key_file]) == {}
    assert {"log", "prompts", str(data / "pointwork.db")} <= places.keys()
    assert "using [secret TOOL]" in json.dumps(states["log"])
    assert "logged [secret TOOL]" in talk.getvalue()


async def test_no_canary_is_in_what_a_command_shows(tmp_path: Path) -> None:
    """`pointwork run` with a tool that prints, and a tool that is called by its name."""
    data = tmp_path / "data"
    (data / "tools").mkdir(parents=True)
    (data / "tools" / "careless.py").write_text(hunt.TOOLS)
    for path in (data, data / "tools"):
        path.chmod(0o700)
    (data / "tools" / "careless.py").chmod(0o600)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("POINTWORK_", "OPENAI_"))},
        **ENVIRONMENT,
        "POINTWORK_DATA_DIR": str(data),
        "POINTWORK_DEBUG": "1",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }

    few = asyncio.Semaphore(3)
    shown: dict[str, bytes] = {}

    async def command(*arguments: str, stdin: str = "") -> None:
        async with few:
            shown[" ".join(arguments).replace(f"{tmp_path}/", "")] = await finished(*arguments, stdin=stdin)

    async def finished(*arguments: str, stdin: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pointwork", *arguments, env=environment, cwd=tmp_path / "here",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), PATIENCE_S)
        return f"{process.returncode}\n".encode() + out + err

    (tmp_path / "here").mkdir()
    await asyncio.gather(*(command("secrets", "set", name, stdin=value) for name, value in CANARIES.items()))
    assert all(told.startswith(b"0\n") for told in shown.values()), shown
    flows = documents("http://127.0.0.1:9")
    inputs = ("--input", f"key={CANARIES['INPUT']}", "--timeout", "40")
    todo = [
        ("secrets", "list"), ("secrets", "list", "--json"), ("providers", "list"), ("doctor", "--json"), ("openapi",),
        ("check", f"{tmp_path}/log.json"),
        ("run", f"{tmp_path}/print.json", *inputs, "--json", "--no-save"),
    ]  # fmt: skip
    for way in (*WAYS, "agent", "echoed"):
        (tmp_path / f"{way}.json").write_text(json.dumps(flows[way]))
        todo.append(("run", f"{tmp_path}/{way}.json", *inputs))
        if way in WAYS:
            todo.append(("tools", "call", "blurts", f"how={way}"))
    await asyncio.gather(*(command(*arguments) for arguments in todo))
    await command("secrets", "rotate")
    await command("executions", "list")
    shown = {name.partition(" --input")[0] + " --json" * ("--json" in name): told for name, told in shown.items()}
    printed = shown["run print.json"].decode()
    assert "printed [secret TOOL]" in printed
    assert "to stderr [secret TOOL]" in printed
    assert b"[secret TOOL]" in shown["tools call blurts how=raise"]
    places = {**{str(path): found for path, found in files_of(data, tmp_path / "here").items()}, **shown}
    key_file = places.pop(str(data / "secret.key")).partition(b"\n")[2].decode().strip()
    assert found_in(places, [*EVERY, key_file]) == {}


def test_the_hunt_finds_what_is_there(tmp_path: Path) -> None:
    """Or finding nothing would prove nothing."""
    for value in EVERY:
        for spelling in hunt.spelled(value):
            (tmp_path / "file").write_bytes(b"\0before " + spelling.encode() + b" after")
            found = {str(path): data for path, data in files_of(tmp_path).items()}
            assert found_in(found, [value]), spelling
    assert found_in({"x": b"harmless"}, EVERY) == {}
