"""The calculator: the same language with numbers only."""

from __future__ import annotations

import math

import pytest

from pointwork.errors import ExpressionError
from pointwork.expressions import calculate

GOOD: list[tuple[str, int | float]] = [
    ("2 + 2 * 3", 8),
    ("15 * 23 + 17", 362),
    ("10/2", 5.0),
    ("7 // 2", 3),
    ("7 % 4", 3),
    ("2 ** 0.5", math.sqrt(2)),
    ("-2 ** 2", -4),
    ("1 if 2 > 1 else 0", 1),
    ("+".join(str(n) for n in range(200)), sum(range(200))),
    ("sqrt(16)", 4.0),
    ("cbrt(27)", 3.0),
    ("math.sqrt(16) + math.pi", 4 + math.pi),  # as Python programs spell it
    ("sin(pi / 2) + cos(0) + tan(0)", 2.0),
    ("asin(1) + acos(1) + atan(0) + atan2(0, 1)", math.pi / 2),
    ("sinh(0) + cosh(0) + tanh(0)", 1.0),
    ("degrees(pi) + radians(180)", 180 + math.pi),
    ("log(e)", 1.0),
    ("ln(e)", 1.0),
    ("log(8, 2)", 3.0),
    ("log2(8)", 3.0),
    ("log10(1000)", 3.0),
    ("log2(2 ** 4000)", 4000.0),
    ("exp(0) + tau", 1 + math.tau),
    ("hypot(3, 4)", 5.0),
    ("fmod(-7, 4)", -3.0),
    ("floor(-1.5) + ceil(1.2) + trunc(-1.9)", -1),
    ("factorial(5)", 120),
    ("factorial(0)", 1),
    ("factorial(500)", math.factorial(500)),
    ("comb(50, 3)", 19600),
    ("comb(4096, 2048)", math.comb(4096, 2048)),
    ("comb(3, 5)", 0),
    ("comb(10 ** 300, 2)", math.comb(10**300, 2)),
    ("gcd(12, 18) + lcm(4, 6)", 18),
    ("gcd(12, 18, 27)", 3),
    ("pow(2, 10)", 1024),
    ("abs(-3) + round(2.567, 1) + int(3.9) + float(1)", 9.6),
    ("min(3, 1, 2) + max([3, 1, 2])", 4),
    ("sum([1, 2, 3]) + len([1, 2])", 8),
    ("sum(range(1, 101))", 5050),
    ("mean(1, 2, 4.5)", 2.5),
    ("mean([2, 4])", 3.0),
    ("median(3, 1, 2)", 2),
    ("median([4, 1, 2, 3])", 2.5),
]


@pytest.mark.parametrize(("source", "expected"), GOOD, ids=[source[:40] for source, _ in GOOD])
def test_computes(source: str, expected: float) -> None:
    result = calculate(source)
    assert result == pytest.approx(expected, rel=1e-12)
    assert type(result) is type(expected)


BAD: list[tuple[str, str]] = [
    ("x + 1", "'x' is not known"),
    ("math.os", "'os' is not known|Only numbers"),
    ("os.system", "Only numbers are known"),
    ("math.sqrt", "Only numbers are known|is not known"),
    ("math", "'math' is not known"),
    ("math.factorial.x(3)", "no function 'x'"),
    ("os.getpid()", "no function 'getpid'"),
    ("pi.real", "Only numbers are known"),
    ("pi[0]", "Only numbers are known"),
    ("[1, 2][0]", "Only numbers are known"),
    ("'abc'", "not a number, but the text 'abc'"),
    ("[1, 2]", "not a number, but a list"),
    ("1 < 2", "not a number, but true"),
    ("null", "is not known"),
    ("None", "not a number, but null"),
    ("min([])", "not a number, but null"),
    ("lower('A')", "no function 'lower'"),
    ("str(1)", "no function 'str'"),
    ("default(1, 2)", "no function 'default'"),
    ("sqrt(-1)", "sqrt(-1) has no real result"),
    ("math.sqrt(-1.5)", "sqrt(-1.5) has no real result"),
    ("log(0)", "log(0) has no real result"),
    ("log(-1)", "log(-1) has no real result"),
    ("log(8, 1)", "log(8, 1) has no real result"),
    ("asin(2)", "asin(2) has no real result"),
    ("fmod(1, 0)", "fmod(1, 0) has no real result"),
    ("sqrt('4')", "not a number for sqrt"),
    ("sqrt([4])", "not a number for sqrt"),
    ("exp(1000)", "too large"),
    ("sinh(1000)", "too large"),
    ("sqrt(10 ** 700)", "too large"),
    ("factorial(501)", "takes 0 to 500"),
    ("factorial(10 ** 9)", "takes 0 to 500"),
    ("factorial(-1)", "takes 0 to 500"),
    ("factorial(1.5)", "not a whole number"),
    ("comb(10 ** 9, 10 ** 8)", "more than 4,096 bits"),
    ("comb(10 ** 1000, 10 ** 999)", "more than 4,096 bits"),
    ("comb(4100, 2050)", "more than 4,096 bits"),
    ("comb(5, -1)", "no negative numbers"),
    ("lcm(2 ** 2000 + 1, 3 ** 1500, 5 ** 1000)", "more than 4,096 bits"),
    ("pow(9, 9 ** 9)", "more than 4,096 bits"),
    ("pow(2, 3, 5)", "cannot take 3 values"),
    ("sum(range(10 ** 9))", "more than 10,000 items"),
    ("mean([])", "A list has no mean"),
    ("median(5)", "The number 5 has no median"),
    ("mean(1, '2')", "not a number for mean"),
    ("2 * π", "'π' is not known"),
    ("sum(i ** 2 for i in range(10))", "'for' is not part"),
    ("secret.KEY", "Only numbers are known"),
    ("__import__('os')", "not allowed"),
    ("{{ 1 }}", "A set"),
]


@pytest.mark.parametrize(("source", "says"), BAD, ids=[source for source, _ in BAD])
def test_refuses(source: str, says: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        calculate(source)
    assert any(part in caught.value.message for part in says.split("|")), caught.value
    assert caught.value.hint


def test_the_hint_for_a_symbol() -> None:
    with pytest.raises(ExpressionError, match=r"Write pi\."):
        calculate("2 * π")
