"""Models that stand by: who is asked, in which order, what is told, and when nobody else may answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from pointwork.errors import ModelError, ModelRefused, ModelUnavailable, RateLimited
from pointwork.models import Finished, ModelClient, ModelDelta, ModelRequest, Models, TextDelta, complete
from pointwork.models.client import Ignored, Switched
from pointwork.models.fallback import StandingBy
from pointwork.models.providers import configured
from pointwork.testing import OpenAIServer, Reply, absent_url

REQUEST = ModelRequest(model="first", messages=[{"role": "user", "content": "Hello"}])


class Says:
    """A client that sends these pieces and then fails, or not."""

    def __init__(self, *pieces: ModelDelta, error: BaseException | None = None) -> None:
        self.pieces = pieces
        self.error = error
        self.asked: list[str] = []
        self.closed = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelDelta, None]:
        self.asked.append(request.model)
        try:
            for piece in self.pieces:
                yield piece
            if self.error is not None:
                raise self.error
        finally:
            self.closed += 1


def answer(text: str) -> Says:
    return Says(TextDelta(text), Finished("stop", text))


def standing_by(**clients: ModelClient) -> StandingBy:
    def find(name: str) -> ModelClient:
        if name not in clients:
            raise ModelUnavailable(f"{name} is not set up.")
        return clients[name]

    return StandingBy(["first", "second", "third"], find)


async def ask(client: ModelClient) -> tuple[str, list[ModelDelta]]:
    seen: list[ModelDelta] = []
    response = await complete(client, REQUEST, on_delta=seen.append)
    return response.text, seen


@pytest.mark.parametrize(
    "error", [ModelError("cut off"), RateLimited("busy"), ModelRefused("no such model"), ModelUnavailable("gone")]
)
async def test_the_next_is_asked_by_its_own_name_and_that_is_told(error: ModelError) -> None:
    first, second, third = Says(error=error), answer("two"), answer("three")
    text, seen = await ask(standing_by(first=first, second=second, third=third))
    assert text == "two"
    assert seen[0] == Switched("first", "second", str(error))
    assert (first.asked, second.asked, third.asked) == (["first"], ["second"], [])
    assert first.closed == second.closed == 1


async def test_what_is_not_set_up_is_passed_over() -> None:
    text, seen = await ask(standing_by(third=answer("three")))
    assert text == "three"
    assert [delta for delta in seen if isinstance(delta, Switched)] == [
        Switched("first", "second", "first is not set up."),
        Switched("second", "third", "second is not set up."),
    ]


async def test_when_nobody_can_answer_the_last_error_is_told() -> None:
    with pytest.raises(RateLimited, match="busy"):
        await ask(standing_by(first=Says(error=ModelError("x")), third=Says(error=RateLimited("busy"))))


async def test_once_words_were_shown_nobody_else_is_asked() -> None:
    second = answer("two")
    with pytest.raises(ModelError, match="cut off"):
        await ask(standing_by(first=Says(TextDelta("Hel"), error=ModelError("cut off")), second=second))
    assert second.asked == []


async def test_a_note_about_settings_is_no_word() -> None:
    first = Says(Ignored(("top_k",), "first"), error=ModelError("busy"))
    assert (await ask(standing_by(first=first, second=answer("two"))))[0] == "two"


@pytest.mark.parametrize("error", [KeyError("a bug"), KeyboardInterrupt()])
async def test_what_is_no_fault_of_a_model_changes_none(error: BaseException) -> None:
    second = answer("two")
    with pytest.raises(type(error)):
        await ask(standing_by(first=Says(error=error), second=second))
    assert second.asked == []


async def test_giving_up_closes_who_was_answering() -> None:
    first = Says(*[TextDelta("word ")] * 100)
    stream = standing_by(first=first).stream(REQUEST)
    await anext(stream)
    await stream.aclose()
    assert first.closed == 1


async def test_over_the_wire_from_one_provider_to_another() -> None:
    async with OpenAIServer(Reply.failure(429, "slow down"), Reply("From the second.")) as server:
        environment = {"OLLAMA_HOST": absent_url(), "GROQ_API_KEY": "q"}
        models = Models(base_url=server.url, max_retries=0, providers=configured(environment, max_retries=0))
        names = ["big", "ollama:llama3.2", "gork:x", "small", "small"]
        client = models.first_of(names)
        response = await complete(client, REQUEST)
        await models.close()
    assert response.text == "From the second."
    # `gork:x` is a name like any other for a server of one's own, which answers here.
    assert [request.body["model"] for request in server.requests] == ["big", "gork:x"]


def test_one_name_needs_nobody_to_stand_by() -> None:
    models = Models(base_url="http://127.0.0.1:9/v1")
    assert models.first_of(["a", "a"]) is models.client("a")
