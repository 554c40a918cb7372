"""The progress of an execution as lines of a terminal: pure functions, tested as text.

Rules of this file: everything that comes from outside (names, errors, what models say) goes through `plain`, so that
nothing can move the cursor or recolour the screen. A picture never has more lines than it is given: it first leaves
out what is over or not yet begun, then what is like its neighbours, and always says how much it left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from pointwork.cli.calls import KEPT, Call, Calls
from pointwork.cli.progress import NodeRun, Progress, Round
from pointwork.engine.view import NodeStatus, Status
from pointwork.runtime.clock import micros
from pointwork.usage import Usage

__all__ = ["ASCII", "LAMPS", "MAX_NAME", "Lamps", "dollars", "duration", "lines", "outcome", "plain", "short", "size"]

MAX_NAME = 30  # columns
MAX_ITEM = 40
SOON_US = 3_600_000_000  # a shorter wait is counted down
FOLD = 3  # neighbours that are alike, from which on they share a line

Lamps = dict[str, str]
LAMPS: Lamps = {
    "pending": "·",
    "running": "●",
    "waiting": "?",
    "paused": "‖",
    "completed": "✓",
    "failed": "✗",
    "skipped": "–",
    "cancelled": "⊘",
    "tail": "┃",
    "more": "…",
    "log": "!",
    "call": "├",
}
ASCII: Lamps = {
    "pending": ".",
    "running": "*",
    "waiting": "?",
    "paused": "=",
    "completed": "+",
    "failed": "x",
    "skipped": "-",
    "cancelled": "/",
    "tail": "|",
    "more": "...",
    "log": "!",
    "call": ">",
}
STYLES = {
    "pending": "dim",
    "running": "cyan",
    "waiting": "magenta",
    "paused": "magenta",
    "completed": "green",
    "failed": "red",
    "skipped": "dim",
    "cancelled": "yellow",
}
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def plain(text: str) -> str:
    r"""The text on one line, without anything that a terminal would obey.

    >>> plain("a\nb \x1b[31mred")
    'a b [31mred'
    """
    return _CONTROLS.sub(lambda found: " " if found[0].isspace() else "", text)


def short(value: Any, columns: int) -> str:
    """A value on one line, cut off where it gets too long."""
    text = plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
    return text if cell_len(text) <= columns else set_cell_size(text, max(0, columns - 1)).rstrip() + "…"


def _end(text: str, columns: int) -> str:
    """The last words of a text that is still being written."""
    text = plain(text).strip()
    while cell_len(text) > columns:
        surplus = cell_len(text) - columns
        text = "…" + text[surplus + 1 + text.startswith("…") :]
    return text


def size(count: int) -> str:
    """A number of bytes.

    >>> [size(count) for count in (0, 1_023, 1_024, 15_000, 3_000_000_000)]
    ['0 bytes', '1023 bytes', '1.0 KiB', '15 KiB', '2.8 GiB']
    """
    amount, unit = float(count), "bytes"
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if amount < 1_024 or unit == "TiB":
            break
        amount /= 1_024
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "bytes" else f"{amount:.1f} {unit}"


def duration(us: int | None) -> str:
    """How long something took.

    >>> [duration(us) for us in (900, 42_000, 1_240_000, 75_000_000, 3_700_000_000)]
    ['1 ms', '42 ms', '1.2 s', '1 min 15 s', '1 h 01 min']
    """
    if us is None:
        return ""
    if us < 999_500:
        return f"{max(1, round(us / 1e3))} ms"
    if us < 59_950_000:
        return f"{us / 1e6:.1f} s"
    minutes, seconds = divmod(round(us / 1e6), 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `status` gives lamp and word, `detail` what is particular about it."""

    depth: int
    status: str
    name: str
    detail: str = ""
    time: str = ""
    word: str | None = None
    tail: bool = False


@dataclass(frozen=True, slots=True)
class _Care:
    """How much is shown."""

    tails: bool = True
    calls: int = KEPT  # of an agent at work: how many that ended are shown
    closed: bool = True  # what is inside of nodes that have ended
    alike: int = 1_000_000  # neighbours of the same status from which on they share a line
    busy: int = 1_000_000  # of those at work, how many are shown at most
    last: int = 2  # rounds that ended well and still have a line of their own


_CARES = (
    _Care(),
    _Care(closed=False, alike=20),
    _Care(closed=False, alike=20, calls=3),
    _Care(closed=False, alike=FOLD, calls=0),
    _Care(tails=False, closed=False, alike=FOLD, busy=5, last=0, calls=0),
    _Care(tails=False, closed=False, alike=2, busy=2, last=0, calls=0),
)


def lines(progress: Progress, *, now_us: int, width: int, height: int, lamps: Lamps = LAMPS) -> list[Text]:
    """The whole picture: a headline, and the nodes below."""
    body: list[Line] = []
    for care in _CARES:
        found = _nodes(progress.root, 0, care, now_us)
        # Only the last one has to be counted to its end; the others fit, or it does not matter by how much not.
        body = list(found if care is _CARES[-1] else islice(found, height))
        if len(body) < height - 1:
            break
    room = max(1, height - 2)
    if len(body) > room + 1:
        body = [*body[:room], Line(0, "more", f"{len(body) - room} more lines", word="")]
    widest = max(
        (2 * line.depth + cell_len(line.name) for line in body if not (line.tail or line.status == "more")), default=0
    )
    column = min(MAX_NAME, width // 3, max(widest, progress.column))
    return [_headline(progress, now_us, width, lamps), *(_drawn(line, column, width, lamps) for line in body)]


def _headline(progress: Progress, now_us: int, width: int, lamps: Lamps) -> Text:
    status = progress.status
    text = Text(no_wrap=True, overflow="ellipsis")
    word = "cancelling" if progress.cancelling and status is Status.RUNNING else status.value
    text.append(f"{lamps[status.value]} ", STYLES[status.value])
    text.append(short(progress.name or "Untitled", max(10, width - 30)), "bold")
    text.append(f"  {word}", STYLES[status.value])
    if progress.started_us is not None:
        text.append(f"  {duration((progress.ended_us or now_us) - progress.started_us)}", "dim")
    for part in _used(progress.used):
        text.append(f"  {part}", "dim")
    return text


def _drawn(line: Line, column: int, width: int, lamps: Lamps) -> Text:
    style = STYLES.get(line.status, "dim")
    text = Text(no_wrap=True, overflow="ellipsis")
    indent = "  " * (line.depth + 1)
    if line.tail:
        text.append(f"{indent}  {lamps['tail']} ", "dim")
        text.append(_end(line.detail, width - cell_len(text.plain) - 1), "italic dim")
        return text
    text.append(f"{indent}{lamps[line.status]} ", style)
    if line.status == "more":
        return text.append(short(line.name, max(4, width - cell_len(text.plain))), "dim")
    name = short(line.name, max(4, column - 2 * line.depth))
    dull = line.status in ("pending", "skipped")
    text.append(set_cell_size(name, max(cell_len(name), column - 2 * line.depth)), "dim" if dull else "")
    text.append(f"  {line.status if line.word is None else line.word:<9}", style)
    room = width - cell_len(text.plain) - cell_len(line.time) - 4
    if line.detail and room >= 4:
        text.append("  " + short(line.detail, room), "red" if line.status == "failed" else "dim")
    if line.time:
        gap = min(width, 100) - 1 - cell_len(text.plain) - cell_len(line.time)
        text.append(" " * max(2, gap) + line.time, "dim")
    return text


# -- which lines ---------------------------------------------------------------------------------------------------


def _nodes(scope: Round, depth: int, care: _Care, now_us: int) -> Iterator[Line]:
    busy = 0
    for status, group in groupby(scope.nodes, lambda run: run.status):
        runs = list(group)
        limit = care.busy if status is NodeStatus.RUNNING else len(runs) if status in _LOUD else care.alike
        if status is NodeStatus.RUNNING:
            shown, busy = runs[: max(0, limit - busy)], busy + len(runs)
        else:
            shown = runs if len(runs) < limit or status in _LOUD else []
        for run in shown:
            yield from _node(run, depth, care, now_us)
        left = len(runs) - len(shown)
        if left:
            yield Line(depth, status.value, _many(left, "more node" if shown else "node"))


_LOUD = (NodeStatus.FAILED, NodeStatus.WAITING)


def _node(run: NodeRun, depth: int, care: _Care, now_us: int) -> Iterator[Line]:
    end_us = run.ended_us or now_us
    time = duration(end_us - run.started_us) if run.started_us is not None else ""
    yield Line(depth, run.status.value, plain(run.id), detail(run, now_us), time)
    ended = run.status is not NodeStatus.RUNNING
    if run.calls.talks and not ended:
        yield from _calls(run.calls, depth + 1, care, now_us)
    if run.tail.strip() and not ended and care.tails:
        yield Line(depth, "running", "", run.tail.rstrip().rpartition("\n")[2], tail=True)
    if run.rounds and (care.closed or not ended or run.status is NodeStatus.FAILED):
        yield from _rounds(run, depth + 1, care, now_us)


def _calls(calls: Calls, depth: int, care: _Care, now_us: int) -> Iterator[Line]:
    """What an agent did last and does now."""
    shown = list(calls.ended)[max(0, len(calls.ended) - care.calls) :] if care.calls else []
    if care.calls and (left := calls.count - len(shown)):
        yield Line(depth, "more", _many(left, "earlier call"), word="")
    for call in shown:
        yield Line(
            depth, "failed" if call.failed else "completed", plain(call.name), outcome(call), _took(call, now_us),
            call.kind,
        )  # fmt: skip
    busy = list(calls.at_work.values())
    for call in busy[: care.busy]:
        yield Line(depth, "running", plain(call.name), plain(call.given), _took(call, now_us), call.kind)
    if len(busy) > care.busy:
        yield Line(depth, "running", _many(len(busy) - care.busy, "more call"))


def outcome(call: Call) -> str:
    """What came of a call: `{"n": 3} → 4`, `calls look ×3 · 310 tokens · $0.0021`."""
    if call.kind == "tool":
        return " → ".join(plain(part) for part in (call.given, call.told) if part)
    used = [] if call.usage is None else list(_used(call.usage))
    return " · ".join([plain(call.told), *used])


def _took(call: Call, now_us: int) -> str:
    return duration((call.ended_us or now_us) - call.started_us)


def _used(used: Usage) -> Iterator[str]:
    if used.tokens:
        yield f"{used.tokens:,} tokens".replace(",", " ")
    if used.cost_usd:
        yield dollars(used.cost_usd)


def dollars(cost: float) -> str:
    """Money, exact enough to tell two runs apart.

    >>> [dollars(cost) for cost in (0.00004, 0.0021, 0.25, 12.345)]
    ['< $0.0001', '$0.0021', '$0.25', '$12.35']
    """
    if cost < 0.0001:
        return "< $0.0001"
    return f"${cost:.2f}" if cost >= 0.1 else f"${cost:.4f}"


def _rounds(run: NodeRun, depth: int, care: _Care, now_us: int) -> Iterator[Line]:
    if not run.repeats:
        yield from _nodes(run.rounds[-1], depth, care, now_us)
        return
    good = [one for one in run.rounds if one.ok]
    last = care.last + (len(good) == care.last + 1)  # a line that counts one round may as well show it
    named = good[max(0, len(good) - last) :] if care.closed or run.status is NodeStatus.RUNNING else []
    counted = run.closed - run.failed - len(named)
    if counted:
        many = f"rounds 1–{counted}" if counted > 1 else "round 1"
        yield Line(depth, "completed", _many(counted, "round") if run.plan.policy == "map" else many)
    busy = 0
    for one in run.rounds:
        if one.ok:
            if one in named:
                yield from _closed_round(one, depth, care, now_us, last=one is run.rounds[-1])
            continue
        busy += one.ok is None
        if one.ok is None and busy > care.busy:
            continue
        yield _round_line(one, depth, now_us)
        yield from _nodes(one, depth + 1, care, now_us)
    if busy > care.busy:
        yield Line(depth, "running", _many(busy - care.busy, "more round"))


def _closed_round(one: Round, depth: int, care: _Care, now_us: int, *, last: bool) -> Iterator[Line]:
    yield _round_line(one, depth, now_us)
    if last and care.closed:
        yield from _nodes(one, depth + 1, care, now_us)


def _round_line(one: Round, depth: int, now_us: int) -> Line:
    status = "running" if one.ok is None else "completed" if one.ok else "failed"
    time = duration((one.ended_us or now_us) - one.started_us) if one.started_us is not None else ""
    item = "" if one.item is None or isinstance(one.item, (dict, list)) else short(one.item, MAX_ITEM)
    return Line(depth, status, f"round {one.index + 1}", item, time)


# -- what is particular about a node -------------------------------------------------------------------------------


def detail(run: NodeRun, now_us: int) -> str:
    """What to know about an activation beside its status, on one line."""
    parts: list[str] = []
    if run.attempt > 1:
        parts.append(f"attempt {run.attempt}")
    match run.status:
        case NodeStatus.RUNNING:
            parts += _at_work(run, now_us)
        case NodeStatus.WAITING:
            parts.append(_awaited(run, now_us))
        case NodeStatus.COMPLETED:
            parts += _outcome(run)
        case NodeStatus.FAILED:
            broken = next((one for one in run.rounds if one.ok is False), None) if run.repeats else None
            message = plain(str((run.error or {}).get("message", "")))
            parts.append(message if broken is None else f"round {broken.index + 1} failed")  # which says why
        case _:
            parts.append(plain(run.reason))
    return " · ".join(part for part in parts if part)


def _at_work(run: NodeRun, now_us: int) -> Iterator[str]:
    if run.retry_us is not None:
        wait = f"again in {duration(run.retry_us - now_us)}" if run.retry_us > now_us else "again now"
        yield f"failed, {wait}: {plain(str((run.error or {}).get('message', '')))}"
        return
    if run.repeats:
        yield _count(run)
    if not run.calls.talks:  # else they have lines of their own
        yield ", ".join(plain(call.name) for call in run.calls.at_work.values())
    elif used := " · ".join(_used(run.calls.used)):
        yield used


def _count(run: NodeRun) -> str:
    """`round 7 of 20`, `12 of 100 rounds, 10 at work`."""
    total = run.total
    if run.plan.policy == "map":
        done = f"{run.closed} of {_many(total, 'round')}" if total is not None else _many(run.closed, "round")
        return f"{done}, {run.opened - run.closed} at work"
    most = run.plan.limit if run.plan.policy == "cycle" else run.plan.config.get("max_iterations")
    limit = f" of {total}" if total is not None else f" of at most {most}" if most else ""
    return f"round {max(1, run.opened)}{limit}"


def _awaited(run: NodeRun, now_us: int) -> str:
    request = run.request or {}
    if question := request.get("question"):
        return plain(str(question))
    if "until" not in request:
        return "for an answer"
    left_us = micros(request["until"]) - now_us
    return f"{duration(left_us)} left" if 0 < left_us < SOON_US else f"until {request['until'][:19]}Z"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _outcome(run: NodeRun) -> Iterator[str]:
    if run.repeats:
        yield _many(run.closed, "round") + (f", {run.failed} failed" if run.failed else "")
    chosen = [port for port in run.ports if port not in ("out", "*") and not port.startswith("exit:")]
    if chosen:
        yield "→ " + plain(", ".join(chosen))
    yield ", ".join(plain(model) for model in run.models)
    if run.tool_calls and run.models:
        yield _many(run.tool_calls, "tool call")
    yield from _used(run.calls.used)
