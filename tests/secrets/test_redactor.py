"""Finding secrets by their value: in every usual spelling, in data of any shape, cut off, and nowhere else."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import re
import sys
from itertools import pairwise
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointwork.redaction import MIN_CHARS, Redactor, everywhere

VALUE = 'k7"\\ü/+&<x>%Q-9z_vW'  # something of all that encoders change
PLAIN = "sk-canary-4f9a1c7e55d2"
PEM = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(f"{n:x}" * 64 for n in range(1, 9)) + "\n-----END PRIVATE KEY-----\n"


def encoded(value: str) -> list[tuple[str, str]]:
    """Texts that hold the value, each with its name; what must not be left of it comes second."""
    raw = value.encode()
    found = {
        "plain": value,
        "json": json.dumps(value),
        "json of orjson": orjson.dumps(value).decode(),
        "json in json": json.dumps(json.dumps({"arguments": value})),
        "url": f"https://x.example/?q={quote(value, safe='')}&n=1",
        "url path": quote(value),
        "form": urlencode({"password": value}),
        "plus": quote_plus(value),
        "lower url": re.sub("%..", lambda code: code[0].lower(), quote(value, safe="")),
        "repr": repr({"key": value}),
        "html": html.escape(value),
        "percent bytes": f"Basic {base64.b64encode(b'user:' + raw).decode()}",
        "base64": base64.b64encode(raw).decode(),
        "base64 url": base64.urlsafe_b64encode(b"u:" + raw + b":rest").decode(),
    }
    for before in range(3):
        found[f"base64 behind {before}"] = base64.b64encode(b"a" * before + raw + b"zz").decode()
    return list(found.items())


def core(text: str, value: str) -> bool:
    """Whether a value can still be read out of a text by undoing what encoders do."""
    readings = [text, text.replace("+", " ")]
    for _ in range(3):
        readings += [html.unescape(one) for one in readings]
        readings += [one.encode().decode("unicode_escape", "ignore") for one in readings if "\\" in one]
    readings += [unquote(one) for one in readings]
    return any(value in one for one in readings)


@pytest.mark.parametrize("value", [VALUE, PLAIN, "pässwörter", "with spaces in it", "100%+sure&co"])
def test_every_usual_spelling_is_found(value: str) -> None:
    redactor = Redactor({"KEY": value})
    for name, text in encoded(value):
        clean = redactor.text(f"before {text} after")
        assert "[secret KEY]" in clean, name
        assert not core(clean, value), name
        assert clean.startswith("before "), name
        assert clean.endswith(" after"), name
        assert redactor.found(text.encode()), name
        assert redactor.found(orjson.dumps({"a": [text]})), name


def test_base64_is_found_wherever_the_value_begins() -> None:
    redactor = Redactor({"KEY": PLAIN})
    for before in range(7):
        for after in range(4):
            text = base64.b64encode(b"\0" * before + PLAIN.encode() + b"\xff" * after).decode()
            assert "[secret KEY]" in redactor.text(text), (before, after)


def test_what_is_no_secret_stays_the_same_object() -> None:
    redactor = Redactor({"KEY": PLAIN})
    value = {"text": "sk-canary", "n": [1, 2.5, None, True, "4f9a1c7e55d3"], "sk": {"canary": "sk"}}
    assert redactor.data(value) is value
    text = f"{PLAIN[:7]} {PLAIN[8:]}"
    assert redactor.text(text) is text
    data = text.encode()
    assert redactor.bytes_(data) is data
    assert redactor.count == 0


def test_nothing_is_secret_at_first() -> None:
    redactor = Redactor()
    assert (redactor.active, redactor.text(PLAIN), redactor.found(PLAIN.encode())) == (False, PLAIN, False)
    assert redactor.names_in(PLAIN) == []
    assert redactor.sieve().feed(PLAIN) == PLAIN


@pytest.mark.parametrize("value", ["", "short", "  abcd  ", "\n"])
def test_a_short_value_is_not_hidden(value: str) -> None:
    redactor = Redactor()
    assert not redactor.add(value, "PIN")
    assert not redactor.active
    assert MIN_CHARS == 6


def test_values_can_be_added_while_it_is_used() -> None:
    redactor = Redactor({"A": "first-value"})
    assert redactor.text("first-value second-value") == "[secret A] second-value"
    assert redactor.add("second-value", "B")
    assert redactor.add("second-value", "AGAIN")
    assert redactor.text("first-value second-value") == "[secret A] [secret B]"


def test_the_longest_wins() -> None:
    redactor = Redactor({"SHORT": "abcdef", "LONG": "abcdefghij", "INNER": "cdefgh"})
    assert redactor.text("abcdefghij abcdefgh xcdefgh") == "[secret LONG] [secret SHORT]gh x[secret INNER]"


def test_what_was_put_in_is_left_alone() -> None:
    """Also when the secret is called like its value, or like a part of what is written in its place."""
    redactor = Redactor({"PASSWORD": "PASSWORD", "OTHER": "secret"})
    once = redactor.text("PASSWORD and secret")
    assert once == "[secret PASSWORD] and [secret OTHER]"
    assert redactor.text(once) is once


def test_an_unnamed_secret() -> None:
    redactor = Redactor()
    redactor.add(PLAIN)
    assert redactor.text(f"x{PLAIN}y") == "x[secret]y"


def test_keys_of_objects_are_texts_too() -> None:
    redactor = Redactor({"A": "value-one", "B": "value-two"})
    data = {"value-one": 1, "x": [{"value-two": "value-one"}], "[secret A]": 2}
    assert redactor.data(data) == {"[secret A]": 1, "x": [{"[secret B]": "[secret A]"}], "[secret A]'": 2}


@pytest.mark.parametrize(
    ("data", "clean"),
    [
        (PLAIN, "[secret KEY]"),
        ((1, PLAIN), (1, "[secret KEY]")),
        ({1: PLAIN}, {1: "[secret KEY]"}),
        ({"a": object}, {"a": object}),  # not JSON, and nothing in it
        ([object, PLAIN], [object, "[secret KEY]"]),
        (None, None),
        (7, 7),
    ],
)
def test_data_of_any_shape(data: Any, clean: Any) -> None:
    assert Redactor({"KEY": PLAIN}).data(data) == clean


def test_data_that_is_too_deep_to_be_written_is_looked_into_all_the_same() -> None:
    deep: Any = PLAIN
    for _ in range(300):
        deep = [deep]
    clean = Redactor({"KEY": PLAIN}).data(deep)
    for _ in range(300):
        (clean,) = clean
    assert clean == "[secret KEY]"


@pytest.mark.parametrize("data", [b"\xff\xfe" + PLAIN.encode() + b"\x00\x9f", PLAIN.encode()])
def test_bytes_of_any_kind(data: bytes) -> None:
    clean = Redactor({"KEY": PLAIN}).bytes_(data)
    assert clean == data.replace(PLAIN.encode(), b"[secret KEY]")


@pytest.mark.parametrize(
    "text",
    [
        PLAIN[:-4],
        f"refused: {PLAIN[:-4]}",
        f"refused: {PLAIN[:-4]}…",
        f"refused: {PLAIN[:-4]} …",
        f"refused: {PLAIN[:-4]}...",
        f"'https://x/?key={PLAIN[:-4]}' answers",
        f'{{"key": "{PLAIN[:-4]}"}}',
        f"{PLAIN[5:]} is no key",
        PLAIN[5:],
    ],
)
def test_what_is_left_of_a_value_that_was_cut_off(text: str) -> None:
    redactor = Redactor({"KEY": PLAIN})
    clean = redactor.text(text)
    assert "[secret KEY]" in clean
    assert PLAIN[5:-4] not in clean
    assert redactor.found(text.encode())


@pytest.mark.parametrize("text", [f"{PLAIN[:-4]} is how they begin", f"x{PLAIN[5:]}", PLAIN[:9], PLAIN[-9:], "sk-…"])
def test_what_is_no_cut_or_less_than_half_is_left(text: str) -> None:
    assert Redactor({"KEY": PLAIN}).text(text) is text


def test_each_line_of_a_key_file_is_secret() -> None:
    redactor = Redactor({"PEM": PEM})
    lines = PEM.splitlines()
    for line in lines[1:-1]:
        assert redactor.text(f"log: {line}") == "log: [secret PEM]"
        assert redactor.text(f"{line[20:]}\n") == "[secret PEM]\n"
    assert redactor.text(lines[0]) == lines[0]  # which says nothing
    assert redactor.text(f"a{PEM}b") == "a[secret PEM]b"
    assert redactor.text(PEM.strip()) == "[secret PEM]"


def test_what_a_document_would_say_instead() -> None:
    redactor = Redactor({"KEY": PLAIN, "OTHER": f"{PLAIN}-longer"})
    assert redactor.referred(f"Bearer {PLAIN}, {PLAIN}-longer") == "Bearer {{secret.KEY}}, {{secret.OTHER}}"
    assert redactor.referred(base64.b64encode(PLAIN.encode()).decode()) is None  # nothing could be written for that
    assert redactor.referred("nothing") == "nothing"
    assert redactor.names_in(f"{PLAIN} {PLAIN}-longer") == ["[secret KEY]", "[secret OTHER]"]


def test_a_redactor_does_not_tell_what_it_knows() -> None:
    assert PLAIN not in repr(Redactor({"KEY": PLAIN}))


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
SECRET = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=6, max_size=40)


@given(SECRET, st.lists(TEXT, min_size=1, max_size=5))
def test_no_value_survives(value: str, parts: list[str]) -> None:
    redactor = Redactor({"K": value})
    whole = value.join(parts)
    clean = redactor.text(whole)
    assert value not in clean.replace("[secret K]", "\0")
    assert redactor.text(clean) == clean
    assert redactor.found(whole.encode()) or value not in whole
    assert redactor.found(orjson.dumps([whole])) or value not in whole


@given(SECRET, st.lists(TEXT, min_size=1, max_size=4), st.lists(st.integers(0, 200), max_size=12))
def test_no_value_survives_in_pieces_however_they_are_cut(value: str, parts: list[str], cuts: list[int]) -> None:
    redactor = Redactor({"K": value})
    whole = value.join(parts)
    at = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    sieve = redactor.sieve()
    shown = [sieve.feed(whole[a:b]) for a, b in pairwise(at)]
    text = "".join([*shown, sieve.flush()])
    assert value not in text.replace("[secret K]", "\0")
    assert sieve.held == ""


@given(st.lists(TEXT, max_size=6))
def test_other_text_comes_through_as_it_is(pieces: list[str]) -> None:
    sieve = Redactor({"K": "a value that is nowhere"}).sieve()
    assert "".join([*map(sieve.feed, pieces), sieve.flush()]) == "".join(pieces)


def test_each_letter_by_itself() -> None:
    sieve = Redactor({"KEY": PLAIN, "LONGER": f"{PLAIN}-and-more"}).sieve()
    text = f"say sk-canary, {PLAIN}, {PLAIN}-and, {PLAIN}-and-more and {PLAIN[:10]}"
    shown = "".join([*map(sieve.feed, text), sieve.flush()])
    assert shown == f"say sk-canary, [secret KEY], [secret KEY]-and, [secret LONGER] and {PLAIN[:10]}"


def test_a_beginning_within_a_secret_that_is_all_there() -> None:
    """The end of one secret may be the beginning of another; the first must come out hidden all the same."""
    sieve = Redactor({"A": "abcdef-tail", "B": "tail-ghijkl"}).sieve()
    shown = [sieve.feed("x abcdef-tail"), sieve.feed("-ghijkl y"), sieve.flush()]
    assert "abcdef-tail" not in "".join(shown)
    assert shown[0].startswith("x [secret A]")


# ----------------------------------------------------------------------------------------------------------- the log


def test_the_log_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    redactor = Redactor({"KEY": PLAIN})
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("tests.secrets")
    log.addHandler(handler)
    try:
        log.warning("The key is %s, in %s.", PLAIN, {"a": PLAIN})
        try:
            raise ValueError(f"not a key: {PLAIN}")
        except ValueError:
            log.exception("It failed with %r", PLAIN)
        log.warning("no %s here", "secret")
    finally:
        log.removeHandler(handler)
    for text in (stream.getvalue(), caplog.text):
        assert PLAIN not in text
        assert text.count("[secret KEY]") == 4
        assert "ValueError: not a key: [secret KEY]" in text
        assert "no secret here" in text
    assert redactor.active  # it is known for as long as somebody keeps it


def test_records_of_somebodys_own_kind_are_clean_too() -> None:
    redactor = Redactor({"KEY": PLAIN})

    class Mine(logging.LogRecord):
        pass

    before = logging.getLogRecordFactory()
    made = logging.makeLogRecord({"msg": "%s", "args": (PLAIN,)})
    assert PLAIN not in made.getMessage()
    from pointwork.redaction import logs

    logging.setLogRecordFactory(Mine)
    installed, logs._installed[:] = list(logs._installed), []
    try:
        logs.watch_logs(redactor)
        made = logging.getLogRecordFactory()("n", logging.INFO, __file__, 1, "key %s", (PLAIN,), None)
        assert (type(made), made.getMessage()) == (Mine, "key [secret KEY]")
    finally:
        logging.setLogRecordFactory(before)
        logs._installed[:] = installed


def test_everywhere_is_what_anybody_here_knows() -> None:
    one, other = Redactor({"A": "value-of-one"}), Redactor({"B": "value-of-other"})
    assert everywhere("value-of-one value-of-other") == "[secret A] [secret B]"
    del one, other
    assert sys.getrefcount(everywhere) > 0
