"""What a jail answers is not believed: whatever comes, reading it ends, raises nothing, and stays within bounds."""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox import LinuxJail, SandboxLimits, SandboxOutcome
from pointwork.sandbox.answer import MAX_BODY_BYTES, Answer
from pointwork.sandbox.jail.bounds import MAX_ARTIFACT_BYTES, MAX_ARTIFACTS, MAX_DEPTH, MAX_ERROR, MAX_NAME
from tests.sandbox.forged import FORGED

LIMITS = SandboxLimits(wall_s=10.0, cpu_s=5, output_chars=1_000)


def frame(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack(">I", len(payload)) + payload


def body(said: Any, files: bytes = b"") -> bytes:
    text = json.dumps(said).encode()
    return frame(b"R", struct.pack(">I", len(text)) + text + files)


def status(number: int) -> bytes:
    return frame(b"S", struct.pack(">i", number))


CLOSED = frame(b"C", b"")
HONEST = {"result": 1, "error": None, "truncated": False, "scratch": True, "left_out": False, "artifacts": []}


def read(data: bytes, *, piece: int = 1 << 16) -> SandboxOutcome:
    answer = Answer(LIMITS)
    for at in range(0, len(data), piece):
        if not answer.is_over:
            answer.feed(data[at : at + piece])
    return answer.outcome("jail", 1.0)


def is_within_bounds(outcome: SandboxOutcome) -> bool:
    """And can be stored, and told to anybody."""
    orjson.dumps([outcome.result, outcome.output, outcome.error, [artifact.name for artifact in outcome.artifacts]])
    return (
        _depth(outcome.result) <= MAX_DEPTH + 1
        and len(outcome.error or "") <= MAX_ERROR + 1
        and sum(map(len, outcome.output)) <= LIMITS.output_chars
        and len(outcome.artifacts) <= MAX_ARTIFACTS
        and sum(len(artifact.data) for artifact in outcome.artifacts) <= MAX_ARTIFACT_BYTES
        and all(len(artifact.name) <= MAX_NAME + 1 for artifact in outcome.artifacts)
    )


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [inner for outer in level if isinstance(outer, list) for inner in outer]:
        depth += 1
    return depth


@pytest.fixture
async def jail() -> AsyncIterator[LinuxJail]:
    jail = LinuxJail()
    yield jail
    await jail.close()


async def test_answers_of_their_own_making_are_not_believed(jail: LinuxJail) -> None:
    assert len(FORGED) >= 25

    async def one(name: str) -> tuple[str, SandboxOutcome]:
        # A sandbox that is not there cannot be pretended: this would raise.
        return name, await jail.run(FORGED[name].format() if name.startswith("out-") else FORGED[name], limits=LIMITS)

    outcomes = dict([await one(name) for name in FORGED])
    assert [name for name, outcome in outcomes.items() if not is_within_bounds(outcome)] == []
    believed = {name for name, outcome in outcomes.items() if outcome.error is None}
    assert believed == {"twice", "printed-after", "deep", "file-name"}  # what comes after an answer is not heard
    assert (await jail.run("result = 2")).result == 2


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_frames_arrive_in_pieces(piece: int) -> None:
    said = {**HONEST, "result": [1, "ä"], "artifacts": [{"name": "a", "bytes": 2}, {"name": "b", "bytes": 1}]}
    data = CLOSED + frame(b"O", b"one\n") + frame(b"O", b"two") + body(said, b"xyz") + status(0)
    outcome = read(data, piece=piece)
    assert (outcome.result, outcome.output, outcome.error) == ([1, "ä"], ["one", "two"], None)
    assert {artifact.name: artifact.data for artifact in outcome.artifacts} == {"a": b"xy", "b": b"z"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (CLOSED + status(0), "ended its process without a result"),
        (CLOSED + status(11), "ended by SIGSEGV"),
        (CLOSED + status(24), "more than 5 s of processor time"),
        (CLOSED + status(9), "was killed"),  # by the last limit of processor time, or when there is no memory
        (CLOSED + status(40), "ended by signal 40"),
        (CLOSED, "took longer than 10 s"),
        (CLOSED + frame(b"U", b"forged"), "more than an answer has"),
        (CLOSED + b"R" + struct.pack(">I", MAX_BODY_BYTES + 1), "more than an answer has"),
        (CLOSED + frame(b"O", b"x" * 6_001), "more than an answer has"),
        (CLOSED + frame(b"O", b"") * 1_001, "more than an answer has"),
        (CLOSED + body({}) + status(0), "of its own making"),
    ],
)
def test_why_there_is_no_result(data: bytes, told: str) -> None:
    assert told in str(read(data).error)


def test_only_an_open_jail_can_be_refused() -> None:
    with pytest.raises(SandboxUnavailable, match="no Landlock"):
        read(frame(b"U", b"no Landlock") + status(0))


def test_what_was_cut_off_is_said() -> None:
    assert read(CLOSED + frame(b"O", b"x") + frame(b"T", b"")).truncated
    assert read(CLOSED + frame(b"O", b"x" * 1_001) + body(HONEST)).truncated
    assert not read(CLOSED + frame(b"O", b"x" * 1_000) + body(HONEST)).truncated


@given(st.lists(st.tuples(st.sampled_from([b"O", b"R", b"S", b"T", b"C", b"?"]), st.binary(max_size=40)), max_size=9))
def test_any_frames_are_read_without_an_error(frames: list[tuple[bytes, bytes]]) -> None:
    assert is_within_bounds(read(CLOSED + b"".join(frame(kind, payload) for kind, payload in frames)))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    assert is_within_bounds(read(CLOSED + data))
