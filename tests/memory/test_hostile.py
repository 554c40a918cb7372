"""What nobody should ask of a memory: it is refused with the reason, or finds nothing, and never takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import NotFound, Unacceptable
from pointwork.memory import MemoryManager, MemoryService, MemoryStore, NewMemory, Scope
from pointwork.memory.embedders.lexical import Lexical
from pointwork.memory.exact import Exact
from pointwork.memory.identifiers import identifiers
from pointwork.memory.recall import Recall
from pointwork.memory.writing import text_hash

A = Scope(agent_id="a")
HALF = "\ud800"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[MemoryService]:
    store, words = MemoryStore(tmp_path / "m.db"), Lexical()
    yield MemoryService(store, Recall(store, words, Exact(store, words.name), identifiers=identifiers))
    store.close()


@pytest.mark.parametrize("id", [HALF, "", 5, None, "x" * 100_000, b"x"])
def test_an_id_that_cannot_be_is_the_id_of_nothing(service: MemoryService, id: Any) -> None:
    store = service.store
    for asked in (
        lambda: store.get(id),
        lambda: store.history(id),
        lambda: store.forget(id, by="me"),
        lambda: store.replace(id, text="x"),
        lambda: service.edit(id, "x", importance=0.5),
    ):
        with pytest.raises(NotFound):
            asked()
    assert store.visible(A, [id]) == []
    assert service.learn(NewMemory(text="x", scope=A), replaces=id or "")["replaces"] is None


@pytest.mark.parametrize(
    "asked",
    [
        lambda service, who: service.store.browse(who),
        lambda service, who: service.store.audit(who),
        lambda service, who: service.store.clear(who),
        lambda service, who: list(service.store.export(who)),
        lambda service, who: service.store.conversation.of_agent(who),
        lambda service, who: service.clear_all(who),
        lambda service, who: service.recall(Scope(agent_id=who), "x"),
        lambda service, who: service.recall(Scope(agent_id="a", user_id=who), "x"),
        lambda service, who: service.said(Scope(agent_id=who), "x", "y"),
    ],
)
@pytest.mark.parametrize("who", [HALF, 5, "x" * 1_001])
def test_a_name_that_cannot_be_is_refused(
    service: MemoryService, asked: Callable[[MemoryService, Any], object], who: Any
) -> None:
    with pytest.raises(Unacceptable):
        asked(service, who)


@pytest.mark.parametrize(
    "more",
    [
        {"metadata": {"k": float("nan")}},
        {"metadata": {"k": [float("inf")]}},
        {"metadata": {"k": 2**70}},
        {"metadata": {5: "x"}},
        {"importance": 10**400},
        {"importance": None},
        {"expires_at_us": 2**63},
        {"expires_at_us": 10**5_000},
        {"expires_at_us": 1.5},
        {"valid_from_us": -1},
        {"kind": None},
    ],
)
def test_values_that_cannot_be_are_refused(service: MemoryService, more: dict[str, Any]) -> None:
    with pytest.raises(Unacceptable):
        service.store.add(NewMemory(text="x", scope=A, **more))


def test_what_is_said_is_kept_whole_or_not_at_all(service: MemoryService) -> None:
    with pytest.raises(Unacceptable):
        service.said(A, "x" * 600_000, "y" * 600_000, lasting=True)
    with pytest.raises(Unacceptable):
        service.said(A, "x", "y", lasting=True, metadata={"k": float("nan")})
    assert service.store.agents() == []


@pytest.mark.parametrize("query", ["x" * (1 << 20), HALF, "%", "\x00", "[", "_"])
def test_any_query_is_only_text(service: MemoryService, query: str) -> None:
    service.learn(NewMemory(text="Plain", scope=A))
    assert service.store.browse("a", query=query) == []
    service.recall(A, query, n=10**9)


@pytest.mark.parametrize("limit", [0, -1, -(10**30)])
def test_fewer_than_none_is_none(service: MemoryService, limit: int) -> None:
    service.said(A, "Hello", "Hi", lasting=True)
    assert service.store.browse("a", limit=limit) == []
    assert service.store.audit("a", limit=limit) == []
    assert service.store.conversation.of_agent("a", limit=limit) == []
    assert service.window(A, limit) == []


@pytest.mark.parametrize("text", ["a" + "\u0300\u0316" * 100_000, "\u0344" * 100_000, "ﷺ" * 10_000])
def test_a_text_of_nothing_but_accents_is_remembered_like_any(service: MemoryService, text: str) -> None:
    learned = service.learn(NewMemory(text=text, scope=A))
    assert service.store.get(learned["id"]).text == text


def test_the_same_letters_written_otherwise_are_the_same_text() -> None:
    assert (
        text_hash("Caf\u00e9 \u1e69") == text_hash("cafe\u0301 s\u0323\u0307") == text_hash("CAFE\u0301 s\u0307\u0323")
    )
    assert text_hash("cafe") != text_hash("caf\u00e9")


def test_what_is_not_there_sounds_like_what_is_not_yours(service: MemoryService) -> None:
    theirs = service.learn(NewMemory(text="x", scope=Scope(agent_id="a", user_id="ann")))["id"]
    said: list[str] = []
    for id in (theirs, "0" * len(theirs)):
        with pytest.raises(NotFound) as refused:
            service.get(A, id)
        said.append(str(refused.value).replace(id, "ID"))
    assert said[0] == said[1]


def test_a_summary_of_anything_is_taken(service: MemoryService) -> None:
    for up_to in ("x", None, [1], -5, 1e300, True):
        summary = NewMemory(text=f"Up to {up_to}", scope=A, kind="summary", metadata={"up_to": up_to})
        service.store.add(summary)
        for number in range(5):
            service.said(A, f"Hello {number}", "Hi", window=2)


def test_an_edited_summary_still_knows_what_it_is_of(service: MemoryService) -> None:
    kept = service.summarised(A, "They spoke", 7)
    edited = service.edit(kept["id"], "They sang", metadata={}, importance=0.5)
    assert service.store.get(edited["id"]).metadata == {"up_to": 7}


def test_a_manager_takes_empty_messages_and_refuses_unknown_ids(service: MemoryService) -> None:
    manager = MemoryManager("m", memory=service)
    manager.add_interaction("", "You said nothing.")
    manager.add_interaction(user_msg="", assistant_msg="")
    assert manager.conversation.get_messages()[0] == {"role": "user", "content": ""}
    assert manager.vector_memory is not None
    with pytest.raises(NotFound):
        manager.vector_memory.add_memory("x", memory_id="nothing")
