"""Answering by a link: whoever has one sees its question and answers it once, and can do nothing else.

Rule of this file: nothing of the run but the question leaves, and what is no link says nothing about what there is.
Guesses have a budget of their own, so that they keep nobody from answering.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from pointwork.errors import LinkInvalid
from pointwork.runtime.clock import Clock
from pointwork.runtime.links import Question
from pointwork.server.json_body import JsonRoute
from pointwork.server.rates import Bucket, Buckets
from pointwork.server.replies import ERRORS, app_of, json_reply
from pointwork.server.schemas import Shape, Strict, Time
from pointwork.workflow import JsonObject

__all__ = ["AnswerRates", "router"]

# Whoever has a link may have nothing else: whether a page is foreign, its `Origin` says, not the type of the body.
router = APIRouter(tags=["inbox"], route_class=JsonRoute, responses=ERRORS, strict_content_type=False)
PRIVATE = {"cache-control": "no-store"}


class AnswerRates:
    """How often links may be asked for: those that are none all together, and each that is one."""

    def __init__(self, clock: Clock) -> None:
        self.guesses = Bucket(clock, burst=30, per_s=1)
        self.links = Buckets(clock, burst=30, per_s=1)


class AnswerBody(Strict):
    """An answer, and who gives it, as they say themselves."""

    value: Any = None
    by: str = Field(default="", max_length=100)


class OpenQuestion(Shape):
    """What is asked. Of the call of a tool also `tool`, `description`, `arguments` and `reason`."""

    kind: str
    question: str | None
    choices: list[Any] | None
    schema_: JsonObject | None = Field(alias="schema")
    draft: str | None
    deadline: Time | None = Field(description="Until when the run waits.")
    expires_at: Time = Field(description="Until when the link is good.")


class Taken(Shape):
    """The answer was taken."""

    answered: bool


@router.get("/api/answers/{token}", operation_id="get_question", response_model=OpenQuestion)
async def get_question(request: Request, token: str) -> Response:
    """The question that a link is for."""
    return json_reply(await app_of(request).links.show(await _question(request, token)), headers=PRIVATE)


@router.post("/api/answers/{token}", operation_id="answer_question", response_model=Taken)
async def answer_question(request: Request, token: str, body: Annotated[AnswerBody, Body()]) -> Response:
    """Answer the question that a link is for. The first answer counts; an answer that does not fit is none."""
    await app_of(request).links.answer(await _question(request, token), body.value, by=body.by)
    return json_reply({"answered": True}, headers=PRIVATE)


async def _question(request: Request, token: str) -> Question:
    rates: AnswerRates = request.app.state.answer_rates
    try:
        question = await app_of(request).links.read(token)
    except LinkInvalid:
        rates.guesses.take()
        raise
    rates.links.take((question.execution_id, question.seq))
    return question
