"""Problems of documents as people read them: a table on a terminal, one line each elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pointwork.cli.picture import plain
from pointwork.errors import Problem

__all__ = ["place_of", "print_problems", "summary_of"]

STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def place_of(problem: Problem) -> str:
    """The node and the field that a problem is about."""
    return plain(" › ".join(part for part in (problem.node, problem.field) if part)) or "document"


def summary_of(problems: Sequence[Problem]) -> str:
    """`2 errors, 1 warning`.

    >>> summary_of([])
    'no problems'
    """
    counts = Counter(problem.severity for problem in problems)
    parts = [
        f"{counts[kind]} {kind}{'s' * (counts[kind] > 1)}" for kind in ("error", "warning", "note") if counts[kind]
    ]
    return ", ".join(parts) or "no problems"


def print_problems(console: Console, problems: Sequence[Problem], *, file: str) -> None:
    """Write all problems, the worst first."""
    order = list(STYLES)
    ordered = sorted(problems, key=lambda problem: order.index(problem.severity))
    if not console.is_terminal:
        for problem in ordered:
            text = f"{file}: {place_of(problem)}: {problem.severity} {problem.code}: {plain(problem.message)}"
            console.file.write(text + (f" {plain(problem.hint)}" if problem.hint else "") + "\n")
        return
    for problem in ordered:
        told = Text(plain(problem.message), overflow="fold")
        if problem.hint:
            told.append(f"\n{plain(problem.hint)}", "dim")
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, show_header=False)
        table.add_column(width=9, justify="right", style=STYLES[problem.severity])
        table.add_column(overflow="fold")
        table.add_row(problem.severity, Text(place_of(problem), "bold").append(f"  {problem.code}", "not bold dim"))
        table.add_row("", told)
        console.print(table)
