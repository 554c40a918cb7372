"""Which memory wins, as tables; vectors here have two or three numbers, so that one sees what is near."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.memory import Written
from pointwork.memory.ranking import IDENTIFIER_WEIGHT, Candidate, Recalled, least_score, rank
from pointwork.memory.vectors import cosine, mean, pack, unpack
from tests.memory.shelf import memory


def candidate(id: str, cosine: float, *words: str, vector: bytes | None = None, **fields: Any) -> Candidate:
    return Candidate(memory=memory(id, **fields), cosine=cosine, words=frozenset(words), vector=vector)


def ids(found: list[Recalled]) -> str:
    return " ".join(one.memory.id for one in found)


@pytest.mark.parametrize(
    ("candidates", "asked", "wanted"),
    [
        ([], {}, ""),
        ([candidate("far", 0.3), candidate("near", 0.9), candidate("middle", 0.5)], {}, "near middle far"),
        # Below the least score nothing is recalled, however few there are.
        ([candidate("a", 0.249), candidate("b", 0.25)], {}, "b"),
        # What the question names wins over what is a little nearer …
        ([candidate("other", 0.8, "t-12"), candidate("it", 0.7, "t-11")], {"t-11": 1}, "it other"),
        # … but not over what is much nearer.
        ([candidate("near", 0.95), candidate("it", 0.6, "t-11")], {"t-11": 1}, "near it"),
        # A word that everything has decides nothing.
        ([candidate("near", 0.8), candidate("it", 0.7, "2024")], {"2024": 100_000}, "near it"),
        # Of two words the rarer counts.
        (
            [candidate("year", 0.7, "2024"), candidate("it", 0.6, "t-11")],
            {"2024": 10_000, "t-11": 1},
            "it year",
        ),
        # A name lifts what the model thinks has nothing to do with it.
        ([candidate("it", 0.0, "t-11")], {"t-11": 1}, "it"),
        ([candidate("it", -0.1, "t-11")], {"t-11": 1}, ""),
        # Nothing is asked for by name: names of memories change nothing.
        ([candidate("a", 0.5, "t-11"), candidate("b", 0.6)], {}, "b a"),
        # The same memory twice, once from the index and once by its name.
        ([candidate("a", 0.5), candidate("a", 0.5)], {}, "a"),
        # Equal scores: importance, then age, then id.
        ([candidate("a", 0.5), candidate("b", 0.5, importance=0.9)], {}, "b a"),
        ([candidate("old", 0.5), candidate("new", 0.5, created_at_us=5)], {}, "new old"),
        ([candidate("b", 0.5), candidate("a", 0.5)], {}, "a b"),
        # Importance and age do not make up for a score.
        ([candidate("a", 0.51), candidate("b", 0.5, importance=1.0, created_at_us=5)], {}, "a b"),
    ],
)  # fmt: skip
def test_order(candidates: list[Candidate], asked: dict[str, int], wanted: str) -> None:
    assert ids(rank(candidates, 10, asked=asked)) == wanted


NORTH, NORTH_AGAIN, EAST = pack([0, 1]), pack([0.01, 1]), pack([1, 0])


def test_what_says_the_same_waits_behind_what_does_not() -> None:
    one = candidate("one", 0.80, vector=NORTH)
    again = candidate("again", 0.79, vector=NORTH_AGAIN)
    other = candidate("other", 0.70, vector=EAST)
    assert ids(rank([one, again, other], 3)) == "one other again"
    assert ids(rank([one, again, other], 2)) == "one other"
    # It is not thrown away, and does not fall behind what hardly fits.
    assert ids(rank([one, again, candidate("weak", 0.3, vector=EAST)], 2)) == "one again"


def test_what_names_different_things_is_different() -> None:
    one = candidate("one", 0.80, "t-11", vector=NORTH)
    again = candidate("again", 0.79, "t-12", vector=NORTH_AGAIN)
    other = candidate("other", 0.70, vector=EAST)
    assert ids(rank([one, again, other], 3)) == "one again other"


@pytest.mark.parametrize("n", [-1, 0, 1, 5, 50])
def test_never_more_than_wanted(n: int) -> None:
    assert len(rank([candidate(str(at), 0.5) for at in range(20)], n)) == max(0, min(n, 20))


def test_every_memory_says_why_and_where_from() -> None:
    written = Written(execution_id="x1", node_id="writer")
    [first, second] = rank(
        [candidate("a", 0.6, "t-11", "2024", written=written), candidate("b", 0.4, kind="summary")],
        5,
        asked={"t-11": 1},
    )
    assert first.why == "close in meaning (0.60); names 't-11'"
    assert first.named == ("t-11",)
    assert first.source == "fact, written by node 'writer' of execution 'x1'"
    assert first.score == pytest.approx(0.6 + IDENTIFIER_WEIGHT)
    assert (second.why, second.source) == ("related in meaning (0.40)", "summary")
    [one] = rank([candidate("a", 0.9)], 1, by="words")
    assert one.why == "nearly the same in words (0.90)"


def test_scales_differ() -> None:
    assert least_score("minilm-l6-v2") == 0.25
    assert least_score("lexical-v1") < 0.25
    assert least_score("openai:text-embedding-3-small") == 0.25


def test_vectors() -> None:
    assert len(pack([1.0] * 384)) == 4 * 384
    assert cosine(pack([3, 4]), pack([4, 3])) == pytest.approx(24 / 25)
    assert list(unpack(pack([0, 0]))) == [1, 0]
    assert cosine(mean([NORTH, EAST]), NORTH) == pytest.approx(0.5**0.5)
