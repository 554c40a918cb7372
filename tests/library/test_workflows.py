"""Stored workflows: as sent, every save kept, drafts replaced, two people kept from overwriting each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from pointwork.errors import Conflict, NotFound, Unacceptable
from pointwork.library import StaleVersion, StoredWorkflow, WorkflowLibrary
from pointwork.library.workflows import SQL, _values


class Clock:
    def __init__(self) -> None:
        self.now = 1_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture
def library(tmp_path: Path) -> Iterator[WorkflowLibrary]:
    made = WorkflowLibrary(tmp_path / "pointwork.db", now_us=Clock())
    made.open()
    yield made
    made.close()


def document(name: str = "Research", **more: Any) -> dict[str, Any]:
    return {"name": name, "nodes": [{"id": "start", "type": "start"}], "edges": [], **more}


def history(library: WorkflowLibrary, workflow_id: str) -> list[tuple[int, bool, str]]:
    return [(version.number, version.draft, version.name) for version in library.versions(workflow_id)]


# --------------------------------------------------------------------------------------------------- create and read


def test_a_document_comes_back_as_it_was_sent(library: WorkflowLibrary) -> None:
    sent = document(x={"b": 1, "a": [None, 1.0, "ü"]}, id="mine", description="About bees", version="2.1", unknown=True)
    made = library.create(sent)
    assert made == StoredWorkflow(
        id="mine", number=1, version_id=made.version_id, draft=False, name="Research", description="About bees",
        label="2.1", nodes=1, created_at_us=1_001, updated_at_us=1_001, content_hash=made.content_hash, document=sent,
    )  # fmt: skip
    assert list(made.document) == list(sent)  # the order of keys too
    assert library.get("mine") == made == library.get("mine", version=1)


@pytest.mark.parametrize("absent", [{}, {"id": None}, {"id": ""}])
def test_without_an_id_one_is_made_up(library: WorkflowLibrary, absent: dict[str, Any]) -> None:
    first, second = library.create(document(**absent)), library.create(document(**absent))
    assert first.id != second.id
    assert first.document == document(**absent)


def test_an_id_is_used_once(library: WorkflowLibrary) -> None:
    library.create(document(id="mine"))
    with pytest.raises(Conflict, match="'mine' already"):
        library.create(document("Other", id="mine"))
    assert library.get("mine").name == "Research"
    library.delete("mine")
    assert library.create(document("Other", id="mine")).number == 1


@pytest.mark.parametrize("wanted", [7, ["a"], {"a": 1}, True, "x" * 201])
def test_what_cannot_be_an_id(library: WorkflowLibrary, wanted: Any) -> None:
    with pytest.raises(Unacceptable, match="cannot be the id"):
        library.create(document(id=wanted))
    assert library.list() == []


@pytest.mark.parametrize("value", [object(), {1, 2}, 2**70, {1: 2}, "\ud800"])
def test_what_is_not_json(library: WorkflowLibrary, value: Any) -> None:
    with pytest.raises(Unacceptable, match="not JSON"):
        library.create(document(x=value))


@pytest.mark.parametrize(
    ("sent", "name", "description", "label", "nodes"),
    [
        ({}, "Untitled", None, "1.0.0", 0),  # not even half a drawing
        ({"name": 5, "nodes": "none", "description": 7, "version": 2}, "Untitled", "", "1.0.0", 0),
        ({"name": "", "nodes": None}, "Untitled", None, "1.0.0", 0),
        ({"name": "n" * 5_000, "nodes": [1, "x"]}, "n" * 1_000, None, "1.0.0", 2),
        ({"name": "'; DROP TABLE workflows; --"}, "'; DROP TABLE workflows; --", None, "1.0.0", 0),
    ],
)
def test_half_a_drawing_is_kept(
    library: WorkflowLibrary, sent: Any, name: str, description: str | None, label: str, nodes: int
) -> None:
    made = library.create(sent)
    assert (made.name, made.description, made.label, made.nodes) == (name, description, label, nodes)
    assert library.get(made.id).document == sent


def test_unknown_workflows_and_versions_are_not_found(library: WorkflowLibrary) -> None:
    library.create(document(id="mine"))
    for asked in (
        lambda: library.get("nobody's"),
        lambda: library.get("nobody's", version=1),
        lambda: library.versions("nobody's"),
        lambda: library.save("nobody's", document()),
        lambda: library.restore("nobody's", 1),
        lambda: library.delete("nobody's"),
    ):
        with pytest.raises(NotFound, match="nobody's"):
            asked()
    for number in (0, -1, 2, 2**70):
        with pytest.raises(NotFound, match=f"'mine' has no version {number}") as caught:
            library.get("mine", version=number)
        assert "newest is 1" in caught.value.hint
    with pytest.raises(NotFound):
        library.restore("mine", 9)


# --------------------------------------------------------------------------------------------------------- versions


def test_every_save_is_a_version_and_stays(library: WorkflowLibrary) -> None:
    first = library.create(document("one", id="w"))
    second = library.save("w", document("two"))
    third = library.save("w", document("three"))
    assert [version.number for version in (first, second, third)] == [1, 2, 3]
    assert len({version.version_id for version in (first, second, third)}) == 3
    assert library.get("w") == third
    assert library.get("w", version=1).document == document("one", id="w")
    assert library.get("w", version=2) == second
    assert history(library, "w") == [(3, False, "three"), (2, False, "two"), (1, False, "one")]
    assert third.created_at_us == first.created_at_us < second.updated_at_us < third.updated_at_us


@pytest.mark.parametrize("autosave", [False, True])
def test_what_is_unchanged_is_no_new_version(library: WorkflowLibrary, autosave: bool) -> None:
    made = library.create(document(id="w"))
    again = dict(reversed(document(id="w").items()))  # the order of keys is no change
    assert library.save("w", again, autosave=autosave) == made
    assert library.list() == library.versions("w")
    assert len(library.versions("w")) == 1


def test_drafts_replace_each_other_and_a_save_replaces_the_draft(library: WorkflowLibrary) -> None:
    library.create(document("one", id="w"))
    drafts = [library.save("w", document(f"draft {n}"), autosave=True) for n in range(3)]
    assert [draft.number for draft in drafts] == [2, 2, 2]
    assert len({draft.version_id for draft in drafts}) == 3
    assert history(library, "w") == [(2, True, "draft 2"), (1, False, "one")]
    assert library.get("w").name == "draft 2"
    assert library.get("w", drafts=False).name == "one"  # what is executed
    saved = library.save("w", document("two"))
    assert (saved.number, saved.draft) == (2, False)
    assert library.get("w", drafts=False) == saved
    library.save("w", document("draft again"), autosave=True)
    assert history(library, "w") == [(3, True, "draft again"), (2, False, "two"), (1, False, "one")]


def test_saving_a_draft_as_it_is_keeps_its_name(library: WorkflowLibrary) -> None:
    library.create(document("one", id="w"))
    draft = library.save("w", document("two"), autosave=True)
    saved = library.save("w", document("two"), expected_version_id=draft.version_id)
    assert (saved.number, saved.draft, saved.version_id) == (2, False, draft.version_id)


def test_a_save_is_not_replaced_even_by_mistake(library: WorkflowLibrary) -> None:
    made = library.create(document(id="w"))
    values = {**_values(document("changed")), "id": "w", "number": 1, "draft": 0, "now": 1}
    with library._pool.connection() as connection:
        assert connection.execute(SQL["replace_draft"], values).rowcount == 0
    assert library.get("w") == made


@pytest.mark.parametrize("autosave", [False, True])
def test_a_stale_save_is_refused_with_what_the_other_side_saved(library: WorkflowLibrary, autosave: bool) -> None:
    mine = library.create(document("one", id="w"))
    theirs = library.save("w", document("theirs"), expected_version_id=mine.version_id)
    with pytest.raises(StaleVersion, match="'w' is at version 2") as caught:
        library.save("w", document("mine"), expected_version_id=mine.version_id, autosave=autosave)
    assert caught.value.current == theirs
    assert isinstance(caught.value, Conflict)
    assert library.get("w") == theirs
    assert library.save("w", document("mine"), expected_version_id=theirs.version_id, autosave=autosave).number == 3
    assert library.save("w", document("last write wins")).name == "last write wins"


def test_a_draft_makes_an_expectation_stale_too(library: WorkflowLibrary) -> None:
    mine = library.create(document("one", id="w"))
    library.save("w", document("their draft"), autosave=True)
    with pytest.raises(StaleVersion):
        library.save("w", document("mine"), expected_version_id=mine.version_id)


def test_a_document_is_saved_where_it_says(library: WorkflowLibrary) -> None:
    library.create(document(id="w"))
    assert library.save("w", document("two", id="w")).number == 2
    with pytest.raises(Unacceptable, match="'other', not 'w'"):
        library.save("w", document("two", id="other"))


def test_restoring_saves_an_old_version_again(library: WorkflowLibrary) -> None:
    library.create(document("one", id="w"))
    second = library.save("w", document("two"))
    with pytest.raises(StaleVersion):
        library.restore("w", 1, expected_version_id="another")
    restored = library.restore("w", 1, expected_version_id=second.version_id)
    assert (restored.number, restored.name) == (3, "one")
    assert library.restore("w", 3) == restored  # it is what is there
    assert library.get("w", version=2) == second


def test_deleting_takes_all_versions(library: WorkflowLibrary) -> None:
    library.create(document(id="w"))
    library.save("w", document("two"))
    library.create(document(id="v"))
    library.delete("w")
    assert [found.id for found in library.list()] == ["v"]
    with pytest.raises(NotFound):
        library.get("w", version=1)


def test_of_two_who_save_at_once_one_is_told(library: WorkflowLibrary) -> None:
    expected = library.create(document(id="w")).version_id
    results: list[Any] = []

    def save(n: int) -> None:
        try:
            results.append(library.save("w", document(f"by {n}"), expected_version_id=expected))
        except StaleVersion as error:
            results.append(error)

    threads = [threading.Thread(target=save, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [result for result in results if isinstance(result, StoredWorkflow)]
    losers = [result for result in results if isinstance(result, StaleVersion)]
    assert [loser.current for loser in losers] == [winner] * 5
    assert history(library, "w")[0][0] == 2


# -------------------------------------------------------------------------------------------------------------- lists


@pytest.fixture
def filled(library: WorkflowLibrary) -> WorkflowLibrary:
    for name, more in [
        ("Bees 100%", {"id": "w1"}), ("Über_blick", {"id": "w2"}), ("Loop", {"id": "w3", "description": "tries again"}),
    ]:  # fmt: skip
        library.create(document(name, **more))
    library.save("w1", document("Bees 100%", again=True))
    return library


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, "w1 w3 w2"),  # last saved first
        ({"limit": 2}, "w1 w3"),
        ({"limit": 0}, ""),
        ({"limit": 2**70}, "w1 w3 w2"),
        ({"before": (2**70, "")}, "w1 w3 w2"),
        ({"q": "bees"}, "w1"),
        ({"q": "ÜBER"}, "w2"),
        ({"q": "%"}, "w1"),
        ({"q": "_"}, "w2"),
        ({"q": "AGAIN"}, "w3"),
        ({"q": "w2"}, "w2"),
        ({"q": "\\"}, ""),
        ({"q": "nothing"}, ""),
    ],
)
def test_lists(filled: WorkflowLibrary, wanted: dict[str, Any], expected: str) -> None:
    assert " ".join(found.id for found in filled.list(**wanted)) == expected


def test_lists_by_pages(filled: WorkflowLibrary) -> None:
    found: list[str] = []
    before = None
    while page := filled.list(limit=1, before=before):
        found += [entry.id for entry in page]
        before = (page[-1].updated_at_us, page[-1].id)
    assert found == ["w1", "w3", "w2"]
    for n in range(10):
        filled.save("w1", document(f"Bees {n}"))
    numbers: list[int] = []
    while versions := filled.versions("w1", limit=5, before=numbers[-1] if numbers else None):
        numbers += [version.number for version in versions]
        if numbers[-1] == 1:
            break
    assert numbers == list(range(12, 0, -1))


def test_large_documents(library: WorkflowLibrary) -> None:
    sent = document(id="w", nodes=[{"id": f"n{n}", "type": "agent", "text": "x" * 200} for n in range(10_000)])
    library.create(sent)
    assert library.list()[0].nodes == 10_000
    assert orjson.dumps(library.get("w").document) == orjson.dumps(sent)
