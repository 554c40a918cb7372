"""`pointwork secrets`: what nodes and tools need and nobody may see."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pointwork.cli.command import Command, Exit, Group, Parser, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from pointwork.library import SecretInfo, SecretStore

__all__ = ["COMMAND"]


def _opened(chosen: argparse.Namespace) -> AbstractContextManager[SecretStore]:
    from contextlib import contextmanager

    from pointwork.cli.building import settings_of
    from pointwork.wiring import App

    @contextmanager
    def opened() -> Iterator[SecretStore]:
        app = App(settings_of(data_dir=chosen.data_dir))
        app.make_folders()
        app.secrets.open()
        try:
            yield app.secrets
        finally:
            app.secrets.close()

    return opened()


def _data_dir(parser: Parser) -> None:
    parser.add_argument("--data-dir", metavar="DIR", help="the data folder; see POINTWORK_DATA_DIR")


def _name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="letters, digits, _ and -, as in {{secret.NAME}}")
    _data_dir(parser)


def _list_arguments(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    _data_dir(parser)


def _list(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as store:
        found = store.list()
    if chosen.json:
        from dataclasses import asdict

        import orjson

        shown = orjson.dumps([asdict(info) for info in found], option=orjson.OPT_INDENT_2)
        sys.stdout.write(shown.decode() + "\n")
        return Exit.OK
    width = max((len(info.name) for info in found), default=0)
    for info in found:
        print(f"{info.name:<{width}}  {_told(info)}")
    if not found:
        print("There are none. `pointwork secrets set NAME` stores one.", file=sys.stderr)
    return Exit.OK


def _told(info: SecretInfo) -> str:
    from pointwork.events import iso

    parts = [f"…{info.last_four}" if info.last_four else "…", f"set {iso(info.updated_at_us)[:10]}"]
    parts.append(f"used {iso(info.used_at_us)[:10]}" if info.used_at_us is not None else "not used yet")
    if not info.readable:
        parts.append(f"cannot be read: {info.reason}")
    elif not info.hidden:
        parts.append("too short to be hidden where it turns up")
    return ", ".join(parts)


def _set(chosen: argparse.Namespace) -> int:
    from pointwork.library import check_secret_name

    check_secret_name(chosen.name)
    value = _typed(chosen.name) if sys.stdin is not None and sys.stdin.isatty() else _read()
    with _opened(chosen) as store:
        info = store.set(chosen.name, value)
    print(f"Stored {info.name}. Write {{{{secret.{info.name}}}}} where a form offers it.", file=sys.stderr)
    if not info.hidden:
        print("It is shorter than six characters, so it is not hidden where it turns up.", file=sys.stderr)
    return Exit.OK


def _typed(name: str) -> str:
    import getpass

    value = getpass.getpass(f"Value of {name} (not shown): ")
    if value != getpass.getpass("Once more: "):
        raise UsageError("The two are not the same.", hint="Nothing was stored; try again.")
    return value


def _read() -> str:
    from pointwork.errors import Unacceptable

    if sys.stdin is None:
        raise UsageError("There is no standard input to read the value from.", hint="Pipe it in.")
    try:
        value = sys.stdin.buffer.read(1 << 20).decode()
    except UnicodeDecodeError as error:
        raise Unacceptable("The value is not text in UTF-8.", hint="Encode it first, for example as Base64.") from error
    return value.removesuffix("\n").removesuffix("\r")


def _delete(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as store:
        store.delete(chosen.name)
    print(f"Deleted {chosen.name}.", file=sys.stderr)
    return Exit.OK


def _rotate(chosen: argparse.Namespace) -> int:
    with _opened(chosen) as store:
        count = store.rotate()
        source = store.keys.source
    print(f"{count} secret{'s' * (count != 1)} encrypted anew; the key is in {source}.", file=sys.stderr)
    return Exit.OK


ENVIRONMENT = ("POINTWORK_DATA_DIR", "POINTWORK_DATABASE_URL", "POINTWORK_SECRET_KEY", "POINTWORK_DEBUG")
REFUSED = {2: "there is no such secret, the key does not fit, or the command line is wrong"}

COMMAND = Group(
    name="secrets",
    text="""What nodes and tools need and nobody may see: keys of services, passwords. They are stored encrypted, and
documents name them: {{secret.NAME}}. A value is never shown again, and is hidden wherever it turns up.""",
    commands={
        "list": Command(
            name="secrets list",
            usage="secrets list [options]",
            summary="names, last four characters, times",
            text="List all secrets. Of a value of at least twelve characters the last four are shown.",
            arguments=_list_arguments,
            action=_list,
            exits={0: "listed", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "set": Command(
            name="secrets set",
            usage="secrets set NAME [options]",
            summary="store a value, from a prompt or standard input",
            text="Store a value, in place of the old one if there is one. It is asked for without being shown, or\n"
            "read from standard input; never from the command line, which others can see. The next node that needs\n"
            "it gets it, also on a server that runs already. The key of a provider counts from the next start on.",
            arguments=_name,
            action=_set,
            examples=(
                ("pointwork secrets set SERVICE_KEY", "asks for the value, twice"),
                ("pointwork secrets set SERVICE_KEY < key.txt", "from a file, without its last line break"),
            ),
            exits={0: "stored", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "delete": Command(
            name="secrets delete",
            usage="secrets delete NAME [options]",
            summary="forget a secret",
            text="Forget a secret. Workflows that need it fail from now on.",
            arguments=_name,
            action=_delete,
            exits={0: "deleted", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "rotate": Command(
            name="secrets rotate",
            usage="secrets rotate [options]",
            summary="encrypt everything with a new key",
            text="Encrypt everything anew. With the key in a file, a new one takes its place. With\n"
            "POINTWORK_SECRET_KEY, put the new key before the old one, separated by a comma, run this, then take\n"
            "the old one away.",
            arguments=_data_dir,
            action=_rotate,
            exits={0: "done", **REFUSED},
            environment=ENVIRONMENT,
        ),
    },
)
