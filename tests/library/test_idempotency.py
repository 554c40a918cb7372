"""Requests that are sent twice and done once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import Conflict, Unacceptable
from pointwork.library import Answer, Idempotency
from pointwork.library.idempotency import GIVEN_UP_S, KEPT_S

ROUTE = "POST /api/workflows"


class Clock:
    now = 10_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers(tmp_path: Path, clock: Clock) -> Iterator[Idempotency]:
    made = Idempotency(tmp_path / "pointwork.db", now_us=clock)
    made.open()
    yield made
    made.close()


def begin(answers: Idempotency, key: str = "k", *, route: str = ROUTE, request_hash: str = "h") -> Answer | None:
    return answers.begin(key, route=route, request_hash=request_hash)


def test_the_second_time_the_answer_is_repeated(answers: Idempotency) -> None:
    assert begin(answers) is None
    answer = Answer(201, b'{"id": "w"}', location="/api/workflows/w")
    answers.finish("k", answer, route=ROUTE)
    assert begin(answers) == answer
    assert begin(answers) == answer


def test_keys_and_routes_are_apart(answers: Idempotency) -> None:
    assert begin(answers) is None
    assert begin(answers, "other") is None
    assert begin(answers, route="POST /api/other") is None


def test_while_it_is_being_done_the_second_waits(answers: Idempotency) -> None:
    assert begin(answers) is None
    with pytest.raises(Conflict, match="'k' is still being worked on"):
        begin(answers)


@pytest.mark.parametrize("finished", [False, True])
def test_a_key_stands_for_one_request(answers: Idempotency, finished: bool) -> None:
    begin(answers)
    if finished:
        answers.finish("k", Answer(200, b""), route=ROUTE)
    with pytest.raises(Unacceptable, match="'k' was used for another request"):
        begin(answers, request_hash="another")


def test_what_was_abandoned_may_be_begun_again(answers: Idempotency) -> None:
    begin(answers)
    answers.abandon("k", route=ROUTE)
    assert begin(answers, request_hash="another") is None
    answers.finish("k", Answer(200, b"x"), route=ROUTE)
    answers.abandon("k", route=ROUTE)  # too late
    answers.finish("k", Answer(500, b"y"), route=ROUTE)  # the first answer counts
    assert begin(answers, request_hash="another") == Answer(200, b"x")


@pytest.mark.parametrize(
    ("finished", "seconds", "begun_again"),
    [(True, KEPT_S, False), (True, KEPT_S + 1, True), (False, GIVEN_UP_S - 1, False), (False, GIVEN_UP_S, True)],
)
def test_nothing_is_kept_for_ever(
    answers: Idempotency, clock: Clock, finished: bool, seconds: int, begun_again: bool
) -> None:
    begin(answers)
    if finished:
        answers.finish("k", Answer(200, b""), route=ROUTE)
    clock.now += seconds * 1_000_000
    if finished or begun_again:
        assert (begin(answers) is None) == begun_again
    else:
        with pytest.raises(Conflict):
            begin(answers)


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_what_cannot_be_a_key(answers: Idempotency, key: str) -> None:
    with pytest.raises(Unacceptable, match="1 to 255 characters"):
        begin(answers, key)


def test_of_many_at_once_one_does_it(answers: Idempotency) -> None:
    results: list[Any] = []

    def attempt() -> None:
        try:
            results.append(begin(answers))
        except Conflict as error:
            results.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(None) == 1
    assert len(results) == 8
