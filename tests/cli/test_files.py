"""Reading what people name: every way in which a file or a value can be wrong is one sentence with the place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pointwork.cli.command import UsageError
from pointwork.cli.files import MAX_BYTES, read_inputs, read_json, read_object, read_value
from pointwork.errors import Unacceptable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-0.5", -0.5),
        ("true", True),
        ("null", None),
        ('"5"', "5"),
        ("[1, 2]", [1, 2]),
        ('{"a": {"b": 1}}', {"a": {"b": 1}}),
        ("hello", "hello"),
        ("", ""),
        ("True", "True"),
        ("[1, 2", "[1, 2"),
        ("a=b", "a=b"),
        ("1,5", "1,5"),
        ("NaN", "NaN"),  # not JSON, though Python reads it
        ("-Infinity", "-Infinity"),
        ("1e999", "1e999"),  # would be infinite
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", "9223372036854775808"),  # would lose digits elsewhere
        ("12345678901234567890123", "12345678901234567890123"),
        ("0123", "0123"),  # a number of a house or a parcel
        ("[" * 64 + "5" + "]" * 64, json.loads("[" * 64 + "5" + "]" * 64)),
        ("[" * 65 + "5" + "]" * 65, "[" * 65 + "5" + "]" * 65),
        ("[" * 100_000, "[" * 100_000),
        ("@@home", "@home"),
    ],
)
def test_values_are_json_if_nothing_is_lost_by_it(text: str, value: Any) -> None:
    found = read_value(text)
    assert found == value
    assert type(found) is type(value)


def test_values_from_files(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("5\n")
    (tmp_path / "data.json").write_text("[5]")
    assert read_value(f"@{tmp_path}/note.txt") == "5\n"
    assert read_value(f"@{tmp_path}/data.json") == [5]


def test_pairs_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"a": 1, "b": 2}')
    assert read_inputs(["b=3", " c = x=y "], str(tmp_path / "in.json")) == {"a": 1, "b": 3, "c": " x=y "}


@pytest.mark.parametrize("pair", ["topic", "=5", " =5", ""])
def test_a_pair_without_a_name_is_refused(pair: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_inputs([pair], None)
    assert repr(pair) in caught.value.message
    assert "--input topic=tides" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "says", "hint"),
    [
        (b"", "is empty", "one JSON document"),
        (b"  \n", "is empty", "one JSON document"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not a text file", "one JSON document"),
        (b'{"a": 1,\n "b" 2}', "is not JSON: line 2, column 6", "Mend it at that place."),
        (b'{"a": 1,\n}', "is not JSON: line 1, column 8: trailing comma", "Remove that comma."),
        (b'{"a": NaN}', "is not JSON: line 1, column 7", "no NaN"),
        (b'{"a": Infinity}', "is not JSON: line 1, column 7", "no NaN and no Infinity"),
        (b"{'a': 1}", "is not JSON: line 1, column 2", "double quotes"),
        (b'{\n  // why\n  "a": 1}', "is not JSON: line 2, column 3", "no comments"),
        (b'{"a": "\xff"}', "is not JSON: byte 8 (line 1) is not UTF-8", ""),
        (b'{"a": 1} {"b": 2}', "is not JSON: line 1, column 10", ""),
        (b"[" * 65 + b"5" + b"]" * 65, "is nested deeper than 64 levels", "flatter"),
        (b"[" * 100_000, "is not JSON", ""),
        (b" " * (MAX_BYTES + 1), "is larger than 2 MiB", "path of a large file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(content: bytes, says: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    path.write_bytes(content)
    with pytest.raises(Unacceptable) as caught:
        read_json(str(path))
    assert repr(str(path)) in caught.value.message
    assert says in caught.value.message
    assert hint in caught.value.hint


def test_a_mark_at_the_beginning_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read_json(str(path)) == {"a": 1}


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with open(path, "wb") as file:
        file.truncate(1 << 30)  # holds nothing on the disk
    with pytest.raises(Unacceptable, match="larger than 2 MiB"):
        read_json(str(path))
    with pytest.raises(Unacceptable, match="larger than 2 MiB"):
        read_json("/dev/zero")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nope.json", "There is no file"),
        ("flwo.json", "Did you mean 'flow.json'?"),
        ("folder", "is a folder, not a file"),
        ("flow.json/x", "cannot be read: Not a directory"),
        ("a\0b", "cannot be read"),
        ("x" * 5_000, "cannot be read: File name too long"),
    ],
)
def test_paths_that_lead_nowhere(name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.json").write_text("{}")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unacceptable) as caught:
        read_json(name)
    assert says in caught.value.message


def test_yaml_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text("name: x\n")
    with pytest.raises(Unacceptable, match="Workflow documents are JSON"):
        read_json(str(path))


@pytest.mark.parametrize(("content", "kind"), [("[]", "a list"), ("5", "a number"), ('"x"', "text"), ("null", "null")])
def test_inputs_are_an_object(content: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text(content)
    with pytest.raises(Unacceptable, match=f"must be a JSON object, not {kind}"):
        read_object(str(path), what="The inputs")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "flow.json"
    path.write_text("{}")

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("builtins.open", refuse)  # the superuser may read everything
    with pytest.raises(Unacceptable, match="may not be read by this user"):
        read_json(str(path))
