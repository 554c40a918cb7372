"""Trying a provider, whatever it answers; which models go where; and providers on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from pointwork.cli.program import main
from pointwork.errors import ModelUnavailable, NotFound
from pointwork.library import ProviderStore
from pointwork.models import Endpoint, Known, Models, Provider, check_endpoint
from pointwork.models.endpoint import Kind
from pointwork.settings import Settings
from pointwork.testing import absent_url
from pointwork.wiring import App
from tests.secrets.conftest import CANARY

Answer = tuple[int, bytes] | None


@asynccontextmanager
async def server(
    answer: Callable[[dict[str, str]], Answer],
) -> AsyncIterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """An HTTP server that says this; with None it says nothing. Its address, and what it was asked."""
    asked: list[tuple[str, dict[str, str]]] = []
    open_tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            asked.append((head[0].split()[1], headers))
            found = answer(headers)
            if found is None:
                await asyncio.Event().wait()
            else:
                status, body = found
                writer.write(
                    f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\nlocation: /else\r\n\r\n".encode() + body
                )
                await writer.drain()
        finally:
            writer.close()
            open_tasks.discard(task)

    made = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{made.sockets[0].getsockname()[1]}/v1", asked
    finally:
        made.close()
        for task in open_tasks:
            task.cancel()
        await asyncio.gather(*open_tasks, return_exceptions=True)
        await made.wait_closed()


@pytest.mark.parametrize(
    ("kind", "path", "header", "value"),
    [
        ("openai", "/v1/models", "authorization", f"Bearer {CANARY}"),
        ("anthropic", "/v1/v1/models", "x-api-key", CANARY),
        ("google", "/v1/v1beta/models", "x-goog-api-key", CANARY),
    ],
)
async def test_each_protocol_is_asked_in_its_own_way(kind: Kind, path: str, header: str, value: str) -> None:
    body = {"data": [{"id": "one"}, {"id": 5}, "x"]} if kind != "google" else {"models": [{"name": "models/one"}]}
    async with server(lambda _: (200, json.dumps(body).encode())) as (url, asked):
        found = await check_endpoint(Endpoint(base_url=url, api_key=CANARY, kind=kind))
    assert (found.ok, found.models) == (True, ("one",))
    ((asked_path, headers),) = asked
    assert (asked_path, headers[header]) == (path, value)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            (401, json.dumps({"error": {"message": f"Incorrect key: {CANARY}"}}).encode()),
            "does not accept the key (401)",
        ),
        ((403, b"no"), "does not accept the key (403): no"),
        ((404, b"<html>not here</html>"), "answers 404: <html>not here</html>"),
        ((302, b""), "answers 302"),  # nobody is followed, least of all with a key
        ((500, b'{"error": "down"}'), "answers 500: down"),
        ((200, b"not json"), "is no list of models"),
        ((200, b"[1]"), "is no list of models"),
        ((200, b'{"data": 5}'), "is no list of models"),
        ((200, b'{"data": []}'), "has 0 models"),
        ((200, b"x" * (5 << 20)), "is no list of models"),
        ((400, b"z" * 100_000), "z …"),
        (None, "did not answer within 0.2 s"),
    ],
)
async def test_whatever_it_answers_is_said_in_words(answer: Answer, told: str) -> None:
    async with server(lambda _: answer) as (url, _):
        found = await check_endpoint(Endpoint(base_url=url, api_key=CANARY), timeout_s=0.2 if answer is None else 15)
    assert told in found.message
    assert len(found.message) < 600
    assert found.ok == (answer == (200, b'{"data": []}'))


async def test_nobody_is_there() -> None:
    found = await check_endpoint(Endpoint(base_url=absent_url()))
    assert (found.ok, "cannot be reached" in found.message) == (False, True)


async def test_a_key_that_the_provider_repeats_is_hidden(tmp_path: Path) -> None:
    app = App(Settings(data_dir=tmp_path, database=tmp_path / "pointwork.db"))
    await app.open(adopt=False)
    try:
        async with server(lambda headers: (401, headers["authorization"].encode())) as (url, _):
            await app.providers.set("lab", kind="openai-compatible", base_url=url, key=CANARY)
            found = await app.providers.test("lab")
        assert "[secret provider_lab]" in found.message
        assert CANARY not in str(found)
        with pytest.raises(NotFound):
            await app.providers.test("nobody")
    finally:
        await app.close()


# ------------------------------------------------------------------------------------------- which models go where


def provider(
    name: str, *, begins: tuple[str, ...] = (), url: str = "http://127.0.0.1:1/v1", key: str = "k"
) -> Provider:
    known = Known(name=name, title=name, kind="openai", base_url=url, begins=begins, suggested=("m",))
    return Provider(known=known, endpoint=Endpoint(base_url=url, api_key=key))


def where(models: Models, name: str) -> Any:
    """Which endpoint a name goes to, and what the model is called there."""
    found: Any = models.client(name)
    return (found.client.endpoint.base_url, found.model) if hasattr(found, "client") else found.endpoint.base_url


def test_a_stored_provider_is_named_before_the_model() -> None:
    models = Models(offline_demo=False)
    with pytest.raises(ModelUnavailable):
        models.client("lab:tiny")
    models.set_providers([provider("lab")])
    assert where(models, "lab:tiny") == ("http://127.0.0.1:1/v1", "tiny")
    assert where(models, "lab:tiny:7b") == ("http://127.0.0.1:1/v1", "tiny:7b")
    with pytest.raises(ModelUnavailable):  # never a silent other one
        models.client("tiny")
    assert [one.name for one in models.available() if one.available] == ["lab:m", "offline-demo"]
    models.set_providers([])
    with pytest.raises(ModelUnavailable):
        models.client("lab:tiny")


def test_the_environment_wins_over_what_is_stored() -> None:
    models = Models(providers=[provider("groq", url="http://127.0.0.1:2/v1")])
    models.set_providers([provider("groq"), provider("lab", begins=("lab-",))])
    assert where(models, "groq:x") == ("http://127.0.0.1:2/v1", "x")
    assert where(models, "lab-1") == "http://127.0.0.1:1/v1"


def test_a_client_stays_the_same_while_its_settings_do() -> None:
    models = Models()
    models.set_providers([provider("lab")])
    before: Any = models.client("lab:x")
    models.set_providers([provider("lab"), provider("other")])
    after: Any = models.client("lab:x")
    assert after.client is before.client
    models.set_providers([provider("lab", key="another")])
    changed: Any = models.client("lab:x")
    assert changed.client is not before.client


async def test_closing_closes_what_was_taken_away_too() -> None:
    closed: list[str] = []

    class Loaded:
        def __init__(self, name: str) -> None:
            self.name = name

        async def close(self) -> None:
            closed.append(self.name)

    models = Models()
    for key in ("one", "two"):
        models.set_providers([provider("lab", key=key)])
        client: Any = models.client("lab:x")
        client.client.loaded = Loaded(key)
    await models.close()
    assert sorted(closed) == ["one", "two"]


# ------------------------------------------------------------------------------------------------ the command line


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "POINTWORK_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POINTWORK_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_providers_on_the_command_line(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers", "list"]) == 0
    assert "There are none" in capsys.readouterr().err
    assert main(["providers", "set", "lab", "--kind", "openai-compatible", "--url", absent_url(), "--model", "m"]) == 0
    capsys.readouterr()
    assert main(["providers", "list"]) == 0
    assert "openai-compatible" in capsys.readouterr().out
    assert main(["providers", "list", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["name"], entry["options"], entry["key"]) == ("lab", {"models": ["m"]}, None)
    assert main(["providers", "test", "lab"]) == 1
    assert "cannot be reached" in capsys.readouterr().out
    assert main(["providers", "test", "lab", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False
    assert main(["providers", "remove", "lab"]) == 0
    assert main(["providers", "remove", "lab"]) == 2
    assert "no provider 'lab'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["set", "lab"], "--kind"),
        (["set", "lab", "--kind", "x"], "invalid choice"),
        (["set", "LAB", "--kind", "ollama"], "cannot be called"),
        (["set", "lab", "--kind", "openai-compatible"], "no address"),
        (["set", "lab", "--kind", "ollama", "--secret", "NONE"], "no secret 'NONE'"),
        (["test", "lab"], "no provider 'lab'"),
    ],
)
def test_command_lines_that_cannot_work(
    data_dir: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(["providers", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_provider_that_cannot_be_used_does_not_keep_the_server_from_starting(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data_dir.mkdir()
    store = ProviderStore(data_dir / "pointwork.db")
    store.open()
    store.set("lab", kind="ollama", secret="GONE")
    store.close()
    assert main(["providers", "list"]) == 0
    assert "cannot be used: There is no secret 'GONE'" in capsys.readouterr().out
