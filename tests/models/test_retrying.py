"""Asking again where the SDK does not: how often, how long the wait is, and what is handed on as it is."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest

from pointwork.models.gateway.retrying import MAX_BACKOFF_S, Retrying, asked_wait

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
GOOD = (200, {})


class Script(httpx2.AsyncBaseTransport):
    """Answers from a list; an exception is raised. What is left is never asked for."""

    def __init__(self, *answers: tuple[int, dict[str, str]] | Exception) -> None:
        self.answers = list(answers)
        self.bodies: list[bytes] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(await request.aread())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer[0], headers=answer[1])


async def ask(script: Script, retries: int = 3) -> tuple[int, list[float]]:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    transport = Retrying(script, retries, sleep=sleep, now=lambda: NOW)
    async with httpx2.AsyncClient(transport=transport) as client:
        response = await client.post("http://127.0.0.1/x", content=b"question")
    return response.status_code, waits


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "٣"}, None),
        ({}, None),
    ],
)
def test_what_a_provider_asks_for(headers: dict[str, str], wait: float | None) -> None:
    assert asked_wait(httpx2.Headers({k: v.encode() for k, v in headers.items()}), NOW) == wait


async def test_it_waits_as_long_as_it_is_asked_to() -> None:
    script = Script((429, {"retry-after": "7"}), (503, {"retry-after-ms": "20"}), GOOD)
    assert await ask(script) == (200, [7.0, 0.02])
    assert script.bodies == [b"question"] * 3


async def test_without_a_wish_the_wait_grows_and_has_an_end() -> None:
    status, waits = await ask(Script(*[(500, {})] * 12), retries=11)
    assert status == 500
    assert len(waits) == 11
    assert all(wait <= MAX_BACKOFF_S for wait in waits)
    assert waits[0] < waits[2] < waits[4]


@pytest.mark.parametrize("retries", [0, 1, 4])
async def test_how_often(retries: int) -> None:
    script = Script(*[(429, {"retry-after": "1"})] * 9)
    assert await ask(script, retries) == (429, [1.0] * retries)
    assert len(script.bodies) == retries + 1


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 413, 422, 501])
async def test_what_does_not_change_by_waiting_is_handed_on(status: int) -> None:
    assert await ask(Script((status, {"retry-after": "1"}))) == (status, [])


async def test_a_wait_nobody_wants_is_handed_on() -> None:
    assert await ask(Script((429, {"retry-after": "3600"}))) == (429, [])


async def test_a_server_that_is_not_there_yet() -> None:
    status, waits = await ask(Script(httpx2.ConnectError("refused"), httpx2.RemoteProtocolError("gone"), GOOD))
    assert (status, len(waits)) == (200, 2)
    with pytest.raises(httpx2.ConnectError):
        await ask(Script(*[httpx2.ConnectError("refused")] * 4))


async def test_silence_is_not_asked_again() -> None:
    """It was long already, and the request may be under way."""
    with pytest.raises(httpx2.ReadTimeout):
        await ask(Script(httpx2.ReadTimeout("silent")))
