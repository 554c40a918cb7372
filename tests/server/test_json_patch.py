"""JSON Patch, by the examples of RFC 6902 and by what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.errors import Conflict, Unacceptable
from pointwork.server.json_patch import apply_patch


@pytest.mark.parametrize(
    ("document", "patch", "result"),
    [
        # the appendix of the RFC
        ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "qux"}], {"baz": "qux", "foo": "bar"}),
        ({"foo": ["a", "b"]}, [{"op": "add", "path": "/foo/1", "value": "x"}], {"foo": ["a", "x", "b"]}),
        ({"baz": 1, "foo": 2}, [{"op": "remove", "path": "/baz"}], {"foo": 2}),
        ({"foo": ["a", "b", "c"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["a", "c"]}),
        ({"baz": "qux"}, [{"op": "replace", "path": "/baz", "value": "boo"}], {"baz": "boo"}),
        (
            {"foo": {"bar": 1, "waldo": 2}, "qux": {}},
            [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
            {"foo": {"bar": 1}, "qux": {"thud": 2}},
        ),
        ({"foo": [1, 2, 3]}, [{"op": "move", "from": "/foo/0", "path": "/foo/2"}], {"foo": [2, 3, 1]}),
        ({"a": 1}, [{"op": "test", "path": "/a", "value": 1}], {"a": 1}),
        ({"foo": "bar"}, [{"op": "add", "path": "/child", "value": {"x": {}}}], {"foo": "bar", "child": {"x": {}}}),
        ({"a": 1}, [{"op": "add", "path": "/b", "value": 2, "xyz": 3}], {"a": 1, "b": 2}),
        ({"/": 9, "~1": 10}, [{"op": "test", "path": "/~01", "value": 10}], {"/": 9, "~1": 10}),
        ({"foo": ["bar"]}, [{"op": "add", "path": "/foo/-", "value": ["x"]}], {"foo": ["bar", ["x"]]}),
        # and some more
        ({"a": 1}, [{"op": "replace", "path": "", "value": {"b": 2}}], {"b": 2}),
        ({"a": 1}, [{"op": "add", "path": "", "value": []}], []),
        ({"a": {"b": 1}}, [{"op": "copy", "from": "/a", "path": "/c"}], {"a": {"b": 1}, "c": {"b": 1}}),
        ({"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
        ({"": 1}, [{"op": "replace", "path": "/", "value": 2}], {"": 2}),
        ({"a": [1, {"b": 2.0}]}, [{"op": "test", "path": "", "value": {"a": [1.0, {"b": 2}]}}], {"a": [1, {"b": 2}]}),
    ],
)
def test_changes(document: Any, patch: list[dict[str, Any]], result: Any) -> None:
    before = repr(document)
    assert apply_patch(document, patch) == result
    assert repr(document) == before  # what was given is not changed


@pytest.mark.parametrize(
    ("patch", "error"),
    [
        ([{"op": "add", "path": "/no/where", "value": 1}], Conflict),
        ([{"op": "remove", "path": "/nothing"}], Conflict),
        ([{"op": "replace", "path": "/nothing", "value": 1}], Conflict),
        ([{"op": "add", "path": "/list/5", "value": 1}], Conflict),
        ([{"op": "add", "path": "/list/01", "value": 1}], Conflict),
        ([{"op": "add", "path": "/list/x", "value": 1}], Conflict),
        ([{"op": "remove", "path": "/list/-"}], Conflict),
        ([{"op": "remove", "path": "/list/2"}], Conflict),
        ([{"op": "add", "path": "/text/0", "value": 1}], Conflict),
        ([{"op": "test", "path": "/number", "value": True}], Conflict),  # 1 is not true
        ([{"op": "test", "path": "/list", "value": [1, 3]}], Conflict),
        ([{"op": "test", "path": "", "value": {}}], Conflict),
        ([{"op": "move", "from": "/list", "path": "/list/0"}], Unacceptable),
        ([{"op": "add", "path": "list", "value": 1}], Unacceptable),
        ([{"op": "add", "path": 5, "value": 1}], Unacceptable),
        ([{"op": "add", "path": "/a"}], Unacceptable),
        ([{"path": "/a"}], Unacceptable),
        ([{"op": "copy", "path": "/a"}], Unacceptable),
        ([{"op": "remove", "path": ""}], Unacceptable),
        ([{"op": "test", "path": "/number", "value": 1}] * 1_001, Unacceptable),
    ],
)
def test_changes_that_cannot_be_made(patch: list[dict[str, Any]], error: type[Exception]) -> None:
    with pytest.raises(error):
        apply_patch({"list": [1, 2], "text": "abc", "number": 1}, patch)


def test_copies_of_copies_have_a_limit() -> None:
    patch = [{"op": "copy", "from": "/a", "path": f"/a/{number}"} for number in range(40)]
    with pytest.raises(Unacceptable, match="copies more than a document may hold"):
        apply_patch({"a": {}}, patch)
