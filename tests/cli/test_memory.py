"""`pointwork memory`: a whole life of a memory at the command line, and what it does with bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pointwork.cli import main


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTWORK_EMBEDDER", "lexical")


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["memory", *words]) == code
    return capsys.readouterr().out


def test_a_memory_from_its_beginning_to_its_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    id = said(capsys, "add", "guide", "The museum closes at six").strip()
    assert said(capsys, "add", "guide", "the museum closes at SIX").strip() == id
    assert said(capsys, "agents").split() == ["guide", "1", "memories,", "0", "turns"]
    shown = said(capsys, "recall", "guide", "When does the museum close?")
    assert "The museum closes at six" in shown
    assert id in shown
    newer = said(capsys, "edit", id, "The museum closes at seven").strip()
    assert said(capsys, "list", "guide").strip().endswith("The museum closes at seven")
    assert said(capsys, "show", newer).count("The museum closes at") == 2
    found = json.loads(said(capsys, "show", newer, "--json"))
    assert [one["text"] for one in found] == ["The museum closes at seven", "The museum closes at six"]
    said(capsys, "forget", newer, "--reason", "it closed for good")
    assert said(capsys, "list", "guide") == ""
    assert main(["memory", "show", newer]) == 2
    assert "There is no memory" in capsys.readouterr().err


def test_it_is_carried_elsewhere(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    main(["memory", "add", "guide", "One"])
    main(["memory", "add", "other", "Two", "--user", "ann"])
    capfdbinary.readouterr()
    assert main(["memory", "export"]) == 0
    file = tmp_path / "memory.jsonl"
    file.write_bytes(capfdbinary.readouterr().out)
    assert file.read_bytes().count(b"\n") == 3
    for agent in ("guide", "other"):
        assert main(["memory", "clear", agent, "--yes"]) == 0
    assert main(["memory", "import", str(file)]) == 0
    assert b"2 memories and 0 turns were new." in capfdbinary.readouterr().err
    assert main(["memory", "rebuild"]) == 0


def test_nothing_is_cleared_without_a_yes(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "guide", "One")
    said(capsys, "clear", "guide", code=2)
    assert said(capsys, "list", "guide")


def test_text_of_strangers_does_not_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "guide", "red \x1b[31m alert\x07 \u202e right to left \r\n second line")
    for words in (("list", "guide"), ("recall", "guide", "red alert")):
        shown = said(capsys, *words)
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(shown)


@pytest.mark.parametrize(
    "words",
    [("add", "guide", " "), ("add", "", "x"), ("add", "guide", "x", "--importance", "9"), ("edit", "nothing", "x"),
     ("forget", "nothing"), ("import", "no-such-file")],
)  # fmt: skip
def test_bad_input_is_refused_with_the_reason(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory", *words]) == 2
    assert capsys.readouterr().err.strip()
