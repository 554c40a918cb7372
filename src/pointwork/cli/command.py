"""What a command says about itself: one description, from which its parser, its help and its reference page are made.

Rules of this file: importing it costs nothing but argparse, because `pointwork --help` does; help is written by hand
where argparse would differ from one Python to the next.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NoReturn

from pointwork.errors import PointworkError

__all__ = ["ENVIRONMENT", "Command", "Exit", "Group", "Parser", "UsageError", "nearest"]


WIDTH = 100  # of help, on every screen


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1
    REFUSED = 2
    CANCELLED = 3
    WAITING = 4
    LEFT = 130
    TERMINATED = 143
    PIPE_CLOSED = 141


# Every variable that settings read, with what it means; commands name those that matter to them.
ENVIRONMENT: Mapping[str, str] = {
    "POINTWORK_DATA_DIR": "where Pointwork stores its data; also DATA_DIR. Default: the user's data folder",
    "POINTWORK_DATABASE_URL": "the SQLite file, as sqlite:////absolute/path.db; also DATABASE_URL. "
    "Default: pointwork.db in the data folder",
    "POINTWORK_DURABILITY": "when an event counts as stored: behind, commit (default; survives a crash of the process) "
    "or power (survives a power cut)",
    "POINTWORK_HOST": "the address to listen on; loopback only. Default: 127.0.0.1",
    "POINTWORK_PORT": "the port to listen on; also PORT. Default: 8000",
    "POINTWORK_LOG_LEVEL": "DEBUG, INFO (default), WARNING or ERROR; also LOG_LEVEL",
    "POINTWORK_ORIGINS": "web pages beside its own that may use the server, separated by commas; also CORS_ORIGINS. "
    "Default: the development server on port 3000",
    "OPENAI_API_KEY": "the key for OpenAI, or for the server at OPENAI_BASE_URL",
    "OPENAI_BASE_URL": "another OpenAI-compatible server, for example http://127.0.0.1:11434/v1",
    "ANTHROPIC_API_KEY": "the key for models of Anthropic: anthropic:claude-…; ANTHROPIC_BASE_URL for another address",
    "GEMINI_API_KEY": "the key for models of Google: google:gemini-…; also GOOGLE_API_KEY, and GEMINI_BASE_URL",
    "GROQ_API_KEY": "the key for Groq: groq:…",
    "MISTRAL_API_KEY": "the key for Mistral: mistral:…",
    "OPENROUTER_API_KEY": "the key for OpenRouter: openrouter:…",
    "OLLAMA_HOST": "where Ollama listens, for example 127.0.0.1:11434: ollama:…",
    "POINTWORK_FIND_OLLAMA": "off: ollama:… needs OLLAMA_HOST. Default: on, Ollama is used where it listens by default",
    "POINTWORK_MODEL_SILENCE": "how many seconds a model may say nothing before it is given up. Default: 300",
    "POINTWORK_MODEL_CONCURRENCY": "how many requests may be under way at one provider; the others wait. Default: any",
    "POINTWORK_OFFLINE_DEMO": "off: nobody answers while no model is configured. Default: on, the labelled demo model "
    "answers",
    "POINTWORK_PYTHON_SANDBOX": "what runs Python of agents and workflows: linux-jail (default), monty (a subset, on "
    "systems without one) or off",
    "POINTWORK_TOOLS_DIR": "a folder with tools of your own, one file each. Default: tools in the data folder",
    "POINTWORK_MCP_CONFIG": "the file that names MCP servers. Default: mcp.json in the data folder",
    "POINTWORK_DAY_BUDGET": "what all runs of a day may spend together, such as cost_usd=5,tokens=2000000; also "
    "model_calls, tool_calls and seconds. Default: no limit",
    "POINTWORK_EGRESS_ALLOW": "servers that tools and http nodes may reach although they are not public: origins such "
    "as http://127.0.0.1:8888, separated by commas. Default: none",
    "POINTWORK_SEARCH_PROVIDER": "what web_search asks, in this order, separated by commas: searxng, brave, tavily, "
    "duckduckgo, wikipedia. Default: those with an address or key below, then duckduckgo and wikipedia",
    "SEARXNG_URL": "the address of a SearXNG that answers with JSON; web_search may reach it wherever it is",
    "BRAVE_API_KEY": "the key for Brave's search service",
    "TAVILY_API_KEY": "the key for Tavily's search service",
    "POINTWORK_EMBEDDER": "what memories are searched with: minilm, lexical (words alone), or a model of a configured "
    "provider such as openai:text-embedding-3-small or ollama:nomic-embed-text. Default: minilm where it is installed, "
    "else lexical",
    "POINTWORK_CHROMA_URL": "a Chroma server on this machine, or one that POINTWORK_EGRESS_ALLOW lists, which keeps "
    "the index of memories. Default: Chroma within the server, in the data folder",
    "POINTWORK_SECRET_KEY": "the key that encrypts stored secrets, 32 bytes as Base64; of several, with commas "
    "between, the first encrypts and all decrypt. Default: the file secret.key in the data folder",
    "POINTWORK_URL": "the server that commands to running executions are sent to. Default: http://127.0.0.1:8000",
    "POINTWORK_DEBUG": "1: an error also shows its traceback",
    "NO_COLOR": "set: no colours",
}


class UsageError(PointworkError):
    """The command line cannot be understood."""

    code = "usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command. `usage` is what follows `pointwork`; `examples` are (command line, what it does)."""

    name: str
    usage: str
    summary: str
    text: str
    arguments: Callable[[Parser], None]
    action: Callable[[argparse.Namespace], int]
    examples: Sequence[tuple[str, str]] = ()
    exits: Mapping[int, str]
    environment: Sequence[str] = ()

    def parser(self) -> Parser:
        """The parser with all help."""
        parser = Parser(
            prog=f"pointwork {self.name}",
            usage=f"pointwork {self.usage}",
            description=self.text,
            epilog=self._epilog(),
        )
        self.arguments(parser)
        return parser

    def _epilog(self) -> str:
        parts: list[str] = []
        if self.examples:
            lines = [f"  {line}\n      {meaning}" for line, meaning in self.examples]
            parts.append("examples:\n" + "\n".join(lines))
        parts.append("exit codes:\n" + "\n".join(f"  {code:<4} {text}" for code, text in self.exits.items()))
        if self.environment:
            parts.append("environment:\n" + "\n".join(map(_variable, self.environment)))
        return "\n\n".join(parts)


def _variable(name: str) -> str:
    return textwrap.fill(
        ENVIRONMENT[name], WIDTH, initial_indent=f"  {name:<24} ", subsequent_indent=" " * 27, break_on_hyphens=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Commands under one word: `pointwork tools list`."""

    name: str
    text: str
    commands: Mapping[str, Command]

    def help(self) -> str:
        """What `--help` shows."""
        width = max(map(len, self.commands)) + 2
        listed = "\n".join(f"  {name:<{width}}{command.summary}" for name, command in self.commands.items())
        return (
            f"usage: pointwork {self.name} COMMAND …\n\n{self.text}\n\ncommands:\n{listed}\n\n"
            f"`pointwork {self.name} COMMAND --help` explains a command.\n"
        )


class _Layout(argparse.RawDescriptionHelpFormatter):
    """Lines of descriptions and examples stay as they were written; columns are the same on every screen."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=WIDTH)


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError where argparse would leave, and that never guesses at shortened options."""

    def __init__(
        self, *, prog: str, usage: str | None = None, description: str | None = None, epilog: str | None = None
    ) -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=epilog,
            formatter_class=_Layout,
            add_help=False,
            allow_abbrev=False,
        )
        self.add_argument("-h", "--help", action="help", help="show this and stop")

    def error(self, message: str) -> NoReturn:
        raise UsageError(self._told(message), hint=f"`{self.prog} --help` shows how it is used.")

    def print_help(self, file: Any = None) -> None:
        # argparse would swallow that nobody reads.
        (file or sys.stdout).write(self.format_help())

    def _told(self, message: str) -> str:
        unknown = message.removeprefix("unrecognized arguments: ")
        if unknown == message:
            return f"{message[:1].upper()}{message[1:]}."
        word = unknown.split()[0]
        near = nearest(word.partition("=")[0], [flag for action in self._actions for flag in action.option_strings])
        return f"{self.prog} does not know {word!r}.{near}"


def nearest(word: str, known: Sequence[str]) -> str:
    """` Did you mean 'run'?`, or nothing.

    >>> nearest("rnu", ["run", "check"])
    " Did you mean 'run'?"
    """
    found = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean {found[0]!r}?" if found else ""
