"""Links with which somebody answers one question, and can do nothing else; safe to put in a mail.

A link is a token: which question of which run, until when; encrypted and authenticated (AES-256-GCM) with a key that is
derived by HMAC from the key of the stored secrets. So whoever has a link learns nothing from it, nobody can make or
change one without the key, and nothing is stored. It dies with the question: what is asked is one `NodeWaiting`
record, and the first answer to it, by whatever way, is the last. What is no link of this instance is refused in one
way, whether or not there is anything behind it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import orjson

from pointwork.commands import Answered
from pointwork.errors import (
    ConfigurationError,
    Conflict,
    JournalError,
    LinkAnswered,
    LinkExpired,
    LinkInvalid,
    LinkOver,
    LinkUsed,
    NotFound,
    PointworkError,
)
from pointwork.events import (
    Event,
    ExecutionFinished,
    LogWritten,
    NodeCompleted,
    NodeResumed,
    NodeWaiting,
    OutputOverridden,
    ScopeClosed,
    iso,
)
from pointwork.library.secret_key import Key
from pointwork.runtime.answers import checked_answer
from pointwork.runtime.runtime import Runtime
from pointwork.workflow import JsonObject

__all__ = ["LONGEST_S", "SHORTEST_S", "USUAL_S", "Links", "Question"]

log = logging.getLogger("pointwork.links")

SHORTEST_S: Final = 60
USUAL_S: Final = 7 * 86_400
LONGEST_S: Final = 90 * 86_400
PURPOSE: Final = "answer links"
MAX_TOKEN: Final = 500  # characters; an id may have a hundred
KINDS: Final = ("human", "approval")
SHOWN: Final = ("kind", "question", "choices", "schema", "draft", "deadline")
SHOWN_OF_CALLS: Final = ("tool", "description", "arguments", "reason")
BY_LINK: Final = " (by a link)"
THIS: Final = "this question"


class Keys(Protocol):
    """Where the keys of the instance come from (`pointwork.library.SecretStore`)."""

    def derived(self, purpose: str, *, make: bool = False) -> Sequence[Key]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a link leads to: the question that was asked by this record."""

    execution_id: str
    seq: int
    expires_at_us: int


@dataclass(frozen=True, slots=True)
class _Open:
    """A question that can be answered now."""

    scope: str
    node: str
    request: JsonObject


class Links:
    """The links of one instance."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        self._runtime = runtime
        self._keys = keys

    async def make(self, execution_id: str, node: str, *, scope: str = "", expires_s: int = USUAL_S) -> tuple[str, str]:
        """A token for what a node asks now, and until when it is good; raises NotFound, Conflict."""
        seq: int | None = None
        request: JsonObject = {}
        await self._runtime.journal.row(execution_id)
        async for page in self._runtime.pages(execution_id):
            for record in page:
                if isinstance(record.event, NodeWaiting) and (record.event.scope, record.event.node) == (scope, node):
                    seq, request = record.seq, record.event.request
                elif seq is not None and _closes(record.event, scope, node):
                    seq = None
        if seq is None:
            raise Conflict(
                f"Node {node!r} does not wait for an answer.", hint="The inbox shows what waits, with node and scope."
            )
        if request.get("kind") not in KINDS:
            raise Conflict(
                f"What node {node!r} waits for is no question for others.",
                hint="Links are for `human` nodes and for calls of tools that somebody has to agree to.",
            )
        expires_at_us = self._runtime.clock.now_us() + expires_s * 1_000_000
        key = (await asyncio.to_thread(self._keys.derived, PURPOSE, make=True))[0]
        sealed = key.seal(PURPOSE, orjson.dumps([execution_id, seq, expires_at_us]).decode())
        return _encoded(sealed), iso(expires_at_us)

    async def read(self, token: str) -> Question:
        """The question that a token of this instance is for; raises LinkInvalid, LinkExpired."""
        sealed = _decoded(token)
        try:
            keys = await asyncio.to_thread(self._keys.derived, PURPOSE)
        except ConfigurationError as error:
            log.error("Links cannot be read: %s", error)
            raise ConfigurationError(
                "Links cannot be read just now.", hint="Whoever runs this server finds the reason in its log."
            ) from error
        for key in keys:
            try:
                question = Question(*orjson.loads(key.unseal(PURPOSE, sealed)))
            except ConfigurationError:
                continue  # made with another key, or by nobody
            if self._runtime.clock.now_us() >= question.expires_at_us:
                raise LinkExpired
            return question
        raise LinkInvalid

    async def show(self, question: Question) -> JsonObject:
        """What is asked, and nothing else of the run; raises LinkUsed, LinkAnswered, LinkOver."""
        request = (await self._open(question)).request
        names = (*SHOWN, *SHOWN_OF_CALLS) if request.get("kind") == "approval" else SHOWN
        shown = {name: request.get(name) for name in names}
        return {**shown, "expires_at": iso(question.expires_at_us)}

    async def answer(self, question: Question, value: Any, *, by: str = "") -> None:
        """Give the answer, once; raises Unacceptable if it does not fit, and what `show` raises."""
        while True:
            driver = self._runtime.drivers.get(question.execution_id)
            waiting = {} if driver is None else dict(driver.scheduler.state.waiting)
            if driver is not None and driver.stored is not None:
                await driver.stored
            # All that was decided until `waiting` was looked at is stored: so if the question turns out to be open, it
            # is the one in there.
            asked = await self._open(question)
            if driver is None or driver.closed:
                raise JournalError("The answer cannot be taken just now.", hint="Try again in a minute.")
            place = (asked.scope, asked.node)
            request = waiting.get(place)
            item = Answered(asked.node, value, asked.scope, by=f"{by or 'somebody'}{BY_LINK}")
            checked_answer(replace(item, node=THIS), asked.request)
            if request is None or driver.scheduler.state.waiting.get(place) is not request:
                continue  # something has just happened to it
            try:
                await self._runtime.send(question.execution_id, item)  # nobody comes between the two
            except JournalError:
                raise
            except PointworkError as error:
                raise JournalError("The answer could not be taken.", hint="Try again in a minute.") from error
            return

    async def _open(self, question: Question) -> _Open:
        """The question, if it is still open."""
        journal = self._runtime.journal
        try:
            first = await journal.read(question.execution_id, after=question.seq - 1, limit=1, resolve=True)
        except NotFound:
            raise LinkOver from None
        asked = first[0].event if first else None
        if not isinstance(asked, NodeWaiting):
            raise LinkOver
        by_link = False
        async for page in self._runtime.pages(question.execution_id, after=question.seq):
            for record in page:
                event = record.event
                if isinstance(event, LogWritten) and (event.scope, event.node) == (asked.scope, asked.node):
                    by_link = event.message.endswith(f"{BY_LINK}.")
                elif _closes(event, asked.scope, asked.node):
                    raise _reason(event, by_link=by_link)
        return _Open(asked.scope, asked.node, asked.request)


def _closes(event: Event, scope: str, node: str) -> bool:
    """Whether from now on an activation does not ask any more what it asked."""
    if isinstance(event, ExecutionFinished):
        return True
    if isinstance(event, ScopeClosed):
        return scope == event.scope or scope.startswith(f"{event.scope}/")
    if isinstance(event, LogWritten):
        return False
    place = getattr(event, "scope", None), getattr(event, "node", None)
    return place == (scope, node) and event.type.startswith(("Node", "OutputOverridden"))


def _reason(event: Event, *, by_link: bool) -> PointworkError:
    match event:
        case NodeCompleted(ports=("deadline",)):
            return LinkOver()
        case NodeCompleted() | NodeResumed():
            return LinkUsed() if by_link else LinkAnswered()
        case OutputOverridden():
            return LinkAnswered()
        case _:
            return LinkOver()


def _encoded(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _decoded(token: str) -> bytes:
    """The bytes of a token, which has one spelling only."""
    try:
        if len(token) > MAX_TOKEN:
            raise LinkInvalid
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise LinkInvalid from None
    if _encoded(sealed) != token:
        raise LinkInvalid
    return sealed
