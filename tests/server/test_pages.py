"""The pages of the server itself: complete, and without anything from elsewhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from pointwork.errors import PointworkError
from pointwork.server import pages

ASSETS = resources.files("pointwork.server").joinpath("assets")
PAGES = ["/docs", "/docs/errors"]


BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Asks a server for whose app nobody has run `npm run build`."""
    async for client in asking(tmp_path / "nothing"):
        yield client


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Asks a server whose app is a page, a file beside it and one that it loads."""
    (tmp_path / "assets").mkdir()
    for name, text in [("index.html", "<html>app</html>"), ("theme.js", "1"), ("assets/main-1a2b.js", "2")]:
        (tmp_path / name).write_text(text)
    async for client in asking(tmp_path):
        yield client


async def asking(web: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages.install(app, web)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/workflows", "/w/a%20b", "/runs/1?node=x", "/nowhere"])
async def test_every_other_address_is_the_app(built: httpx.AsyncClient, path: str) -> None:
    page = await built.get(path, headers=BROWSER)
    assert (page.status_code, page.text, page.headers["cache-control"]) == (200, "<html>app</html>", "no-cache")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/nothing", BROWSER),  # calls get errors, not pages
        ("/docs/nothing", BROWSER),
        ("/assets/gone-0000.js", BROWSER),  # of an older build: a page there would be a broken script
        ("/nowhere", {}),  # who does not ask for a page gets none
        ("/theme.js/x", {}),
        ("/..%2Fpages.py", {}),
        ("/assets/..%2Findex.html", {}),
    ],
)
async def test_what_the_app_is_not(built: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    assert (await built.get(path, headers=headers)).status_code == 404


async def test_what_may_be_kept(built: httpx.AsyncClient) -> None:
    named_by_content, named_for_ever = await built.get("/assets/main-1a2b.js"), await built.get("/theme.js")
    assert (named_by_content.text, named_for_ever.text) == ("2", "1")
    assert "immutable" in named_by_content.headers["cache-control"]
    assert named_for_ever.headers["cache-control"] == "no-cache"


async def test_without_the_app_there_is_a_plain_page(bare: httpx.AsyncClient) -> None:
    page = await bare.get("/", headers=BROWSER)
    assert page.status_code == 200
    for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
        assert (await bare.get(address)).status_code == 200, address
    assert (await bare.get("/workflows", headers=BROWSER)).status_code == 404


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_and_all_that_it_loads(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for address in loaded:
        assert address.startswith("/"), f"{address} is somewhere else"
        assert (await client.get(address)).status_code == 200, address
    assert "<style" not in page.text  # the policy forbids both
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=", page.text)


def test_nothing_comes_from_elsewhere() -> None:
    names = [asset.name for asset in ASSETS.iterdir()]
    assert {"home.html", "home.js", "docs.html", "docs.js", "page.css"} <= set(names)
    for name in names:
        addresses = re.findall(r"(?:https?:)?//[\w.-]+", ASSETS.joinpath(name).read_text("utf-8"))
        assert [one for one in addresses if "www.w3.org" not in one and one != "//"] == [], name


async def test_every_error_code_is_explained(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/errors")).text

    def below(kind: type[PointworkError]) -> list[type[PointworkError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    codes = {kind.code for kind in below(PointworkError) if kind.__module__ == "pointwork.errors"} - {"error"}
    assert len(codes) > 15
    for code in (*codes, "internal", "foreign_origin", "method_not_allowed"):
        assert f'<tr id="{code}">' in page, code


async def test_the_demo_of_the_front_page_runs(client: httpx.AsyncClient) -> None:
    """The document that the button stores and runs."""
    document = (await client.get("/assets/demo.json")).json()
    assert '"/assets/demo.json"' in ASSETS.joinpath("home.js").read_text("utf-8")
    stored = await client.post("/api/workflows", json=document)
    assert stored.status_code == 201, stored.text
    assert (await client.get("/api/workflows/pointwork-demo/problems")).json() == []
    state = await client.post(
        "/api/workflows/pointwork-demo/execute?wait=30", json={"inputs": {"question": "What is 15 * 23 + 17?"}}
    )
    assert state.json()["status"] == "completed", state.text
    assert "362" in str(state.json()["result"])
    assert state.json()["node_states"]["nothing"]["status"] == "skipped"
