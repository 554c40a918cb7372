"""Links for answers: good for one question, once, for a time; and what is no link says nothing about what there is."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pointwork.config import Config
from pointwork.library.secret_key import Key
from pointwork.nodes import NodeContext, NodeType, node_type
from pointwork.runtime.links import LONGEST_S, USUAL_S
from pointwork.settings import Settings
from pointwork.testing import VirtualClock
from pointwork.wiring import App
from tests.server.test_executions import run, state_when
from tests.server.workshop import chain

Store = Callable[..., Any]
QUESTION = {
    "question": "Shall “{{ title }}” be published?",
    "choices": ["yes", "no"],
    "schema": {"type": "object", "properties": {"comment": {"type": "string"}}},
    "assignee": "ann",
}


@node_type("mailer", title="Mailer")
class Mailer(NodeType[Config]):
    """Wants to send the same mail twice, and asks each time in the same words."""

    async def run(self, ctx: NodeContext, config: Config, inputs: Any) -> Any:
        request = {
            "kind": "approval",
            "question": "Shall it be sent?",
            "choices": ["approve", "deny"],
            "tool": "mail",
            "arguments": {"to": "ann"},
            "agent": "the name of the node",
        }
        return [(await ctx.ask("mail", request))["choice"] for _ in range(2)]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def app(tmp_path: Path, clock: VirtualClock) -> App:
    """Everything, on a database and a clock of its own."""
    app = App(Settings(data_dir=tmp_path, database=tmp_path / "pointwork.db"))
    app.runtime.clock = clock
    app.nodes.add(Mailer)
    return app


def asking(**config: Any) -> dict[str, Any]:
    """A document that asks."""
    document = chain("start", "human", "end")
    document["nodes"][1] = {"id": "human", "type": "human", "human_config": {**QUESTION, **config}}
    return document


async def begun(client: httpx.AsyncClient, document: dict[str, Any] | None = None) -> str:
    """A run that waits for an answer."""
    stored = (await client.post("/api/workflows", json=document or asking())).json()
    state = await run(client, stored["id"], inputs={"title": "Trains", "draft": "not for your eyes"})
    assert state["status"] == "waiting", state
    return state["execution_id"]


async def link_to(client: httpx.AsyncClient, execution: str, **body: Any) -> str:
    """A link as an address of the API."""
    answer = await client.post(f"/api/executions/{execution}/links", json={"node": "human", **body})
    assert answer.status_code == 201, answer.text
    return f"/api/answers/{answer.json()['url'].removeprefix('/answer/')}"


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]
    return answer.status_code, answer.json()["code"]


async def test_a_link_shows_the_question_and_nothing_else_and_answers_once(
    client: httpx.AsyncClient, clock: VirtualClock
) -> None:
    execution = await begun(client)
    made = await client.post(f"/api/executions/{execution}/links", json={"node": "human"})
    assert made.headers["cache-control"] == "no-store"
    link = f"/api/answers/{made.json()['url'].removeprefix('/answer/')}"
    shown = await client.get(link)
    assert shown.headers["cache-control"] == "no-store"
    assert set(shown.json()) == {"kind", "question", "choices", "schema", "draft", "deadline", "expires_at"}
    assert (shown.json()["question"], shown.json()["choices"]) == ("Shall “Trains” be published?", ["yes", "no"])
    assert shown.json()["expires_at"] == made.json()["expires_at"]
    for hidden in (execution, "not for your eyes", "Chain", "ann", '"human_config"', "node"):
        assert hidden not in shown.text
    answer = await client.post(link, json={"value": {"choice": "yes", "comment": "go"}, "by": "Ann"})
    assert (answer.status_code, answer.json()) == (200, {"answered": True})
    state = await state_when(client, execution, "completed")
    assert state["result"] == {"choice": "yes", "comment": "go"}
    assert "Node 'human' was answered by Ann (by a link)." in [line["message"] for line in state["logs"]]
    assert refusal(await client.get(link)) == (409, "link_used")
    assert refusal(await client.post(link, json={"value": "no"})) == (409, "link_used")


async def test_only_the_question_that_was_asked(client: httpx.AsyncClient) -> None:
    """A token is opaque: it has neither the id of the run nor the name of the node in it."""
    execution = await begun(client)
    token = (await link_to(client, execution)).rpartition("/")[2]
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert execution.encode() not in raw
    assert b"human" not in raw
    assert len(token) < 200
    assert token != (await link_to(client, execution)).rpartition("/")[2]


@pytest.mark.parametrize(
    ("value", "says"),
    [("maybe", "must choose one of 'yes', 'no'"), ({"choice": "yes", "comment": 5}, "comment"), (None, "choose")],
)
async def test_an_answer_that_does_not_fit_is_none(client: httpx.AsyncClient, value: Any, says: str) -> None:
    execution = await begun(client)
    link = await link_to(client, execution)
    answer = await client.post(link, json={"value": value})
    assert refusal(answer) == (422, "unacceptable")
    assert says in answer.json()["detail"]
    assert "human" not in answer.text
    assert (await client.post(link, json={"value": "no"})).status_code == 200


@pytest.mark.parametrize(
    "body", [{"value": "yes", "by": "x" * 101}, {"valu": "yes"}, {"value": "yes", "node": "x"}, []]
)
async def test_bodies_that_do_not_fit(client: httpx.AsyncClient, body: Any) -> None:
    link = await link_to(client, await begun(client))
    assert (await client.post(link, json=body)).status_code == 422
    assert (await client.get(link)).status_code == 200


async def test_two_people_at_once(client: httpx.AsyncClient) -> None:
    execution = await begun(client)
    links = [await link_to(client, execution) for _ in range(5)]
    posts = [client.post(link, json={"value": choice, "by": choice}) for link in links for choice in ("yes", "no")]
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"link_used"}
    state = await state_when(client, execution, "completed")
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert json.loads(winner.request.content)["value"] == state["result"]["choice"]
    assert sum("was answered by" in line["message"] for line in state["logs"]) == 1


async def test_a_link_and_the_inbox_at_once(client: httpx.AsyncClient) -> None:
    execution = await begun(client)
    link = await link_to(client, execution)
    command = {"type": "answer", "node": "human", "value": "no"}
    answers = await asyncio.gather(
        client.post(f"/api/executions/{execution}/commands", json=command), client.post(link, json={"value": "yes"})
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert refusal(await client.get(link))[0] == 409


async def test_answered_elsewhere_meanwhile(client: httpx.AsyncClient) -> None:
    execution = await begun(client)
    link = await link_to(client, execution)
    command = {"type": "answer", "node": "human", "value": "no", "by": "Bob"}
    assert (await client.post(f"/api/executions/{execution}/commands", json=command)).status_code == 200
    assert refusal(await client.post(link, json={"value": "yes"})) == (409, "link_answered")
    assert "Bob" not in (await client.get(link)).text


async def test_set_by_hand_meanwhile(client: httpx.AsyncClient) -> None:
    execution = await begun(client)
    link = await link_to(client, execution)
    command = {"type": "override", "node": "human", "output": 1}
    assert (await client.post(f"/api/executions/{execution}/commands", json=command)).status_code == 200
    assert refusal(await client.get(link)) == (409, "link_answered")


async def test_a_run_that_was_given_up_or_forgotten(client: httpx.AsyncClient) -> None:
    execution = await begun(client)
    link = await link_to(client, execution)
    await client.post(f"/api/executions/{execution}/commands", json={"type": "cancel"})
    assert refusal(await client.post(link, json={"value": "yes"})) == (410, "link_over")
    await state_when(client, execution, "cancelled")
    assert (await client.delete(f"/api/executions/{execution}")).status_code == 204
    assert refusal(await client.get(link)) == (410, "link_over")


async def test_the_time_of_the_question_is_over(client: httpx.AsyncClient, clock: VirtualClock) -> None:
    document = asking(deadline_s=3_600)
    document["edges"].append({"source": "human", "target": "end", "condition": "deadline"})
    execution = await begun(client, document)
    link = await link_to(client, execution)
    assert (await client.get(link)).json()["deadline"] is not None
    clock.advance(3_600)
    await state_when(client, execution, "completed")
    assert refusal(await client.post(link, json={"value": "yes"})) == (410, "link_over")


@pytest.mark.parametrize("seconds", [USUAL_S, 60, LONGEST_S])
async def test_the_time_of_the_link_is_over(client: httpx.AsyncClient, clock: VirtualClock, seconds: int) -> None:
    link = await link_to(client, await begun(client), **({} if seconds == USUAL_S else {"expires_s": seconds}))
    clock.advance(seconds - 1)
    assert (await client.get(link)).status_code == 200
    clock.advance(1)
    assert refusal(await client.get(link)) == (410, "link_expired")
    assert refusal(await client.post(link, json={"value": "yes"})) == (410, "link_expired")


@pytest.mark.parametrize("seconds", [0, 59, -1, LONGEST_S + 1, 1.5, "week"])
async def test_times_that_no_link_can_have(client: httpx.AsyncClient, seconds: Any) -> None:
    execution = await begun(client)
    answer = await client.post(f"/api/executions/{execution}/links", json={"node": "human", "expires_s": seconds})
    assert answer.status_code == 422


async def test_every_change_of_a_token_is_refused(client: httpx.AsyncClient, app: App, clock: VirtualClock) -> None:
    token = (await link_to(client, await begun(client))).rpartition("/")[2]
    for place in range(len(token)):
        for other in ("A", "_"):
            changed = token[:place] + other + token[place + 1 :]
            if changed != token:
                clock.advance(1)  # not too many at once
                assert refusal(await client.get(f"/api/answers/{changed}")) == (404, "link_invalid")
    clock.advance(60)
    assert (await client.get(f"/api/answers/{token}")).status_code == 200


async def test_what_is_no_link_says_nothing_about_what_there_is(client: httpx.AsyncClient, app: App) -> None:
    execution = await begun(client)
    stranger = Key.of(b"another key of 32 bytes, a guess").derived("answer links")
    forged = [
        base64.urlsafe_b64encode(stranger.seal("answer links", json.dumps([one, 5, 2**60]))).rstrip(b"=").decode()
        for one in (execution, "nobody")
    ]
    await client.post(f"/api/executions/{execution}/links", json={"node": "human"})  # so that there is a key
    secret = app.secrets.keys.read()[0]
    of_a_secret = base64.urlsafe_b64encode(secret.seal("answer links", json.dumps([execution, 5, 2**60])))
    words = [*forged, of_a_secret.rstrip(b"=").decode(), execution, "nobody", "x", "%00", "A" * 5_000, "é", "a=="]
    told = {(await client.get(f"/api/answers/{word}")).text for word in words}
    assert len(told) == 1
    assert json.loads(told.pop())["code"] == "link_invalid"


async def test_another_key_makes_all_links_void(client: httpx.AsyncClient, app: App) -> None:
    link = await link_to(client, await begun(client))
    app.secrets.rotate()
    assert refusal(await client.get(link)) == (404, "link_invalid")


async def test_a_key_that_cannot_be_read_is_the_operators_affair(
    client: httpx.AsyncClient, app: App, caplog: pytest.LogCaptureFixture
) -> None:
    link = await link_to(client, await begun(client))
    app.secrets.keys.file.chmod(0o644)
    answer = await client.get(link)
    assert refusal(answer) == (503, "configuration")
    assert "secret.key" not in answer.text
    assert "secret.key" in caplog.text


async def test_guesses_are_bounded_and_keep_nobody_from_answering(
    client: httpx.AsyncClient, clock: VirtualClock
) -> None:
    link = await link_to(client, await begun(client))
    codes = [(await client.get(f"/api/answers/guess{number}")).status_code for number in range(40)]
    assert codes == [404] * 30 + [429] * 10
    guess = await client.get("/api/answers/guess")
    assert (*refusal(guess), guess.headers["retry-after"]) == (429, "too_many", "1")
    assert [(await client.get(link)).status_code for _ in range(31)] == [200] * 30 + [429]
    clock.advance(1)
    assert (await client.get("/api/answers/guess")).status_code == 404
    assert (await client.post(link, json={"value": "yes"})).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8000"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 403),
        ({"content-type": "application/json"}, 200),
    ],
)
async def test_who_may_post(client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    link = await link_to(client, await begun(client))
    answer = await client.post(link, content=b'{"value": "yes"}', headers=headers)
    assert answer.status_code == status, answer.text


async def test_what_has_no_link(client: httpx.AsyncClient, store: Store, clock: VirtualClock) -> None:
    assert (await client.post("/api/executions/nobody/links", json={"node": "human"})).status_code == 404
    execution = await begun(client)
    address = f"/api/executions/{execution}/links"
    for body in ({"node": "start"}, {"node": "nobody"}, {"node": "human", "scope": "m[0]"}):
        assert refusal(await client.post(address, json=body)) == (409, "conflict")
    await client.post(f"/api/executions/{execution}/commands", json={"type": "answer", "node": "human", "value": "no"})
    assert refusal(await client.post(address, json={"node": "human"})) == (409, "conflict")
    document = chain("start", "delay", "end")
    document["nodes"][1]["delay_config"] = {"seconds": 60}
    stored = (await client.post("/api/workflows", json=document)).json()
    waits = await run(client, stored["id"])
    answer = await client.post(f"/api/executions/{waits['execution_id']}/links", json={"node": "delay"})
    assert "no question for others" in answer.json()["detail"]


async def test_a_question_in_a_map_has_a_link_of_its_own(client: httpx.AsyncClient) -> None:
    document = chain("start", "map", "end")
    document["nodes"].append(
        {"id": "ask", "type": "human", "parent": "map", "human_config": {"question": "{{ item }}?"}}
    )
    stored = (await client.post("/api/workflows", json=document)).json()
    execution = (await run(client, stored["id"], inputs={"items": ["one", "two"]}))["execution_id"]
    links = [await link_to(client, execution, node="ask", scope=f"map[{number}]") for number in range(2)]
    assert [(await client.get(link)).json()["question"] for link in links] == ["one?", "two?"]
    assert (await client.post(links[1], json={"value": 2})).status_code == 200
    assert refusal(await client.get(links[1])) == (409, "link_used")
    assert (await client.post(links[0], json={"value": 1})).status_code == 200
    assert refusal(await client.get(links[0])) == (409, "link_used")
    await state_when(client, execution, "completed")


async def test_a_token_is_not_written_to_the_log(
    client: httpx.AsyncClient, app: App, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await link_to(client, await begun(client))

    async def broken(question: Any) -> Any:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(app.links, "show", broken)
    answer = await client.get(link)
    assert refusal(answer) == (500, "internal")
    assert "Unexpected error at GET /api/answers/…" in caplog.text
    assert link.rpartition("/")[2] not in caplog.text


async def test_a_link_to_one_of_two_equal_questions_answers_that_one_only(client: httpx.AsyncClient) -> None:
    execution = await begun(client, chain("start", "mailer", "end"))
    first = await link_to(client, execution, node="mailer")
    shown = (await client.get(first)).json()
    assert (shown["kind"], shown["tool"], shown["arguments"]) == ("approval", "mail", {"to": "ann"})
    assert "agent" not in shown
    assert (await client.post(first, json={"value": "approve", "by": "Ann"})).status_code == 200
    state = await state_when(client, execution, "waiting")
    async with asyncio.timeout(30):
        while not state["waiting"] or state["last_seq"] == 5:
            state = (await client.get(f"/api/executions/{execution}")).json()
    second = await link_to(client, execution, node="mailer")
    assert refusal(await client.get(first)) == (409, "link_used")
    assert refusal(await client.post(first, json={"value": "deny"})) == (409, "link_used")
    assert (await client.get(second)).json()["question"] == "Shall it be sent?"
    assert (await client.post(second, json={"value": {"choice": "deny"}})).status_code == 200
    assert (await state_when(client, execution, "completed"))["result"] == ["approve", "deny"]
