"""What an agent is reminded of: the right thing among thousands, never another's, and always with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.errors import EmbedderError
from pointwork.memory import Embedder, Found, Scope
from pointwork.memory.embedders import Lexical, MiniLM
from pointwork.memory.embedders.weights import Weights
from pointwork.memory.exact import Exact
from pointwork.memory.healing import heal
from pointwork.memory.ranking import Recalled
from pointwork.memory.recall import Recall
from pointwork.memory.vectors import pack
from tests.memory.shelf import Shelf, identifiers

A = Scope(agent_id="a")


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    weights = Weights.installed()
    assert weights is not None, "make setup installs the weights"
    return MiniLM(weights)


def remembering(shelf: Shelf, embedder: Embedder) -> Recall:
    heal(shelf, None, embedder)
    return Recall(shelf, embedder, Exact(shelf, embedder.name), identifiers=identifiers)


def texts(found: list[Recalled]) -> list[str]:
    return [one.memory.text for one in found]


def test_right_fact_among_many(minilm: MiniLM) -> None:
    shelf = Shelf()
    shelf.add("Python was created by Guido van Rossum")
    shelf.add("The user's favorite color is blue")
    for at in range(300):
        shelf.add(f"Parcel {at} was delivered to shelf {at % 17} by the driver")
    recall = remembering(shelf, minilm)
    [first, *_] = recall.recall(A, "Who created Python?")
    assert first.memory.text == "Python was created by Guido van Rossum"
    assert first.cosine == pytest.approx(0.848, abs=0.001)
    assert first.why == "nearly the same in meaning (0.85)"
    assert texts(recall.recall(A, "What's my favorite color?", 1)) == ["The user's favorite color is blue"]
    assert texts(recall.recall(A, "where is parcel 217", 1)) == ["Parcel 217 was delivered to shelf 13 by the driver"]
    assert recall.recall(A, "photosynthesis of deep sea algae") == []


def test_by_name_although_the_vectors_do_not_fit() -> None:
    shelf = Shelf()
    shelf.add("invoice inv-2041 was paid")
    shelf.add("something about money")
    recall = remembering(shelf, Lexical())
    [found] = recall.recall(A, "status of INV-2041?")
    assert found.named == ("inv-2041",)
    assert "names 'inv-2041'" in found.why
    assert "in words" in found.why


class Plain:
    """Vectors by hand: a text is its two numbers."""

    name, dim = "plain", 2

    def __init__(self) -> None:
        self.fails = False

    def embed(self, texts: Any) -> list[bytes]:
        if self.fails:
            raise EmbedderError("down")
        return [pack([float(word) for word in text.split()]) for text in texts]


@pytest.mark.parametrize("n", [-5, 0])
def test_nothing_wanted(n: int) -> None:
    shelf = Shelf()
    shelf.add("1 0")
    assert remembering(shelf, Plain()).recall(A, "1 0", n) == []


@pytest.mark.parametrize("query", ["", "   ", "\n\t\u2003"])
def test_nothing_asked(query: str) -> None:
    shelf = Shelf()
    shelf.add("something")
    assert remembering(shelf, Lexical()).recall(A, query) == []


@pytest.mark.parametrize("query", ["\udc80\ud800", "\0", "x" * 1_000_000, "?" * 50_000, "1 " * 100_000])
def test_hostile_questions(query: str, minilm: MiniLM) -> None:
    for embedder in (Lexical(), minilm):
        shelf = Shelf()
        shelf.add("something 1")
        remembering(shelf, embedder).recall(A, query)


def test_never_more_than_a_hundred() -> None:
    shelf = Shelf()
    for at in range(150):
        shelf.add(f"1 0.0{at}")
    recall = remembering(shelf, Plain())
    assert len(recall.recall(A, "1 0", 10_000_000)) == 100
    assert len(recall.recall(A, "1 0", 7)) == 7


def test_least_score() -> None:
    shelf = Shelf()
    shelf.add("1 0")
    shelf.add("0.3 1")
    shelf.add("0 1")
    recall = remembering(shelf, Plain())
    assert texts(recall.recall(A, "1 0")) == ["1 0", "0.3 1"]
    assert texts(recall.recall(A, "1 0", min_score=0.5)) == ["1 0"]
    assert texts(recall.recall(A, "1 0", min_score=-1)) == ["1 0", "0.3 1", "0 1"]
    assert recall.recall(A, "1 0", min_score=2) == []


# -- who sees what -----------------------------------------------------------------------------------------------------

ANN, BOB = Scope(agent_id="a", user_id="ann"), Scope(agent_id="a", user_id="bob")


def test_nothing_of_another_scope(minilm: MiniLM) -> None:
    for embedder in (Lexical(), minilm):
        shelf = Shelf()
        for scope, whose in [(ANN, "ann"), (BOB, "bob"), (A, "all"), (Scope(agent_id="b"), "other")]:
            shelf.add(f"the code of ticket t-11 is kept for {whose}", scope)
        recall = remembering(shelf, embedder)

        def whose(scope: Scope, recall: Recall = recall) -> set[str]:
            return {text.split()[-1] for text in texts(recall.recall(scope, "the code of ticket t-11", min_score=-1))}

        assert whose(ANN) == {"ann", "all"}
        assert whose(BOB) == {"bob", "all"}
        assert whose(A) == {"all"}
        assert whose(Scope(agent_id="b")) == {"other"}
        assert whose(Scope(agent_id="b", user_id="ann")) == {"other"}
        assert whose(Scope(agent_id="c")) == set()
        assert whose(Scope(agent_id="")) == set()


def test_own_memory_is_found_behind_thousands_of_others() -> None:
    shelf = Shelf()
    for at in range(3_000):
        shelf.add(f"1 0.0{at:04}", BOB)
    shelf.add("1 0.5", ANN)
    recall = remembering(shelf, Plain())
    assert texts(recall.recall(ANN, "1 0")) == ["1 0.5"]


def test_index_that_says_what_is_not_so() -> None:
    shelf = Shelf()
    theirs = shelf.add("1 0", BOB)
    mine = shelf.add("1 0", ANN)

    class Lying(Exact):
        def search(self, agent_id: str, vector: bytes, n: int) -> list[Found]:
            return [Found("was never there", 1.0), Found(theirs, 1.0), Found(mine, 0.9)]

    heal(shelf, None, Plain())
    [found] = Recall(shelf, Plain(), Lying(shelf, "plain"), identifiers=identifiers).recall(ANN, "0 1", min_score=-1)
    assert (found.memory.id, found.cosine) == (mine, pytest.approx(0, abs=1e-6))


# -- filters and marks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter", "wanted"),
    [
        ({}, {"a", "b", "c"}),
        ({"kind": "x"}, {"a", "b"}),
        ({"kind": "x", "level": 1}, {"a"}),
        ({"level": True}, {"b"}),  # not the same as 1
        ({"level": None}, {"c"}),  # not the same as absent
        ({"absent": None}, set()),
        ({"tags": ["p", "q"]}, {"c"}),
        ({"kind": ["x"]}, set()),
    ],
)  # fmt: skip
def test_filter_by_metadata(filter: dict[str, Any], wanted: set[str]) -> None:
    shelf = Shelf()
    for name, metadata in [
        ("a", {"kind": "x", "level": 1}),
        ("b", {"kind": "x", "level": True}),
        ("c", {"kind": "y", "level": None, "tags": ["p", "q"]}),
    ]:
        shelf.add("1 0", metadata={**metadata, "name": name})
    found = remembering(shelf, Plain()).recall(A, "1 0", filter=filter)
    assert {one.memory.metadata["name"] for one in found} == wanted


def test_use_is_noted_when_it_is_one() -> None:
    shelf = Shelf()
    id = shelf.add("1 0")
    recall = remembering(shelf, Plain())
    recall.recall(A, "1 0")
    assert shelf.touched == []
    recall.recall(A, "1 0", touch=True)
    recall.recall(A, "-1 0", touch=True)
    assert shelf.touched == [id]


def test_question_that_cannot_be_embedded_is_an_error() -> None:
    shelf = Shelf()
    shelf.add("1 0")
    embedder = Plain()
    recall = remembering(shelf, embedder)
    known = recall.recall(A, "1 0")
    embedder.fails = True
    with pytest.raises(EmbedderError, match="down"):
        recall.recall(A, "0 1")
    assert recall.recall(A, "1 0") == known  # it was asked before
