"""The model that answers when none is configured: `offline-demo`.

It is a small grammar, not a language model, and never pretends to be one. It really calls the tools it was given, for
arithmetic (`arithmetic`) and when it is told to ("use shout with text=hello"); to everything else it says that it does
not understand, and how to get a model that does. What it knows is the list `RULES`: each rule looks at what was said
and at the tools that are there, and answers or passes.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pointwork.models.arithmetic import Task, find_tasks
from pointwork.models.client import Finished, ModelDelta, ModelRequest, TextDelta, ToolCallDelta, UsageDelta
from pointwork.models.messages import Message, ToolMessage
from pointwork.workflow import JsonObject

__all__ = ["OFFLINE_DEMO", "OfflineDemo"]

OFFLINE_DEMO = "offline-demo"
NOT_DONE = (
    f"[{OFFLINE_DEMO}] I am the built-in demo model. I pass arithmetic to tools, but I do not understand language, "
    "so this was not done."
)
HOW_TO = "For a real answer set OPENAI_API_KEY, or OPENAI_BASE_URL for a model server of your own, and start again."
PIECES = 5  # how many pieces an answer is streamed in
SHOWN = 200  # characters of a prompt that are quoted
SHOWN_RESULT = 1_000


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule sees: the last message of the user, what tools answered since, and the tools that are there."""

    text: str
    system: str
    results: Sequence[ToolMessage]
    tools: dict[str, JsonObject]  # name → JSON Schema of its parameters
    remembered: Sequence[str] | None = None  # what was said and known before; None: it has no memory


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that a rule wants."""

    name: str
    arguments: JsonObject


Answer = str | list[Call]
Rule = Callable[[Said], Answer | None]


class OfflineDemo:
    """The client of the demo model."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        """The answer, in a few pieces."""
        said = _said(request)
        answer = next(found for rule in RULES if (found := rule(said)) is not None)
        if isinstance(answer, str):
            for piece in _pieces(answer):
                yield TextDelta(piece)
        else:
            turn = sum(message["role"] == "assistant" for message in request.messages)
            for index, call in enumerate(answer):
                yield ToolCallDelta(index, f"demo_{turn}_{index}", call.name)
                yield ToolCallDelta(index, arguments=json.dumps(call.arguments, ensure_ascii=False))
        yield UsageDelta({})
        yield Finished("stop" if isinstance(answer, str) else "tool_calls", OFFLINE_DEMO)


def _pieces(text: str) -> Iterator[str]:
    words = re.findall(r"\s*\S+\s*", text) or [text]
    size = -(-len(words) // PIECES)
    for start in range(0, len(words), size):
        yield "".join(words[start : start + size])


def _said(request: ModelRequest) -> Said:
    messages: list[Message] = list(request.messages)
    last = max((at for at, message in enumerate(messages) if message["role"] == "user"), default=-1)
    return Said(
        text=messages[last]["content"] if last >= 0 else "",
        system="\n".join(message["content"] for message in messages if message["role"] == "system"),
        results=[message for message in messages[last + 1 :] if message["role"] == "tool"],
        tools={tool["function"]["name"]: tool["function"].get("parameters") or {} for tool in request.tools},
        remembered=_remembered(messages[:last]) if last > 0 else None,
    )


def _remembered(earlier: Sequence[Message]) -> list[str] | None:
    """What an agent with a memory was told before the question: known facts first, then what the user had said."""
    asked = [message["content"] for message in earlier if message["role"] == "user"]
    if not asked or (block := MEMORY.search(asked[-1])) is None:
        return None
    known = [line.removeprefix("- ") for line in block[1].splitlines() if line.startswith("- ")]
    return [*known, *asked[:-1]]


# -- rules -------------------------------------------------------------------------------------------------------------

TOLD = re.compile(
    r"\s*(?:please\s+)?(?:use|call|run|invoke)\s+(?:the\s+)?(?:tool\s+)?[`'\"]?(?P<name>[\w-]+)[`'\"]?(?:\s+tool)?"
    r"(?:\s*:|\s+(?:with|on|for))?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
MEMORY = re.compile(r"<memory>\n(.*)\n</memory>", re.DOTALL)
MINE = re.compile(r"\bmy\s+(?P<what>[\w' -]{1,60}?)\s+is\s+(?P<value>[^.!?\n]{1,100})[.!]?", re.IGNORECASE)
WHAT_IS_MINE = re.compile(r"\s*what(?:'s|’s|\s+is)\s+my\s+(?P<what>[\w' -]{1,60}?)\s*\??\s*", re.IGNORECASE)
PAIR = re.compile(r"\s*(?P<key>\w+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^,]*?)\s*(?:,|$)")


def told_to_call(said: Said) -> Answer | None:
    """`use shout with text=hello, times=3`, `call shout {"text": "hello"}` or `use shout on hello`."""
    hit = TOLD.match(said.text)
    if hit is None or hit["name"] not in said.tools:
        return None
    if said.results:
        return "\n".join(f"{result['name']}: {_shown(result)}" for result in said.results)
    name, schema = hit["name"], said.tools[hit["name"]]
    arguments = _arguments(hit["rest"].strip(), schema)
    if arguments is None:
        wanted = ", ".join(schema.get("properties", {})) or "nothing"
        return f"[{OFFLINE_DEMO}] I cannot read the arguments for {name!r}. It takes: {wanted}. Write name=value pairs."
    return [Call(name, arguments)]


def arithmetic(said: Said) -> Answer | None:
    """Formulas and questions about many numbers, computed by whichever tool takes formulas or code."""
    tasks = find_tasks(said.text)
    if not tasks:
        return None
    if said.results:
        return _computed(tasks, said.results)
    calls = [call for task in tasks if (call := _compute(task, said.tools)) is not None]
    if len(calls) == len(tasks):
        return calls
    lacking = "a tool that runs Python, like python_executor" if tasks[0].expression is None else "the tool calculator"
    has = ", ".join(said.tools) or "none"
    return (
        f"[{OFFLINE_DEMO}] I would compute {tasks[0].label}, but I do not calculate by myself and lack {lacking}. "
        f"Tools of this agent: {has}. Add it to the tools of this agent."
    )


def remembers(said: Said) -> Answer | None:
    """`My favorite color is blue`, and later `What's my favorite color?`; else what is known about a question."""
    if said.remembered is None:
        return None
    if told := MINE.fullmatch(said.text):
        return f"Your {told['what']} is {told['value']}. [{OFFLINE_DEMO}] That is all that I understood."
    if asked := WHAT_IS_MINE.fullmatch(said.text):
        wanted = asked["what"].casefold()
        for line in reversed(said.remembered):
            for told in MINE.finditer(line):
                if told["what"].casefold() == wanted:
                    return f"Your {told['what']} is {told['value']}."
        return f"[{OFFLINE_DEMO}] I was not told what your {asked['what']} is."
    if said.remembered and said.text.rstrip().endswith("?"):
        lines = "\n".join(f"- {_quoted(line)}" for line in said.remembered[:5])
        return f"[{OFFLINE_DEMO}] I do not understand the question. What I remember about it:\n{lines}"
    return None


def not_understood(said: Said) -> Answer | None:
    """The honest end of the list."""
    lines = [NOT_DONE, f"Asked: {_quoted(said.text)}"]
    if said.system:
        lines.append(f"Instructions: {_quoted(said.system)}")
    lines += [f"{result['name']} answered: {_shown(result)}" for result in said.results]
    if said.tools:
        lines.append(f"Tools that a real model could use here: {', '.join(said.tools)}")
    return "\n".join([*lines, HOW_TO])


# The first rule that answers wins; the last one always does.
RULES: tuple[Rule, ...] = (told_to_call, arithmetic, remembers, not_understood)


# -- arguments and results ---------------------------------------------------------------------------------------------


def _takes(schema: JsonObject, name: str) -> bool:
    """Whether a tool can be called with nothing but this text."""
    kind = schema.get("properties", {}).get(name, {}).get("type")
    return kind == "string" and set(schema.get("required", [])) <= {name}


def _compute(task: Task, tools: dict[str, JsonObject]) -> Call | None:
    formula = next((name for name, schema in tools.items() if _takes(schema, "expression")), None)
    code = next((name for name, schema in tools.items() if _takes(schema, "code")), None)
    # A question about many numbers is for code; a formula is for the calculator.
    if code is not None and (formula is None or task.label != task.expression):
        return Call(code, {"code": task.code})
    if formula is not None and task.expression is not None:
        return Call(formula, {"expression": task.expression})
    return None


def _computed(tasks: list[Task], results: Sequence[ToolMessage]) -> str:
    if len(tasks) != len(results):
        return "\n".join(f"{result['name']}: {_shown(result)}" for result in results)
    lines: list[str] = []
    for task, result in zip(tasks, results, strict=True):
        value = _value(result)
        if isinstance(value, dict) and "error" in value:
            lines.append(f"The tool {result['name']} could not compute {task.label}: {value['error']}")
        elif task.label == task.expression:
            lines.append(f"{task.label} = {_shown(result)}")
        else:
            verb = "are" if task.label.startswith("the primes") else "is"
            lines.append(f"{task.label[0].upper()}{task.label[1:]} {verb} {_shown(result)}.")
    return "\n".join(lines)


def _value(result: ToolMessage) -> Any:
    try:
        return json.loads(result["content"])
    except ValueError:
        return result["content"]


def _shown(result: ToolMessage) -> str:
    value = _value(result)
    if isinstance(value, dict):
        value = cast("JsonObject", value)
        value = value.get("result", f"error: {value['error']}" if "error" in value else value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_RESULT else f"{text[:SHOWN_RESULT]} …"


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= SHOWN else text[:SHOWN] + ' …'}”"


def _arguments(rest: str, schema: JsonObject) -> JsonObject | None:
    """Arguments as JSON, as pairs, or as the one text that a tool takes."""
    properties: JsonObject = schema.get("properties", {})
    if rest.startswith("{"):
        try:
            given = json.loads(rest)
        except ValueError:
            return None
        return given if isinstance(given, dict) else None
    pairs = list(PAIR.finditer(rest))
    if pairs and sum(len(pair[0]) for pair in pairs) == len(rest):
        if not all(pair["key"] in properties for pair in pairs):
            return None
        return {pair["key"]: _typed(pair["value"], properties[pair["key"]].get("type")) for pair in pairs}
    required = schema.get("required", [])
    if rest and len(required) == 1 and properties[required[0]].get("type") == "string":
        return {required[0]: rest.strip("\"'`")}
    return {} if not rest and not required else None


def _typed(text: str, kind: str | None) -> Any:
    if kind == "string":
        return text.strip("\"'")
    try:
        return json.loads(text)
    except ValueError:
        return text.strip("\"'")
