"""`file_reader`, `file_writer` and `current_time`: what they return, and what they say when they cannot."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from pointwork.errors import ConfigurationError, Unacceptable
from pointwork.files import Workspaces
from pointwork.tools import ToolContext, ToolRegistry, outside
from tests.tools.reach import call, context

clock = importlib.import_module("pointwork.tools.current_time")


@pytest.fixture
def ctx(tmp_path: Path) -> ToolContext:
    return context(data=tmp_path)


def put(ctx: ToolContext, name: str, content: bytes) -> None:
    ctx.resource(Workspaces).of("run").write(name, content)


async def test_reads_what_was_written(ctx: ToolContext) -> None:
    written = await call("file_writer", ctx, file_path="notes/a.md", content="# Hé\n\ntext\n")
    assert written == {"file_path": "notes/a.md", "bytes_written": 12}
    assert await call("file_reader", ctx, file_path="notes/a.md") == {
        "content": "# Hé\n\ntext",
        "lines_read": 3,
        "total_lines": 3,
        "truncated": False,
        "file_path": "notes/a.md",
        "bytes": 12,
        "encoding": "utf-8",
    }


@pytest.mark.parametrize(
    ("content", "arguments", "expected"),
    [
        (b"", {}, ("", 0, 0, False)),
        (b"one", {}, ("one", 1, 1, False)),
        (b"a\r\nb\rc\n", {}, ("a\nb\nc", 3, 3, False)),
        (b"a\nb\nc", {"max_lines": 2}, ("a\nb", 2, 3, True)),
        (b"a\nb\nc", {"start_line": 2}, ("b\nc", 2, 3, True)),
        (b"a\nb\nc", {"start_line": 9}, ("", 0, 3, True)),
        (b"x" * 3_000, {}, ("x" * 2_000 + "…", 1, 1, True)),
        (b"[" + b"1," * 2_000 + b"1]", {}, ("\n".join(["[", *[" 1,"] * 99]), 100, 2_003, True)),  # as a.json
        (b"{not json" + b" " * 3_000, {}, ("{not json" + " " * 1_991 + "…", 1, 1, True)),
        ("\ufeffgrün".encode(), {}, ("grün", 1, 1, False)),
        ("grün\n".encode("utf-16"), {}, ("grün", 1, 1, False)),
        ("grün €".encode("cp1252"), {}, ("grün €", 1, 1, False)),
        (b"x\n" * 600_000, {"max_lines": 1}, ("x", 1, None, True)),  # longer than what is read
        (("é" * 600_000).encode(), {}, ("é" * 2_000 + "…", 1, None, True)),  # cut in the middle of a letter
    ],
)
async def test_text(content: bytes, arguments: Any, expected: Any, ctx: ToolContext) -> None:
    put(ctx, "a.json", content)
    got = await call("file_reader", ctx, file_path="a.json", **arguments)
    assert (got["content"], got["lines_read"], got["total_lines"], got["truncated"]) == expected


@pytest.mark.parametrize(
    ("content", "arguments", "columns", "rows", "truncated"),
    [
        (b'a,b\n1,"x, y"\n3,4\n', {}, ["a", "b"], [["1", "x, y"], ["3", "4"]], False),
        (b"a;b\n1;2\n3;4\n", {"max_lines": 1}, ["a", "b"], [["1", "2"]], True),
        (b"a\tb\n1\t2\n3\t4\n", {"start_line": 2}, ["a", "b"], [["3", "4"]], True),
        (b"", {}, [], [], False),
        (b'a, b\n1, "x, y"\n', {}, ["a", "b"], [["1", "x, y"]], False),
        (b'a,b\n1,"x\ny"\n', {}, ["a", "b"], [["1", "x\ny"]], False),  # a cell of two lines
        ('a,b\n1,"x\u2028y"\n'.encode(), {}, ["a", "b"], [["1", "x\u2028y"]], False),
    ],
)
async def test_rows(content: bytes, arguments: Any, columns: Any, rows: Any, truncated: bool, ctx: ToolContext) -> None:
    put(ctx, "a.csv", content)
    got = await call("file_reader", ctx, file_path="a.csv", output="rows", **arguments)
    assert (got["columns"], got["rows"], got["truncated"]) == (columns, rows, truncated)


async def test_csv_made_to_be_guessed_at_for_hours_is_read_at_once(ctx: ToolContext) -> None:
    put(ctx, "a.csv", b'"a",b\n' + b'"' * 200 + b"x")  # each character more takes longer than the one before
    began = process_time()
    got = await call("file_reader", ctx, file_path="a.csv", output="rows")
    assert process_time() - began < 1
    assert (got["columns"], len(got["rows"])) == (["a", "b"], 1)


async def test_json_that_would_grow_to_many_times_its_size_is_not_spread_over_lines(ctx: ToolContext) -> None:
    data = b"[" * 900 + b",".join([b"1"] * 50_000) + b"]" * 900
    put(ctx, "a.json", data)
    began = process_time()
    got = await call("file_reader", ctx, file_path="a.json")
    assert process_time() - began < 0.8
    assert (got["content"], got["total_lines"]) == (data[:2_000].decode() + "…", 1)


async def test_says_why_it_cannot_read(ctx: ToolContext, tmp_path: Path) -> None:
    empty = await call("file_reader", ctx, file_path="a.txt")
    assert empty["error"] == "There is no file 'a.txt' that may be read here."
    assert "The workspace is empty." in empty["hint"]
    put(ctx, "b.txt", b"x")
    put(ctx, "c.bin", bytes(10))
    (tmp_path / "secret.txt").write_text("secret")
    for path in ("a.txt", "../../secret.txt", "/etc/passwd", "~/x", "\x00"):
        got = await call("file_reader", ctx, file_path=path)
        assert "error" in got
        assert "There are: 'b.txt', 'c.bin'." in got["hint"]
    assert "is no text" in (await call("file_reader", ctx, file_path="c.bin"))["error"]


async def test_says_why_it_cannot_write(ctx: ToolContext) -> None:
    assert "leads upwards" in (await call("file_writer", ctx, file_path="../a", content=""))["error"]
    assert "half a character" in (await call("file_writer", ctx, file_path="a", content="\ud800"))["error"]
    with pytest.raises(Unacceptable):
        await call("file_writer", ctx, file_path="a")


@pytest.mark.parametrize("arguments", [{"max_lines": 0}, {"max_lines": 10**9}, {"start_line": 0}, {"output": "html"}])
async def test_arguments_have_limits(arguments: Any, ctx: ToolContext) -> None:
    with pytest.raises(Unacceptable):
        await call("file_reader", ctx, file_path="a", **arguments)


async def test_outside_of_runs_it_is_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "example.txt").write_text("line\n" * 50)
    monkeypatch.setattr(outside, "_offered", [{Workspaces: Workspaces()}.get])
    tool = ToolRegistry().get_tool("file_reader")
    got = await tool.execute(file_path="example.txt", max_lines=100)
    assert got["lines_read"] == 50
    monkeypatch.setattr(outside, "_offered", [])
    with pytest.raises(ConfigurationError, match="Workspaces"):
        ToolContext().resource(Workspaces)
    assert "error" in await tool.execute(file_path="example.txt")


def test_they_say_what_they_do() -> None:
    registry = ToolRegistry()
    facts = {
        name: (definition.side_effects, definition.idempotent)
        for name in ("file_reader", "file_writer", "web_fetch", "web_search", "http_request", "current_time")
        for definition in [registry.get_tool(name).definition]
    }
    assert facts == {
        "file_reader": (False, True),
        "file_writer": (True, True),
        "web_fetch": (False, True),
        "web_search": (False, True),
        "http_request": (True, False),
        "current_time": (False, True),
    }
    for name in ("web_fetch", "web_search", "http_request"):
        assert "reaches outside" in registry.get_tool(name).description


# -- the time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timezone", "time"),
    [
        ("UTC", "2026-07-01T12:00:00+00:00"),
        ("Europe/Berlin", "2026-07-01T14:00:00+02:00"),
        ("Asia/Kathmandu", "2026-07-01T17:45:00+05:45"),
        ("America/Argentina/Buenos_Aires", "2026-07-01T09:00:00-03:00"),
    ],
)
async def test_time(timezone: str, time: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def now(zone: tzinfo) -> datetime:
        return datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(zone)

    monkeypatch.setattr(clock, "_now", now)
    got = await call("current_time", context(), timezone=timezone)
    assert got == {"time": time, "timezone": timezone, "weekday": "Wednesday", "week": 27, "unix": 1_782_907_200}
    json.dumps(got)


@pytest.mark.parametrize(
    "timezone", ["Mars", "../../etc/passwd", "/etc/localtime", "", "Europe", "a" * 5_000, "\x00", "+02:00"]
)
async def test_there_is_no_such_zone(timezone: str) -> None:
    got = await call("current_time", context(), timezone=timezone)
    assert "There is no time zone" in got["error"]
    assert "Europe/Berlin" in got["hint"]


async def test_a_system_without_zones_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "available_timezones", set)
    monkeypatch.setattr(clock, "ZoneInfo", lambda name: (_ for _ in ()).throw(clock.ZoneInfoNotFoundError(name)))
    assert "error" not in await call("current_time", context())
    assert "tzdata" in (await call("current_time", context(), timezone="Europe/Berlin"))["hint"]
