"""What expressions mean: one row is one promise of the language."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pointwork.errors import ExpressionError
from pointwork.expressions import FUNCTIONS, Namespace, compile_expression, evaluate

NAMES: dict[str, Any] = {
    "score": "8",  # answers of models are text
    "n": 3,
    "ratio": 0.5,
    "yes": True,
    "nothing": None,
    "word": "positive",
    "topic": "Bees",
    "größe": 5,
    "inputs": {"topic": "Bees", "from": "me", "1": "one", "class": {"in": 7}},
    "nodes": {"judge": {"output": "Good. Approved"}, "agent-1": {"output": {"x": [1, 2]}}},
    "items": [{"name": "a", "price": 2}, {"name": "b", "price": 1.5}],
    "numbers": [3, 1, 2],
    "words": ["b", "a", "b"],
    "value": "positive",
    "compare": "positive",
}

GOOD: list[tuple[str, Any]] = [
    # literals
    ("1", 1),
    ("1.5", 1.5),
    ("1_000", 1000),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("'a'", "a"),
    ('"a\'b"', "a'b"),
    (r"'a\n\t\\\'\x41\u00e9\U0001F600'", "a\n\t\\'Aé😀"),
    ("true", True),
    ("True", True),
    ("false", False),
    ("null", None),
    ("None", None),
    ("[]", []),
    ("[1, 'a', [null]]", [1, "a", [None]]),
    ("[(1, 2), 3]", [[1, 2], 3]),
    ("{}", {}),
    ("{'a': 1, topic: n}", {"a": 1, "Bees": 3}),
    ("  1 +\n\t1  ", 2),
    # arithmetic
    ("2 + 2 * 3", 8),
    ("(2 + 2) * 3", 12),
    ("10 / 4", 2.5),
    ("-7 // 2", -4),
    ("7 % 4", 3),
    ("7%4", 3),
    ("n %2", 1),
    ("2 ** 10", 1024),
    ("2 ** -1", 0.5),
    ("-2 ** 2", -4),
    ("--3", 3),
    ("+3", 3),
    ("1 ** 5000", 1),
    ("(-1) ** 5001", -1),
    ("+".join(["1"] * 240), 240),
    ("'a' + 'b'", "ab"),
    ("[1] + [2]", [1, 2]),
    ("'ab' * 2", "abab"),
    ("2 * [0]", [0, 0]),
    ("'ab' * -1", ""),
    # names and keys
    ("topic", "Bees"),
    ("größe + 1", 6),
    ("inputs.topic", "Bees"),
    ("inputs['topic']", "Bees"),
    ("inputs.from", "me"),
    ("'ä' + inputs.from", "äme"),
    ("inputs.class.in", 7),
    ("inputs . class . in + inputs.class.in", 14),
    ("inputs['1']", "one"),
    ('nodes["agent-1"].output.x[1]', 2),
    ("nodes[word + 'x'].output", None),
    ("items[0].name", "a"),
    ("items[-1].price", 1.5),
    ("items[n - 2]['name']", "b"),
    ("first(items).name", "a"),
    ("[inputs][0].topic", "Bees"),
    ("{'a': {'b': 1}}.a.b", 1),
    ("topic[0]", "B"),
    ("topic[1:3]", "ee"),
    ("topic[::-1]", "seeB"),
    ("numbers[1:]", [1, 2]),
    ("numbers[:-1]", [3, 1]),
    ("numbers[10:]", []),
    # missing is null
    ("missing", None),
    ("missing.key.other", None),
    ("inputs.missing", None),
    ("inputs.missing.other", None),
    ("nodes.missing.output", None),
    ("nothing.x", None),
    ("null.x", None),
    ("items[9]", None),
    ("items[9].name", None),
    ("items[missing]", None),
    ("missing[0]", None),
    ("missing[1:]", None),
    ("lower(missing)", None),
    ("missing.lower().strip()", None),
    ("len(missing) > 3", False),
    ("default(missing, 'x')", "x"),
    ("default(nothing, 'x')", "x"),
    ("default(false, 'x')", False),
    ("default(n, 1 / 0)", 3),
    ("inputs.missing.default('x')", "x"),
    ("get(inputs, 'topic')", "Bees"),
    ("get(inputs, 'missing', 1)", 1),
    ("get(missing, 'missing', 1)", 1),
    ("numbers.get(9, 0)", 0),
    # comparing
    ("1 == 1.0", True),
    ("1 != 2", True),
    ("'a' < 'b'", True),
    ("1 < 2 < 3", True),
    ("1 < 2 > 3", False),
    ("1 < 3 > 2 != 5", True),
    ("null == null", True),
    ("null != 3", True),
    ("null == false", False),
    ("null < 3", False),
    ("null >= null", False),
    ("3 > missing", False),
    ("true == 1", False),
    ("false == 0", False),
    ("true == true", True),
    ("missing is null", True),
    ("n is not None", True),
    ("yes is true", True),
    ("n is false", False),
    ("score > 7", True),
    ("7 < score", True),
    ("score == 8", True),
    ("score <= 8.0", True),
    ("' 8.50 ' == 8.5", True),
    ("'-1e3' < 0", True),
    ("'8' < '10'", False),
    ("'good' == 8", False),
    ("'1e999' == 8", False),
    ("'inf' == 8", False),
    ("'' == 0", False),
    ("'١' == 1", False),
    ("[1, 2] == [1, 2.0]", True),
    ("[1] == [1, 2]", False),
    ("[1] == {'a': 1}", False),
    ("{'a': [1]} == {'a': [1]}", True),
    ("{'a': 1} == {'b': 1}", False),
    ("inputs == inputs", True),
    # in
    ("'App' in nodes.judge.output", True),
    ("'x' not in topic", True),
    ("2 in numbers", True),
    ("'2' in numbers", True),
    ("null in [null]", True),
    ("'topic' in inputs", True),
    ("'x' in missing", False),
    ("'x' not in missing", True),
    ("missing in topic", False),
    # logic
    ("n and topic", "Bees"),
    ("missing or 'x'", "x"),
    ("n > 1 and n < 3 or yes", True),
    ("not n", False),
    ("not missing", True),
    ("false and 1 / 0", False),
    ("1 or 1 / 0", 1),
    ("'a' if n > 2 else 'b'", "a"),
    ("1 / 0 if missing else 'b'", "b"),
    # texts
    ("nodes.judge.output.lower()", "good. approved"),
    ("upper(topic)", "BEES"),
    ("title('two words')", "Two Words"),
    ("strip('  a ')", "a"),
    ("'--a-'.strip('-')", "a"),
    ("split('a, b')", ["a,", "b"]),
    ("'a,b'.split(',')", ["a", "b"]),
    ("split('a, b', ',')[1].strip()", "b"),
    ("join(words, '-')", "b-a-b"),
    ("', '.join(words)", "b, a, b"),
    ("join([1, true, 2.5, [1]], ' ')", "1 true 2.5 [1]"),
    ("join([], 'x')", ""),
    ("replace('a.b.c', '.', '')", "abc"),
    ("topic.startswith('B')", True),
    ("endswith(topic, 'x')", False),
    ("contains(topic, 'ee')", True),
    ("contains(numbers, 3)", True),
    # lists and objects
    ("len(topic) + len(numbers) + len(inputs)", 11),
    ("first(numbers)", 3),
    ("last('abc')", "c"),
    ("first([])", None),
    ("keys(inputs.class)", ["in"]),
    ("values(inputs.class)", [7]),
    ("sum(numbers)", 6),
    ("sum([])", 0),
    ("any([0, '', 1])", True),
    ("all([0, 1])", False),
    ("min(numbers)", 1),
    ("max(1, 2.5, '9')", "9"),
    ("max('a', 'b')", "b"),
    ("min([])", None),
    ("sorted(numbers)", [1, 2, 3]),
    ("sorted(words)", ["a", "b", "b"]),
    ("sorted(['10', 9])", [9, "10"]),
    ("reverse(numbers)", [2, 1, 3]),
    ("reverse('ab')", "ba"),
    ("unique(words)", ["b", "a"]),
    ("unique([1, 1.0, true, '1', [1], [1]])", [1, True, "1", [1]]),
    ("range(3)", [0, 1, 2]),
    ("range(1, 4)", [1, 2, 3]),
    ("range(10, 0, -3)", [10, 7, 4, 1]),
    ("range(5, 1)", []),
    # numbers
    ("int('3.7')", 3),
    ("int(-3.7)", -3),
    ("int('9007199254740993')", 9007199254740993),
    ("int(true)", 1),
    ("float('3.5')", 3.5),
    ("float(score) * 2", 16.0),
    ("float(false)", 0.0),
    ("round(2.567, 2)", 2.57),
    ("round(2.5)", 2),
    ("round(1234, -2)", 1200),
    ("round(1e308, -400)", 0.0),
    ("abs(-3)", 3),
    ("floor(-1.5)", -2),
    ("ceil(1.2)", 2),
    # conversions
    ("str(n) + str(ratio) + str(yes) + str(nothing)", "30.5truenull"),
    ("str({'a': [1, 'é']})", '{"a":[1,"é"]}'),
    ("str('a')", "a"),
    ("json('a\"b')", r'"a\"b"'),
    ("json(numbers)", "[3,1,2]"),
    ("json(null)", "null"),
    ("parse_json('{\"a\": [1, 2.5, true, null]}').a", [1, 2.5, True, None]),
    ("bool('false')", False),
    ("bool(' False ')", False),
    ("bool('no')", True),
    ("bool([])", False),
    ("bool(missing)", False),
    # conditions of the first version: value, compare, str, int, float, len
    ("value == compare", True),
    ("str(value).lower() == 'positive' and len(value) > 3", True),
    ("int('8') >= 7 and float('0.5') < 1", True),
]


@pytest.mark.parametrize(("source", "expected"), GOOD, ids=[source[:40] for source, _ in GOOD])
def test_means(source: str, expected: Any) -> None:
    result = evaluate(source, NAMES)
    assert result == expected
    assert type(result) is type(expected)  # 1 is not 1.0, and neither is true


PATHS: list[tuple[str, set[tuple[str, ...]]]] = [
    ("1 + 1", set()),
    ("true and null", set()),
    ("score > 7", {("score",)}),
    ("nodes.judge.output == inputs.topic", {("nodes", "judge", "output"), ("inputs", "topic")}),
    ('nodes["agent-1"].output', {("nodes", "agent-1", "output")}),
    ("item.from.in", {("item", "from", "in")}),
    ("nodes[which].output", {("nodes",), ("which",)}),  # a computed key cuts the path
    ("items[0].name", {("items",)}),
    ("items[a.b:].x", {("items",), ("a", "b")}),
    ("topic.lower()", {("topic",)}),  # a function is no key
    ("first(nodes.a.items).name", {("nodes", "a", "items")}),
    ("default(a.b, c)", {("a", "b"), ("c",)}),
    ("x if y else z", {("x",), ("y",), ("z",)}),
    ("{'a': b}", {("b",)}),
]


@pytest.mark.parametrize(("source", "expected"), PATHS)
def test_paths_that_are_read(source: str, expected: set[tuple[str, ...]]) -> None:
    assert compile_expression(source).names == expected


class Recorded(Mapping[str, Any]):
    """A mapping that notes what it is asked for."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.asked: list[str] = []

    def __getitem__(self, key: str) -> Any:
        self.asked.append(key)
        return self.names[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def test_only_what_is_needed_is_asked_for() -> None:
    names = Recorded({"a": 1, "b": 2, "c": 3})
    assert evaluate("a or b", names) == 1
    assert names.asked == ["a"]


def test_a_namespace_is_asked_for_keys_and_is_no_value() -> None:
    nodes = Recorded({"writer": {"output": "text"}, "other": 1})
    names = {"nodes": Namespace(nodes)}
    assert evaluate("nodes.writer.output + nodes['writer']['output']", names) == "texttext"
    assert evaluate("nodes[name].output", {**names, "name": "writer"}) == "text"
    assert evaluate("nodes.missing.output == null and 'other' in nodes", names) is True
    assert set(nodes.asked) == {"writer", "missing", "other"}
    for source in ("nodes", "[nodes]", "nodes + 1", "len(nodes)", "str(nodes)", "nodes < 1", "keys(nodes)", "nodes[0]"):
        with pytest.raises(ExpressionError, match="roup of names"):
            evaluate(source, names)
    assert evaluate("nodes == nodes", names) is False


def test_long_answers_of_models_can_be_worked_with() -> None:
    long = " Word" * 50_000
    assert evaluate("len(strip(lower(text)) + text)", {"text": long}) == 2 * len(long) - 1
    assert evaluate("'Word' in text and text.endswith('Word')", {"text": long}) is True
    assert evaluate("rows[1:3]", {"rows": list(range(50_000))}) == [1, 2]
    assert evaluate("sum(rows)", {"rows": list(range(50_000))}) == sum(range(50_000))
    assert evaluate("rows", {"rows": list(range(50_000))}) == list(range(50_000))


def test_compiled_once_and_equal_by_source() -> None:
    first = compile_expression("a + 1")
    assert compile_expression("a + 1") is first
    assert first.source == "a + 1"
    assert "_step" not in repr(first)
    with pytest.raises(AttributeError):
        first.source = "b"  # type: ignore[misc]


def test_every_function_is_described_by_its_signature() -> None:
    assert len(FUNCTIONS) > 30
    for name, function in FUNCTIONS.items():
        assert function.name == name
        assert function.text.startswith(f"{name}(")
        assert function.text.endswith(".")
        assert 1 <= function.least <= function.most


def test_no_number_is_lost_on_the_way() -> None:
    assert evaluate("x", {"x": 2**4095}) == 2**4095
    assert math.isclose(evaluate("0.1 + 0.2", {}), 0.3)
    assert len(evaluate("str(x)", {"x": 2**4095})) == 1233
