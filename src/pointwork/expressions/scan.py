"""Reads the characters of an expression before Python's parser sees them.

Rule of this file: only what is listed here reaches the parser. That keeps the grammar small (no lambda, no
comprehension, no f-string, no walrus), gives spellings of other languages a hint instead of a guess, and finds the
end of a `{{ … }}` although texts and objects inside may contain braces. Positions are characters of the whole text.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from unicodedata import normalize

__all__ = ["MAX_DEPTH", "MAX_SOURCE", "Fault", "Scanned", "hint_for_words", "scan"]

MAX_SOURCE = 2_000  # characters; the longest sensible condition seen has about 300
MAX_DEPTH = 50  # brackets and operators inside each other


class Fault(Exception):
    """Something is wrong with an expression; the doors of this package turn it into an ExpressionError."""

    def __init__(self, message: str, hint: str = "", *, at: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at


@dataclass(frozen=True, slots=True)
class Scanned:
    """One expression, ready for the parser.

    `code` has the length of what was written; fields named like a Python keyword are masked in it, `fields` has
    their names by the position of their end in `code`.
    """

    code: str
    start: int
    end: int
    fields: dict[int, str]
    words: tuple[str, ...]


_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<number>(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[^\W\d]\w*)
    | (?P<text>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<foreign>===|!==|&&|\|\||<>|=>|=<|:=|\?\?|\?\.|<<|>>|\.\.\.?)
    | (?P<operator>\*\*|//|==|!=|<=|>=|[-+*/%<>()\[\]{},:.])
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_KNOWN_ESCAPES = frozenset("\\'\"ntruxU")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_WORDS_OF_THE_LANGUAGE = frozenset({"and", "or", "not", "in", "is", "if", "else", "True", "False", "None"})

_INSTEAD = {
    "===": "write == to compare",
    "!==": "write != to compare",
    "&&": "write `and`",
    "||": "write `or`",
    "<>": "write !=",
    "=>": "write >=",
    "=<": "write <=",
    ":=": "an expression cannot assign; write == to compare",
    "??": "write default(x, y)",
    "?.": "write a plain dot: a field of null is null",
    "<<": "write x * 2 ** n",
    ">>": "write x // 2 ** n",
    "^": "write ** for powers",
    "=": "write == to compare",
    "!": "write `not`; a factorial is factorial(n)",
    "&": "write `and`",
    "|": "write `or`; what is a filter elsewhere is a function here: upper(x)",
    "~": "write `not`",
    "?": "write `a if condition else b`",
    "@": "write * to multiply",
    ";": "write one expression only",
    "#": "an expression has no comments",
    "$": "names and amounts are written without $",
    "€": "amounts are written without a currency",
    "£": "amounts are written without a currency",
    "`": "write texts in ' or \"",
    "\\": "write the expression without backslashes outside of texts",
    "×": "write * to multiply",
    "·": "write * to multiply",
    "⋅": "write * to multiply",
    "∗": "write * to multiply",
    "÷": "write / to divide",
    "∕": "write / to divide",
    "⁄": "write / to divide",
    "−": "write the ordinary minus -",
    "–": "write the ordinary minus -",
    "—": "write the ordinary minus -",
    "‐": "write the ordinary minus -",
    "‑": "write the ordinary minus -",
    "﹣": "write the ordinary minus -",
    "－": "write the ordinary minus -",
    "＋": "write the ordinary plus +",
    "²": "write ** 2",
    "³": "write ** 3",
    "½": "write 1 / 2",
    "√": "write sqrt(x) or x ** 0.5",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "∞": "there is no infinite number here",
    "“": "write texts in ' or \"",
    "”": "write texts in ' or \"",
    "„": "write texts in ' or \"",
    "‘": "write texts in ' or \"",
    "’": "write texts in ' or \"",
    "«": "write texts in ' or \"",
    "»": "write texts in ' or \"",
    '"': "close the text with the same quotation mark",
    "'": "close the text with the same quotation mark",
    "\u00a0": "replace the no-break space by an ordinary one",
    "\x00": "remove the NUL character",
}

_INSTEAD_OF_WORDS = {
    "AND": "write `and` in small letters",
    "OR": "write `or` in small letters",
    "NOT": "write `not` in small letters",
    "IN": "write `in` in small letters",
    "IS": "write `is` in small letters",
    "IF": "write `a if condition else b`",
    "then": "write `a if condition else b`",
    "of": "write 15% of 20 as 15 / 100 * 20",
    "percent": "write 15 percent as 15 / 100",
    "xor": "write (a or b) and not (a and b)",
    "mod": "write a % b for the remainder",
    "div": "write a // b",
    "plus": "write + - * / ** for the operations",
    "minus": "write + - * / ** for the operations",
    "times": "write + - * / ** for the operations",
    "divided": "write + - * / ** for the operations",
    "squared": "write ** 2",
    "if": "write `a if condition else b`",
    "π": "write pi",
}


def scan(text: str, start: int = 0, *, until_braces: bool = False) -> Scanned:
    """Check one expression in `text` from `start` on, to the end of the text or to the `}}` that closes it."""
    position = start
    pieces: list[str] = []
    fields: dict[int, str] = {}
    words: list[str] = []
    brackets: list[str] = []
    before = ""  # the token before, spaces left out
    while position < len(text):
        if until_braces and not brackets and text.startswith("}}", position):
            break
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unknown(text[position], position)
        kind, token, end = match.lastgroup, match.group(), match.end()
        if end - start > MAX_SOURCE:
            raise Fault(f"The expression is longer than {MAX_SOURCE:,} characters", "Split it into several.", at=start)
        if kind == "space":
            pieces.append(" " * len(token))
            position = end
            continue
        shown = token
        if kind == "foreign":
            raise Fault(f"{token!r} is not known", _hint(token), at=position)
        if kind == "name":
            shown = _check_name(token, before, position)
            if shown != token:
                fields[end - start] = token
            words.append(token)
        elif kind == "number":
            _check_number(text, token, before, position, end)
        elif kind == "text":
            _check_text(text, token, before, position)
        elif token == "%":
            _check_percent(text, position)
        else:
            _check_bracket(token, brackets, position)
        pieces.append(shown)
        before = token
        position = end
    if brackets:
        raise Fault(f"A closing {brackets[-1]!r} is missing", "Close every bracket.", at=max(start, position - 1))
    if not before:
        raise Fault("The expression is empty", "Write a name, for example inputs.topic, or a calculation.", at=start)
    return Scanned("".join(pieces), start, position, fields, tuple(words))


def hint_for_words(words: tuple[str, ...]) -> str:
    """What to write instead, when a word of another language is among `words`."""
    for word in words:
        if word in _INSTEAD_OF_WORDS:
            return _sentence(_INSTEAD_OF_WORDS[word])
    return ""


def _unknown(character: str, at: int) -> Fault:
    if character.isdigit() and character not in _INSTEAD:
        return Fault(f"The digit {character!r} is not known", "Write the digits 0 to 9.", at=at)
    if character in "\"'":
        return Fault("A text is not closed", _hint(character), at=at)
    return Fault(f"The character {character!r} is not known", _hint(character), at=at)


def _hint(spelling: str) -> str:
    return _sentence(_INSTEAD.get(spelling, ""))


def _sentence(hint: str) -> str:
    return hint[:1].upper() + hint[1:] + "." if hint else ""


def _check_name(token: str, before: str, at: int) -> str:
    """The name as the parser may see it: a field called like a keyword is masked, it is only a key."""
    if not token.isidentifier():
        odd = next((n for n, character in enumerate(token) if not ("a" + character).isidentifier()), 0)
        raise _unknown(token[odd], at + odd)
    if normalize("NFKC", token) != token:
        hint = f"Write {normalize('NFKC', token)!r}, or the key in brackets."
        raise Fault(f"The name {token!r} is written with look-alike characters", hint, at=at)
    if token.startswith("__") and token.endswith("__"):
        raise Fault(f"The name {token!r} is not allowed", "Names of Python's internals mean nothing here.", at=at)
    if not keyword.iskeyword(token):
        return token
    if before == ".":
        return "_" * len(token)
    if token not in _WORDS_OF_THE_LANGUAGE:
        hint = "An expression computes one value from names, operators and the listed functions."
        raise Fault(f"{token!r} is not part of the expression language", hint, at=at)
    return token


def _check_number(text: str, token: str, before: str, at: int, end: int) -> None:
    if token.startswith(".") and (before in (")", "]") or before.isidentifier()):
        hint = f'Write the key in brackets: ["{token[1:]}"].'
        raise Fault(f"{token!r} cannot follow {before!r}", hint, at=at)
    if re.match(r"0[0-9]", token):
        hint = "Numbers do not begin with 0, and thousands are written without a comma: 1000."
        raise Fault(f"The number {token!r} is not clear", hint, at=at)
    following = text[end : end + 1]
    if (following.isidentifier() or following.isdigit()) and following not in _INSTEAD:
        hint = f"Write {token} * {following}… to multiply."
        if token.endswith("."):
            hint = 'A key with a dash or a digit in front is written in brackets: nodes["agent-1"].output.'
        raise Fault(f"A number cannot run into {following!r}", hint, at=end)


def _check_text(text: str, token: str, before: str, at: int) -> None:
    if at and (text[at - 1].isalnum() or text[at - 1] == "_"):
        hint = "Write the text without a letter in front, and join texts with +."
        raise Fault("A text cannot have a prefix", hint, at=at)
    if before[:1] in ("'", '"'):
        raise Fault("Two texts stand side by side", "Put a comma or + between them.", at=at)
    for escape in _ESCAPE.finditer(token):
        if escape.group(1) not in _KNOWN_ESCAPES:
            hint = r"Write \\ for a backslash; \n, \t, \" and \' are known too."
            raise Fault(f"{escape.group()!r} is not known in a text", hint, at=at + escape.start())


def _check_percent(text: str, at: int) -> None:
    """`15 % 4` and `15%4` are remainders; `15% of 20`, `20%` and `15% - 3` look like percentages."""
    attached = at > 0 and not text[at - 1].isspace()
    loose = text[at + 1 : at + 2] in ("", " ", "\t", "\n", "\r", ")", ",", "}")
    if attached and loose:
        hint = "Write 15% as 15 / 100; a remainder is written 15 % 4, with spaces on both sides."
        raise Fault("'%' is not clear", hint, at=at)


def _check_bracket(token: str, brackets: list[str], at: int) -> None:
    if token in _PAIRS:
        brackets.append(_PAIRS[token])
        if len(brackets) > MAX_DEPTH:
            raise Fault(f"More than {MAX_DEPTH} brackets inside each other", "Split the expression.", at=at)
    elif token in (")", "]", "}") and (not brackets or brackets.pop() != token):
        raise Fault(f"{token!r} closes nothing", "Check the brackets.", at=at)
