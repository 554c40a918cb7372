"""Text that handlers stream: joined over 50 ms, complete, and in order with everything else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pointwork.events import TextStreamed
from tests.runtime.stage import Stage, flow

MS = 0.001


async def streamed(stage: Stage, execution: str) -> list[tuple[int, str]]:
    """When and what, in milliseconds from the first on. The journal's own times are of another clock."""
    records = await stage.runtime.records(execution)
    return [(record.event.attempt, record.event.text) for record in records if isinstance(record.event, TextStreamed)]


async def lines(stage: Stage, execution: str) -> list[str]:
    skipped = ("ExecutionStarted", "NodeStarted a", "NodeCompleted a", "ExecutionFinished completed")
    return [line for line in await stage.told(execution) if line not in skipped]


async def test_the_first_piece_at_once_and_then_one_every_50_ms(stage: Stage) -> None:
    seen: list[list[str]] = []

    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        for n in range(200):  # one every millisecond
            ctx.stream(f"{n} ")
            stage.clock.advance(1 * MS)
            if n in (0, 48, 49, 199):
                seen.append([text for _, text in await streamed(stage, ctx.execution_id)])

    execution = await stage.runtime.start(flow("a"), {})
    await stage.rest(execution)
    texts = [text for _, text in await streamed(stage, execution)]
    assert "".join(texts) == "".join(f"{n} " for n in range(200))
    assert [len(text.split()) for text in texts] == [1, 49, 50, 50, 50]
    if stage.journal.__class__.__name__ == "MemoryJournal":
        assert [len(one) for one in seen] == [1, 1, 2, 5]


async def test_a_slow_speaker_is_not_held_back(stage: Stage) -> None:
    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        for word in ("one ", "two ", "three"):
            ctx.stream(word)
            stage.clock.advance(50 * MS)

    execution = await stage.runtime.start(flow("a"), {})
    await stage.rest(execution)
    assert await streamed(stage, execution) == [(1, "one "), (1, "two "), (1, "three")]


async def test_silence_does_not_keep_text_waiting(stage: Stage) -> None:
    """What was said last is shown after 50 ms, although nothing follows."""
    go = asyncio.Event()

    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        ctx.stream("one ")
        ctx.stream("two")
        await go.wait()

    execution = await stage.runtime.start(flow("a"), {})
    await stage.until(execution, "TextStreamed a 'one '")
    stage.clock.advance(50 * MS)
    await stage.until(execution, "TextStreamed a 'two'")
    go.set()
    await stage.rest(execution)


async def test_text_logs_and_steps_keep_their_order(stage: Stage) -> None:
    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        ctx.stream("a")
        ctx.stream("b")
        ctx.log("line")
        ctx.stream("c")

        async def step() -> None:
            ctx.stream("d")
            ctx.stream("e")

        await ctx.step("step", step)
        ctx.stream("f")
        ctx.stream("g", "thinking")
        ctx.stream("h")
        ctx.stream("")

    execution = await stage.runtime.start(flow("a"), {})
    await stage.rest(execution)
    assert await lines(stage, execution) == [
        "TextStreamed a 'a'",
        "TextStreamed a 'b'",
        "LogWritten a 'line'",
        "TextStreamed a 'c'",
        "StepStarted a step",
        "TextStreamed a 'de'",
        "StepRecorded a step",
        "TextStreamed a 'f'",
        "TextStreamed a 'g'",
        "TextStreamed a 'h'",
    ]


async def test_text_of_a_step_that_fails_comes_before_its_end(stage: Stage) -> None:
    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        async def step() -> None:
            ctx.stream("first")
            ctx.stream(" words")
            raise ValueError("no")

        await ctx.step("step", step)

    execution = await stage.runtime.start(flow("a", a={"on_error": "continue"}), {})
    await stage.rest(execution)
    found = await stage.told(execution)
    assert found.index("TextStreamed a ' words'") < found.index("StepRecorded a step failed")


async def test_text_is_complete_when_the_handler_fails(stage: Stage) -> None:
    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        ctx.stream("half ")
        ctx.stream(f"a sentence {ctx.attempt}")
        raise ValueError("no")

    retry = {"retry": {"max_attempts": 2, "first_delay_s": 0}}
    execution = await stage.runtime.start(flow("a", a=retry), {})
    await stage.settle(execution)
    stage.clock.advance(0)
    await stage.rest(execution)
    assert await streamed(stage, execution) == [
        (1, "half "), (1, "a sentence 1"), (2, "half "), (2, "a sentence 2")
    ]  # fmt: skip


async def test_nothing_is_streamed_after_the_end(stage: Stage) -> None:
    later: list[Any] = []

    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        later.append(ctx)

    @stage.on("b")
    async def listen(ctx: Any, inputs: dict[str, Any]) -> Any:
        later[0].stream("still ")
        later[0].stream("here")
        later[0].log("still here")
        stage.clock.advance(1)

    execution = await stage.runtime.start(flow("a > b"), {})
    await stage.rest(execution)
    later[0].stream("even now")
    await stage.settle(execution)
    assert not [line for line in await stage.told(execution) if "here" in line or "now" in line or "still" in line]


async def test_speakers_at_the_same_time_do_not_wait_for_each_other(stage: Stage) -> None:
    @stage.on("body")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        for word in inputs["item"].split():
            ctx.stream(f"{word} ")
            await asyncio.sleep(0)

    workflow = flow("each", each={"type": "map"}, body={"parent": "each"})
    items = [" ".join(f"{who}{n}" for n in range(20)) for who in "xyz"]
    execution = await stage.runtime.start(workflow, {"items": items})
    await stage.rest(execution)
    texts = dict.fromkeys(("each[0]", "each[1]", "each[2]"), "")
    for record in await stage.runtime.records(execution):
        if isinstance(record.event, TextStreamed):
            texts[record.event.scope] += record.event.text
    assert [text.strip() for text in texts.values()] == items


@pytest.mark.parametrize("seconds", [1, 3_600, 86_400])
async def test_setting_the_clock_back_does_not_keep_text_waiting(stage: Stage, seconds: float) -> None:
    @stage.on("a")
    async def speak(ctx: Any, inputs: dict[str, Any]) -> Any:
        ctx.stream("one ")
        stage.clock.set_back(seconds)
        ctx.stream("two ")
        ctx.stream("three")
        assert max((one for one in stage.clock.pending if one != 2), default=0) <= 50 * MS

    execution = await stage.runtime.start(flow("a"), {})
    assert (await stage.rest(execution))["status"] == "completed"
    assert "".join(text for _, text in await streamed(stage, execution)) == "one two three"
