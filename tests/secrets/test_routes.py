"""Secrets and providers over HTTP: a way in and no way out; documents with secrets in them; what answers hold."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pointwork.server import create_app
from pointwork.settings import Settings
from pointwork.testing import OpenAIServer, Reply
from pointwork.tools import ToolContext, tool
from pointwork.wiring import App
from tests.secrets.conftest import CANARY, OTHER


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database=tmp_path / "pointwork.db", openai_api_key=OTHER)


@pytest.fixture
async def app(settings: Settings) -> App:
    return App(settings)


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    server = create_app(app)
    async with (
        server.router.lifespan_context(server),
        httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://127.0.0.1:8000") as client,
    ):
        yield client


def call(url: str = "http://127.0.0.1:9/", **config: Any) -> dict[str, Any]:
    return {
        "name": "Call",
        "nodes": [{"id": "call", "type": "http", "http_config": {"url": url, **config}}],
        "edges": [],
    }


# ----------------------------------------------------------------------------------------------------------- secrets


async def test_a_secret_goes_in_and_does_not_come_out(client: httpx.AsyncClient) -> None:
    put = await client.put("/api/secrets/SERVICE_KEY", json={"value": CANARY})
    assert put.status_code == 200, put.text
    entry = put.json()
    assert entry == {
        "name": "SERVICE_KEY",
        "created_at": entry["created_at"],
        "updated_at": entry["created_at"],
        "last_used_at": None,
        "last_four": CANARY[-4:],
        "readable": True,
        "reason": "",
        "hidden": True,
    }
    assert (await client.get("/api/secrets")).json() == [entry]
    assert (await client.get("/api/secrets/SERVICE_KEY")).json() == entry
    assert (await client.delete("/api/secrets/SERVICE_KEY")).status_code == 204
    assert (await client.get("/api/secrets")).json() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/secrets/NONE", None, 404, "not_found"),
        ("DELETE", "/api/secrets/NONE", None, 404, "not_found"),
        ("PUT", "/api/secrets/a.b", {"value": CANARY}, 422, "unacceptable"),
        ("PUT", "/api/secrets/A", {"value": ""}, 422, "unacceptable"),
        ("PUT", "/api/secrets/A", {"value": "  \n "}, 422, "unacceptable"),
        ("PUT", "/api/secrets/A", {"value": 5}, 422, "unacceptable"),
        ("PUT", "/api/secrets/A", {"value": CANARY, "more": CANARY}, 422, "unacceptable"),
        ("PUT", "/api/secrets/A", {"value": CANARY * 9_000}, 422, "unacceptable"),
        ("PUT", "/api/secrets/A", [CANARY], 422, "unacceptable"),
        ("POST", "/api/secrets", {"name": "A", "value": CANARY}, 405, "method_not_allowed"),
    ],
)
async def test_what_is_refused_is_not_repeated(
    client: httpx.AsyncClient, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = await client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert CANARY not in answer.text


async def test_a_body_that_is_no_json_is_not_repeated(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    answer = await client.put("/api/secrets/A", content=f'{{"value": "{CANARY}', headers=headers)
    assert (answer.status_code, CANARY in answer.text) == (422, False)


async def test_of_a_request_that_brings_a_secret_not_even_a_checksum_is_kept(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    """Of a short value a checksum could be guessed."""
    for path, body in [
        ("/api/secrets/PIN", {"value": "1234"}),
        ("/api/providers/lab", {"kind": "ollama", "key": "abcd-1234"}),
    ]:
        answer = await client.put(path, json=body, headers={"idempotency-key": f"k{path}"})
        assert answer.status_code == 200, answer.text
        assert "idempotent-replayed" not in answer.headers
    with sqlite3.connect(settings.database) as connection:
        assert connection.execute("SELECT count(*) FROM idempotency").fetchone() == (0,)
    connection.close()


async def test_a_lost_key_is_said_in_lists_and_in_health(
    client: httpx.AsyncClient, app: App, settings: Settings
) -> None:
    await client.put("/api/secrets/A", json={"value": CANARY})
    (settings.data_dir / "secret.key").rename(settings.data_dir / "moved")
    fresh = App(settings)
    await fresh.open(adopt=False)
    try:
        assert [problem.code for problem in fresh.secret_problems] == ["W-SECRET"]
        assert "'A' was stored with the key" in fresh.secret_problems[0].message
        assert [(info.readable, info.last_four) for info in fresh.secrets.list()] == [(False, None)]
    finally:
        await fresh.close()
    app.secrets._at_hand = {}
    app.learn_secrets()
    problems = (await client.get("/health")).json()["problems"]
    assert [problem["code"] for problem in problems] == ["W-SECRET"]
    refused = await client.put("/api/secrets/B", json={"value": CANARY})
    assert (refused.status_code, refused.json()["code"]) == (503, "configuration")


# --------------------------------------------------------------------------------------------------------- documents


@pytest.mark.parametrize("value", [CANARY, f"Bearer {CANARY}", OTHER])
async def test_a_document_with_a_secret_in_it_is_not_taken(client: httpx.AsyncClient, value: str) -> None:
    await client.put("/api/secrets/SERVICE_KEY", json={"value": CANARY})
    name = "OPENAI_API_KEY" if value == OTHER else "SERVICE_KEY"
    document = call(headers={"x/y~z": value})
    for method, path in [("POST", "/api/workflows"), ("POST", "/api/workflows/validate")]:
        answer = await client.request(method, path, json=document)
        found = answer.json() if path.endswith("validate") else answer.json()["problems"]
        assert answer.status_code == (200 if path.endswith("validate") else 422)
        (problem,) = [one for one in found if one["code"] == "E-SECRET-VALUE"]
        assert problem["node"] == "call"
        assert problem["field"] == "http_config.headers.x/y~z"
        assert problem["severity"] == "error"
        assert problem["fixes"] == [
            {
                "label": "Refer to the secret by its name",
                "patch": [
                    {
                        "op": "replace",
                        "path": "/nodes/0/http_config/headers/x~1y~0z",
                        "value": value.replace(CANARY, "{{secret.SERVICE_KEY}}").replace(
                            OTHER, "{{secret.OPENAI_API_KEY}}"
                        ),
                    }
                ],
            }
        ]
        assert f"[secret {name}]" in problem["message"]
        assert value not in answer.text
    assert (await client.get("/api/workflows")).json() == []


@pytest.mark.parametrize(
    ("document", "field", "node"),
    [
        ({**call(), "description": f"about {CANARY}"}, "description", None),
        ({**call(), "variables": {"key": [CANARY]}}, "variables.key.0", None),
        ({**call(), "variables": {CANARY: 1}}, "variables.[secret SERVICE_KEY]", None),
        (call(headers={CANARY: "x"}), "http_config.headers.[secret SERVICE_KEY]", "call"),
        (call(headers={"k": base64.b64encode(CANARY.encode()).decode()}), "http_config.headers.k", "call"),
        (
            {"nodes": [{"id": "a", "type": "agent", "agent_config": {"prompt": f"say {CANARY}"}}], "edges": []},
            "agent_config.prompt",
            "a",
        ),
        ({"nodes": [{"id": CANARY, "type": "end"}], "edges": []}, "id", "[secret SERVICE_KEY]"),
    ],
)
async def test_where_no_reference_may_stand_there_is_no_fix(
    client: httpx.AsyncClient, document: Any, field: str, node: str | None
) -> None:
    await client.put("/api/secrets/SERVICE_KEY", json={"value": CANARY})
    answer = await client.post("/api/workflows", json=document)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert (problem["code"], problem["field"], problem["node"], problem["fixes"]) == ("E-SECRET-VALUE", field, node, [])
    assert CANARY not in answer.text


async def test_a_document_that_was_saved_before_is_not_given_out_and_can_be_mended(client: httpx.AsyncClient) -> None:
    saved = (await client.post("/api/workflows", json=call(headers={"key": CANARY}))).json()
    await client.put("/api/secrets/SERVICE_KEY", json={"value": CANARY})
    place = f"/api/workflows/{saved['id']}"
    for path in (place, f"{place}/versions/1"):
        answer = await client.get(path)
        assert (answer.status_code, CANARY in answer.text) == (422, False)
    assert (await client.post(f"{place}/versions/1/restore")).status_code == 422
    refused = await client.post(f"{place}/execute")
    assert (refused.status_code, CANARY in refused.text) == (422, False)
    (problem,) = [p for p in (await client.get(f"{place}/problems")).json() if p["code"] == "E-SECRET-VALUE"]
    mended = await client.patch(place, json=problem["fixes"][0]["patch"])
    assert mended.status_code == 200, mended.text
    assert mended.json()["nodes"][0]["http_config"]["headers"] == {"key": "{{secret.SERVICE_KEY}}"}
    assert (await client.get(place)).status_code == 200


async def test_a_stale_save_does_not_show_the_other_sides_secret(client: httpx.AsyncClient) -> None:
    saved = (await client.post("/api/workflows", json=call(headers={"key": CANARY}))).json()
    await client.put("/api/secrets/SERVICE_KEY", json={"value": CANARY})
    answer = await client.put(f"/api/workflows/{saved['id']}?version_id=old", json=call())
    assert (answer.status_code, CANARY in answer.text) == (409, False)


async def test_lists_show_no_secret(client: httpx.AsyncClient) -> None:
    await client.post("/api/workflows", json={**call(), "name": f"uses {CANARY}"})
    await client.put("/api/secrets/SERVICE_KEY", json={"value": CANARY})
    assert [one["name"] for one in (await client.get("/api/workflows")).json()] == ["uses [secret SERVICE_KEY]"]


# ------------------------------------------------------------------------------------------------- tools that are tried


async def test_a_tool_that_is_tried_out_gets_the_secret_and_cannot_tell_it(client: httpx.AsyncClient, app: App) -> None:
    seen: list[str] = []

    @tool
    async def tells(ctx: ToolContext, how: str) -> Any:
        key = ctx.secret("SERVICE_KEY")
        seen.append(key)
        if how == "raise":
            raise ValueError(key)
        return {"key": key, "encoded": base64.b64encode(key.encode()).decode()}

    app.tools.register_tool(tells)
    await client.put("/api/secrets/SERVICE_KEY", json={"value": CANARY})
    for how in ("return", "raise"):
        answer = await client.post("/api/tools/tells/execute", json={"arguments": {"how": how}})
        assert answer.status_code == 200
        assert "[secret SERVICE_KEY]" in answer.text
        assert CANARY not in answer.text
        assert int(answer.headers["content-length"]) == len(answer.content)
    assert seen == [CANARY, CANARY]
    await client.delete("/api/secrets/SERVICE_KEY")
    gone = (await client.post("/api/tools/tells/execute", json={"arguments": {"how": "return"}})).json()
    assert "There is no secret 'SERVICE_KEY'" in gone["error"]


# ---------------------------------------------------------------------------------------------------------- providers


async def test_a_provider_with_a_key_of_its_own(client: httpx.AsyncClient, app: App) -> None:
    async with OpenAIServer(Reply("Hello from the lab."), key=CANARY) as provider:
        body = {"kind": "openai-compatible", "base_url": provider.url, "key": CANARY, "options": {"models": ["tiny"]}}
        put = await client.put("/api/providers/lab", json=body)
        assert put.status_code == 200, put.text
        entry = put.json()
        assert {**entry, "created_at": "", "updated_at": ""} == {
            "name": "lab", "kind": "openai-compatible", "base_url": provider.url, "key": {"secret": "provider_lab"},
            "options": {"models": ["tiny"]}, "source": "stored", "usable": True,
            "reason": "Used for models that are called lab:…", "created_at": "", "updated_at": "",
        }  # fmt: skip
        assert [one["name"] for one in (await client.get("/api/providers")).json()] == ["openai", "lab"]
        assert (await client.get("/api/providers/lab")).json() == entry
        assert [one["name"] for one in (await client.get("/api/secrets")).json()] == ["provider_lab"]
        listed = {one["name"]: one for one in (await client.get("/api/models")).json()}
        assert listed["lab:tiny"]["available"]
        flow = {
            "nodes": [{"id": "a", "type": "agent", "agent_config": {"prompt": "Hi", "model": "lab:tiny"}}],
            "edges": [],
        }
        saved = (await client.post("/api/workflows", json=flow)).json()
        state = (await client.post(f"/api/workflows/{saved['id']}/execute?wait=30")).json()
        assert (state["status"], state["result"]) == ("completed", "Hello from the lab."), state
        assert provider.requests[-1].headers["authorization"] == f"Bearer {CANARY}"
        assert provider.requests[-1].body["model"] == "tiny"
    assert (await client.delete("/api/providers/lab")).status_code == 204
    assert (await client.get("/api/secrets")).json() == []
    assert (await client.get("/api/providers/lab")).status_code == 404
    assert "lab:tiny" not in {one["name"] for one in (await client.get("/api/models")).json()}


async def test_a_provider_whose_key_is_a_secret_of_another_name(client: httpx.AsyncClient) -> None:
    await client.put("/api/secrets/LAB_KEY", json={"value": CANARY})
    body = {"kind": "anthropic", "key": {"secret": "LAB_KEY"}}
    entry = (await client.put("/api/providers/work", json=body)).json()
    assert (entry["key"], entry["base_url"]) == ({"secret": "LAB_KEY"}, "https://api.anthropic.com")
    await client.delete("/api/providers/work")
    assert [one["name"] for one in (await client.get("/api/secrets")).json()] == ["LAB_KEY"]  # it was there before


async def test_a_key_that_is_replaced_by_none_is_forgotten(client: httpx.AsyncClient) -> None:
    body = {"kind": "ollama", "key": CANARY}
    await client.put("/api/providers/lab", json=body)
    await client.put("/api/providers/lab", json={"kind": "ollama", "key": {"secret": "provider_lab"}})
    assert len((await client.get("/api/secrets")).json()) == 1
    await client.put("/api/providers/lab", json={"kind": "ollama"})
    assert (await client.get("/api/secrets")).json() == []


async def test_a_provider_whose_secret_is_gone_says_so(client: httpx.AsyncClient) -> None:
    await client.put("/api/providers/lab", json={"kind": "ollama", "key": CANARY})
    await client.delete("/api/secrets/provider_lab")
    entry = (await client.get("/api/providers/lab")).json()
    assert not entry["usable"]
    assert "There is no secret 'provider_lab'" in entry["reason"]
    tried = await client.post("/api/providers/lab/test")
    assert (tried.status_code, tried.json()["code"]) == (503, "configuration")


async def test_providers_of_the_environment_are_shown_and_not_changed(client: httpx.AsyncClient) -> None:
    (entry,) = (await client.get("/api/providers")).json()
    assert (entry["name"], entry["source"], entry["key"]) == (
        "openai",
        "environment",
        {"environment": "OPENAI_API_KEY"},
    )
    for method in ("PUT", "DELETE"):
        answer = await client.request(method, "/api/providers/openai", json={"kind": "openai"})
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("Lab", {"kind": "ollama"}, "cannot be called"),
        ("a:b", {"kind": "ollama"}, "cannot be called"),
        ("lab", {"kind": "nobody"}, "kind"),
        ("lab", {"kind": "openai-compatible"}, "no address"),
        ("lab", {"kind": "ollama", "base_url": "ftp://x"}, "base_url"),
        ("lab", {"kind": "ollama", "base_url": f"http://user:{CANARY}@x/"}, "base_url"),
        ("lab", {"kind": "ollama", "base_url": f"http://x/?key={CANARY}"}, "base_url"),
        ("lab", {"kind": "ollama", "base_url": "http://x:99999/"}, "base_url"),
        ("lab", {"kind": "ollama", "key": {"secret": "NONE"}}, "no secret 'NONE'"),
        ("lab", {"kind": "ollama", "key": {"value": CANARY}}, "key"),
        ("lab", {"kind": "ollama", "options": {"colour": "red"}}, "no option 'colour'"),
        ("lab", {"kind": "ollama", "options": {"max_retries": True}}, "max_retries"),
        ("lab", {"kind": "ollama", "options": {"silence_s": 1e9}}, "silence_s"),
        ("lab", {"kind": "ollama", "options": {"models": ["a", 5]}}, "models"),
        ("lab", {"kind": "ollama", "options": {"models": [OTHER]}}, "hold a secret"),
        ("lab", {"kind": "ollama", "extra": 1}, "extra"),
    ],
)
async def test_settings_that_cannot_work(client: httpx.AsyncClient, name: str, body: Any, told: str) -> None:
    answer = await client.put(f"/api/providers/{name}", json=body)
    assert answer.status_code == 422, answer.text
    assert told in answer.text
    assert CANARY not in answer.text
    assert len((await client.get("/api/providers")).json()) == 1
    assert (await client.get("/api/secrets")).json() == []


async def test_a_key_that_is_no_key(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/providers/lab", json={"kind": "ollama", "key": f"{CANARY} with blanks"})
    assert (answer.status_code, CANARY in answer.text) == (422, False)
    assert (await client.get("/api/secrets")).json() == []


async def test_looking_at_a_provider_is_no_use_of_its_key(
    client: httpx.AsyncClient, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"kind": "openai", "key": "sk-0123456789abcdef"}
    assert (await client.put("/api/providers/mine", json=body)).is_success
    read: list[bool] = []
    get = app.secrets.get

    def watched(name: str, *, used: bool = True) -> str:
        read.append(used)
        return get(name, used=used)

    monkeypatch.setattr(app.secrets, "get", watched)
    app.providers.list()
    app.providers.get("mine")
    assert read == [False, False]
