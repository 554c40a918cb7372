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
from pointwork.events import NodeStarted, StepStarted, TextStreamed
from tests.cli.stage import ADD, ASK, FAIL, LEGACY, at, calculate, chain, document, read_document, story, told

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
    calculate("more", "{{ nodes.twice.result }} + 1", parent="each"),
    {"id": "end", "type": "end"},
    edges=["start -> each", "twice -> more", "each -> end"],
)


NOW_US = 1_000_000  # when everything in a story happens


def shown(progress: Progress, *, width: int = 60, height: int = 30, now_us: int = NOW_US) -> str:
    drawn = lines(progress, now_us=now_us, width=width, height=height)
    return "\n".join(line.plain.rstrip() for line in drawn)


def text(picture: str) -> str:
    return re.sub(r"^        ", "", picture, flags=re.MULTILINE).strip("\n ")


@pytest.mark.parametrize(
    ("progress", "picture"),
    [
        (told(ADD), """
        ✓ Add  completed  1 ms
          ✓ start  completed                                   1 ms
          ✓ sum    completed                                   1 ms
          ✓ end    completed                                   1 ms
        """),
        (Progress(story(ADD)[0]), """
        · Untitled  pending
          · start  pending
          · sum    pending
          · end    pending
        """),
        (told(ADD, until=at(StepStarted, "sum")), """
        ● Add  running  1 ms
          ✓ start  completed                                   1 ms
          ● sum    running    calculator                       1 ms
          · end    pending
        """),
        (told(FAIL), """
        ✗ Fail  failed  1 ms
          ✓ start  completed                                   1 ms
          ✗ ratio  failed     The tool 'calculator' failed: A…  1 ms
          ⊘ end    cancelled
        """),
        (told(SKIP, {"n": 5}), """
        ✓ Skip  completed  1 ms
          ✓ start  completed                                   1 ms
          ✓ big    completed  → false                          1 ms
          – dear   skipped    no live path leads here
          ✓ cheap  completed                                   1 ms
          ✓ end    completed                                   1 ms
        """),
        (told(ASK), """
        ? Ask  waiting  1 ms
          ✓ start  completed                                   1 ms
          ? ok     waiting    Shall it go out?                 1 ms
          · end    pending
        """),
        (told(LOOP, {"items": [5, 6, 7, 8]}, until=at(NodeStarted, "each[3]/more")), """
        ● Loop  running  1 ms
          ✓ start      completed                               1 ms
          ● each       running    round 4 of 4                 1 ms
            ✓ round 1  completed  5                            1 ms
            ✓ round 2  completed  6                            1 ms
            ✓ round 3  completed  7                            1 ms
            ● round 4  running    8                            1 ms
              ✓ twice  completed                               1 ms
              ● more   running                                 1 ms
          · end        pending
        """),
        (told(LOOP, {"items": [5, 6, 7, 8]}), """
        ✓ Loop  completed  1 ms
          ✓ start         completed                            1 ms
          ✓ each          completed  4 rounds                  1 ms
            ✓ rounds 1–2  completed
            ✓ round 3     completed  7                         1 ms
            ✓ round 4     completed  8                         1 ms
              ✓ twice     completed                            1 ms
              ✓ more      completed                            1 ms
          ✓ end           completed                            1 ms
        """),
        (told(LOOP, {"items": [5, "x", 7]}), """
        ✗ Loop  failed  1 ms
          ✓ start      completed                               1 ms
          ✗ each       failed     round 2 failed               1 ms
            ✓ round 1  completed  5                            1 ms
            ✗ round 2  failed     x                            1 ms
              ✗ twice  failed     The tool 'calculator' faile…  1 ms
              ⊘ more   cancelled
          ⊘ end        cancelled
        """),
    ],
    ids=["end", "before", "middle", "failed", "skipped", "waiting", "loop", "loop ended", "loop failed"],
)  # fmt: skip
def test_pictures(progress: Progress, picture: str) -> None:
    assert shown(progress) == text(picture)


@pytest.fixture(scope="module")
def thousand() -> Progress:
    return told(LOOP, {"items": list(range(1_000))}, until=at(NodeStarted, "each[711]/more"))


def test_a_thousand_rounds_are_readable(thousand: Progress) -> None:
    assert shown(thousand, height=12) == text("""
        ● Loop  running  1 ms
          ✓ start           completed                          1 ms
          ● each            running    round 712 of 1000       1 ms
            ✓ rounds 1–709  completed
            ✓ round 710     completed  709                     1 ms
            ✓ round 711     completed  710                     1 ms
            ● round 712     running    711                     1 ms
              ✓ twice       completed                          1 ms
              ● more        running                            1 ms
          · end             pending
        """)
    assert shown(thousand, height=9) == text("""
        ● Loop  running  1 ms
          ✓ start           completed                          1 ms
          ● each            running    round 712 of 1000       1 ms
            ✓ rounds 1–711  completed
            ● round 712     running    711                     1 ms
              ✓ twice       completed                          1 ms
              ● more        running                            1 ms
          · end             pending
        """)


def test_wide_graphs_fold_what_is_alike() -> None:
    nodes = (calculate(f"n{number}", "1 / 0" if number == 40 else "1") for number in range(50))
    wide = chain("Wide", *nodes)
    assert shown(told(wide, until=at(NodeStarted, "n40")), height=12) == text("""
        ● Wide  running  1 ms
          ✓ 41 nodes  completed
          ● n40       running                                  1 ms
          · 10 nodes  pending
        """)
    assert shown(told(wide), height=12) == text("""
        ✗ Wide  failed  1 ms
          ✓ 41 nodes  completed
          ✗ n40       failed     The tool 'calculator' failed…  1 ms
          ⊘ 10 nodes  cancelled
        """)


AGENT = chain("Agent", {"id": "solver", "type": "agent", "agent_config": {"prompt": "2 + 3", "tools": ["calculator"]}})


def test_agents_show_what_they_write_and_who_answered() -> None:
    progress = told(AGENT, until=lambda event: isinstance(event, TextStreamed))
    solver = progress.root.nodes[1]
    solver.tail = "First line\n\x1b[2Jsecond line that is far too long to be shown whole, and this is its end"
    assert shown(progress) == text("""
        ● Agent  running  1 ms
          ✓ start          completed                           1 ms
          ● solver         running                             1 ms
            ● gpt-4o-mini  model      1 message                1 ms
            ┃ … far too long to be shown whole, and this is its end
          · end            pending
        """)
    assert "  ✓ solver  completed  offline-demo · 1 tool call      1 ms" in shown(told(AGENT))


STORIES = [
    told(ADD), told(FAIL), told(SKIP, {"n": 50}), told(ASK), told(AGENT), told(LOOP, {"items": [1, 2, 3]}),
    told(LOOP, {"items": list(range(60))}, until=at(NodeStarted, "each[40]/twice")),
    told(read_document(LEGACY / "quality_loop.json"), {"topic": "tides"}),
    told(chain("☂" * 80, calculate("n" * 150, "1")), {}),
]  # fmt: skip


@pytest.mark.parametrize("progress", STORIES, ids=lambda progress: progress.name[:12])
def test_a_picture_fits_into_every_window(progress: Progress) -> None:
    for height in (3, 4, 5, 8, 13, 24, 60):
        for width in (20, 40, 80, 120, 200):
            drawn = lines(progress, now_us=NOW_US, width=width, height=height)
            assert len(drawn) <= height, (height, width)
            assert not [line.plain for line in drawn if width >= 40 and cell_len(line.plain.rstrip()) > width]


@pytest.mark.parametrize("height", range(4, 40))
def test_nothing_disappears_without_being_counted(height: int) -> None:
    count = 25
    flow = chain("Chain", *(calculate(f"n{number}", "1") for number in range(count)))
    picture = shown(told(flow, until=at(NodeStarted, "n12")), height=height)
    named = len(re.findall(r"^  . (?:n\d+|start|end) ", picture, re.MULTILINE))
    folded = sum(int(number) for number in re.findall(r"(\d+) (?:more )?nodes? ", picture))
    cut = re.search(r"(\d+) more lines", picture)
    assert named + folded == count + 2 or (cut and height < 8), picture


def test_what_comes_from_outside_cannot_steer_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e\r\n"
    flow = chain(f"name{evil}", calculate(f"node{evil}", "1 / 0"))
    progress = told(flow)
    progress.root.nodes[1].tail = evil
    for line in lines(progress, now_us=NOW_US, width=80, height=20):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", line.plain)


def test_every_status_has_a_sign_and_a_colour() -> None:
    for status in [*Status, *NodeStatus]:
        assert status.value in LAMPS
        assert status.value in ASCII
        assert status.value in STYLES
    assert LAMPS.keys() == ASCII.keys()
    assert all(sign.isascii() for sign in ASCII.values())


@pytest.mark.parametrize(
    ("us", "shown"),
    [
        (None, ""), (0, "1 ms"), (999, "1 ms"), (1_500, "2 ms"), (999_499, "999 ms"), (999_500, "1.0 s"),
        (59_949_999, "59.9 s"), (59_950_000, "1 min 00 s"), (3_599_499_999, "59 min 59 s"),
        (3_600_000_000, "1 h 00 min"), (90_000_000_000, "25 h 00 min"),
    ],
)  # fmt: skip
def test_durations(us: int | None, shown: str) -> None:
    assert duration(us) == shown


def test_times_of_what_runs_go_on() -> None:
    progress = told(ADD, until=at(StepStarted, "sum"))
    picture = shown(progress, now_us=NOW_US + 75_000_000)
    assert "Add  running  1 min 15 s" in picture
    assert "calculator                 1 min 15 s" in picture


def test_waits_are_counted_down() -> None:
    progress = told(chain("Wait", {"id": "nap", "type": "delay", "delay_config": {"seconds": 50}}))
    nap = progress.root.nodes[1]
    assert nap.request is not None
    nap.request = {**nap.request, "until": "2030-01-01T00:00:30Z"}
    begun_us = 1_893_456_000_000_000  # 2030-01-01
    assert "30.0 s left" in shown(progress, now_us=begun_us)
    assert "until 2030-01-01T00:00:30Z" in shown(progress, now_us=begun_us - 7_200_000_000, width=90)


@pytest.mark.parametrize(
    ("value", "columns", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本日本", 4, "日…"),
        ({"a": 1}, 20, '{"a": 1}'),
        ("a\tb", 9, "a b"),
        ("x", 0, "…"),
    ],
)
def test_values_on_one_line(value: Any, columns: int, shown: str) -> None:
    assert short(value, columns) == shown


def test_plain_keeps_what_is_text() -> None:
    assert plain("naïve – 日本 ☂") == "naïve – 日本 ☂"


@pytest.mark.parametrize(
    ("value", "width", "shown"),
    [
        (5, 10, "5"),
        (None, 10, "null"),
        ("a\x1b\nb", 30, '"a\\u001b\\nb"'),
        ([], 1, "[]"),
        ([1, [2, 3]], 20, "[1, [2, 3]]"),
        ([1, [2, 3]], 9, "[\n  1,\n  [2, 3]\n]"),
        ({"a": {"b": [1]}}, 13, '{\n  "a": {\n    "b": [1]\n  }\n}'),
    ],
)
def test_json_for_people(value: Any, width: int, shown: str) -> None:
    assert pretty(value, width).plain == shown
