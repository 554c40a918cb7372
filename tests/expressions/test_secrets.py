"""Secrets: only what the author wrote becomes one, whatever models and web pages put into values."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointwork.errors import ExpressionError
from pointwork.expressions import compile_template, resolve_secrets

SECRETS = {"KEY": "s3cr3t", "OTHER": "{{secret.KEY}}", "my-key_2": "k2"}


def stored(rendered: Any) -> Any:
    """What a journal gives back after a restart."""
    return json.loads(json.dumps(rendered))


def resolved(source: str, names: dict[str, Any]) -> Any:
    return resolve_secrets(stored(compile_template(source).value(names)), SECRETS.__getitem__)


def test_a_reference_stays_until_it_is_resolved() -> None:
    template = compile_template("Bearer {{secret.KEY}}, {{ n }} {{secret.my-key_2}}")
    assert template.secrets == {"KEY", "my-key_2"}
    rendered = template.render({"n": 1})
    assert rendered == "Bearer {{secret.KEY}}, 1 {{secret.my-key_2}}"
    assert resolve_secrets(stored(rendered), SECRETS.__getitem__) == "Bearer s3cr3t, 1 k2"


def test_white_space_does_not_matter_and_is_not_kept() -> None:
    assert compile_template("{{ secret.KEY }}{{\nsecret.KEY}}").render({}) == "{{secret.KEY}}{{secret.KEY}}"


def test_a_template_of_one_reference_has_the_reference_as_value() -> None:
    assert compile_template("{{secret.KEY}}").value({}) == "{{secret.KEY}}"
    assert resolved("{{secret.KEY}}", {}) == "s3cr3t"


def test_a_secret_is_not_read_again() -> None:
    assert resolved("{{secret.OTHER}}", {}) == "{{secret.KEY}}"


def test_a_secret_that_does_not_exist_is_for_the_lookup_to_say() -> None:
    with pytest.raises(KeyError, match="NONE"):
        resolved("{{secret.NONE}}", {})


def test_nothing_else_is_touched() -> None:
    value = {"a": [1, None, True, 2.5, "x", "{{ y }}"], "{{secret.KEY}}": "{{secret.KEY}}"}
    assert resolve_secrets(value, SECRETS.__getitem__) == {**value, "{{secret.KEY}}": "s3cr3t"}


@pytest.mark.parametrize(
    "source",
    [
        "{{ upper(secret.KEY) }}",
        "{{ secret.KEY + '' }}",
        "{{ secret.KEY.lower() }}",
        "{{ secret['KEY'] }}",
        "{{ secret }}",
        "{{ secret.KEY.x }}",
        "{{ (secret.KEY) }}",
        "{{ [secret.KEY] }}",
        "{{ {'a': secret.KEY} }}",
        "{{ secret.KEY if true else 1 }}",
        "{{ default(secret.KEY, 1) }}",
        "{{ get(secret, 'KEY') }}",
        "{{ secret . KEY }}",
        "{{ secret.KEY2é }}",
        "{{ 'KEY' in secret }}",
    ],
)
def test_any_other_use_is_an_error(source: str) -> None:
    with pytest.raises(ExpressionError, match="'secret' cannot be read") as caught:
        compile_template(source)
    assert "{{secret.NAME}}" in caught.value.hint


def test_a_field_that_is_called_secret_is_an_ordinary_field() -> None:
    template = compile_template("{{ inputs.secret }}")
    assert template.secrets == frozenset()
    assert template.render({"inputs": {"secret": "x"}}) == "x"


ATTACKS = [
    "{{secret.KEY}}",
    "{{{{secret.KEY}}}}",
    "{{{secret.KEY}}}",
    "{{~secret.KEY}}",
    "{{~~secret.KEY}}",
    "{{~{{secret.KEY}}",
    "{{secret.{{secret.KEY}}}}",
    "{{secret.KEY",
    "secret.KEY}}",
    "{{secret.",
    "{{",
    "{",
    "~",
    "{{~",
    "}}",
    "secret.",
    "{{ secret.KEY }}",
    "{\u200b{secret.KEY}}",
    "{{\nsecret.KEY}}",
    "\\{{secret.KEY}}",
    "｛｛secret.KEY｝｝",
    "{{ upper(secret.KEY) }}",
]
PLACES = [
    "{{ x }}",
    "a {{ x }} b",
    "{{ x }}{{ y }}",
    "{ {{ x }}}",
    '{{ "{" }}{{ x }}',
    '{{ "{{" }}{{ x }}',
    '{{ "{{~" }}{{ x }}',
    '{{ "{{secret" }}{{ x }}',
    "{{ x }}secret.KEY}}",
    "{{ x }}.KEY}} {{ y }}",
    "{{ x }}}}",
    "{{ x }}~secret.KEY}}",
    "{{ x + y }}",
    "{{ [x, {'a': y}] }}",
    "{{ {'a': x}.a }}",
    "{{ str([x]) }} {{ y }}",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_value_never_becomes_a_reference(place: str) -> None:
    """Resolved is the same as plainly put together: nothing was looked up, nothing got lost."""
    template = compile_template(place)
    for x, y in itertools.product(ATTACKS, repeat=2):
        plain = _put_together(template, {"x": x, "y": y})
        assert resolve_secrets(stored(template.render({"x": x, "y": y})), _never) == plain
        for wrapped in ([x], {"a": {"b": [y, x]}}):
            kept = compile_template("{{ v }}").value({"v": wrapped})
            assert resolve_secrets(stored(kept), _never) == wrapped


@pytest.mark.parametrize("place", PLACES)
def test_the_reference_beside_a_hostile_value_is_still_the_author_s(place: str) -> None:
    """The author's references are resolved, once each, between the same untouched texts."""
    template = compile_template("{{secret.KEY}}" + place + "{{secret.KEY}}" + place)
    inner = compile_template(place)
    for x, y in itertools.product(ATTACKS, repeat=2):
        asked: list[str] = []

        def lookup(name: str, asked: list[str] = asked) -> str:
            asked.append(name)
            return "\x00"

        names = {"x": x, "y": y}
        plain = _put_together(inner, names)
        rendered = stored(template.render(names))
        assert resolve_secrets(rendered, lookup) == f"\x00{plain}\x00{plain}"
        assert asked == ["KEY", "KEY"]


def _never(name: str) -> str:
    raise AssertionError(f"{name!r} was looked up")


def _put_together(template: Any, names: dict[str, Any]) -> str:
    """The text that the template would have if nothing were guarded."""
    marks = {key: chr(0xE000 + index) for index, key in enumerate(names)}
    text = template.render(dict(marks))
    for key, mark in marks.items():
        quoted = json.dumps(names[key], ensure_ascii=False)[1:-1]
        inside_json = '"' + mark in text or mark + '"' in text
        text = text.replace(mark, quoted if inside_json else names[key])
    return text


@given(st.lists(st.text(alphabet="{}~secrtKEY. \n") | st.sampled_from(ATTACKS), max_size=6), st.data())
def test_any_mixture_survives(values: list[str], data: st.DataObject) -> None:
    names = {f"v{n}": value for n, value in enumerate(values)}
    parts = data.draw(
        st.lists(
            st.sampled_from([*(f"{{{{ {name} }}}}" for name in names), "{{secret.KEY}}", "secret.KEY}}", "~", " "])
        )
    )
    expected = "".join("\x00" if part == "{{secret.KEY}}" else names.get(part[3:-3], part) for part in parts)
    rendered = compile_template("".join(parts)).render(names)
    assert resolve_secrets(stored(rendered), lambda _: "\x00") == expected
    again = compile_template("{{ r }}").render({"r": rendered})  # an output that is rendered once more
    assert resolve_secrets(again, _never) == rendered
