"""The gallery: every template is sound, says honestly what it needs, and does what it promises."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from pointwork.commands import Answered
from pointwork.egress import read_allowed
from pointwork.library.gallery import Need, templates
from pointwork.models import ModelRequest
from pointwork.server import create_app
from pointwork.settings import Settings
from pointwork.testing import FakeModel
from pointwork.wiring import App
from pointwork.workflow import Workflow
from tests.nodes.running import runner
from tests.server.conftest import OWN

TEMPLATES = {one.id: one for one in templates()}
ANSWER = "Your favorite color is blue. [offline-demo] That is all that I understood."
SHARES = [
    {"category": "rent", "amount": 900.0, "share": 0.632},
    {"category": "food", "amount": 405.0, "share": 0.284},
    {"category": "travel", "amount": 120.0, "share": 0.084},
]

# What comes of a template as it is, with no key at all.
NEEDING_NOTHING: dict[str, Any] = {
    "ask-the-calculator": "15 * 23 + 17 = 362",
    "assistant-that-remembers": ANSWER,
    "choose-shipping": {"way": "parcel", "price": 6.42},
    "csv-report": SHARES,
    "invoice-total": {"lines": [11.9, 29.15, 117.81], "total": 158.86},
    "many-at-once": {"roots": [1.0, 2.0, None, 4.0, 5.0]},
    "numbers-at-a-glance": {"smallest": 4, "average": 18.0, "largest": 42},
    "savings-plan": {"years": 15, "amount": 2078.91},
    "survive-a-failure": 100,
}


def told(request: ModelRequest) -> str:
    """The first words of the instructions."""
    return str(request.messages[0]["content"])


def actor(**replies: Any) -> FakeModel:
    """Plays all agents of a template: the reply whose word is in the instructions."""

    def reply(request: ModelRequest) -> Any:
        return next(answer for word, answer in replies.items() if word in told(request))

    return FakeModel(reply)


TASKS = {"tasks": [{"who": "Ana", "what": "sends the offer", "until": "Friday"}]}
PAIRS = [
    {"translation": "wort", "original": "The sea rises twice a day.", "back": "word"},
    {"translation": "wort", "original": "Spring tides are the highest.", "back": "word"},
]

# Who plays the model, and the result.
SCRIPTED: dict[str, tuple[FakeModel, Any]] = {
    "research-article": (actor(List="fact", Write="An article."), "An article."),
    "draft-until-approved": (actor(Judge="Approved.", Write="A draft."), "A draft."),
    "translate-and-check": (
        actor(English="word", language="wort", compare="nothing drifted"),
        {"pairs": PAIRS, "remarks": "nothing drifted"},
    ),
    "meeting-tasks": (actor(tasks=json.dumps(TASKS)), TASKS),
    "review-crew": (
        actor(mistakes="It divides by zero.", clear="Clear.", wrong="Empty lists.", Three="Handle empty lists."),
        "Handle empty lists.",
    ),
    "web-research": (FakeModel("In 2026, says https://example.org."), "In 2026, says https://example.org."),
}
ASKING = {"expense-approval", "ticket-triage"}
FETCHING = {"watch-a-feed"}


def test_there_are_enough_and_all_are_tested() -> None:
    assert len(TEMPLATES) >= 12
    assert TEMPLATES.keys() == NEEDING_NOTHING.keys() | SCRIPTED.keys() | ASKING | FETCHING


@pytest.mark.parametrize("name", TEMPLATES)
async def test_it_is_whole_and_nothing_is_wrong_with_it(name: str, client: httpx.AsyncClient) -> None:
    one = TEMPLATES[name]
    assert one.title == one.workflow["name"]
    assert one.description.endswith(".")
    assert one.group
    assert set(one.needs) <= set(get_args(Need))
    workflow = Workflow.load(one.workflow)
    assert all(node.name and node.position.keys() == {"x", "y"} for node in workflow.nodes)
    start = next(node for node in one.workflow["nodes"] if node["type"] == "start")
    assert all(wanted["default"] is not None for wanted in start["start_config"]["inputs"])  # it runs as it is
    assert (await client.post("/api/workflows/validate", json=one.workflow)).json() == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_says_what_it_needs(name: str) -> None:
    one = TEMPLATES[name]
    nodes = one.workflow["nodes"]
    agents = [node for node in nodes if node["type"] == "agent"]
    tools = {tool for node in agents for tool in node["agent_config"].get("tools", [])}
    fetches = any(node["type"] == "http" for node in nodes) or any(tool.startswith("web_") for tool in tools)
    assert ("internet" in one.needs) == fetches
    assert ("person" in one.needs) == any(node["type"] == "human" for node in nodes)
    assert ("model" in one.needs) == (bool(agents) and name not in NEEDING_NOTHING)


@pytest.mark.parametrize("name", NEEDING_NOTHING)
async def test_it_runs_with_nothing(name: str, client: httpx.AsyncClient) -> None:
    stored = await client.post(f"/api/templates/{name}/use")
    assert stored.status_code == 201
    state = (await client.post(f"/api/workflows/{stored.json()['id']}/execute?wait=30")).json()
    assert (state["status"], state["error"]) == ("completed", None)
    assert state["result"] == NEEDING_NOTHING[name]


@pytest.mark.parametrize("name", SCRIPTED)
async def test_it_runs_with_a_model(name: str) -> None:
    model, result = SCRIPTED[name]
    async with runner(model) as there:
        state = await there.run(TEMPLATES[name].workflow)
    assert (state["status"], state["error"]) == ("completed", None)
    assert state["result"] == result


@pytest.mark.parametrize(
    ("kind", "reply", "choice", "result"),
    [
        ("delivery", "Delivered soon.", "send", {"reply": "Delivered soon."}),
        ("A Refund.", "Money soon.", "send", {"reply": "Money soon."}),
        ("other", "Which order?", "drop", {"kind": "other"}),
    ],
)
async def test_ticket_triage(kind: str, reply: str, choice: str, result: Any) -> None:
    model = actor(about=kind, warm=reply)
    async with runner(model) as there:
        execution = await there.runtime.start(Workflow.load(TEMPLATES["ticket-triage"].workflow), {})
        [waiting] = (await there.rest(execution))["waiting"]
        assert waiting["request"]["question"] == f"Send this?\n\n{reply}"
        await there.runtime.send(execution, Answered("approve", {"choice": choice}))
        state = await there.rest(execution)
    assert (state["status"], state["result"]) == ("completed", result)


@pytest.mark.parametrize(
    ("inputs", "choice", "result"),
    [
        ({"amount": 20}, None, {"paid": 20, "what": "A new laptop"}),
        ({}, "approve", {"paid": 1200, "what": "A new laptop"}),
        ({}, "reject", {"comment": "Too much."}),
    ],
)
async def test_expense_approval(inputs: dict[str, Any], choice: str | None, result: Any) -> None:
    async with runner() as there:
        execution = await there.runtime.start(Workflow.load(TEMPLATES["expense-approval"].workflow), inputs)
        state = await there.rest(execution)
        if choice:
            assert state["waiting"][0]["request"]["question"] == "A new laptop for 1200: shall it be paid?"
            await there.runtime.send(execution, Answered("ask", {"choice": choice, "comment": "Too much."}))
            state = await there.rest(execution)
    assert (state["status"], state["result"]) == ("completed", result)


async def test_draft_until_approved_improves() -> None:
    verdicts = iter(["Too long.", "APPROVED"])
    model = FakeModel(lambda request: next(verdicts) if "Judge" in told(request) else told(request).split()[0])
    async with runner(model) as there:
        state = await there.run(TEMPLATES["draft-until-approved"].workflow)
    assert state["result"] == "Rewrite"


@asynccontextmanager
async def service(body: bytes) -> AsyncIterator[str]:
    """Answers everything with this JSON."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("count", "result", "skipped"), [(3, {"found": 3}, "alarm"), (5_000, {"found": 5_000}, "calm")]
)
async def test_watch_a_feed(tmp_path: Path, count: int, result: Any, skipped: str) -> None:
    async with service(json.dumps({"open_issues_count": count}).encode()) as origin:
        allowed = read_allowed(origin, setting="POINTWORK_EGRESS_ALLOW")
        app = App(Settings(data_dir=tmp_path, database=tmp_path / "pointwork.db", egress_allow=allowed))
        server = create_app(app)
        async with (
            server.router.lifespan_context(server),
            httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=OWN) as client,
        ):
            stored = (await client.post("/api/templates/watch-a-feed/use")).json()
            body = {"inputs": {"url": f"{origin}/data"}}
            state = (await client.post(f"/api/workflows/{stored['id']}/execute?wait=30", json=body)).json()
    assert (state["status"], state["error"], state["result"]) == ("completed", None, result)
    assert state["node_states"][skipped]["status"] == "skipped"


async def test_the_gallery_over_http(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/templates")).json()
    assert [one["id"] for one in found] == [one.id for one in templates()]
    assert found[0]["needs"] == []
    assert (await client.get(f"/api/templates/{found[0]['id']}")).json() == found[0]
    missing = await client.get("/api/templates/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (await client.post("/api/templates/nothing/use")).status_code == 404


async def test_using_a_template_twice_gives_two_workflows(client: httpx.AsyncClient) -> None:
    one, other = [(await client.post("/api/templates/savings-plan/use")).json() for _ in range(2)]
    assert one["id"] != other["id"]
    assert (one["name"], one["version_number"]) == ("Savings until they double", 1)
    assert (await client.get(f"/api/workflows/{one['id']}")).json() == one
    again = {"idempotency-key": "k1"}
    first, second = [
        (await client.post("/api/templates/savings-plan/use", headers=again)).json()["id"] for _ in range(2)
    ]
    assert first == second
