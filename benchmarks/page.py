"""The generated part of `docs/explanation/performance.md`: verdicts, figures, and profiles of what is not reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.targets import Verdict
from benchmarks.workloads import WORKLOADS

__all__ = ["BEGIN", "END", "figures", "table", "verdicts", "within"]

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
MARKS = {"goal": "goal", "floor": "floor", "missed": "**missed**", "not measured": "not measured"}
SUITES = {
    "engine": "The engine, journal in memory",
    "durable": "Durable runs",
    "http": "Over HTTP",
    "stream": "The live stream",
    "sandbox": "Python in the sandbox",
    "memory": "Memory",
    "startup": "Starting up",
}


def within(page: str, generated: str) -> str:
    """The page with its generated part replaced."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"The page has no {BEGIN} … {END}.")
    return f"{before}{BEGIN}\n\n{generated.strip()}\n\n{END}{after}"


def figures(results: dict[str, Any], found: Sequence[Verdict]) -> str:
    """Everything that was measured, as Markdown."""
    parts: list[str] = []
    for suite, title in SUITES.items():
        if suite in results["suites"]:
            one = results["suites"][suite]
            own = [verdict for verdict in found if verdict.target.suite == suite]
            parts += [f"## {title}", table(["", "measured", "floor", "goal", "reached"], verdicts(own))]
            parts += [*DETAILS[suite](one["figures"]), _measured_on(one)]
    if results["profiles"]:
        parts += ["## Where the time goes", PROFILES]
        parts += [part for profile in results["profiles"].values() for part in _profile(profile)]
    return "\n\n".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; the first column is text, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def verdicts(found: Sequence[Verdict]) -> list[list[str]]:
    """A row for each demand."""
    rows: list[list[str]] = []
    for verdict in found:
        target = verdict.target
        sign = "≥" if target.more else "≤"
        marks = [f"{sign} {_number(mark)}" if mark is not None else "" for mark in (target.floor, target.goal)]
        value = "" if verdict.value is None else f"{_number(verdict.value)} {target.unit}".strip()
        rows.append([target.what, value, *marks, MARKS[verdict.reached]])
    return rows


def _number(value: float) -> str:
    """As many digits as repeat from run to run."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _measured_on(suite: dict[str, Any]) -> str:
    machine, load = suite["machine"], suite["load"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return (
        f"Measured {machine['when'][:10]} on {machine['cores']} cores ({machine['processor']}, {machine['system']}), "
        f"load {load['before']} before and {load['after']} after; Python {machine['python']}, {packages}."
    )


def _engines(figures: dict[str, Any]) -> list[str]:
    rows: list[list[object]] = []
    for name, one in figures.items():
        if "engines" not in one:
            continue
        kind, _, size = name.partition(" ")
        for engine, outcome in one["engines"].items():
            times = outcome["us_per_node"]
            rows.append([
                f"{kind} {WORKLOADS[kind][0]}" + (f", {int(size):,}" if size else ""), engine,
                *[_number(times[which]) for which in ("median", "best", "cpu")], f"{outcome['rss_mb']:.0f}",
            ])  # fmt: skip
    return [
        "Microseconds per node: the middle and the best round by the clock, and processor time; memory of the process.",
        table(["workload", "engine", "middle", "best", "processor", "MB"], rows),
    ]


def _durable(figures: dict[str, Any]) -> list[str]:
    written, flushes = figures["written"], figures["flushes"]
    rows: list[list[object]] = []
    for where, title in (("lone chain", "a lone chain"), ("concurrent runs", "concurrent runs")):
        for engine, flushed in flushes[where].items():
            count = "not measured" if flushed is None else f"{flushed:.3f}"
            rows.append([title, engine, count, f"{written[where][engine]:,}"])
    return [*_engines(figures), table(["", "engine", "flushes per node", "bytes written per node"], rows)]


def _http(figures: dict[str, Any]) -> list[str]:
    rows = [
        [name, one["runs_per_s"], one["p50_ms"], one["p95_ms"], one["server_ms_per_run"], one["client_cpu"]]
        for name, one in figures.items()
    ]
    return [table(["", "runs/s", "p50 ms", "p95 ms", "server's processor, ms a run", "client's core"], rows)]


def _stream(figures: dict[str, Any]) -> list[str]:
    rows = [
        [name, f"{one['delivered']:,}", one["lost"], one["repeated"], one["p50_ms"], one["p99_ms"],
         one["server_cpu"], one["server_us_per_event"], one["client_cpu"]]
        for name, one in figures.items()
    ]  # fmt: skip
    head = ["", "delivered", "lost", "repeated", "p50 ms", "p99 ms", "server's core", "µs an event", "client's core"]
    return [table(head, rows)]


def _sandbox(figures: dict[str, Any]) -> list[str]:
    rows = [
        [name, one["layers"], one["cold_ms"], one["warm_p50_ms"], one["warm_p95_ms"]] for name, one in figures.items()
    ]
    return [table(["packages", "layers", "first call ms", "later p50 ms", "later p95 ms"], rows)]


def _memory(figures: dict[str, Any]) -> list[str]:
    quality, latency, agents = figures["quality"], figures["latency"], figures["agents"]
    methods = ("lexical", "cosine", "ours")
    found = [
        [
            kind,
            one["questions"],
            *[f"{quality[name][kind]['r1']:.2f} / {quality[name][kind]['r5']:.2f}" for name in methods],
        ]
        for kind, one in quality["ours"].items()
    ]
    spent = [
        [f"{int(name):,}", one["index"], one["p50_ms"], one["p95_ms"], one["search_p50_ms"], one["overlap"]]
        for name, one in latency.items()
    ]
    cost = [
        [f"{int(name):,}", one["rss_mb"], one["files"], one["search_p50_ms"]]
        for name, one in agents.items()
        if name.isdigit()
    ]
    return [
        RECALLED.format(facts=quality["facts"]),
        table(["question", "asked", *methods], found),
        "Milliseconds of a recall with its embedding, and of the search alone; the share of the ten nearest found.",
        table(["facts", "index", "p50 ms", "p95 ms", "search p50 ms", "found"], spent),
        "The index in ChromaDB with four memories an agent: memory and open files of the process.",
        table(["agents", "MB", "files", "search p50 ms"], cost),
    ]


def _startup(figures: dict[str, Any]) -> list[str]:
    rows = [
        [name, one["median_ms"], one["best_ms"], one["cpu_ms"], ", ".join(one["heavy"]) or "none"]
        for name, one in figures["imports"].items()
    ]
    parts = [table(["import", "middle ms", "best ms", "processor ms", "heavy packages"], rows)]
    if install := figures.get("install"):
        parts.append(table(["largest packages", "MiB"], [[one["package"], one["mib"]] for one in install["largest"]]))
    return parts


DETAILS = {
    "engine": _engines,
    "durable": _durable,
    "http": _http,
    "stream": _stream,
    "sandbox": _sandbox,
    "memory": _memory,
    "startup": _startup,
}

RECALLED = (
    "How often the right one of {facts:,} facts comes first / among the first five: by words alone, by MiniLM's cosine "
    "alone, and as recalled. The questions are our own and were written together with the ranking. `paraphrase` names "
    "whom or what it is about and else uses other words than the fact; `unnamed` shares no word with it, so that now "
    "and then another fact would do as well."
)
PROFILES = (
    "For each goal that is not reached: the functions in which most processor time is spent, by samples; by themselves "
    "and with all that they call. Only the thread of the event loop is seen."
)


def _profile(profile: dict[str, Any]) -> list[str]:
    title = f"### {profile['of'][0].upper()}{profile['of'][1:]}"
    if "packages" in profile:
        rows = [[one["package"], one["ms"], one["modules"]] for one in profile["packages"]]
        return [title, table(["package", "ms", "modules"], rows)]
    rows = [[f"`{one['function']}`", one["us"], one["all_us"]] for one in profile["functions"]]
    return [
        title,
        f"{profile['us']} µs in {profile['samples']:,} samples.",
        table(["", "µs itself", "µs in all"], rows),
    ]
