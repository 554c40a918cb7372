"""A workspace: the folder in which the tools of one run read and write, with its limits.

Rules of this file: names are judged by `paths`, opened by `beneath`; a refusal does not tell whether what was asked
for exists. A file is written beside its place and then moved there, so a reader never sees half of one, and what was
reported as written is on the disk. Files that begin with a dot do not exist for tools.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pointwork.errors import FileRefused
from pointwork.files import beneath
from pointwork.files.beneath import Identity, absent, identity, opened_file, opened_folder
from pointwork.files.paths import MAX_DEPTH, is_name, parts_of, shown
from pointwork.redaction import Redactor

__all__ = ["MAX_FILES", "MAX_FILE_BYTES", "MAX_TOTAL_BYTES", "FileInfo", "Workspace"]

MAX_FILE_BYTES = 25 << 20  # as for uploads
MAX_TOTAL_BYTES = 100 << 20
MAX_FILES = 1_000
MAX_LOOKED_AT = 20_000  # entries of a folder that is the user's own
CHUNK = 1 << 20
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | beneath.NOFOLLOW | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file of a workspace. `name` is its path from there, `modified_us` microseconds since 1970."""

    name: str
    bytes: int
    modified_us: int


class Workspace:
    """The files beneath `root`, which is made when something is written.

    `private` are files and folders in it that do not exist for tools. Without `replaces`, what this object has not
    written itself is never replaced. `redactor` hides secrets in what is written. All methods block for as long as the
    disk does: call them in a thread.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     workspace = Workspace(Path(folder))
    ...     name = workspace.write("notes/today.txt", b"Water the plants.")
    ...     name, workspace.read(name, max_bytes=1_000), [file.name for file in workspace.list()]
    ('notes/today.txt', b'Water the plants.', ['notes/today.txt'])
    """

    def __init__(
        self,
        root: Path,
        *,
        private: Collection[Path] = (),
        replaces: bool = True,
        max_files: int = MAX_FILES,
        max_total_bytes: int = MAX_TOTAL_BYTES,
        counting: threading.Lock | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.root = root
        self._redactor = redactor or Redactor()
        self.max_files = max_files
        self.max_total_bytes = max_total_bytes
        self._private = tuple(private)
        self._replaces = replaces
        self._written: set[tuple[str, ...]] = set()
        self._counting = counting or threading.Lock()

    def read(self, path: str, *, max_bytes: int) -> bytes:
        """The whole file; raises FileRefused when it is larger than `max_bytes`, or for what may not be read."""
        data, size = self.start_of(path, max_bytes=max_bytes)
        if size > max_bytes:
            raise FileRefused(
                f"The file {shown(path)} has {size:,} bytes; {max_bytes:,} are the limit.", hint="Use a smaller file."
            )
        return data

    def start_of(self, path: str, *, max_bytes: int) -> tuple[bytes, int]:
        """The first `max_bytes` bytes of a file, and how many it has; raises FileRefused for what may not be read."""
        parts = parts_of(path)
        try:
            with (
                self._opened() as root,
                opened_file(root, parts, private=self._identities()) as (descriptor, info),
            ):
                return _read(descriptor, max_bytes), info.st_size
        except OSError as error:
            raise absent(shown(path)) from error

    def write(self, path: str, data: bytes) -> str:
        """Write a file and the folders that it lies in; returns its name. Raises FileRefused."""
        parts = parts_of(path)
        data = self._without_secrets(path, data)
        if len(data) > MAX_FILE_BYTES:
            raise FileRefused(
                f"{len(data):,} bytes are too many for one file; {MAX_FILE_BYTES:,} are the limit.",
                hint="Write less, or several files.",
            )
        try:
            with (
                self._opened(make=True) as root,
                opened_folder(root, parts[:-1], private=self._identities(), make=True) as folder,
            ):
                self._put(root, folder, parts, data)
        except OSError as error:
            raise FileRefused(f"The file {shown(path)} cannot be written here.", hint="Choose another name.") from error
        return "/".join(parts)

    def list(self) -> list[FileInfo]:
        """All files that may be read, by name; those in a workspace that is not there yet are none."""
        try:
            with self._opened() as root:
                return sorted(self._files(root, "", self._identities(), [MAX_LOOKED_AT]), key=lambda file: file.name)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise FileRefused("The files of this workspace cannot be listed.") from error

    def _without_secrets(self, path: str, data: bytes) -> bytes:
        """Text with secrets hidden; anything else that holds one is refused, because it would be damaged."""
        names = self._redactor.names_in(path)
        clean = self._redactor.bytes_(data)
        if names or (clean is not data and not _is_text(data)):
            raise FileRefused(
                f"{' and '.join(names) or 'A secret'} would be written into a file, and cannot be hidden there.",
                hint="Leave it out: secrets are for services, and files are for people.",
            )
        return clean

    # -- how ------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _opened(self, *, make: bool = False) -> Iterator[int]:
        if not beneath.is_supported():
            raise FileRefused(
                "On this system files cannot be opened safely, so tools read and write none.",
                hint="Run Pointwork on Linux or macOS.",
            )
        if make:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = os.open(self.root, beneath.FOLDER)
        try:
            private = self._identities()
            if private and not private.isdisjoint(_above(self.root)):
                raise PermissionError("the workspace lies in a private folder")
            yield root
        finally:
            os.close(root)

    def _identities(self) -> frozenset[Identity]:
        found = []
        for path in self._private:
            with contextlib.suppress(OSError):
                found.append(identity(os.stat(path)))
        return frozenset(found)

    def _put(self, root: int, folder: int, parts: tuple[str, ...], data: bytes) -> None:
        """Write beside its place, then move: counting and moving are one step for everybody who writes here."""
        temporary = f".{secrets.token_hex(12)}.part"
        descriptor = os.open(temporary, NEW, 0o600, dir_fd=folder)
        try:
            try:
                _write(descriptor, data)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            with self._counting:
                self._check_room(root, folder, parts, len(data))
                os.rename(temporary, parts[-1], src_dir_fd=folder, dst_dir_fd=folder)
                self._written.add(parts)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=folder)
            raise
        os.fsync(folder)

    def _check_room(self, root: int, folder: int, parts: tuple[str, ...], size: int) -> None:
        """Whether this file may be put here: it replaces none but a file of ours, and there is room for it."""
        freed, one_more = 0, 1
        with contextlib.suppress(FileNotFoundError):
            there = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISREG(there.st_mode) or there.st_nlink != 1 or identity(there) in self._identities():
                raise PermissionError("not a file that may be replaced")
            if not self._replaces and parts not in self._written:
                raise FileRefused(
                    f"There is a file {shown('/'.join(parts))} already, which is not replaced.",
                    hint="Choose a name that is not taken.",
                )
            freed, one_more = there.st_size, 0
        if not self._replaces:  # a folder of the user: what is in it already does not count
            count, total = len(self._written), 0
        else:
            files = self.list()
            count, total = len(files), sum(file.bytes for file in files)
        if count + one_more > self.max_files:
            raise FileRefused(f"The workspace is full: it holds {count:,} files.", hint="Write into an existing file.")
        if total - freed + size > self.max_total_bytes:
            raise FileRefused(
                f"The workspace is full: with this file it would hold more than {self.max_total_bytes:,} bytes.",
                hint="Write less.",
            )

    def _files(self, folder: int, prefix: str, private: Collection[Identity], left: list[int]) -> Iterator[FileInfo]:
        """What is in a folder and in those in it; `left` is how many entries may still be looked at."""
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in islice(entries, left[0]))
        left[0] -= len(names)
        for name in names:
            if not is_name(name):
                continue
            with contextlib.suppress(OSError):  # gone meanwhile, or not ours to read
                info = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if identity(info) in private:
                    continue
                if stat.S_ISREG(info.st_mode) and info.st_nlink == 1:
                    yield FileInfo(prefix + name, info.st_size, info.st_mtime_ns // 1_000)
                elif stat.S_ISDIR(info.st_mode) and prefix.count("/") < MAX_DEPTH - 1:
                    with opened_folder(folder, (name,)) as inner:
                        yield from self._files(inner, f"{prefix}{name}/", private, left)


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _above(folder: Path) -> Iterator[Identity]:
    """What a folder is, and what the folders are that it lies in."""
    real = folder.resolve()
    for place in (real, *real.parents):
        with contextlib.suppress(OSError):
            yield identity(os.stat(place))


def _read(descriptor: int, most: int) -> bytes:
    pieces: list[bytes] = []
    left = most
    while left > 0 and (piece := os.read(descriptor, min(left, CHUNK))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
