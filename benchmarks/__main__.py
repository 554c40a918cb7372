"""`python -m benchmarks [SUITE …] [--quick] [--install]`: measure, judge, and write down what was found."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import machine, page
from benchmarks.child import ROOT
from benchmarks.evidence import collected
from benchmarks.options import Options
from benchmarks.targets import Verdict, judged

SUITES = ("engine", "durable", "http", "stream", "sandbox", "memory", "startup")
RESULTS = ROOT / "benchmarks" / "results" / "latest.json"
PAGE = ROOT / "docs" / "explanation" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "benchmarks.svg"
COLOURS = {"goal": "green", "floor": "yellow", "missed": "red", "not measured": "dim"}


def main() -> int:
    """1 when a floor does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"{', '.join(SUITES)}; without any: all of them")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, nothing is written: to see that it works")
    parser.add_argument("--install", action="store_true", help="also install the core into a new environment")
    parser.add_argument(
        "--loop", choices=("asyncio", "uvloop"), default="asyncio", help="the event loop of all engines"
    )
    parser.add_argument("--page", action="store_true", help="measure nothing; write page and picture from the results")
    chosen = parser.parse_args()
    for name in chosen.suites:
        if name not in SUITES:
            parser.error(f"there is no suite {name!r}; there are {', '.join(SUITES)}")
    if chosen.page:
        write({}, {})
        return 0
    options = Options(quick=chosen.quick, install=chosen.install, loop=chosen.loop)
    verdicts: list[Verdict] = []
    for name in chosen.suites or SUITES:
        fresh = measured(name, options)
        found = judged({name: fresh["figures"]})
        verdicts += found
        if not options.quick:  # each at once, so that nothing is lost if a later one fails
            wanted = [one.target.profile for one in found if not one.is_complete and one.target.profile]
            write({name: fresh}, collected(wanted, options))
    show(verdicts)
    return int(any(verdict.reached == "missed" and verdict.target.floor is not None for verdict in verdicts))


def measured(name: str, options: Options) -> dict[str, Any]:
    """The figures of a suite, what they were measured on, and how busy that was."""
    before = machine.load()
    figures = import_module(f"benchmarks.suites.{name}").run(options)
    return {"machine": machine.described(), "load": {"before": before, "after": machine.load()}, "figures": figures}


def show(verdicts: list[Verdict]) -> None:
    """The verdicts on the terminal."""
    table = Table("", "measured", "floor", "goal", "reached", box=box.SIMPLE_HEAD)
    for row, verdict in zip(page.verdicts(verdicts), verdicts, strict=True):
        table.add_row(*row[:-1], verdict.reached, style=COLOURS[verdict.reached])
    Console().print(table)


def write(fresh: dict[str, Any], profiles: dict[str, Any]) -> None:
    """Results, page and picture; suites that were not run keep what they had."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"suites": {}, "profiles": {}}
    suites = {name: {**known["suites"], **fresh}[name] for name in SUITES if name in known["suites"] or name in fresh}
    verdicts = judged({name: one["figures"] for name, one in suites.items()})
    wanted = {" ".join(one.target.profile): None for one in verdicts if not one.is_complete and one.target.profile}
    available = {**known["profiles"], **profiles}
    results = {
        "targets": [verdict.report() for verdict in verdicts],
        "suites": suites,
        "profiles": {name: available[name] for name in wanted if name in available},
    }
    _write(RESULTS, json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    _write(PAGE, page.within(PAGE.read_text(), page.figures(results, verdicts)))
    from benchmarks.picture import draw  # takes a second, which a quick run can do without

    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw({name: one["figures"] for name, one in suites.items()}, PICTURE)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    raise SystemExit(main())
