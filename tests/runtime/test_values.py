"""Values between handlers: what goes in comes out, whatever its size, and nobody can change it for others."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import field_validator

from pointwork.commands import Answered, Override
from pointwork.config import Config, SecretTemplate
from pointwork.errors import ConfigurationError, Unacceptable
from pointwork.nodes import Out
from pointwork.runtime.values import MAX_DEPTH
from tests.runtime.stage import Stage, flow


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Colour(enum.StrEnum):
    RED = "red"


class Text(str):
    __slots__ = ()


def nested(depth: int) -> Any:
    value: Any = "bottom"
    for level in range(depth):
        value = [value] if level % 2 else {"in": value}
    return value


NUMBERS = [0, -1, 2**63, -(2**63), 2**64 - 1, 0.1, 1e300, 5e-324]
KEYS = {"": 1, "a.b": 2, "$blob": "mine", "output": 3, "é": 4}
VALUES: dict[str, tuple[Any, Any]] = {
    "null": (None, None),
    "text": ("ü\x00😀\u2028", "ü\x00😀\u2028"),
    "empty text": ("", ""),
    "numbers": (NUMBERS, NUMBERS),
    "no numbers": ([math.nan, math.inf, -math.inf], [None, None, None]),
    "not a number": (math.nan, None),
    "negative zero": (-0.0, -0.0),
    "truth": ([True, False], [True, False]),
    "tuple": ((1, (2,)), [1, [2]]),
    "text of a kind": (Text("x"), "x"),
    "dataclass": (Point(1, 2), {"x": 1, "y": 2}),
    "enumeration": (Colour.RED, "red"),
    "time": (datetime.datetime(2030, 1, 31, tzinfo=datetime.UTC), "2030-01-31T00:00:00+00:00"),
    "uuid": (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    "empty": ([{}, []], [{}, []]),
    "odd keys": (KEYS, KEYS),
    "deep": (nested(MAX_DEPTH - 1), nested(MAX_DEPTH - 1)),
    "wide": (list(range(100_000)), list(range(100_000))),
    "long": ("long " * 1_000_000, "long " * 1_000_000),
    "long inside": ({"a": {"b": "x" * 5_000_000}, "c": 1}, {"a": {"b": "x" * 5_000_000}, "c": 1}),
    "many brackets": ([[[]]] * 1_000, [[[]]] * 1_000),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
async def test_a_value_arrives_as_data(stage: Stage, name: str) -> None:
    given, wanted = VALUES[name]
    arrived: list[Any] = []

    @stage.on("a")
    async def give(ctx: Any, inputs: dict[str, Any]) -> Any:
        return Out({"value": given})

    @stage.on("b")
    async def take(ctx: Any, inputs: dict[str, Any]) -> Any:
        arrived.append(inputs["value"])
        return await ctx.step("hand on", lambda: hand_on(inputs["value"]))

    async def hand_on(value: Any) -> Any:
        return value

    execution = await stage.runtime.start(flow("start > a > b > c"), {})
    state = await stage.rest(execution)
    assert state["status"] == "completed"
    assert arrived == [wanted]
    assert (await stage.runtime.state(execution, resolve=True))["result"] == (
        wanted if isinstance(wanted, dict) else {"output": wanted}
    )


async def test_nobody_can_change_what_others_receive(stage: Stage) -> None:
    given = {"list": [1], "text": "x"}
    seen: list[Any] = []

    @stage.on("a")
    async def keep(ctx: Any, inputs: dict[str, Any]) -> Any:
        return given

    @stage.on("b", "c")
    async def spoil(ctx: Any, inputs: dict[str, Any]) -> Any:
        seen.append(str(inputs))
        inputs["list"].append(99)
        inputs["more"] = True
        given["list"].append(77)
        return inputs

    execution = await stage.runtime.start(flow("a > b > d, a > c > d"), {})
    await stage.rest(execution)
    assert seen == ["{'list': [1], 'text': 'x'}"] * 2
    states = (await stage.runtime.state(execution))["node_states"]
    assert states["a"]["output"] == states["b"]["input"] == states["c"]["input"] == {"list": [1], "text": "x"}
    assert states["b"]["output"] == {"list": [1, 99], "text": "x", "more": True}


async def test_nobody_can_change_the_inputs_of_the_execution(stage: Stage) -> None:
    inputs: dict[str, Any] = {"list": [1]}

    @stage.on("a")
    async def spoil(ctx: Any, received: dict[str, Any]) -> Any:
        inputs["list"].append(2)
        received["list"].append(3)

    execution = await stage.runtime.start(flow("a > b", b={"inputs": [{"name": "list"}]}), inputs)
    state = await stage.rest(execution)
    assert (state["inputs"], state["result"]) == ({"list": [1]}, {"list": [1]})


async def test_every_attempt_receives_the_same(stage: Stage) -> None:
    seen: list[Any] = []

    @stage.on("a")
    async def spoil(ctx: Any, inputs: dict[str, Any]) -> Any:
        seen.append(str(inputs))
        inputs["list"].append(2)
        if ctx.attempt < 3:
            raise ValueError("no")

    execution = await stage.runtime.start(flow("a", a={"retry": {"first_delay_s": 0}}), {"list": [1]})
    while execution in stage.runtime.drivers:
        await stage.settle(execution)
        stage.clock.advance(0)
    assert seen == ["{'list': [1]}"] * 3


@pytest.mark.parametrize(
    "value", [object(), 2**70, {1: 2}, "half a \ud83d face", nested(150)], ids=lambda v: str(v)[:15]
)
async def test_what_cannot_be_stored_is_refused_at_the_door(stage: Stage, value: Any) -> None:
    with pytest.raises(Unacceptable):
        await stage.runtime.start(flow("a"), {"value": value})
    assert await stage.journal.rows() == []
    ask = {"type": "human", "human_config": {"question": "?"}}
    execution = await stage.runtime.start(flow("start > ask > b", ask=ask), {})
    await stage.rest(execution)
    for command in (Answered("ask", value), Override("ask", value)):
        with pytest.raises(Unacceptable):
            await stage.runtime.send(execution, command)
    await stage.runtime.send(execution, Answered("ask", "fine"))
    assert (await stage.rest(execution))["result"] == {"output": "fine"}


async def test_values_that_pile_up_around_each_other_come_to_an_end_with_a_reason(stage: Stage) -> None:
    """Each round puts what it received into a list; the handlers never return more than they may."""

    @stage.on("wrap")
    async def wrap(ctx: Any, inputs: dict[str, Any]) -> Any:
        return [inputs["output"]]

    workflow = flow(
        "wrap > more, more:true > wrap, more:false > end", limits={"max_iterations": 500},
        more={"type": "condition", "condition_config": {"condition_type": "not_empty"}},
        wrap={"inputs": [{"name": "output", "default": 1}, {"name": "output", "source_node": "wrap"}]},
    )  # fmt: skip
    state = await stage.play(workflow)
    assert (state["status"], state["error_detail"]["kind"]) == ("failed", "type_mismatch")


# ---------------------------------------------------------------------------------------------------- secrets


def calling(**config: Any) -> Any:
    return flow("start > call > b", call={"type": "caller", "caller_config": config})


@pytest.fixture
async def secretive(journal: Any) -> AsyncIterator[Stage]:
    """A process with a store of secrets."""

    def secret(name: str) -> str:
        if name != "KEY":
            raise ConfigurationError(f"There is no secret {name!r}.")
        return "hunter2"

    made = Stage(journal, secret=secret)
    await made.runtime.open()
    yield made
    await made.runtime.close()


async def test_without_a_store_of_secrets_the_node_says_so(stage: Stage) -> None:
    state = await stage.play(calling(address="{{secret.KEY}}"))
    assert (state["status"], state["error_detail"]["kind"], stage.ran) == ("failed", "configuration", [])
    assert "no secret 'KEY'" in state["error"]


async def test_an_unknown_secret_fails_the_node(secretive: Stage) -> None:
    state = await secretive.play(calling(address="{{secret.OTHER}}"))
    assert (state["error_detail"]["kind"], secretive.ran) == ("configuration", [])
    assert "no secret 'OTHER'" in state["error"]


async def test_a_secret_reaches_the_handler_and_nobody_else(secretive: Stage) -> None:
    workflow = calling(address="http://127.0.0.1/{{n}}?key={{secret.KEY}}")
    execution = await secretive.runtime.start(workflow, {"n": 5})
    assert (await secretive.rest(execution))["status"] == "completed"
    assert secretive.configs[0].address == "http://127.0.0.1/5?key=hunter2"
    records = await secretive.runtime.records(execution)
    assert not [record for record in records if "hunter2" in str(record)]
    started = next(r.event for r in records if r.event.type == "NodeStarted" and r.event.node == "call")
    assert started.config == {"address": "http://127.0.0.1/5?key={{secret.KEY}}"}


async def test_an_input_cannot_bring_a_reference_of_its_own(secretive: Stage) -> None:
    await secretive.play(calling(address="{{n}} {{secret.KEY}}"), n="{{secret.KEY}}")
    assert secretive.configs[0].address == "{{secret.KEY}} hunter2"


async def test_a_configuration_that_does_not_fit_is_named_without_its_values(secretive: Stage) -> None:
    """By then a secret may stand in it."""

    class Strict(Config):
        address: SecretTemplate = ""

        @field_validator("address")
        @classmethod
        def _short(cls, value: str) -> str:
            if "hunter" in value:
                raise ValueError("too long")
            return value

    secretive.registry.types["caller"].spec = replace(secretive.registry.types["caller"].spec, config=Strict)
    execution = await secretive.runtime.start(calling(address="{{secret.KEY}}"), {})
    state = await secretive.rest(execution)
    assert (state["status"], state["error_detail"]["kind"]) == ("failed", "type_mismatch")
    assert "The configuration of 'call' does not fit: address: Value error, too long." in state["error"]
    assert not [record for record in await secretive.runtime.records(execution) if "hunter2" in str(record)]
