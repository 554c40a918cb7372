"""The keys that encrypt stored secrets: from POINTWORK_SECRET_KEY, or from a file in the data folder.

A key is 32 random bytes, written as Base64. Several may be given: the first encrypts, each of them decrypts, which is
what changing the key takes. The file is made when the first secret is stored, readable for its owner alone; a file that
others may read is refused. A key that is gone is never made anew while there is something that only it can read.

Encrypted is with AES-256-GCM and the name as additional data, so that a value cannot be moved to another name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pointwork.errors import ConfigurationError
from pointwork.redaction import Redactor

__all__ = ["SETTING", "Key", "SecretKeys"]

SETTING: Final = "POINTWORK_SECRET_KEY"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MAX_FILE_BYTES: Final = 4_096
MAKE_ONE: Final = "`openssl rand -base64 32` makes one."


@dataclass(frozen=True, slots=True)
class Key:
    """One key. Its id tells nothing about it."""

    id: str
    value: bytes

    @classmethod
    def of(cls, value: bytes) -> Key:
        return cls(hashlib.sha256(b"pointwork secret key id\0" + value).hexdigest()[:12], value)

    @property
    def text(self) -> str:
        """As it is written into a file."""
        return base64.b64encode(self.value).decode()

    def derived(self, purpose: str) -> Key:
        """Another key for another purpose, from which this one cannot be worked out."""
        return Key.of(hmac.digest(self.value, b"pointwork key for\0" + purpose.encode(), "sha256"))

    def seal(self, name: str, value: str) -> bytes:
        """The value, encrypted for this name."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 40 ms, and not everybody has secrets

        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.value).encrypt(nonce, value.encode(), _bound_to(name))

    def unseal(self, name: str, sealed: bytes) -> str:
        """The value that was encrypted for this name; raises ConfigurationError for anything else."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            data = AESGCM(self.value).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(name))
            return data.decode()
        except (InvalidTag, ValueError) as error:
            raise ConfigurationError(
                f"The secret {name!r} is damaged: its value does not belong to its name and key.",
                hint="Set it again, or restore the database from a copy.",
            ) from error

    def __repr__(self) -> str:
        return f"<Key {self.id}>"


def _bound_to(name: str) -> bytes:
    return b"pointwork secret 1\0" + name.encode()


class SecretKeys:
    """Where the keys come from: the setting if there is one, else the file."""

    def __init__(self, file: Path, configured: str | None = None, *, redactor: Redactor | None = None) -> None:
        self.file = file
        self.configured = configured
        self._redactor = redactor or Redactor()

    @property
    def source(self) -> str:
        """For messages."""
        return SETTING if self.configured else f"the file {str(self.file)!r}"

    def read(self) -> Sequence[Key]:
        """The keys, the one that encrypts first; none when there is no file. Raises ConfigurationError."""
        if self.configured:
            return self._parsed(self.configured, f"{SETTING} holds")
        text = self._file()
        return () if text is None else self._parsed(text, f"The file {str(self.file)!r} holds")

    def make(self) -> Key:
        """A new key, which only the caller knows yet."""
        key = Key.of(secrets.token_bytes(KEY_BYTES))
        self._redactor.add(key.text, SETTING)
        return key

    def write(self, keys: Sequence[Key], *, new: bool = False) -> bool:
        """Put keys into the file, all at once; with `new` only if there is none, and false if there is."""
        temporary = self.file.with_name(f".{self.file.name}.{secrets.token_hex(6)}")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w") as file:
                    file.write("".join(f"{key.text}\n" for key in keys))
                    file.flush()
                    os.fsync(file.fileno())
                if not new:
                    os.replace(temporary, self.file)
                    return True
                os.link(temporary, self.file)  # unlike a rename, it fails when somebody was faster
                return True
            finally:
                temporary.unlink(missing_ok=True)
        except FileExistsError:
            return False
        except OSError as error:
            raise ConfigurationError(
                f"The key of the secrets cannot be written to {str(self.file)!r}: {error.strerror}.",
                hint=f"Let this user write to the data folder, or set {SETTING}. {MAKE_ONE}",
            ) from error

    def _file(self) -> str | None:
        try:
            descriptor = os.open(self.file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error.strerror or "it cannot be opened") from error
        try:
            self._check(os.fstat(descriptor))
            return os.read(descriptor, MAX_FILE_BYTES).decode(errors="replace")
        finally:
            os.close(descriptor)

    def _check(self, info: os.stat_result) -> None:
        if not stat.S_ISREG(info.st_mode):
            raise self._unreadable("it is not a regular file")
        if os.name == "posix" and info.st_mode & 0o077:
            raise ConfigurationError(
                f"The file {str(self.file)!r} with the key of the secrets may be read or changed by others "
                f"(mode {stat.S_IMODE(info.st_mode):04o}).",
                hint=f"Run `chmod 600 {self.file}`, and change the key if others can have read it: "
                "`pointwork secrets rotate`.",
            )

    def _unreadable(self, why: str) -> ConfigurationError:
        return ConfigurationError(
            f"The file {str(self.file)!r} with the key of the secrets cannot be read: {why}.",
            hint="Put back the file that was made with the data folder, or set POINTWORK_SECRET_KEY to what it held.",
        )

    def _parsed(self, text: str, where: str) -> Sequence[Key]:
        keys: list[Key] = []
        for word in text.replace(",", " ").split():
            self._redactor.add(word, SETTING)
            try:
                value = base64.b64decode(word.translate(str.maketrans("-_", "+/")), validate=True)
            except (binascii.Error, ValueError):
                value = b""
            if len(value) != KEY_BYTES:
                raise ConfigurationError(
                    f"{where} something that is no key: a key is {KEY_BYTES} bytes, written as Base64.",
                    hint=f"{MAKE_ONE} What is stored needs the key that it was stored with.",
                )
            keys.append(Key.of(value))
        if not keys:
            raise ConfigurationError(f"{where} no key.", hint="Put back what stood in it.")
        return keys
