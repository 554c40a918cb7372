"""What a model is asked for the sake of memory, after the answer: which facts to keep, and a summary of what was said.

These are model calls like any other: steps of the run, within its budgets. What they say is data: facts of the shape
that was asked for, and a text. When the model has none to give, nothing is remembered, and the answer stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pointwork.agents.dialogue import Dialogue
from pointwork.agents.prompt import recollections
from pointwork.agents.shape import Shape
from pointwork.models import OFFLINE_DEMO, Message, SystemMessage, UserMessage
from pointwork.workflow import JsonObject

__all__ = ["FACTS", "facts_in", "summary_of"]

MAX_FACTS: Final = 20
FACTS: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "facts": {
            "type": "array",
            "maxItems": MAX_FACTS,
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "minLength": 1, "maxLength": 1_000},
                    "importance": {"type": "number", "minimum": 0, "maximum": 1},
                    "replaces": {"type": ["integer", "null"]},
                },
                "required": ["text", "importance", "replaces"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["facts"],
    "additionalProperties": False,
}
ASK_FACTS: Final = (
    "You keep the memory of an assistant. Read what was said and write down facts that will still matter in later "
    "conversations: about the user, their work, their wishes, decisions. Each is one sentence that can be understood "
    "by itself. Leave out small talk, what is generally known, and what is remembered already. When a fact contradicts "
    "one that is remembered, give the number of that one as `replaces`, else null. No facts are a good answer."
)
ASK_SUMMARY: Final = (
    "Summarise this conversation for the one who goes on with it: who wants what, what was decided, what is open. "
    "Keep names, numbers and identifiers. At most 200 words, and nothing but the summary."
)


async def facts_in(dialogue: Dialogue, question: str, answer: str, recalled: Sequence[JsonObject]) -> list[JsonObject]:
    """Facts that are worth keeping: `text`, `importance`, and in `replaces` the id of a memory that is wrong now."""
    shape = Shape(FACTS)
    known = [{"content": f"{number}: {memory['content']}"} for number, memory in enumerate(recalled, start=1)]
    response = await dialogue.ask(
        [
            SystemMessage(role="system", content=f"{ASK_FACTS}\n\n{shape.instruction}"),
            UserMessage(
                role="user", content=f"{recollections(None, known)}\n\nUser: {question}\n\nAssistant: {answer}"
            ),
        ]
    )
    if response["model"] == OFFLINE_DEMO:
        return []
    faults, value = shape.read(response["text"])
    if faults:
        dialogue.ctx.log(f"No facts were remembered: what the model said of them does not fit: {faults}", "WARNING")
        return []
    return [_fact(one, recalled) for one in value["facts"]]


def _fact(one: JsonObject, recalled: Sequence[JsonObject]) -> JsonObject:
    number: Any = one["replaces"]
    known = isinstance(number, int) and 1 <= number <= len(recalled)
    return {**one, "replaces": recalled[number - 1]["id"] if known else None}


async def summary_of(dialogue: Dialogue, before: str | None, turns: Sequence[JsonObject]) -> str | None:
    """A summary of what was said, with what an earlier one had; None when the model gives none."""
    said = "\n\n".join(f"User: {turn['user']}\n\nAssistant: {turn['assistant']}" for turn in turns)
    start = f"Summary of what was before: {before}\n\n" if before else ""
    messages: list[Message] = [
        SystemMessage(role="system", content=ASK_SUMMARY),
        UserMessage(role="user", content=start + said),
    ]
    response = await dialogue.ask(messages)
    text: str = response["text"].strip()
    return text if text and response["model"] != OFFLINE_DEMO else None
