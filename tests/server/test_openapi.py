"""The description of the API: complete, sound, and true of what the server answers."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import hypothesis
import jsonschema_rs
import pytest
import schemathesis
from schemathesis import checks

from pointwork.commands import ControlInput
from pointwork.server import create_app, openapi_document
from pointwork.server.serve import Server, listen
from pointwork.settings import Settings
from pointwork.wiring import App
from tests.server.workshop import chain

DOCUMENT = openapi_document()
SCHEMAS = DOCUMENT["components"]["schemas"]
ALL = list(hypothesis.HealthCheck)
OPERATIONS = [
    (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


def fits(schema: dict[str, Any], value: Any) -> None:
    """Raise unless the value is what the schema says."""
    jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]}).validate(value)


def test_the_web_app_knows_this_document() -> None:
    committed = json.loads((Path(__file__).parents[2] / "frontend" / "openapi.json").read_text("utf-8"))
    assert committed == json.loads(json.dumps(DOCUMENT)), "run make types"


def test_every_operation_is_described() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names)) >= 25
    for method, path, operation in OPERATIONS:
        assert operation["description"], path
        assert operation["tags"], path
        good = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
        assert good, path
        for status, answer in good.items():
            if status != "204":
                [(kind, content), *_] = answer["content"].items()
                wanted = (
                    "application/octet-stream"
                    if operation["operationId"] in ("get_execution_file", "get_tryout_file")
                    else "application/json"
                )
                assert kind == wanted, path
                assert "schema" in content, path
        if path != "/health":
            assert set(operation["responses"]["4XX"]["content"]) == {"application/problem+json"}, (method, path)


def test_what_is_named_is_there() -> None:
    text = json.dumps(DOCUMENT)
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named <= set(SCHEMAS)
    assert {"Record", "ControlInput", "StreamMessage", "Workflow", "ProblemDocument", "Retry", "RetryNow"} <= set(
        SCHEMAS
    )
    assert "pointwork__" not in text
    assert len(SCHEMAS["ControlInput"]["oneOf"]) == len(get_args(get_args(ControlInput)[0]))
    assert "node" in SCHEMAS["RetryNow"]["properties"]
    assert "max_attempts" in SCHEMAS["Retry"]["properties"]
    for name in SCHEMAS:
        jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(openapi_document()) == json.dumps(DOCUMENT)


async def test_it_is_served(client: httpx.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json() == DOCUMENT


async def test_answers_are_as_described(client: httpx.AsyncClient) -> None:
    async def ask(method: str, path: str, body: Any = None, *, to: str = "", **values: str) -> Any:
        answer = await client.request(method, (to or path).format(**values), json=body)
        described = DOCUMENT["paths"][path.partition("?")[0]][method.lower()]["responses"]
        shape = described.get(str(answer.status_code)) or described[f"{answer.status_code // 100}XX"]
        kind = answer.headers["content-type"]
        fits(shape["content"][kind]["schema"], answer.json())
        return answer.json()

    one, run = "/api/workflows/{workflow_id}", "/api/executions/{execution_id}"
    stored = await ask("POST", "/api/workflows", chain("start", "ask", "end"))
    ids = {"workflow_id": stored["id"], "number": "1", "name": "calculator"}
    await ask("GET", "/api/workflows")
    await ask("GET", one, **ids)
    await ask("PUT", one, {**stored, "name": "Other"}, **ids)
    await ask("PATCH", one, [{"op": "replace", "path": "/name", "value": "Third"}], **ids)
    await ask("PUT", one, {**stored, "name": "Late"}, **ids)  # stale
    await ask("POST", "/api/workflows/validate", chain("start", "odd"))
    await ask("POST", "/api/workflows/test", {"document": chain("start", "end")})
    await ask("POST", "/api/workflows/test", {"document": chain("start", "end")}, to="/api/workflows/test?wait=30")
    await ask("GET", f"{one}/problems", **ids)
    await ask("GET", f"{one}/versions", **ids)
    await ask("GET", f"{one}/versions/{{number}}", **ids)
    await ask("POST", f"{one}/versions/{{number}}/restore", **ids)
    waiting = await ask("POST", f"{one}/execute", {}, to=f"{one}/execute?wait=30", **ids)
    await ask("POST", f"{one}/execute", {}, **ids)
    ids["execution_id"] = waiting["execution_id"]
    assert waiting["status"] == "waiting"
    await ask("GET", run, **ids)
    await ask("GET", f"{run}/events", **ids)
    await ask("POST", f"{run}/fork", {"at": 2}, **ids)
    await ask("POST", f"{run}/evaluate", {"expressions": ["inputs", "1 / 0"], "node": "ask"}, **ids)
    await ask("POST", f"{run}/evaluate", {"expressions": []}, **ids)
    await ask("GET", f"{run}/diff", to=f"{run}/diff?from=1", **ids)
    await ask("GET", f"{run}/diff", to=f"{run}/diff?from=999", **ids)
    link = await ask("POST", f"{run}/links", {"node": "ask"}, **ids)
    for token in (link["url"].rpartition("/")[2], "guess"):
        await ask("GET", "/api/answers/{token}", token=token)
        await ask("POST", "/api/answers/{token}", {"value": "yes"}, token=token)
    await ask("POST", f"{run}/commands", {"type": "answer", "node": "ask", "value": "yes"}, **ids)
    await ask("GET", "/api/executions")
    await ask("GET", run, execution_id="unknown")
    for path in ("/health", "/api/node-types", "/api/models", "/api/tools"):
        await ask("GET", path)
    await ask("GET", "/api/tools/{name}", **ids)
    await ask("POST", "/api/tools/{name}/execute", {"arguments": {"expression": "2 + 2 * 3"}}, **ids)
    await ask("POST", "/api/tools/{name}/execute", {"arguments": {}}, **ids)
    await ask("POST", "/api/tools/{name}/try", {"arguments": {"expression": "2 + 2 * 3"}}, **ids)
    messages = await client.get(f"{run}/events?view=messages".format(**ids), headers={"accept": "text/event-stream"})
    told = [json.loads(line[6:]) for line in messages.text.splitlines() if line.startswith("data: ")]
    assert {message["type"] for message in told} >= {"status", "node_update", "log", "completion"}
    for message in told:
        fits({"$ref": "#/components/schemas/StreamMessage"}, message)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in a thread of its own, for clients that know nothing of asyncio."""
    folder: Path = tmp_path_factory.mktemp("served")
    listening = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = Server(create_app(App(Settings(data_dir=folder, database=folder / "pointwork.db"))))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    httpx.post(f"{address}/api/workflows", json={**chain("start", "end"), "id": "0"})
    yield address
    server.should_exit = True
    thread.join()


DESCRIBED = [found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()]


@pytest.mark.parametrize("operation", DESCRIBED, ids=lambda operation: f"{operation.method} {operation.path}")
def test_nothing_that_fits_the_description_breaks_the_server(served: str, operation: Any) -> None:
    described = json.dumps(operation.definition.raw)
    wanted = [checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance]
    if "StoredWorkflowDocument" not in described:
        # Documents come back as they were sent, also in the older spellings that loading understands.
        wanted.append(checks.response_schema_conformance)

    # Documents take long to make up; what can be in them is the business of other tests.
    @hypothesis.settings(max_examples=2 if "/Workflow" in described else 8, deadline=None, suppress_health_check=ALL)
    @hypothesis.given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        if "wait" in case.query:
            case.query["wait"] = 0
        case.validate_response(case.call(base_url=served), checks=wanted)

    ask()
