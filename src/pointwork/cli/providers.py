"""`pointwork providers`: where models come from."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from pointwork.cli.command import Command, Exit, Group, Parser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from pointwork.wiring import App
    from pointwork.workflow import JsonObject

__all__ = ["COMMAND"]

KINDS = ("openai", "anthropic", "google", "groq", "mistral", "ollama", "openrouter", "openai-compatible")


def _opened(chosen: argparse.Namespace) -> AbstractAsyncContextManager[App]:
    from contextlib import asynccontextmanager

    from pointwork.cli.building import settings_of
    from pointwork.wiring import App

    @asynccontextmanager
    async def opened() -> AsyncIterator[App]:
        app = App(settings_of(data_dir=chosen.data_dir))
        await app.open(adopt=False)
        try:
            yield app
        finally:
            await app.close()

    return opened()


def _data_dir(parser: Parser) -> None:
    parser.add_argument("--data-dir", metavar="DIR", help="the data folder; see POINTWORK_DATA_DIR")


def _name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="what stands before the colon in the names of its models")


def _list_arguments(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    _data_dir(parser)


def _list(chosen: argparse.Namespace) -> int:
    import asyncio

    async def look() -> list[JsonObject]:
        async with _opened(chosen) as app:
            return app.providers.list()

    found = asyncio.run(look())
    if chosen.json:
        _print(found)
        return Exit.OK
    for one in found:
        key = one["key"] or {}
        named = next((f"key in {where} {name}" for where, name in key.items()), "without a key")
        print(f"{one['name']:<16}  {one['kind']}, {one['base_url']}, {named}")
        if not one["usable"]:
            print(f"{'':<16}  cannot be used: {one['reason']}")
    if not found:
        print("There are none. `pointwork providers set NAME --kind KIND` sets one up.", file=sys.stderr)
    return Exit.OK


def _set_arguments(parser: Parser) -> None:
    _name(parser)
    add = parser.add_argument
    add("--kind", metavar="KIND", required=True, choices=KINDS, help=f"one of {', '.join(KINDS)}")
    add("--url", metavar="URL", help="its address, for openai-compatible; most end in /v1")
    add("--secret", metavar="NAME", help="the secret that holds its key; `pointwork secrets set` stores one")
    add("--model", metavar="NAME", action="append", default=[], help="a model to offer in forms; may be given often")
    _data_dir(parser)


def _set(chosen: argparse.Namespace) -> int:
    import asyncio

    async def change() -> JsonObject:
        async with _opened(chosen) as app:
            options: Any = {"models": chosen.model} if chosen.model else {}
            return await app.providers.set(
                chosen.name, kind=chosen.kind, base_url=chosen.url, secret=chosen.secret, options=options
            )

    found = asyncio.run(change())
    name = found["name"]
    print(f"Stored {name}; agents name its models {name}:MODEL. A running server needs a new start.", file=sys.stderr)
    return Exit.OK


def _test_arguments(parser: Parser) -> None:
    _name(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    _data_dir(parser)


def _test(chosen: argparse.Namespace) -> int:
    import asyncio

    async def ask() -> JsonObject:
        async with _opened(chosen) as app:
            return (await app.providers.test(chosen.name)).to_dict()

    found = asyncio.run(ask())
    if chosen.json:
        _print(found)
    else:
        print(f"{'ok' if found['ok'] else 'fail':<4}  {found['message']} ({found['duration_ms']:g} ms)")
        for model in found["models"]:
            print(f"      {chosen.name}:{model}")
    return Exit.OK if found["ok"] else Exit.FAILED


def _remove_arguments(parser: Parser) -> None:
    _name(parser)
    _data_dir(parser)


def _remove(chosen: argparse.Namespace) -> int:
    import asyncio

    async def change() -> None:
        async with _opened(chosen) as app:
            await app.providers.delete(chosen.name)

    asyncio.run(change())
    print(f"Removed {chosen.name}.", file=sys.stderr)
    return Exit.OK


def _print(value: Any) -> None:
    import orjson

    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


ENVIRONMENT = ("POINTWORK_DATA_DIR", "POINTWORK_SECRET_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "POINTWORK_DEBUG")
REFUSED = {2: "there is no such provider, the settings cannot work, or the command line is wrong"}

COMMAND = Group(
    name="providers",
    text="Where models come from: providers that the environment names, and those that are stored.",
    commands={
        "list": Command(
            name="providers list",
            usage="providers list [options]",
            summary="all providers, where they are, and what their keys are called",
            text="List all providers: those of the environment first, which only the environment changes.",
            arguments=_list_arguments,
            action=_list,
            exits={0: "listed", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "set": Command(
            name="providers set",
            usage="providers set NAME --kind KIND [options]",
            summary="set up a provider",
            text="Set up a provider, in place of the old settings if there are some. Its key is a secret that is\n"
            "stored before. A server that runs takes up what is set over HTTP at once, and this at its next start.",
            arguments=_set_arguments,
            action=_set,
            examples=(
                ("pointwork providers set work --kind anthropic --secret WORK_KEY", "agents then name work:claude-…"),
                (
                    "pointwork providers set lab --kind openai-compatible --url http://127.0.0.1:8080/v1",
                    "without a key",
                ),
            ),
            exits={0: "stored", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "test": Command(
            name="providers test",
            usage="providers test NAME [options]",
            summary="ask a provider for the list of its models",
            text="Ask a provider for the list of its models: is somebody there, and is the key accepted.",
            arguments=_test_arguments,
            action=_test,
            exits={0: "it answers", 1: "it does not, or refuses the key", **REFUSED},
            environment=ENVIRONMENT,
        ),
        "remove": Command(
            name="providers remove",
            usage="providers remove NAME [options]",
            summary="forget a provider",
            text="Forget a provider, and its key if that was sent together with it.",
            arguments=_remove_arguments,
            action=_remove,
            exits={0: "removed", **REFUSED},
            environment=ENVIRONMENT,
        ),
    },
)
