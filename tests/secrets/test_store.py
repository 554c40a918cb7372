"""The store of secrets: what is on the disk, whose key it is, and what is said when the key does not fit."""

from __future__ import annotations

import base64
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pointwork.errors import ConfigurationError, NotFound, Unacceptable
from pointwork.library import SecretKeys, SecretStore
from pointwork.library.secret_key import Key
from pointwork.redaction import Redactor

CANARY = "canary-7d1f0c2b9a4e-value"
OTHER_KEY = base64.b64encode(b"o" * 32).decode()
Open = Callable[..., SecretStore]


class Clock:
    """Microseconds that pass only when told."""

    now = 1_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Open]:
    """Opens the store, as another process would: with nothing remembered."""
    stores: list[SecretStore] = []

    def opened(key: str | None = None, redactor: Redactor | None = None) -> SecretStore:
        keys = SecretKeys(tmp_path / "secret.key", key, redactor=redactor)
        store = SecretStore(tmp_path / "pointwork.db", keys, redactor=redactor, now_us=clock)
        store.open()
        stores.append(store)
        return store

    yield opened
    for store in stores:
        store.close()


def disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


def test_a_secret_is_given_back_and_is_nowhere_on_the_disk(opened: Open, tmp_path: Path) -> None:
    store = opened()
    info = store.set("SERVICE_KEY", CANARY)
    assert (info.name, info.last_four, info.readable, info.hidden, info.used_at_us) == (
        "SERVICE_KEY", "alue", True, True, None,
    )  # fmt: skip
    assert opened().get("SERVICE_KEY") == CANARY
    found = disk(tmp_path)
    assert CANARY.encode() not in found
    assert base64.b64encode(CANARY.encode())[:20] not in found
    assert b"SERVICE_KEY" in found


def test_the_key_file_is_made_with_the_first_secret_and_for_its_owner_only(opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    store = opened()
    assert store.list() == []
    assert not file.exists()
    old = os.umask(0)
    try:
        store.set("A", CANARY)
    finally:
        os.umask(old)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(file.read_text())) == 32
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602, 0o660])
def test_a_key_file_that_others_may_use_is_refused(opened: Open, tmp_path: Path, mode: int) -> None:
    opened().set("A", CANARY)
    (tmp_path / "secret.key").chmod(mode)
    store = opened()
    for act in (lambda: store.get("A"), lambda: store.set("B", CANARY), store.rotate):
        with pytest.raises(ConfigurationError, match=f"mode {mode:04o}") as error:
            act()
        assert "chmod 600" in error.value.hint
    assert [(info.readable, "mode" in info.reason) for info in store.list()] == [(False, True)]
    (tmp_path / "secret.key").chmod(0o600)
    assert store.get("A") == CANARY


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_only_a_regular_file_is_a_key_file(opened: Open, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "secret.key"
    if kind == "link":
        (tmp_path / "elsewhere").write_text(OTHER_KEY)
        (tmp_path / "elsewhere").chmod(0o600)
        file.symlink_to(tmp_path / "elsewhere")
    elif kind == "folder":
        file.mkdir(mode=0o700)
    else:
        os.mkfifo(file, 0o600)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        opened().set("A", CANARY)


@pytest.mark.parametrize(
    "text", ["", "\n", "nonsense", "c2hvcnQ=", OTHER_KEY[:-4], OTHER_KEY + " x", "ä" * 44], ids=len
)
def test_what_is_no_key(opened: Open, tmp_path: Path, text: str) -> None:
    opened().set("A", CANARY)
    (tmp_path / "secret.key").write_text(text)
    with pytest.raises(ConfigurationError, match=r"no key|is no key") as error:
        opened().get("A")
    assert "secret.key" in error.value.message
    assert text.strip() not in str(error.value) or not text.strip()
    if text.strip():
        with pytest.raises(ConfigurationError, match="POINTWORK_SECRET_KEY holds"):
            opened(text).get("A")


def test_another_key_is_said_to_be_another_and_harms_nothing(opened: Open, tmp_path: Path) -> None:
    opened().set("A", CANARY)
    right = (tmp_path / "secret.key").read_text()
    before = disk(tmp_path)
    wrong = opened(OTHER_KEY)
    for act in (
        lambda: wrong.get("A"),
        lambda: wrong.set("A", "other value"),
        lambda: wrong.set("B", "x" * 9),
        wrong.rotate,
    ):
        with pytest.raises(ConfigurationError, match=r"The secret 'A' was stored with the key [0-9a-f]{12}") as error:
            act()
        assert "Put back the old key" in error.value.hint
    assert [info.readable for info in wrong.list()] == [False]
    assert wrong.learn() != []
    wrong.close()
    assert disk(tmp_path) == before
    assert opened(right).get("A") == CANARY


def test_a_lost_key_is_not_made_anew_while_something_needs_it(opened: Open, tmp_path: Path) -> None:
    opened().set("A", CANARY)
    (tmp_path / "secret.key").unlink()
    store = opened()
    with pytest.raises(ConfigurationError, match="holds none"):
        store.set("B", "another value")
    assert not (tmp_path / "secret.key").exists()
    store.delete("A")  # which needs no key
    store.set("B", "another value")
    assert opened().get("B") == "another value"


def test_a_value_belongs_to_its_name(opened: Open, tmp_path: Path) -> None:
    store = opened()
    store.set("A", CANARY)
    store.set("B", "public-value")
    with sqlite3.connect(tmp_path / "pointwork.db") as connection:
        connection.execute("UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = 'A') WHERE name = 'B'")
    connection.close()
    with pytest.raises(ConfigurationError, match="'B' is damaged"):
        store.get("B")
    assert store.get("A") == CANARY


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 60])
def test_a_damaged_value(opened: Open, tmp_path: Path, sealed: bytes) -> None:
    store = opened()
    store.set("A", CANARY)
    with sqlite3.connect(tmp_path / "pointwork.db") as connection:
        connection.execute("UPDATE secrets SET sealed = ?", (sealed,))
    connection.close()
    with pytest.raises(ConfigurationError, match="damaged"):
        store.get("A")
    store.set("A", CANARY)
    assert store.get("A") == CANARY


def test_the_same_value_is_never_stored_alike(opened: Open, tmp_path: Path) -> None:
    store = opened()
    for name in ("A", "B"):
        store.set(name, CANARY)
    with sqlite3.connect(tmp_path / "pointwork.db") as connection:
        sealed = {bytes(row[0]) for row in connection.execute("SELECT sealed FROM secrets")}
    connection.close()
    assert len(sealed) == 2


# ------------------------------------------------------------------------------------------------------ changing keys


def test_rotating_takes_a_new_key_and_loses_nothing(opened: Open, tmp_path: Path) -> None:
    store, running = opened(), opened()
    for name in "ABC":
        store.set(name, f"{CANARY}-{name}")
    assert running.get("A") == f"{CANARY}-A"
    before = (tmp_path / "secret.key").read_text()
    times = [(info.created_at_us, info.updated_at_us) for info in store.list()]
    assert store.rotate() == 3
    after = (tmp_path / "secret.key").read_text()
    assert before.strip() not in after
    assert len(after.split()) == 1
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    for one in (store, running, opened()):  # also a process that had the old key in mind
        assert [one.get(name) for name in "ABC"] == [f"{CANARY}-{name}" for name in "ABC"]
    assert [(info.created_at_us, info.updated_at_us) for info in store.list()] == times
    with pytest.raises(ConfigurationError):
        opened(before).get("A")
    assert running.set("D", "new value").readable


def test_rotating_before_there_is_anything_makes_a_key(opened: Open, tmp_path: Path) -> None:
    assert opened().rotate() == 0
    assert (tmp_path / "secret.key").exists()


def test_rotating_from_one_setting_to_the_next(opened: Open, tmp_path: Path) -> None:
    new = base64.urlsafe_b64encode(b"\xfb" * 32).decode()  # with - and _, which is Base64 too
    opened(OTHER_KEY).set("A", CANARY)
    both = opened(f"{new}, {OTHER_KEY}")
    assert both.get("A") == CANARY
    assert both.rotate() == 1
    assert opened(new).get("A") == CANARY
    with pytest.raises(ConfigurationError):
        opened(OTHER_KEY).get("A")
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("when", [1, 2])
def test_a_rotation_that_is_cut_off_loses_nothing(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    """Cut off before and after the database has taken the new values."""
    store = opened()
    store.set("A", CANARY)
    store.set("B", f"{CANARY}-B")
    writes = 0
    write = SecretKeys.write

    class PowerCut(BaseException):
        pass

    def cut_off(self: SecretKeys, keys: Any, *, new: bool = False) -> bool:
        nonlocal writes
        writes += 1
        if writes == when:
            raise PowerCut
        return write(self, keys, new=new)

    monkeypatch.setattr(SecretKeys, "write", cut_off)
    with pytest.raises(PowerCut):
        store.rotate()
    monkeypatch.undo()
    fresh = opened()
    assert [fresh.get("A"), fresh.get("B")] == [CANARY, f"{CANARY}-B"]
    assert fresh.rotate() == 2
    assert opened().get("A") == CANARY
    assert len((tmp_path / "secret.key").read_text().split()) == 1


def test_secrets_that_are_set_while_the_key_changes_can_be_read(opened: Open) -> None:
    """Two processes at once, many times: whatever is stored can be read at the end."""
    setting, rotating = opened(), opened()
    setting.set("S0", CANARY)
    failed: list[BaseException] = []

    def act(work: Callable[[int], object]) -> None:
        try:
            for n in range(15):
                work(n)
        except BaseException as error:
            failed.append(error)

    threads = [
        threading.Thread(target=act, args=(lambda n: setting.set(f"S{n}", f"{CANARY}-{n}"),)),
        threading.Thread(target=act, args=(lambda n: rotating.rotate(),)),
        threading.Thread(target=act, args=(lambda n: opened().list(),)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    fresh = opened()
    assert [fresh.get(f"S{n}") for n in range(15)] == [f"{CANARY}-{n}" for n in range(15)]


def test_two_processes_that_store_the_first_secret_at_once_have_one_key(opened: Open, tmp_path: Path) -> None:
    stores = [opened() for _ in range(8)]
    start = threading.Barrier(len(stores))

    def act(n: int) -> None:
        start.wait()
        stores[n].set(f"S{n}", f"{CANARY}-{n}")

    threads = [threading.Thread(target=act, args=(n,)) for n in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [info.readable for info in opened().list()] == [True] * 8
    assert len((tmp_path / "secret.key").read_text().split()) == 1


# --------------------------------------------------------------------------------------------------- names and values


@pytest.mark.parametrize("name", ["", "1st", "a b", "a.b", "ä", "a/b", "x" * 101, "a\n", "{{a}}", "-a"])
def test_names_that_no_reference_could_have(opened: Open, name: str) -> None:
    with pytest.raises(Unacceptable, match="cannot be called"):
        opened().set(name, CANARY)


@pytest.mark.parametrize("name", ["A", "_x", "my-key_2", "x" * 100])
def test_names(opened: Open, name: str) -> None:
    store = opened()
    store.set(name, CANARY)
    assert store.get(name) == CANARY


@pytest.mark.parametrize("value", ["", " \n", "a\0b", "\ud800 lone", "x" * 65_537])
def test_values_that_are_none(opened: Open, value: str) -> None:
    store = opened()
    with pytest.raises(Unacceptable) as error:
        store.set("A", value)
    assert value[:20] not in str(error.value) or not value.strip()
    assert store.list() == []


@pytest.mark.parametrize("value", ["x", "ünï-cödé 😀", "line one\nline two\n", "x" * 65_536, '{"json": "too"}'])
def test_values(opened: Open, value: str) -> None:
    store = opened()
    store.set("A", value)
    assert opened().get("A") == value


@pytest.mark.parametrize(
    ("value", "last", "hidden"), [("x" * 11, None, True), ("abcdefghijkl", "ijkl", True), ("abc", None, False)]
)
def test_what_is_shown_of_a_value(opened: Open, value: str, last: str | None, hidden: bool) -> None:
    info = opened().set("A", value)
    assert (info.last_four, info.hidden) == (last, hidden)


def test_an_unknown_secret_is_named_and_so_is_what_to_do(opened: Open) -> None:
    store = opened()
    with pytest.raises(ConfigurationError, match="There is no secret 'NONE'") as error:
        store.get("NONE")
    assert "pointwork secrets set NONE" in error.value.hint
    for act in (store.delete, store.info):
        with pytest.raises(NotFound, match="NONE"):
            act("NONE")


def test_asking_for_secrets_makes_no_database(tmp_path: Path) -> None:
    store = SecretStore(tmp_path / "none.db", SecretKeys(tmp_path / "secret.key"))
    with pytest.raises(ConfigurationError, match="no secret"):
        store.get("A")
    assert store.learn() == []
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------------------ use and times


def test_times(opened: Open, clock: Clock) -> None:
    store = opened()
    store.set("A", CANARY)
    clock.now += 5
    store.set("A", f"{CANARY}-2")
    assert store.info("A").updated_at_us == store.info("A").created_at_us + 5
    clock.now += 70_000_000
    used = clock.now
    store.get("A")
    clock.now += 7
    store.get("A")  # in the same minute: not written down again
    store.close()
    assert opened().info("A").used_at_us == used


def test_what_is_read_or_stored_is_hidden_from_then_on(opened: Open) -> None:
    first, second = Redactor(), Redactor()
    opened(redactor=first).set("A", CANARY)
    assert first.text(CANARY) == "[secret A]"
    store = opened(redactor=second)
    assert not second.active
    assert store.learn() == []
    assert second.text(CANARY) == "[secret A]"


def test_the_key_is_hidden_too(opened: Open, tmp_path: Path) -> None:
    redactor = Redactor()
    opened(redactor=redactor).set("A", CANARY)
    text = (tmp_path / "secret.key").read_text()
    assert redactor.text(text) == "[secret POINTWORK_SECRET_KEY]\n"
    assert redactor.text(f"x{OTHER_KEY}") == f"x{OTHER_KEY}"
    with pytest.raises(ConfigurationError):
        opened(f"{OTHER_KEY},nonsense", redactor=redactor).get("A")
    assert redactor.text(f"x{OTHER_KEY}") == "x[secret POINTWORK_SECRET_KEY]"


def test_a_key_does_not_tell_itself() -> None:
    key = Key.of(b"k" * 32)
    assert "kkk" not in f"{key!r}"
    assert key.text not in f"{key!r} {key.id}"
