"""What is read as arithmetic, what is not, and that every formula found is one."""

from __future__ import annotations

import ast
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointwork.errors import ExpressionError
from pointwork.expressions import calculate
from pointwork.models.arithmetic import MAX_TASKS, find_tasks

FORMULAS = [
    ("What is 15 * 23 + 17?", "15 * 23 + 17", 362),
    ("2+2", "2 + 2", 4),
    ("7 times 8 plus 2", "7 * 8 + 2", 58),
    ("seven times eight plus two", "7 * 8 + 2", 58),
    ("What's 100 divided by 8?", "100 / 8", 12.5),
    ("Compute 5 squared minus 3 cubed.", "5 ** 2 - 3 ** 3", -2),
    ("what is 2^10", "2 ** 10", 1024),
    ("What is 2 to the power of 5?", "2 ** 5", 32),
    ("What is 12% of 250?", "12 / 100 * 250", 30),
    ("What is 15 percent of 80?", "15 / 100 * 80", 12),
    ("What is the square root of 144 plus 1?", "sqrt(144) + 1", 13),
    ("Calculate (1,000 + 5) x 3", "(1000 + 5) * 3", 3015),
    ("What is −7 − 3?", "-7 - 3", -10),
    ("What is 17 mod 5?", "17 % 5", 2),
    ("query: What is 6 × 7?\n\ntone: friendly", "6 * 7", 42),
    ("What is 3 + 4 + and so on?", "3 + 4", 7),
    ("I have 12 boxes with 5 pens. How many is 12 * 5?", "12 * 5", 60),
    ("10 / 4 =", "10 / 4", 2.5),
    ("007 + 0.5", "7 + 0.5", 7.5),
]
MANY = [
    ("Calculate the sum of squares of numbers from 1 to 10", "the sum of squares of numbers from 1 to 10", 385),
    ("sum of the even numbers between 2 and 10", "the sum of the even numbers between 2 and 10", 30),
    ("What is the average of odd numbers 1..99?", "the average of odd numbers 1..99", 50),
    ("the product of cubes 2..5", "the product of cubes 2..5", 1_728_000),
    ("sum of numbers from 1 to 1000", "the sum of numbers from 1 to 1000", 500_500),
    ("sum of odd numbers from 1 to 999", "the sum of odd numbers from 1 to 999", 250_000),
    ("mean of 4, 8 and 12", "the mean of 4, 8 and 12", 8),
    ("What is the total of 1.5, 2.5, and -1?", "the total of 1.5, 2.5, and -1", 3),
    ("sum of 01, 02 and 03", "the sum of 01, 02 and 03", 6),
    ("sum of numbers from 10 to 1", "the sum of numbers from 10 to 1", 55),
]
NOTHING = [
    "",
    "Summarise War and Peace in three sentences.",
    "On 2026-11-23 at 10:30 profits rose 10-15 % to 3.5 million, as 1 + 1 people had said.",
    "2 + 2 = 4",
    "What is new in version 3.2.1?",
    "How many moons has Jupiter?",
    "Is 7 > 5?",
    "42",
    "(((",
    "call +49 30 1234567 for more, or write to the office in room 4-12 before noon",
]


@pytest.mark.parametrize(("text", "formula", "value"), FORMULAS)
def test_formula(text: str, formula: str, value: float) -> None:
    [task] = find_tasks(text)
    assert task.expression == formula
    assert calculate(formula) == value
    assert ran(task.code) == value


@pytest.mark.parametrize(("text", "label", "value"), MANY)
def test_question_about_many_numbers(text: str, label: str, value: float) -> None:
    [task] = find_tasks(text)
    assert task.label == label
    assert ran(task.code) == value
    assert task.expression is not None
    assert calculate(task.expression) == value


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_to_compute(text: str) -> None:
    assert find_tasks(text) == []


def test_what_no_formula_says_is_code_alone() -> None:
    [primes] = find_tasks("What are the primes up to 30?")
    assert primes.expression is None
    assert ran(primes.code) == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
    [squares] = find_tasks("sum of squares of numbers from 1 to 1000")
    assert squares.expression is None
    assert ran(squares.code) == 333_833_500


def test_several_questions_in_their_order() -> None:
    assert [task.expression for task in find_tasks("What is 2 + 2, and what is 3 * 3?")] == ["2 + 2", "3 * 3"]
    assert len(find_tasks("Calculate " + ", ".join(f"{n} + 1" for n in range(50)))) == MAX_TASKS


PIECES = (
    "What is |1|23|4.5|1,000| |+|-|*|/|//|**|%|^|(|)| of |x|²|sqrt | times | plus | squared |square root of | to "
    "|sum of |squares of |numbers |,|=|?|seven|é"
)


@given(st.lists(st.sampled_from(PIECES.split("|")), max_size=40).map("".join))
def test_whatever_is_found_is_a_formula(text: str) -> None:
    for task in find_tasks(text):
        ast.parse(task.code)
        if task.expression is not None:
            ast.parse(task.expression, mode="eval")
            with suppress(ExpressionError):  # too large, divided by zero, …: for the calculator to say
                calculate(task.expression)


def ran(code: str) -> object:
    """What the code gives; it was made here, of digits and a few fixed words."""
    names: dict[str, object] = {}
    exec(compile(code, "code", "exec"), names)
    return names["result"]
