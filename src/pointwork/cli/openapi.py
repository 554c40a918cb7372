"""`pointwork openapi`: the description of the API, for generators of clients."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pointwork.cli.command import Command, Exit, Parser
from pointwork.errors import ConfigurationError

__all__ = ["COMMAND"]


def _arguments(parser: Parser) -> None:
    parser.add_argument("--out", metavar="FILE", help="write it there instead of to standard output")


def _act(chosen: argparse.Namespace) -> int:
    import orjson

    from pointwork.server import openapi_document

    text = orjson.dumps(openapi_document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
    if chosen.out is None:
        sys.stdout.write(text)
        return Exit.OK
    try:
        Path(chosen.out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{chosen.out!r} cannot be written: {error.strerror}.", hint="Choose another place with --out."
        ) from error
    return Exit.OK


COMMAND = Command(
    name="openapi",
    usage="openapi [--out FILE]",
    summary="write the OpenAPI document of the server",
    text="Write the OpenAPI document of the server as JSON, with its keys in order. No server needs to run.",
    arguments=_arguments,
    action=_act,
    examples=(("pointwork openapi --out openapi.json", "into a file"),),
    exits={0: "written", 2: "the file cannot be written, or the command line is wrong"},
    environment=("POINTWORK_DEBUG",),
)
