"""Questions, the fact that answers each, and thousands of facts that answer none; the same on every machine."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KINDS", "Question", "distractors", "questions", "tickets"]

# `paraphrase` names whom or what it is about, or needs no name, and else uses other words than the fact; `unnamed` asks
# for the same facts without any word of theirs, so that now and then another fact would do as well.
KINDS = ("paraphrase", "unnamed", "identifier", "near-duplicate", "other language")
PAIRS = Path(__file__).parent / "pairs.json"

WHO = [
    "The gardener",
    "A visitor",
    "Our accountant",
    "The pilot",
    "Mrs. Quist",
    "The intern",
    "A neighbour",
    "The choir",
]
DID = ["repaired", "sold", "photographed", "cleaned", "measured", "painted", "lent out", "collected", "weighed", "hid"]
WHAT = ["an old clock", "the wooden ladder", "three lamps", "a box of nails", "the green curtain", "two maps", "a drum"]
WHERE = ["behind the stable", "at the lake", "in the attic", "near the chapel", "on the ferry", "under the bridge"]
WHEN = ["in spring", "last winter", "before sunrise", "during the storm", "after the fair", "on a holiday", "at dusk"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its answer, and facts that look like the answer."""

    kind: str
    text: str
    fact: str
    rivals: tuple[str, ...] = ()


def questions() -> list[Question]:
    """Those that were written by hand."""
    rows = json.loads(PAIRS.read_text(encoding="utf-8"))
    return [Question(row["kind"], row["question"], row["fact"], tuple(row.get("rivals", ()))) for row in rows]


def distractors(number: int) -> list[str]:
    """Facts that have nothing to do with any question."""
    chance = random.Random(20_26)
    found: dict[str, None] = {}
    while len(found) < number:
        found[" ".join(chance.choice(words) for words in (WHO, DID, WHAT, WHERE, WHEN)) + "."] = None
    return list(found)


def tickets(number: int) -> list[Question]:
    """Facts that differ in nothing but an identifier, which vectors tell apart badly."""
    chance = random.Random(7)
    ids = chance.sample(range(10_000, 99_999), number)
    states = ["is open", "is closed", "waits for the customer", "was handed over"]
    return [Question("ticket", f"What about ticket T-{id}?", f"Ticket T-{id} {chance.choice(states)}.") for id in ids]
