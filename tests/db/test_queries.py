"""Queries by name, and that every query of the package fits the schema."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pointwork
from pointwork.db import connect, load_queries, migrate

SOURCE = Path(pointwork.__file__).parent
FILES = sorted(path for path in SOURCE.rglob("*.sql") if path.parent.name != "migrations")
QUERIES = [
    (".".join(["pointwork", *path.parent.relative_to(SOURCE).parts]), path.name, name)
    for path in FILES
    for name in re.findall(r"^-- name: (\w+)", path.read_text(), re.MULTILINE)
]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    file = tmp_path_factory.mktemp("queries") / "pointwork.db"
    migrate(file)
    opened = connect(file)
    yield opened
    opened.close()


def test_there_are_queries() -> None:
    files = {"journal.sql", "library.sql", "memory.sql", "secrets.sql", "spending.sql"}
    assert {file for _, file, _ in QUERIES} == files


@pytest.mark.parametrize(("package", "file", "name"), QUERIES)
def test_query_fits_the_schema(connection: sqlite3.Connection, package: str, file: str, name: str) -> None:
    query = load_queries(package, file)[name]
    names = re.findall(r":(\w+)", query)
    values = dict.fromkeys(names, 0) if names else (0,) * query.count("?")
    assert connection.execute(f"EXPLAIN {query}", values).fetchall()


INDEXED = [
    "head",
    "read",
    "claim",
    "blobs_of",
    "rows_with_text",
    "rewrite",
    "remove",
    "forget",
    "forget_blob",
    "text_pruned",
]


@pytest.mark.parametrize("query", INDEXED)
def test_query_of_one_execution_uses_an_index(connection: sqlite3.Connection, query: str) -> None:
    text = load_queries("pointwork.journal", "journal.sql")[query]
    values = dict.fromkeys(re.findall(r":(\w+)", text), 0)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    assert plan
    assert not [step for step in plan if step.startswith("SCAN ")], plan


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "some_queries"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("some_queries", None)
    return folder


def test_comments_and_semicolons_are_left_out(package: Path) -> None:
    (package / "a.sql").write_text(
        "-- of the whole file\n\n-- name: one\n-- Why.\nSELECT 1\n  -- between\n  + 1;\n-- name: two\nSELECT '--', 2;\n"
    )
    assert load_queries("some_queries", "a.sql") == {"one": "SELECT 1\n  + 1", "two": "SELECT '--', 2"}


def test_a_name_twice_is_a_mistake(package: Path) -> None:
    (package / "a.sql").write_text("-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;\n")
    with pytest.raises(ValueError, match="'one'"):
        load_queries("some_queries", "a.sql")


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("TRUE", "executions_by_time"),
        ("workflow_id = 'w'", "executions_by_workflow"),
        ("finished_at_us IS NULL", "executions_unfinished"),
        ("status IN ('running') AND finished_at_us IS NULL", "executions_unfinished"),
        ("(created_at_us, id) < (5, 'x')", "executions_by_time"),
        ("created_at_us >= 5", "executions_by_time"),
    ],
)
def test_lists_are_read_from_an_index(connection: sqlite3.Connection, condition: str, index: str) -> None:
    text = load_queries("pointwork.journal", "journal.sql")["rows"].replace("TRUE", condition)
    [step, *_] = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", {"limit": 50})]
    assert index in step
