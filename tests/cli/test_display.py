"""Displays: plain lines for logs, and a tree that is drawn in its place on a terminal."""

from __future__ import annotations

import io
import re

from rich.console import Console

from pointwork.cli.display import Lines, Tree
from pointwork.cli.picture import LAMPS
from pointwork.cli.progress import Progress
from pointwork.events import LogWritten, Record
from pointwork.workflow import JsonObject
from tests.cli.stage import ADD, ASK, FAIL, calculate, chain, story


def told_in_lines(flow: JsonObject) -> str:
    plan, records = story(flow)
    progress, out = Progress(plan), io.StringIO()
    display = Lines(progress, out.write, LAMPS)
    for record in records:
        display.take(record, progress.apply(record))
    return out.getvalue()


def test_a_line_for_each_node_that_ends() -> None:
    assert told_in_lines(ADD) == (
        "    0.00 s  ● Add    execution story\n"
        "    0.00 s  ✓ start  completed  1 ms\n"
        "    0.00 s  ✓ sum    completed  1 ms\n"
        "    0.00 s  ✓ end    completed  1 ms\n"
        "    0.00 s  ✓ Add    completed  1 ms\n"
    )


def test_failures_and_waits_are_lines_too() -> None:
    failed = "The tool 'calculator' failed: A division by zero (in '1 / 0')"
    assert f"✗ ratio  failed  {failed}" in told_in_lines(FAIL)
    assert "? ok     waiting  Shall it go out?" in told_in_lines(ASK)
    retry = chain("Retry", calculate("ratio", "1 / 0", retry={"max_attempts": 2, "first_delay_s": 0}))
    assert f"● ratio  failed, again now: {failed}" in told_in_lines(retry)
    assert f"✗ ratio  failed  attempt 2 · {failed}" in told_in_lines(retry)


def test_a_warning_is_told_once() -> None:
    plan, records = story(ADD)
    progress, out = Progress(plan), io.StringIO()
    display = Lines(progress, out.write, LAMPS)
    warning = LogWritten("WARNING", "careful\x1b[2J", "", "sum")
    quiet = LogWritten("INFO", "nothing much", "", "sum")
    events = [records[0].event, warning, quiet, warning]
    for seq, event in enumerate(events, start=1):
        record = Record("story", seq, 1_000_000, event)
        display.take(record, progress.apply(record))
    assert out.getvalue().splitlines()[1:] == ["    0.00 s  ! sum    warning: careful[2J"]


def screen(flow: JsonObject, *, height: int) -> str:
    plan, records = story(flow)
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=60, height=height, color_system=None, highlight=False)
    progress = Progress(plan)
    display = Tree(progress, console, now_us=lambda: 1_000_000)
    display.resume()
    for record in records:
        display.take(record, progress.apply(record))
        display.tick()
    display.close()
    return out.getvalue()


def test_the_tree_leaves_its_last_picture_and_the_cursor() -> None:
    out = screen(ADD, height=24)
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.rpartition("\x1b[2K")[2]).replace("\r", "")
    assert last.endswith(
        "✓ Add  completed  1 ms\n"
        "  ✓ start  completed                                   1 ms\n"
        "  ✓ sum    completed                                   1 ms\n"
        "  ✓ end    completed                                   1 ms\n"
    )
    assert out.count("\x1b[?25l") == out.count("\x1b[?25h") == 1


def test_frames_fit_into_a_low_window() -> None:
    flow = chain("Long", *(calculate(f"n{number}", "1") for number in range(40)))
    frames = re.findall(r"(?:\x1b\[1A\x1b\[2K)+", screen(flow, height=10))
    assert frames
    assert max(frame.count("1A") for frame in frames) < 10


def test_a_paused_tree_draws_nothing() -> None:
    plan, records = story(ADD)
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=60, height=24, color_system=None)
    progress = Progress(plan)
    display = Tree(progress, console, now_us=lambda: 1_000_000)
    display.resume()
    display.pause()
    before = out.getvalue()
    for record in records:
        display.take(record, progress.apply(record))
    display.tick()
    assert out.getvalue() == before
    display.close()
    display.resume()  # nothing begins again after the end
    assert display.live is None
