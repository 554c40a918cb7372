"""Stored secrets: encrypted under a name, read by what needs them, shown to nobody.

Every value that is read or stored is made known to the `Redactor`, which keeps it out of everything that this process
writes. What was stored with a key that is not at hand is left untouched, and is said to be so.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pointwork.db import BUSY_TIMEOUT_S, Pool, load_queries, migrate, transaction
from pointwork.errors import ConfigurationError, NotFound, PointworkError, Unacceptable
from pointwork.library.secret_key import SETTING, Key, SecretKeys
from pointwork.redaction import Redactor

__all__ = ["SecretInfo", "SecretStore", "check_secret_name"]

log = logging.getLogger("pointwork.secrets")

SQL = load_queries("pointwork.library", "secrets.sql")
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}\Z", re.ASCII)  # what {{secret.NAME}} can name
MAX_BYTES: Final = 64 << 10
SHOWN_FROM: Final = 12  # characters; of a shorter value the last four would be too much of it
NOTE_USE_EVERY_US: Final = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretInfo:
    """What may be known about a secret. Times are microseconds since 1970.

    `last_four` are the last characters of a value of at least twelve. `readable`: whether the key that it was stored
    with is at hand, else `reason` says what is wrong. `hidden`: whether its value is long enough to be recognised and
    hidden everywhere.
    """

    name: str
    created_at_us: int
    updated_at_us: int
    used_at_us: int | None
    last_four: str | None
    readable: bool
    reason: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    key_id: str
    sealed: bytes
    created_at_us: int
    updated_at_us: int
    used_at_us: int | None


class SecretStore:
    """The secrets in the database at `path`."""

    def __init__(
        self,
        path: Path | str,
        keys: SecretKeys,
        *,
        redactor: Redactor | None = None,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        self.path = Path(path)
        self.keys = keys
        self._redactor = redactor or Redactor()
        self._now_us = now_us
        self._pool = Pool(self.path, synchronous="FULL", busy_timeout_s=busy_timeout_s)
        self._at_hand: Mapping[str, Key] = {}
        self._noted: dict[str, int] = {}
        self._noting = threading.Lock()
        self._background: ThreadPoolExecutor | None = None

    def open(self) -> None:
        """Create the database or bring it up to date."""
        migrate(self.path)
        self._pool.open()

    def close(self) -> None:
        background, self._background = self._background, None
        if background is not None:
            background.shutdown()
        self._pool.close()

    # ------------------------------------------------------------------------------------------- reading

    def get(self, name: str, *, used: bool = True) -> str:
        """The value of a secret; raises ConfigurationError when there is none, or when it cannot be read.

        `used`: note that it was used now.
        """
        row = self._row(name)
        if row is None:
            raise ConfigurationError(
                f"There is no secret {name!r}.",
                hint=f"`pointwork secrets set {name}` stores one, and so does PUT /api/secrets/{name}.",
            )
        value = self._opened(row)
        if used:
            self._note_use(name)
        return value

    def list(self) -> Sequence[SecretInfo]:
        """All secrets by name, without their values."""
        return [self._info(row) for row in self._rows()]

    def info(self, name: str) -> SecretInfo:
        """What may be known about one; raises NotFound."""
        row = self._row(name)
        if row is None:
            raise _unknown(name)
        return self._info(row)

    def learn(self) -> Sequence[str]:
        """Make all values known to the redactor; what is wrong with those that cannot be read, in words."""
        wrong: list[str] = []
        for row in self._rows():
            try:
                self._opened(row)
            except PointworkError as error:
                wrong.append(str(error))
        return wrong

    def _rows(self) -> list[_Row]:
        if not self.path.exists():  # asking for a secret makes no database
            return []
        with self._pool.connection() as connection:
            return [_Row(*columns) for columns in connection.execute(SQL["list_secrets"])]

    def _row(self, name: str) -> _Row | None:
        if not self.path.exists():
            return None
        with self._pool.connection() as connection:
            found = connection.execute(SQL["get_secret"], {"name": name}).fetchone()
        return None if found is None else _Row(*found)

    def _opened(self, row: _Row) -> str:
        if row.key_id not in self._at_hand:
            self._at_hand = {key.id: key for key in self.keys.read()}
        if row.key_id not in self._at_hand:
            # Between the two readings the key may have been changed, and this with it.
            row = self._row(row.name) or row
        key = self._at_hand.get(row.key_id)
        if key is None:
            raise self._other_key(row.name, row.key_id)
        value = key.unseal(row.name, row.sealed)
        self._redactor.add(value, row.name)
        return value

    def _info(self, row: _Row) -> SecretInfo:
        try:
            value, reason = self._opened(row), ""
        except ConfigurationError as error:
            value, reason = None, error.message
        return SecretInfo(
            name=row.name,
            created_at_us=row.created_at_us,
            updated_at_us=row.updated_at_us,
            used_at_us=row.used_at_us,
            last_four=value[-4:] if value is not None and len(value) >= SHOWN_FROM else None,
            readable=value is not None,
            reason=reason,
            hidden=value is not None and self._redactor.add(value, row.name),
        )

    def _other_key(self, name: str, key_id: str) -> ConfigurationError:
        here = ", ".join(self._at_hand) or "none"
        return ConfigurationError(
            f"The secret {name!r} was stored with the key {key_id}; {self.keys.source} holds {here}.",
            hint=f"Put back the old key: in the file {str(self.keys.file)!r}, or in {SETTING}. Nothing was changed. "
            f"If it is lost, delete the secret and set it again.",
        )

    # ------------------------------------------------------------------------------------------- writing

    def set(self, name: str, value: str) -> SecretInfo:
        """Store a value, in place of the old one if there is one."""
        check_secret_name(name)
        _check_value(value)
        self._redactor.add(value, name)
        with self._pool.connection() as connection, transaction(connection):
            # Under the lock, so that nobody changes the key meanwhile.
            key = self._key(connection)
            values = {"name": name, "key_id": key.id, "sealed": key.seal(name, value), "now": self._now_us()}
            connection.execute(SQL["set_secret"], values)
        return self.info(name)

    def delete(self, name: str) -> None:
        """Forget a secret; raises NotFound. What this process knows of it stays hidden until it ends."""
        with self._pool.connection() as connection, transaction(connection):
            if not connection.execute(SQL["delete_secret"], {"name": name}).rowcount:
                raise _unknown(name)

    def rotate(self) -> int:
        """Encrypt everything anew; the number of secrets.

        With a key file, a new key takes the place of the old one. With the setting, the first key that it holds is
        used, and the others are not needed any more.
        """
        with self._pool.connection() as connection:
            with transaction(connection):
                old = self.keys.read()
                if not old:
                    self._key(connection)
                    return 0
                self._at_hand = {key.id: key for key in old}
                rows = [_Row(*columns) for columns in connection.execute(SQL["list_secrets"])]
                for row in rows:
                    if row.key_id not in self._at_hand:
                        raise self._other_key(row.name, row.key_id)
                new = old[0] if self.keys.configured else self.keys.make()
                if not self.keys.configured:
                    self.keys.write([new, *old])  # whatever happens now, both are there
                for row in rows:
                    sealed = new.seal(row.name, self._at_hand[row.key_id].unseal(row.name, row.sealed))
                    connection.execute(SQL["seal_again"], {"name": row.name, "key_id": new.id, "sealed": sealed})
            if not self.keys.configured:
                self.keys.write([new])
            self._at_hand = {new.id: new}
        return len(rows)

    def derived(self, purpose: str, *, make: bool = False) -> Sequence[Key]:
        """Keys for something other than secrets, the current one first; none if there is no key yet.

        With `make` one is made then. What was made with a key is void once that key was changed.
        """
        keys = self.keys.read()
        if make and not keys:
            with self._pool.connection() as connection, transaction(connection):
                keys = [self._key(connection)]
        return [key.derived(purpose) for key in keys]

    def _key(self, connection: sqlite3.Connection) -> Key:
        """The key that encrypts; made when there is none and nothing that needs another."""
        keys = self.keys.read()
        stored = connection.execute(SQL["other_keys"]).fetchall()
        if not keys and not stored:
            self.keys.write([self.keys.make()], new=True)
            keys = self.keys.read()  # perhaps that of somebody who was faster
        self._at_hand = {key.id: key for key in keys}
        for key_id, name, _ in stored:
            if key_id not in self._at_hand:
                raise self._other_key(name, key_id)
        return keys[0]

    def _note_use(self, name: str) -> None:
        """Write down that it was used, at most once a minute, without anybody waiting for it."""
        now = self._now_us()
        with self._noting:
            if now - self._noted.get(name, 0) < NOTE_USE_EVERY_US:
                return
            self._noted[name] = now
            if self._background is None:
                self._background = ThreadPoolExecutor(1, thread_name_prefix="pointwork-secrets")
            self._background.submit(self._write_use, name, now)

    def _write_use(self, name: str, now: int) -> None:
        try:
            with self._pool.connection() as connection, transaction(connection):
                connection.execute(SQL["use_secret"], {"name": name, "now": now})
        except PointworkError as error:
            log.warning("That the secret %r was used could not be written down: %s", name, error)


def check_secret_name(name: str) -> None:
    """Raises Unacceptable for what `{{secret.NAME}}` could not name."""
    if not NAME.match(name):
        raise Unacceptable(
            f"A secret cannot be called {name[:100]!r}.",
            hint="Use up to 100 letters, digits, _ and -, and begin with a letter or _, as in SERVICE_KEY.",
        )


def _check_value(value: str) -> None:
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise Unacceptable("The value is not valid Unicode.", hint="Store text; encode anything else.") from error
    if not value.strip() or size > MAX_BYTES or "\0" in value:
        raise Unacceptable(
            f"A secret is text of 1 to {MAX_BYTES:,} bytes, not only white space and without NUL.",
            hint="Check what was copied.",
        )


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no secret {name[:100]!r}.", hint="`pointwork secrets list` shows what there is.")
