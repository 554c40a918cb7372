"""What tools return becomes plain JSON data of bounded size, or an error that says what it was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from pydantic import BaseModel

from pointwork.tools import is_failure
from pointwork.tools.result import MAX_RESULT_BYTES, failure, tame


@dataclass
class Point:
    x: int
    label: str | None = None


class Model(BaseModel):
    when: datetime


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def circular() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, None),
        (True, True),
        ({"result": 8, "expression": "2 + 2 * 3"}, {"result": 8, "expression": "2 + 2 * 3"}),
        ((1, (2, 3)), [1, [2, 3]]),
        ({1: "a", None: "b", 2.5: "c", False: "d"}, {"1": "a", "null": "b", "2.5": "c", "false": "d"}),
        (Point(1), {"x": 1, "label": None}),
        ([Model(when=datetime(2026, 1, 1, tzinfo=UTC))], [{"when": "2026-01-01T00:00:00Z"}]),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"),
        (2**64, "18446744073709551616"),  # exact, as text: JSON readers would round it
        (-(2**63), -(2**63)),
        (2**64 - 1, 2**64 - 1),
        (deep(100), deep(100)),
    ],
)
def test_kept(given: Any, wanted: Any) -> None:
    assert tame(given, name="t") == wanted


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (object(), "object"),
        ({"a": {1, 2}}, "set"),
        (b"bytes", "bytes"),
        (Decimal(1), "Decimal"),
        (math.nan, "nan"),
        ([{"a": math.inf}], "inf"),
        ("\ud800", "surrogate"),
        ({(1, 2): 3}, "tuple"),
        (deep(100_000), ""),
        (circular(), ""),
        ([10**5000], ""),
        (lambda: None, "function"),
    ],
)
def test_refused_with_the_reason(given: Any, words: str) -> None:
    result = tame(given, name="t")
    assert is_failure(result)
    assert result["error"].startswith("The tool 't' returned something that is not JSON data")
    assert words in result["error"]
    orjson.dumps(result)


def test_too_large_is_refused_with_a_preview() -> None:
    result = tame({"text": "é" * MAX_RESULT_BYTES}, name="t")
    assert "the limit is" in result["error"]
    assert result["preview"].startswith('{"text":"é')
    assert len(orjson.dumps(result)) < 10_000
    assert not is_failure(tame("x" * (MAX_RESULT_BYTES - 2), name="t"))


def test_long_errors_are_cut() -> None:
    assert len(failure("x" * 100_000)["error"]) < 2_100


@pytest.mark.parametrize(
    ("result", "failed"), [({"error": "x"}, True), ({"error": None}, True), ({}, False), ("error", False)]
)
def test_failure_is_told_by_its_key(result: Any, failed: bool) -> None:
    assert is_failure(result) == failed
