"""The figures of the engines as a picture: time per node, and how close pauses come to their ideal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["draw"]

COLOURS = {"limit": "#9aa5b1", "pointwork": "#1f6feb", "langgraph": "#d9822b"}
NAMES = {"limit": "the least it can cost", "pointwork": "Pointwork", "langgraph": "LangGraph 1.2"}
GROUPS = [
    ("engine", "W1", "W1\nchain"),
    ("engine", "W2", "W2\nfan"),
    ("engine", "W3", "W3\nlayers"),
    ("engine", "W4", "W4\nloop"),
    ("engine", "W5", "W5\n1,000 runs"),
    ("durable", "W5 1000", "durable\n1,000 runs"),
    ("durable", "W5 50", "durable\n50 runs"),
]
PAUSES = [("W6", "W6\n1,000 runs with pauses"), ("W7", "W7\nunequal branches")]
WIDTH = 0.26


def draw(suites: dict[str, Any], path: Path) -> None:
    """Write the picture; the same figures give the same file."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "pointwork", "font.size": 9}):
        figure = Figure(figsize=(10, 4), layout="constrained", facecolor="white")
        left, right = figure.subplots(1, 2, width_ratios=[7, 3])
        _times(left, suites)
        _pauses(right, suites)
        left.legend(frameon=False, ncols=3, loc="upper left")
        figure.savefig(path, metadata={"Date": None})


def _times(axes: Axes, suites: dict[str, Any]) -> None:
    groups = [(suites[suite][key]["engines"], title) for suite, key, title in GROUPS if suite in suites]
    for position, (kind, colour) in enumerate(COLOURS.items()):
        places: list[float] = []
        heights: list[float] = []
        for place, (engines, _) in enumerate(groups):
            # Of durable ones, those that survive a power cut.
            found = next(
                (engines[name] for name in (kind, f"{kind}-durable", f"{kind}-power") if name in engines), None
            )
            if found is not None:
                places.append(place + (position - 1) * WIDTH)
                heights.append(found["us_per_node"]["median"])
        bars = axes.bar(places, heights, WIDTH, color=colour, label=NAMES[kind])
        axes.bar_label(bars, labels=[_short(height) for height in heights], padding=2, fontsize=7)
    axes.set_yscale("log")
    axes.set_ylim(0.5, 60_000)
    axes.set_xticks(range(len(groups)), [title for _, title in groups])
    _plain(axes, "Microseconds per node (logarithmic)")


def _pauses(axes: Axes, suites: dict[str, Any]) -> None:
    if "engine" in suites:
        for position, (kind, colour) in enumerate(COLOURS.items()):
            places = [place + (position - 1) * WIDTH for place in range(len(PAUSES))]
            heights = [suites["engine"][name]["engines"][kind]["wall_s"] for name, _ in PAUSES]
            bars = axes.bar(places, heights, WIDTH, color=colour)
            axes.bar_label(bars, labels=[f"{height:.2f}" for height in heights], padding=2, fontsize=7)
    axes.set_xticks(range(len(PAUSES)), [title for _, title in PAUSES])
    _plain(axes, "Seconds, where nodes only wait")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _plain(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
