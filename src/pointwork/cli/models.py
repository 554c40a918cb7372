"""`pointwork models`: which models can be used, why the others cannot, and whether one answers."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from pointwork.cli.command import Command, Exit, Parser

__all__ = ["COMMAND"]

PATIENCE_S = 5.0  # for the lists of providers


def _arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("--test", metavar="NAME", help="ask this model one word, which may cost a fraction of a cent")
    add("--json", action="store_true", help="print one JSON value")
    add("--data-dir", metavar="DIR", help="the data folder; see POINTWORK_DATA_DIR")


def _action(chosen: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_look(chosen))


async def _look(chosen: argparse.Namespace) -> int:
    from pointwork.cli.building import settings_of
    from pointwork.models.trial import try_model
    from pointwork.wiring import App

    app = App(settings_of(data_dir=chosen.data_dir))
    await app.open(adopt=False)
    try:
        if chosen.test is not None:
            trial = await try_model(app.models, chosen.test)
            return _tell(app.redactor.data(trial.to_dict()), as_json=chosen.json)
        await app.models.look(wait_s=PATIENCE_S)
        return _list(app.redactor.data([one.to_dict() for one in app.models.available()]), as_json=chosen.json)
    finally:
        await app.close()


def _list(models: list[Any], *, as_json: bool) -> int:
    if as_json:
        _print(models)
        return Exit.OK
    told = ""
    for one in models:
        print(f"{'ok' if one['available'] else 'no':<4}  {one['name']}")
        if one["reason"] != told:
            told = one["reason"]
            print(f"      {told}")
    return Exit.OK


def _tell(trial: Any, *, as_json: bool) -> int:
    if as_json:
        _print(trial)
    elif trial["ok"]:
        used = [f"{name} {value:g}" for name, value in trial["usage"].items()]
        times = f"first piece after {trial['first_ms']:g} ms, all after {trial['duration_ms']:g} ms"
        print(f"ok    {trial['model']} answered: {trial['message']}")
        print(f"      {', '.join([times, *used])}")
    else:
        print(f"fail  {trial['message']}")
        print(f"      {trial['hint']}", file=sys.stderr)
    return Exit.OK if trial["ok"] else Exit.FAILED


def _print(value: Any) -> None:
    import orjson

    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


COMMAND = Command(
    name="models",
    usage="models [options]",
    summary="list the models that can be used, or try one",
    text="List the models that can be used now and those that cannot, with the reason. Providers that are set up are\n"
    "asked for their lists, and given five seconds. Any other name that a provider knows can be used too.",
    arguments=_arguments,
    action=_action,
    examples=(
        ("pointwork models", "what can be used, and what to set for the rest"),
        ("pointwork models --test anthropic:claude-sonnet-5-5", "whether this one answers, how fast and at what cost"),
    ),
    exits={
        0: "listed, or the model answered",
        1: "the model did not answer",
        2: "the command line or a setting is wrong",
    },
    environment=(
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
        "POINTWORK_OFFLINE_DEMO",
        "POINTWORK_SECRET_KEY",
        "POINTWORK_DATA_DIR",
        "POINTWORK_DEBUG",
    ),
)
