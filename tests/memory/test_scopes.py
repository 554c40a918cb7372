"""Who sees what: for any memories and any scope, exactly those of places that the scope is in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pointwork.errors import NotFound
from pointwork.memory import MemoryManager, MemoryService, MemoryStore, NewMemory, Scope
from pointwork.memory.embedders.lexical import Lexical
from pointwork.memory.exact import Exact
from pointwork.memory.identifiers import identifiers
from pointwork.memory.recall import Recall

PLACE = st.sampled_from(["", "x", "y"])
SCOPES = st.builds(
    Scope, agent_id=st.sampled_from(["a", "b", "a/b"]), user_id=PLACE, session_id=PLACE, workflow_id=PLACE
)


@contextmanager
def service() -> Iterator[MemoryService]:
    with tempfile.TemporaryDirectory() as folder:
        store, words = MemoryStore(Path(folder) / "m.db"), Lexical()
        yield MemoryService(store, Recall(store, words, Exact(store, words.name), identifiers=identifiers))
        store.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kept=st.lists(SCOPES, min_size=1, max_size=8), asking=SCOPES)
def test_exactly_what_the_rule_says_is_seen(kept: list[Scope], asking: Scope) -> None:
    with service() as memory:
        for number, scope in enumerate(kept):
            memory.learn(NewMemory(text=f"train number {number} of line 4711", scope=scope))
            memory.said(scope, f"train {number}", "yes")
        expected = {f"train number {number} of line 4711" for number, scope in enumerate(kept) if asking.sees(scope)}
        found = memory.recall(asking, "train of line 4711", n=100, min_score=0)
        assert {one["content"] for one in found} == expected
        said = [turn["user"] for turn in memory.window(asking, 100)]
        assert said == [f"train {number}" for number, scope in enumerate(kept) if scope == asking]
        prompt = memory.recollect(asking, "train of line 4711", window=100, n=100)
        assert {one["content"] for one in prompt["memories"]} <= expected


def test_an_id_of_another_scope_opens_nothing() -> None:
    ann, bob = Scope(agent_id="a", user_id="ann"), Scope(agent_id="a", user_id="bob")
    with service() as memory:
        id = memory.learn(NewMemory(text="Ann's code", scope=ann))["id"]
        for other in (bob, Scope(agent_id="b"), Scope(agent_id="a")):
            assert not memory.visible(other, id)
            with pytest.raises(NotFound):
                memory.get(other, id)
            replaced = memory.learn(NewMemory(text=f"mine {other}", scope=other), replaces=id)
            assert replaced["replaces"] is None
        assert memory.get(ann, id).text == "Ann's code"
        assert memory.get(ann, id).superseded_by is None


def test_managers_of_two_agents_share_nothing() -> None:
    with service() as memory:
        one, two = MemoryManager("one", memory=memory), MemoryManager("two", memory=memory)
        id = one.add_fact("The door code is 4711", metadata={"topic": "doors"})
        one.add_interaction("What is the code?", "4711", save_to_longterm=True)
        assert two.recall("door code 4711", n_results=1_000_000) == []
        assert two.get_context_for_prompt("door code 4711") == ""
        assert two.vector_memory is not None
        with pytest.raises(NotFound):
            two.vector_memory.delete_memory(id)
        two.clear_all()
        assert one.recall("door code 4711")[0] == "The door code is 4711"


def test_every_method_of_the_managers() -> None:
    with service() as memory:
        manager = MemoryManager(agent_id="m", max_conversation_messages=4, use_vector_memory=True, memory=memory)
        for number in range(4):
            manager.add_interaction(user_msg=f"Question {number}", assistant_msg=f"Answer {number}")
        assert manager.conversation.get_context_string().splitlines() == [
            "User: Question 2", "Assistant: Answer 2", "User: Question 3", "Assistant: Answer 3",
        ]  # fmt: skip
        assert manager.conversation.get_messages(limit=2)[0] == {"role": "user", "content": "Question 3"}
        assert manager.vector_memory is not None
        id = manager.vector_memory.add_memory("Trains run on rails", {"topic": "trains"})
        manager.add_fact("Trains run on time", metadata={"topic": "jokes"})
        [hit] = manager.vector_memory.search("trains run", n_results=5, filter_metadata={"topic": "jokes"})
        assert hit["content"] == "Trains run on time"
        assert manager.vector_memory.add_memory("Trains run on air", memory_id=id) != id
        assert "Trains run on rails" not in manager.recall("trains run on rails")
        manager.clear_conversation()
        assert manager.conversation.get_context_string() == ""
        assert manager.recall("trains run")
        manager.vector_memory.clear_all()
        assert manager.recall("trains run") == []
        short = MemoryManager("s", use_vector_memory=False, memory=memory)
        short.add_interaction("Hello", "Hi")
        assert short.recall("Hello") == []
        assert "Hello" in short.get_context_for_prompt("Hello")
        for refused in (lambda: short.add_fact("x"), lambda: short.add_interaction("a", "b", save_to_longterm=True)):
            with pytest.raises(Exception, match="use_vector_memory=True"):
                refused()
