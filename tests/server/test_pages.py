"""The pages of the server itself: complete, and without anything from elsewhere."""

from __future__ import annotations

import re
from importlib import resources

import httpx
import pytest

from pointwork.errors import PointworkError

ASSETS = resources.files("pointwork.server").joinpath("assets")
PAGES = ["/", "/docs", "/docs/errors"]


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
