"""`pointwork memory`: what agents remember."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from pointwork.cli.command import Command, Exit, Group, Parser, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from pointwork.memory import Memory
    from pointwork.memory.opening import OpenMemory

__all__ = ["COMMAND"]

WIDTH = 100


def _opened(chosen: argparse.Namespace, *, index: bool = False) -> AbstractContextManager[OpenMemory]:
    from contextlib import contextmanager

    from pointwork.cli.building import settings_of
    from pointwork.redaction import Redactor
    from pointwork.remembering import memory_of

    @contextmanager
    def opened() -> Iterator[OpenMemory]:
        settings = settings_of(data_dir=chosen.data_dir)
        memory = memory_of(settings, Redactor(settings.keys()), index=index)
        try:
            yield memory
        finally:
            memory.close()

    return opened()


def _options(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    parser.add_argument("--data-dir", metavar="DIR", help="the data folder; see POINTWORK_DATA_DIR")


def _agent(parser: Parser) -> None:
    parser.add_argument("agent", metavar="AGENT", help="whose memory; `pointwork memory agents` lists them")


def _id(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", help="of the memory, as `pointwork memory list` shows it")


def _for(parser: Parser) -> None:
    parser.add_argument("--user", default="", metavar="ID", help="for one user of the agent")
    parser.add_argument("--session", default="", metavar="ID", help="in one conversation")
    parser.add_argument("--workflow", default="", metavar="ID", help="in one workflow")


def _print(value: Any) -> int:
    import orjson

    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")
    return Exit.OK


def _told(memory: Memory) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(memory)


def _line(text: str) -> str:
    """One line of plain text, whatever is in it: memories come from strangers."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= WIDTH else f"{plain[:WIDTH]} …"


# -- looking -----------------------------------------------------------------------------------------------------------


def _agents(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as memory:
        found = memory.store.agents()
        if chosen.json:
            return _print(found)
        width = max((len(one["agent_id"]) for one in found), default=0)
        for one in found:
            print(f"{_line(one['agent_id']):<{width}}  {one['memories']} memories, {one['turns']} turns")
        if not found:
            print("No agent remembers anything yet. Set use_memory in its agent_config.", file=sys.stderr)
        if memory.chosen.warning:
            print(f"pointwork: {memory.chosen.warning} {memory.chosen.hint}", file=sys.stderr)
    return Exit.OK


def _list_arguments(parser: Parser) -> None:
    _agent(parser)
    parser.add_argument("--query", default="", metavar="TEXT", help="only those that hold this text")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="how many at most (50)")
    _options(parser)


def _list(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as memory:
        found = memory.store.browse(chosen.agent, query=chosen.query, limit=max(1, chosen.limit))
    if chosen.json:
        return _print([_told(one) for one in found])
    for one in found:
        mark = {"fact": " ", "interaction": "↔", "summary": "Σ"}[one.kind]
        print(f"{one.id}  {mark} {_line(one.text)}")
    return Exit.OK


def _show_arguments(parser: Parser) -> None:
    _id(parser)
    _options(parser)


def _show(chosen: argparse.Namespace) -> int:
    from pointwork.events import iso

    with _opened(chosen) as memory:
        found = memory.store.history(chosen.id)
    if chosen.json:
        return _print([_told(one) for one in found])
    for one in found:
        ended = f", until {iso(one.valid_to_us)[:19]}" if one.valid_to_us is not None else ""
        who = f", by node {one.written.node_id} of {one.written.execution_id}" if one.written.execution_id else ""
        places = [("user", one.scope.user_id), ("session", one.scope.session_id), ("workflow", one.scope.workflow_id)]
        where = "".join(f", {name} {_line(place)}" for name, place in places if place)
        print(f"{one.id}  {one.kind} of {_line(one.scope.agent_id)}{where}")
        print(f"  since {iso(one.created_at_us)[:19]}{ended}{who}; used {one.uses} times")
        print(f"  {_line(one.text)}")
    return Exit.OK


def _recall_arguments(parser: Parser) -> None:
    _agent(parser)
    parser.add_argument("query", metavar="QUESTION", help="what it is about")
    parser.add_argument("-n", type=int, default=5, metavar="N", help="how many at most (5)")
    parser.add_argument("--min-score", type=float, metavar="X", help="only what is that near")
    _for(parser)
    _options(parser)


def _recall(chosen: argparse.Namespace) -> int:
    from pointwork.memory import Scope

    scope = Scope(agent_id=chosen.agent, user_id=chosen.user, session_id=chosen.session, workflow_id=chosen.workflow)
    with _opened(chosen) as memory:
        found = memory.service.recall(scope, chosen.query, n=chosen.n, min_score=chosen.min_score, touch=False)
        warning, hint = memory.chosen.warning, memory.chosen.hint
    if chosen.json:
        return _print(found)
    for one in found:
        print(f"{one['score']:.2f}  {_line(one['content'])}\n      {one['why']} · {one['kind']} {one['id']}")
    if not found:
        print("Nothing that is near enough.", file=sys.stderr)
    if warning:
        print(f"pointwork: {warning} {hint}", file=sys.stderr)
    return Exit.OK


# -- changing ----------------------------------------------------------------------------------------------------------


def _add_arguments(parser: Parser) -> None:
    _agent(parser)
    parser.add_argument("fact", metavar="FACT", help="one sentence that can be understood by itself")
    parser.add_argument("--importance", type=float, default=0.5, metavar="X", help="from 0 to 1 (0.5)")
    _for(parser)
    _options(parser)


def _add(chosen: argparse.Namespace) -> int:
    from pointwork.memory import NewMemory, Scope

    scope = Scope(agent_id=chosen.agent, user_id=chosen.user, session_id=chosen.session, workflow_id=chosen.workflow)
    with _opened(chosen) as memory:
        learned = memory.service.learn(NewMemory(text=chosen.fact, scope=scope, importance=chosen.importance))
    if chosen.json:
        return _print(learned)
    print(learned["id"])
    return Exit.OK


def _edit_arguments(parser: Parser) -> None:
    _id(parser)
    parser.add_argument("fact", metavar="FACT", help="what holds instead")
    _options(parser)


def _edit(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as memory:
        old = memory.store.get(chosen.id)
        learned = memory.service.edit(old.id, chosen.fact, importance=old.importance)
    if chosen.json:
        return _print(learned)
    print(learned["id"])
    return Exit.OK


def _forget_arguments(parser: Parser) -> None:
    _id(parser)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit")
    _options(parser)


def _forget(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as memory:
        memory.service.forget(chosen.id, by="command line", reason=chosen.reason)
    print(f"Forgot {chosen.id}, its history and what it was said in.", file=sys.stderr)
    return Exit.OK


def _clear_arguments(parser: Parser) -> None:
    _agent(parser)
    parser.add_argument("--conversation", action="store_true", help="only what was said, not what is remembered longer")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    _options(parser)


def _clear(chosen: argparse.Namespace) -> int:
    what = "the conversation" if chosen.conversation else "everything that is remembered"
    if not chosen.yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError(f"This deletes {what} of {chosen.agent!r} for good.", hint="Say --yes if it shall.")
        if input(f"Delete {what} of {chosen.agent!r} for good? [y/N] ").strip().lower() not in ("y", "yes"):
            print("Nothing was deleted.", file=sys.stderr)
            return Exit.OK
    with _opened(chosen) as memory:
        if chosen.conversation:
            memory.service.clear_conversations(chosen.agent)
        else:
            memory.service.clear_all(chosen.agent)
    print(f"Deleted {what} of {chosen.agent!r}.", file=sys.stderr)
    return Exit.OK


# -- files and vectors -------------------------------------------------------------------------------------------------


def _export_arguments(parser: Parser) -> None:
    parser.add_argument("--agent", metavar="AGENT", help="only this agent's")
    parser.add_argument("--data-dir", metavar="DIR", help="the data folder; see POINTWORK_DATA_DIR")


def _export(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as memory:
        for line in memory.store.export(chosen.agent):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    return Exit.OK


def _import_arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="what `pointwork memory export` wrote")
    _options(parser)


def _import(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as memory:
        try:
            with open(chosen.file, "rb") as file:
                added = memory.store.read(file)
        except OSError as error:
            raise UsageError(f"The file {chosen.file!r} cannot be read: {error.strerror}.") from error
        healed = memory.healer.heal()
    if chosen.json:
        return _print(added)
    print(f"{added['memories']} memories and {added['turns']} turns were new.", file=sys.stderr)
    if healed.problem:
        print(f"pointwork: {healed.left} have no vector yet: {healed.problem}", file=sys.stderr)
    return Exit.OK


def _rebuild_arguments(parser: Parser) -> None:
    parser.add_argument("--data-dir", metavar="DIR", help="the data folder; see POINTWORK_DATA_DIR")


def _rebuild(chosen: argparse.Namespace) -> int:
    from pointwork.memory.healing import heal

    def told(stage: str, done: int, total: int) -> None:
        print(f"{stage}: {done:,} of {total:,}", file=sys.stderr)

    with _opened(chosen, index=True) as memory:
        index = memory.chroma
        if index is not None:
            if index.open():
                index.reset()
            else:
                print("pointwork: The index is another process's, which rebuilds it by itself.", file=sys.stderr)
                index = None
        healed = heal(memory.store, index, memory.chosen.embedder, told)
    if healed.problem:
        print(f"pointwork: {healed.left} have no vector yet: {healed.problem}", file=sys.stderr)
        return Exit.FAILED
    print(f"{healed.embedded} embedded, {healed.told} told to the index.", file=sys.stderr)
    return Exit.OK


ENVIRONMENT = ("POINTWORK_DATA_DIR", "POINTWORK_DATABASE_URL", "POINTWORK_EMBEDDER", "POINTWORK_DEBUG")
REFUSED = {2: "there is no such memory, or the command line is wrong"}


def _command(name: str, usage: str, summary: str, text: str, arguments: Any, action: Any, done: str) -> Command:
    return Command(
        name=f"memory {name}",
        usage=f"memory {name} {usage}".strip(),
        summary=summary,
        text=text,
        arguments=arguments,
        action=action,
        exits={0: done, **REFUSED},
        environment=ENVIRONMENT,
    )


COMMAND = Group(
    name="memory",
    text="""What agents remember: facts, what was said, summaries. It is stored in the data folder; an agent has
a memory when its agent_config says use_memory.""",
    commands={
        "agents": _command(
            "agents", "[options]", "who remembers how much", "List all agents that remember something.",
            _options, _agents, "listed",
        ),
        "list": _command(
            "list", "AGENT [options]", "what an agent remembers",
            "List what an agent remembers, the newest first: facts, ↔ what was said, Σ summaries.",
            _list_arguments, _list, "listed",
        ),
        "show": _command(
            "show", "ID [options]", "one memory with its history",
            "Show a memory, where it came from, and what held before it.",
            _show_arguments, _show, "shown",
        ),
        "recall": _command(
            "recall", "AGENT QUESTION [options]", "what an agent would recall, and why",
            "Ask an agent's memory as the agent would, with the score and the reason of each.",
            _recall_arguments, _recall, "asked",
        ),
        "add": _command(
            "add", "AGENT FACT [options]", "let an agent remember a fact",
            "Let an agent remember a fact; prints its id. What it remembers already stays as it is.",
            _add_arguments, _add, "remembered",
        ),
        "edit": _command(
            "edit", "ID FACT [options]", "let something else hold",
            "Let another fact hold in the place of one, which stays as its history; prints the new id.",
            _edit_arguments, _edit, "changed",
        ),
        "forget": _command(
            "forget", "ID [options]", "delete a memory for good",
            "Delete a memory for good, with its history and the turn of the conversation that it was said in.",
            _forget_arguments, _forget, "forgotten",
        ),
        "clear": _command(
            "clear", "AGENT [options]", "delete everything of an agent",
            "Delete everything that an agent remembers, for good.",
            _clear_arguments, _clear, "deleted, or not after all",
        ),
        "export": _command(
            "export", "[options]", "all as JSON Lines",
            "Write everything that is remembered to standard output, as JSON Lines without vectors.",
            _export_arguments, _export, "written",
        ),
        "import": _command(
            "import", "FILE [options]", "remember what was exported",
            "Remember what an exported file holds: all of it or, if a line has a fault, nothing. Twice is once.",
            _import_arguments, _import, "remembered",
        ),
        "rebuild": _command(
            "rebuild", "[options]", "make vectors and index anew",
            "Embed what has no vector of the embedder that is set, and build the index from the beginning.",
            _rebuild_arguments, _rebuild, "done",
        ),
    },
)  # fmt: skip
