"""Templates: what they render, what they refuse, and that a hole in a prompt is an error."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.errors import ExpressionError
from pointwork.expressions import Namespace, compile_template

NAMES: dict[str, Any] = {
    "topic": "Bees",
    "n": 3,
    "ratio": 2.50,
    "yes": True,
    "nothing": None,
    "item": {"name": "A", "tags": ["x", "ü"]},
    "items": [{"name": "a"}],
    "inputs": {"topic": "Bees", "title": "T"},
    "nodes": {"judge": {"output": "Good."}, "my-agent": {"output": "done"}},
}

RENDERED: list[tuple[str, str]] = [
    ("", ""),
    ("Just text.", "Just text."),
    ("About {{ topic }}.", "About Bees."),
    ("{{topic}}{{ topic }}", "BeesBees"),
    ("{{ inputs.topic }}: {{ nodes.judge.output }} {{ item.name }}", "Bees: Good. A"),
    ('{{ nodes["my-agent"].output }}', "done"),
    ("{{ upper(topic) }} {{ topic.lower() }}", "BEES bees"),
    ("{{ n + 1 }} {{ ratio }} {{ yes }} {{ 1e20 }} {{ 2 ** 70 }}", "4 2.5 true 1e+20 1180591620717411303424"),
    ("{{ item }}", '{"name":"A","tags":["x","ü"]}'),
    ("{{ items }} {{ [] }}", '[{"name":"a"}] []'),
    ("{{ items[0].name }}", "a"),
    ("{{ join(item.tags, ', ') }}", "x, ü"),
    ("{{ 'long' if n > 2 else 'short' }}", "long"),
    ('{{ default(missing, "none") }}', "none"),
    ("{{ default(missing.a.b[3], 'none') }}", "none"),
    ("{{ default(nothing, 'none') }}", "none"),
    ("{{ default(inputs.missing.lower(), topic) }}", "Bees"),
    ("{{ missing.default('x') }}", "x"),
    ("{{ get(inputs, 'missing', 'x') }}", "x"),
    ('{{ "{{" }} {{ "}}" }}', "{{ }}"),
    ("{{ {'a': {'b': n}} }}", '{"a":{"b":3}}'),
    ("{{ {'a': {'b': n}}['a']['b'] }}", "3"),
    ('{"a": {"b": {{ n }}}}', '{"a": {"b": 3}}'),
    ("{ topic } {topic} }} {", "{ topic } {topic} }} {"),
    ("{{\n  topic\n}}", "Bees"),
    ("ä {{ topic }} 😀", "ä Bees 😀"),
]


@pytest.mark.parametrize(("source", "expected"), RENDERED, ids=[source[:40] for source, _ in RENDERED])
def test_renders(source: str, expected: str) -> None:
    template = compile_template(source)
    assert template.render(NAMES) == expected
    assert template.source == source


VALUES: list[tuple[str, Any]] = [
    ("{{ items }}", [{"name": "a"}]),
    ("{{ item }}", NAMES["item"]),
    ("{{ n }}", 3),
    ("{{ n > 2 }}", True),
    ("{{ nothing }}", None),
    ("{{ topic }}", "Bees"),
    ("{{ items }} ", '[{"name":"a"}] '),  # not only a placeholder: text
    ("{{ n }}{{ n }}", "33"),
    ("text", "text"),
    ("", ""),
]


@pytest.mark.parametrize(("source", "expected"), VALUES)
def test_values(source: str, expected: Any) -> None:
    result = compile_template(source).value(NAMES)
    assert result == expected
    assert type(result) is type(expected)


def test_a_value_without_anything_to_guard_is_not_copied() -> None:
    assert compile_template("{{ items }}").value(NAMES) is NAMES["items"]


BAD: list[tuple[str, str, str]] = [
    # template, message, hint
    ("{{ topc }}", "There is no 'topc' (line 1, column 1", "Did you mean topic?"),
    ("{{ topc }}", "There is no 'topc'", 'default(topc, "…")'),
    ("{{ inputs.topc }}", "'inputs' has no 'topc'", "Did you mean inputs.topic? There are 'topic', 'title'."),
    ("{{ nodes.judge.otput }}", "'nodes.judge' has no 'otput'", "Did you mean nodes.judge.output? There is 'output'."),
    ("{{ nodes.my-agent.output }}", "'nodes' has no 'my'", 'Did you mean nodes["my-agent"]?'),
    ("{{ nodes['my-agnt'].output }}", "'nodes' has no 'my-agnt'", 'default(nodes["my-agnt"].output, "…")'),
    ("{{ nothing.x }}", "'nothing' is null, so it has no 'x'", "default(nothing.x"),
    ("{{ missing.x.y }}", "There is no 'missing'", "default(missing.x.y"),
    ("{{ items[3].name }}", "A list has nothing at the number 3", "default("),
    ("{{ items[0].nme }}", "An object has nothing at the text 'nme'", "Did you mean name?"),
    ("{{ first(items).nme }}", "An object has nothing at the text 'nme'", "Did you mean name?"),
    ("{{ item[topic] }}", "An object has nothing at the text 'Bees'", "There are 'name', 'tags'."),
    ("{{ null.x }}", "Null has nothing at the text 'x'", "default("),
    ("{{ topic.x }}", "The text 'Bees' has no field 'x'", "objects"),
    ("{{ upper(missing) }}", "There is no 'missing'", "default(missing"),
    ("{{ missing or 'x' }}", "There is no 'missing'", "default(missing"),
    ("{{ default(topic, missing) + missing }}", "There is no 'missing'", "default(missing"),
    ("{{ nothing }}!", "The value is null", "default("),
    ("a\nbc {{ nothing }}", "line 2, column 4", "default("),
    ("{{ 1 / 0 }}", "division by zero", "divisor"),
    ("{{ topic", "'{{' is never closed (line 1, column 1", '{{ "{{" }}'),
    ("a {{ topic }", "never closed (line 1, column 3", '{{ "{{" }}'),
    ("{{ 'a }}", "A text is not closed", "quotation mark"),
    ("{{ (topic }}", "'}' closes nothing", "brackets"),
    ("{{ '}}'", "never closed", '{{ "{{" }}'),
    ("{{}}", "is empty", "inputs.topic"),
    ("{{ }}", "is empty", "inputs.topic"),
    ("{{ {{ topic }} }}", "A set", "list"),
    ("{{{ topic }}}", "A set", "list"),
    ("x\n\n  {{ a && b }}", "'&&' is not known (line 3, column 8", "`and`"),
    ("x {{ foo(1) }}", "no function 'foo' (line 1, column 6", "floor()"),
    ("{{ a b }}", "cannot be read (line 1, column", "missing or too much"),
    ("{% if x %}{{ topic | upper }}", "'|' is not known", "upper(x)"),
    ("{{ topic # comment }}", "'#' is not known", "comments"),
    ('style={{color: "red"}}', "cannot be read", "operator"),
    ("{{ " + "1 + " * 600 + "1 }}", "longer than 2,000 characters", "Split"),
    ("{{ '" + "a" * 2_100 + "' }}", "longer than 2,000 characters", "Split"),
    ("{{ n }}" * 201, "More than 200 placeholders", "Split"),
    ("{{ " + "n + " * 300 + "n }}", "500 parts", "Split"),
    (("{{ '" + "n" * 1_900 + "' }}") * 11, "more than 20,000 characters", "Split"),
    ("a \ud800", "lone surrogate) (line 1, column 3", "Remove"),
    ("{{ '\ud800' }}", "surrogate|holds what is not text", ""),
    ("x" * 262_145, "262,145 characters", "inputs"),
    ("{{ big }}{{ big }}", "longer than 1 MiB", "shorter"),
    ("{{ wide }}", "longer than 1 MiB", "shorter"),
    ("{{ [big, big] }}", "longer than 1,048,576", "part"),
    ("{{ stranger }}", "type 'object' is not data", "JSON"),
    ("{{ [stranger] }}", "type 'object' is not data", "JSON"),
    ("{{ half }}", "lone surrogate", "Remove"),
]
MORE: dict[str, Any] = {"big": "a" * 600_000, "wide": "ä" * 600_000, "stranger": object(), "half": "\udc00"}


@pytest.mark.parametrize(("source", "says", "hint"), BAD, ids=[repr(source[:40]) for source, _, _ in BAD])
def test_refuses(source: str, says: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_template(source).render({**NAMES, **MORE})
    error = caught.value
    assert any(part in error.message for part in says.split("|")), error
    assert hint in error.hint, error
    assert error.hint
    str(error).encode()
    assert len(str(error)) < 1_000


@pytest.mark.parametrize("source", [None, 5, ["a"], {"$": 1}], ids=repr)
def test_a_template_that_is_not_text(source: Any) -> None:
    with pytest.raises(ExpressionError, match="has to be text"):
        compile_template(source)


def test_what_is_wrong_in_a_value_is_wrong_too() -> None:
    with pytest.raises(ExpressionError, match="There is no 'topc'"):
        compile_template("{{ topc }}").value(NAMES)


def test_names_and_whether_it_is_static() -> None:
    template = compile_template("{{ inputs.topic }} {{ default(n, item.name) }} {{secret.KEY}} {{ items[0] }}")
    assert template.names == {("inputs", "topic"), ("n",), ("item", "name"), ("items",)}
    assert not template.is_static
    for source in ("text", "", '{{ "{{" }}', "{{ 1 + 1 }}", "Bearer {{secret.KEY}}"):
        assert compile_template(source).is_static
        assert compile_template(source).names == frozenset()


def test_namespaces_are_asked_and_listed() -> None:
    names = {"nodes": Namespace({"writer": {"output": "text"}})}
    assert compile_template("{{ nodes.writer.output }}").render(names) == "text"
    with pytest.raises(ExpressionError, match=r"Did you mean nodes\.writer\?"):
        compile_template("{{ nodes.writr.output }}").render(names)
    with pytest.raises(ExpressionError, match="group of names is not a value"):
        compile_template("{{ nodes }}").render(names)


def test_many_and_long_names_are_shown_in_part() -> None:
    names = {f"name{n}": n for n in range(1_000)} | {"x" * 100_000: 1, 'a"b': 1, "\ud800": 1}
    with pytest.raises(ExpressionError, match="and 192 more") as caught:
        compile_template("{{ nam5 }}").render(names)
    assert "Did you mean name5?" in caught.value.hint
    with pytest.raises(ExpressionError) as caught:
        compile_template("{{ v." + "y" * 1_900 + " }}").render({"v": {'a"b': 1, "\ud800": 1, "y" * 100_000: 2}})
    str(caught.value).encode()
    assert len(str(caught.value)) < 2_500
    with pytest.raises(ExpressionError, match="There are no names here"):
        compile_template("{{ x }}").render({})


def test_compiled_once() -> None:
    assert compile_template("a {{ n }}") is compile_template("a {{ n }}")
    assert "_parts" not in repr(compile_template("a {{ n }}"))
