"""Finds arithmetic in a text: formulas, in signs or in words, and questions about many numbers.

`find_tasks("What is 15 times 23 plus 17?")` gives one task with the formula `15 * 23 + 17`. Nothing is computed here.
A text is only read as a question when it asks ("what is", "calculate", …) or when there is little else in it, so that
dates, ranges and figures in prose are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Task", "find_tasks"]

MAX_READ = 4_000  # characters of a text that are looked at
MAX_TASKS = 8
MAX_DEPTH = 40  # brackets within brackets
MAX_TERMS = 60  # of a sum that is written out
FEW_WORDS = 3  # beside a formula; more are prose

ASKS = re.compile(
    r"\b(?:what(?:'s|\s+is|\s+are|\s+do|\s+does)|calculate|compute|evaluate|solve|work\s+out|how\s+(?:much|many)"
    r"|result\s+of|value\s+of|tell\s+me)\b|=\s*\??\s*$"
)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to compute: a formula for a calculator, Python code, or both. `label` is what was asked."""

    label: str
    expression: str | None
    code: str


def find_tasks(text: str) -> list[Task]:
    """What the text asks to compute, in its order; empty when it asks nothing of the kind."""
    lowered = text[:MAX_READ].lower()
    found: list[tuple[int, Task]] = []
    taken: list[tuple[int, int]] = []
    for pattern, make in QUESTIONS:
        for hit in pattern.finditer(lowered):
            if not any(start < hit.end() and hit.start() < end for start, end in taken):
                taken.append(hit.span())
                found.append((hit.start(), make(hit)))
    return [task for _, task in sorted(found, key=lambda item: item[0])][:MAX_TASKS] or _formulas(lowered)[:MAX_TASKS]


# -- questions about many numbers --------------------------------------------------------------------------------------

FOLD = r"(?:the\s+)?\b(?P<fold>sum|total|product|average|mean)\s+of\s+(?:(?:the|all)\s+)*"
SERIES = re.compile(
    FOLD + r"(?:(?P<each>squares?|cubes?)(?:\s+of)?\s+)?(?:(?:the|all)\s+)*(?:(?P<only>even|odd|prime)\s+)?"
    r"(?:(?:natural\s+|whole\s+)?(?:numbers?|integers?|values?)\s+)?(?:from\s+|between\s+)?"
    r"(?P<low>\d{1,6})\s*(?:to|and|through|up\s+to|[-–]|\.\.+)\s*(?P<high>\d{1,6})\b(?!\s*,)"
)
LISTED = re.compile(
    FOLD + r"(?:numbers?\s+)?(?P<items>-?\d+(?:\.\d+)?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)-?\d+(?:\.\d+)?)+)"
)
PRIMES = re.compile(r"(?:the\s+)?\bprimes?(?:\s+numbers?)?\s+(?:up\s+to|to|below|under)\s+(?P<high>\d{1,5})\b")
IS_PRIME = "all(n % d for d in range(2, int(n ** 0.5) + 1))"


def _series(hit: re.Match[str]) -> Task:
    fold, only = hit["fold"], hit["only"]
    low, high = sorted((int(hit["low"]), int(hit["high"])))
    power = {"s": 2, "c": 3}.get((hit["each"] or " ")[0], 1)
    keep = {"even": " if n % 2 == 0", "odd": " if n % 2 == 1", "prime": f" if n > 1 and {IS_PRIME}"}.get(only or "", "")
    term = "n" if power == 1 else f"n ** {power}"
    code = _code(fold, f"[{term} for n in range({low}, {high + 1}){keep}]")
    return Task(_label(hit), _written_out(fold, only, range(low, high + 1), power), code)


def _written_out(fold: str, only: str | None, numbers: range, power: int) -> str | None:
    """The same as a formula, where a short one says it."""
    if only == "prime":
        return None
    if only is not None:
        odd = only == "odd"
        numbers = range(numbers.start + (numbers.start % 2 != odd), numbers.stop, 2)
    if 0 < len(numbers) <= MAX_TERMS:
        return _formula(fold, [str(n) if power == 1 else f"{n}**{power}" for n in numbers])
    if power > 1 or fold == "product" or not numbers:
        return None
    ends = f"({numbers[0]} + {numbers[-1]})"  # of evenly spaced numbers
    return f"{ends} / 2" if fold in ("average", "mean") else f"{ends} * {len(numbers)} // 2"


def _listed(hit: re.Match[str]) -> Task:
    items = [_plain(item) for item in re.findall(r"-?\d+(?:\.\d+)?", hit["items"])]
    return Task(_label(hit), _formula(hit["fold"], items), _code(hit["fold"], f"[{', '.join(items)}]"))


def _plain(number: str) -> str:
    """Without leading zeros, which mean something else to Python and to the calculator.

    >>> _plain("007"), _plain("-00.5"), _plain("000")
    ('7', '-0.5', '0')
    """
    return re.sub(r"^(-?)0+(?=\d)", r"\1", number)


def _primes(hit: re.Match[str]) -> Task:
    return Task(_label(hit), None, f"result = [n for n in range(2, {int(hit['high']) + 1}) if {IS_PRIME}]")


def _formula(fold: str, terms: list[str]) -> str:
    if fold == "product":
        return " * ".join(terms)
    added = " + ".join(terms)
    return f"({added}) / {len(terms)}" if fold in ("average", "mean") else added


def _code(fold: str, numbers: str) -> str:
    match fold:
        case "product":
            return f"import math\nresult = math.prod({numbers})"
        case "average" | "mean":
            return f"numbers = {numbers}\nresult = sum(numbers) / len(numbers)"
        case _:
            return f"result = sum({numbers})"


def _label(hit: re.Match[str]) -> str:
    asked = " ".join(hit[0].split())
    return asked if asked.startswith("the ") else f"the {asked}"


QUESTIONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Task]], ...] = (
    (SERIES, _series),
    (LISTED, _listed),
    (PRIMES, _primes),
)

# -- formulas ----------------------------------------------------------------------------------------------------------

# Figures with signs between them that are no formulas: dates, times, versions.
NOT_FORMULAS = r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}|\d+(?::\d+)+|\d+(?:\.\d+){2,}"
SIGNS = {
    "*": r"[*×·]|\b(?:times|multiplied\s+by)\b|(?<=[\d\s])x(?=\s*\d)",
    "/": r"[/÷]|\bdivided\s+by\b",
    "//": r"//",
    "**": r"\*\*|\^|\b(?:raised\s+)?to\s+the\s+power\s+of\b",
    "+": r"\+|\bplus\b",
    "-": r"[-−–]|\bminus\b",
    "%": r"%|\bmod(?:ulo)?\b",
    "(": r"\(",
    ")": r"\)",
    "** 2": r"²|\bsquared\b",
    "** 3": r"³|\bcubed\b",
    "/ 100 *": r"(?:\bpercent|%)\s+of\b",
    "sqrt": r"(?:\bthe\s+)?\bsquare\s+root\s+of\b|\bsqrt\b",
}
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: value for value, word in enumerate(UNITS.split())}
WORDS |= {word: 10 * value for value, word in enumerate(TENS.split(), 2)} | {"hundred": 100, "thousand": 1_000}
# The longest spelling of a sign first, so that `**` is not read as two.
_BY_LENGTH = sorted(SIGNS, key=lambda sign: sign not in ("/ 100 *", "**", "//"))
TOKEN = re.compile(
    f"(?P<none>{NOT_FORMULAS})|(?P<number>{NUMBER})|"
    + "|".join(f"(?P<s{list(SIGNS).index(sign)}>{SIGNS[sign]})" for sign in _BY_LENGTH)
    + r"|(?P<word>[^\W\d_]+)|(?P<other>\S)"
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "number", "none", or a sign
    text: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for hit in TOKEN.finditer(text):
        kind = hit.lastgroup or "none"
        if kind == "word" and hit[0] in WORDS:
            token = _Token("number", str(WORDS[hit[0]]), *hit.span())
        elif kind == "number":
            token = _Token(kind, _plain(hit[0].replace(",", "")), *hit.span())
        elif kind[1:].isdigit():
            sign = list(SIGNS)[int(kind[1:])]
            token = _Token(sign, sign, *hit.span())
        else:
            token = _Token("none", hit[0], *hit.span())
        tokens.append(token)
    return [*tokens, _Token("none", "", len(text), len(text))]


class _Reader:
    """Reads the longest formula from a place on; where it does not go on, it stops before what does not belong."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def chain(self, signs: tuple[str, ...], operand: Callable[[], str | None]) -> str | None:
        left = operand()
        while left is not None and (sign := self.tokens[self.at].kind) in signs:
            back, self.at = self.at, self.at + 1
            right = operand()
            if right is None:
                self.at = back
                break
            left = f"{left} {sign} {right}"
        return left

    def sum(self) -> str | None:
        return self.chain(("+", "-"), self.product)

    def product(self) -> str | None:
        return self.chain(("*", "/", "//", "%", "/ 100 *"), self.signed)

    def signed(self) -> str | None:
        if self.tokens[self.at].kind != "-":
            return self.power()
        self.at += 1
        value = self.power()
        return None if value is None else f"-{value}"

    def power(self) -> str | None:
        value = self.chain(("**",), self.atom)
        while value is not None and self.tokens[self.at].kind in ("** 2", "** 3"):
            value = f"{value} {self.tokens[self.at].text}"
            self.at += 1
        return value

    def atom(self) -> str | None:
        token, back = self.tokens[self.at], self.at
        self.at += 1
        if token.kind == "number":
            return token.text
        if token.kind == "sqrt" and self.depth < MAX_DEPTH:
            self.depth += 1
            value = self.atom()
            self.depth -= 1
            if value is not None:
                return f"sqrt{value}" if value.startswith("(") else f"sqrt({value})"
        if token.kind == "(" and self.depth < MAX_DEPTH:
            self.depth += 1
            value = self.sum()
            self.depth -= 1
            if value is not None and self.tokens[self.at].kind == ")":
                self.at += 1
                return f"({value})"
        self.at = back
        return None


def _formulas(text: str) -> list[Task]:
    tokens = _tokens(text)
    reader = _Reader(tokens)
    tasks: list[Task] = []
    words = sum(token.kind == "none" and token.text.isalpha() for token in tokens)
    while reader.at < len(tokens) - 1:
        start = reader.at
        formula = reader.sum()
        if formula is None:
            reader.at = start + 1
        # More than a number, and asked: "2 + 2 = 4" is told.
        elif re.search(r"[^\d.()\s-]|\S -", formula) and not re.match(
            r"\s*=\s*-?\d", text[tokens[reader.at - 1].end :]
        ):
            head = "from math import sqrt\n" if "sqrt" in formula else ""
            tasks.append(Task(formula, formula, f"{head}result = {formula}"))
    return tasks if ASKS.search(text) or words <= FEW_WORDS else []
