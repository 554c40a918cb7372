"""`pointwork serve`: the server, on this machine only."""

from __future__ import annotations

import argparse

from pointwork.cli.command import Command, Exit, Parser

__all__ = ["COMMAND"]

TEXT = """Start the server: REST at /api, the live stream, the description of the API at /docs, and a page at / that
shows how to try it. Executions that were cut off, by a crash or by a command that was left, go on at once.

It listens on this machine only, because there are no accounts yet. From elsewhere, use an SSH tunnel:
ssh -L 8000:127.0.0.1:8000 HOST

Ctrl-C stops it; what runs is stored and goes on at the next start."""


def _arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("--host", metavar="HOST", help="the address to listen on: 127.0.0.1 (default), ::1 or localhost")
    add("--port", metavar="PORT", type=_port, help="the port to listen on; default: 8000. 0: any free one")
    add("--data-dir", metavar="DIR", help="where everything is stored; see POINTWORK_DATA_DIR")
    add("--reload", action="store_true", help="start anew when the code of Pointwork changes, for its development")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:9]) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, which is a number from 0 to 65535")
    return int(text)


def _act(chosen: argparse.Namespace) -> int:
    from pointwork.cli.serving import serve, serve_reloading

    settings = {"data_dir": chosen.data_dir, "host": chosen.host, "port": chosen.port}
    if chosen.reload:
        serve_reloading(**settings)
    else:
        serve(**settings)
    return Exit.OK


COMMAND = Command(
    name="serve",
    usage="serve [options]",
    summary="start the server: REST, live stream and a page at /",
    text=TEXT,
    arguments=_arguments,
    action=_act,
    examples=(
        ("pointwork serve", "on http://127.0.0.1:8000"),
        ("pointwork serve --port 9000 --data-dir ./data", "elsewhere"),
        ("OPENAI_BASE_URL=http://127.0.0.1:11434/v1 pointwork serve", "with a model server of your own"),
    ),
    exits={0: "stopped as asked", 2: "cannot start: the port is in use, the data folder cannot be used, …"},
    environment=(
        "POINTWORK_HOST",
        "POINTWORK_PORT",
        "POINTWORK_DATA_DIR",
        "POINTWORK_DATABASE_URL",
        "POINTWORK_DURABILITY",
        "POINTWORK_ORIGINS",
        "POINTWORK_LOG_LEVEL",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
        "GEMINI_API_KEY",
        "GROQ_API_KEY",
        "MISTRAL_API_KEY",
        "OPENROUTER_API_KEY",
        "OLLAMA_HOST",
        "POINTWORK_FIND_OLLAMA",
        "POINTWORK_MODEL_SILENCE",
        "POINTWORK_MODEL_CONCURRENCY",
        "POINTWORK_OFFLINE_DEMO",
        "POINTWORK_PYTHON_SANDBOX",
        "POINTWORK_TOOLS_DIR",
        "POINTWORK_DAY_BUDGET",
        "POINTWORK_EGRESS_ALLOW",
        "POINTWORK_SEARCH_PROVIDER",
        "SEARXNG_URL",
        "BRAVE_API_KEY",
        "TAVILY_API_KEY",
        "POINTWORK_SECRET_KEY",
        "POINTWORK_DEBUG",
    ),
)
