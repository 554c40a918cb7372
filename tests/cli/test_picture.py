"""The picture as text: stories at chosen records, long loops and wide graphs in small windows, hostile names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rich.cells import cell_len

from pointwork.cli.picture import ASCII, LAMPS, STYLES, duration, lines, plain, short
from pointwork.cli.pretty import pretty
from pointwork.cli.progress import Progress
from pointwork.engine.view import NodeStatus, Status
from pointwork.workflow import JsonObject
from tests.cli.stage import ADD, ASK, FAIL, LEGACY, calculate, chain, document, read_document, told

SKIP = document(
    "Skip",
    {"id": "start", "type": "start"},
    {
        "id": "big",
        "type": "condition",
        "condition_config": {"condition_type": "greater_than", "field": "n", "value": 10},
        "inputs": [{"name": "n", "source_field": "n"}],
    },
    calculate("dear", "1"),
    calculate("cheap", "2"),
    {"id": "end", "type": "end"},
    edges=["start -> big", "big.true -> dear", "big.false -> cheap", "dear -> end", "cheap -> end"],
)
LOOP = document(
    "Loop",
    {"id": "start", "type": "start"},
    {"id": "each", "type": "loop", "loop_config": {"loop_type": "for_each", "items_source": "items"}},
    calculate("twice", "{{ item }} * 2", parent="each"),
    calculate("more", "{{ twice }} + 1", parent="each", inputs=[{"name": "twice", "source_node": "twice"}]),
    {"id": "end", "type": "end"},
    edges=["start -> each", "twice -> more", "each -> end"],
)


def shown(progress: Progress, *, width: int = 60, height: int = 30, **options: Any) -> str:
    now_us = options.pop("now_us", progress.last_seq * 1_000)
    drawn = lines(progress, now_us=now_us, width=width, height=height, **options)
    return "\n".join(line.plain.rstrip() for line in drawn) + "\n"


def text(picture: str) -> str:
    return re.sub(r"^        ", "", picture.lstrip("\n"), flags=re.MULTILINE).rstrip(" ")


@pytest.mark.parametrize(
    ("flow", "inputs", "upto", "picture"),
    [
        (ADD, {}, None, """
        ✓ Add  completed  7 ms
          ✓ start  completed                                   1 ms
          ✓ sum    completed                                   3 ms
          ✓ end    completed                                   1 ms
        """),
        (ADD, {}, 0, """
        · Untitled  pending
          · start  pending
          · sum    pending
          · end    pending
        """),
        (ADD, {}, 5, """
        ● Add  running  4 ms
          ✓ start  completed                                   1 ms
          ● sum    running    calculator                       1 ms
          · end    pending
        """),
        (FAIL, {}, None, """
        ✗ Fail  failed  7 ms
          ✓ start  completed                                   1 ms
          ✗ ratio  failed     The tool 'calculator' failed…    3 ms
          ⊘ end    cancelled
        """),
        (SKIP, {"n": 5}, None, """
        ✓ Skip  completed  10 ms
          ✓ start  completed                                   1 ms
          ✓ big    completed  → false                          1 ms
          – dear   skipped    no live path leads here
          ✓ cheap  completed                                   3 ms
          ✓ end    completed                                   1 ms
        """),
        (ASK, {}, None, """
        ? Ask  waiting  4 ms
          ✓ start  completed                                   1 ms
          ? ok     waiting    Shall it go out?                 1 ms
          · end    pending
        """),
        (LOOP, {"items": [5, 6, 7, 8]}, 34, """
        ● Loop  running  33 ms
          ✓ start    completed                                 1 ms
          ● each     running    round 4 of 4                  30 ms
            ✓ rounds 1–1  completed
        """),
    ],
    ids=["end", "before", "middle", "failed", "skipped", "waiting", "loop"],
)  # fmt: skip
def test_pictures(flow: JsonObject, inputs: JsonObject, upto: int | None, picture: str) -> None:
    assert shown(told(flow, inputs, upto=upto)) == text(picture)
