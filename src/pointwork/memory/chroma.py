"""The index in ChromaDB: in this process by default, or its own server.

It is built from the store and may be lost at any time. Chroma in a process is not made for several of them, so the one
that holds the lock has it and the others do without. A damaged file can end the process, so files are not opened
unless they are as their last owner left them: `current.json` names the folder that holds everything and each of its
files with size and time, and is not there while something is changed. Any other folder is given up, and the next is
built under a new name, because Chroma keeps to what a process once knew of a path.

Rules of this file: chromadb is imported on first use, in the thread that uses it. Vectors are ours, so it never embeds.
Agents share 16 collections, because each collection costs 2.6 MB and four open files.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from pointwork.egress import Origin
from pointwork.egress.addresses import Target, address_of
from pointwork.errors import ConfigurationError, EgressRefused, IndexBroken
from pointwork.memory.ownership import Ownership
from pointwork.memory.protocols import Entry, Found

__all__ = ["Chroma", "server_at"]

BUCKETS: Final = 16
BATCH: Final = 1_000  # Chroma takes 5,461 at most; its index is written every 1,000
GENERATION: Final = re.compile(r"[0-9a-f]{12}")
COSINE: Final[Any] = {"hnsw": {"space": "cosine"}}


class Chroma:
    """Vectors of one embedder. Calls come from several threads, after `open` has returned True.

    `server`: the address of a Chroma server, which then has it instead of a folder of this process.
    """

    def __init__(self, folder: Path, embedder: str, *, server: Origin | None = None) -> None:
        self.folder = folder
        self.embedder = embedder
        self.server = server
        self.checked = False  # by whoever heals it, since it was opened
        self.wanted = False  # by someone who asked before that
        self._ownership = Ownership(folder / "owner.lock")
        self._lock = threading.RLock()
        self._client: Any = None
        self._generation = ""
        self._complete = False
        self._collections: dict[int, Any] = {}

    def open(self) -> bool:
        """Whether this process may use it. Nothing is imported yet."""
        return self._ownership.take()

    @property
    def is_open(self) -> bool:
        return self._ownership.is_ours

    @property
    def is_complete(self) -> bool:
        """Whether it has been told everything that there was; if not, it has to be told from the beginning."""
        with self._lock, _translated():
            self._settle()
            return self._complete

    def completed(self) -> None:
        """It has been told everything that there is."""
        with self._lock, _translated():
            self._settle()
            self._complete = True
            self._write_down()

    def put(self, entries: Sequence[Entry]) -> None:
        """Add these, or replace what has their ids."""
        buckets: defaultdict[int, list[Entry]] = defaultdict(list)
        for entry in entries:
            buckets[_bucket(entry.agent_id)].append(entry)
        for bucket, all_of in buckets.items():
            for start in range(0, len(all_of), BATCH):
                self._upsert(bucket, {entry.id: entry for entry in all_of[start : start + BATCH]})

    def _upsert(self, bucket: int, entries: Mapping[str, Entry]) -> None:
        import numpy

        rows = list(entries.values())
        flat = numpy.frombuffer(b"".join(entry.vector for entry in rows), "<f4")
        with self._answering(bucket, changed=True) as collection:
            collection.upsert(
                ids=[entry.id for entry in rows],
                embeddings=flat.reshape(len(rows), -1),
                metadatas=[{"agent": _key(entry.agent_id)} for entry in rows],
            )

    def remove(self, agent_id: str, ids: Sequence[str]) -> None:
        """Take these out; those that are not there are no matter."""
        for start in range(0, len(ids), BATCH):
            with self._answering(_bucket(agent_id), changed=True) as collection:
                collection.delete(ids=list(ids[start : start + BATCH]))

    def search(self, agent_id: str, vector: bytes, n: int) -> list[Found]:
        """The nearest first, at most `n`; of many thousands, now and then one is missed."""
        import numpy

        if n < 1:
            return []
        key = _key(agent_id)
        with self._answering(_bucket(agent_id)) as collection:
            # A filter takes 4 ms per 1,000 vectors that pass it. Who has very many is most of its collection.
            all_near = _query(collection, numpy.frombuffer(vector, "<f4"), 2 * n, None)
            near = [(id, distance) for id, distance, agent in all_near if agent == key]
            if len(near) < n and len(all_near) == 2 * n:
                filtered = _query(collection, numpy.frombuffer(vector, "<f4"), n, {"agent": key})
                near = [(id, distance) for id, distance, _ in filtered]
        return [Found(id, 1 - distance) for id, distance in near[:n]]

    def ids(self, agent_id: str) -> set[str]:
        """What it has of an agent."""
        with self._answering(_bucket(agent_id)) as collection:
            return set(collection.get(where={"agent": _key(agent_id)}, include=[])["ids"])

    def count(self) -> int:
        """How many vectors it has."""
        total = 0
        for bucket in range(BUCKETS):
            with self._answering(bucket) as collection:
                total += collection.count()
        return total

    def reset(self) -> None:
        """Forget everything; it has to be told from the beginning."""
        with self._lock, _translated():
            self._current.unlink(missing_ok=True)
            self._give_up()
            if not self._ownership.renew():
                raise IndexBroken(f"The index in {str(self.folder)!r} belongs to another process now.")
            self._settle()

    def close(self) -> None:
        """Let another process have it."""
        with self._lock, suppress(IndexBroken), _translated():
            written_down = self._generation and self._current.is_file()
            self._disconnect()
            if written_down:
                self._write_down()  # closing has changed its files
            self._generation, self.checked = "", False
        self._ownership.release()

    @property
    def _current(self) -> Path:
        return self.folder / "current.json"

    @property
    def _database(self) -> Path:
        return self.folder / self._generation / "chroma.sqlite3"

    def _settle(self) -> None:
        """Know which generation to use: the one that is complete, or a new one."""
        if not self.is_open:
            raise IndexBroken(f"The index in {str(self.folder)!r} belongs to another process.")
        if self._generation:
            return
        state = _read(self._current)
        self._generation = state.get("generation", "")
        self._complete = bool(self._generation) and state == self._state()
        if not self._complete:
            self._generation = secrets.token_hex(6)
        for path in self.folder.iterdir():
            if GENERATION.fullmatch(path.name) and path.name != self._generation:
                shutil.rmtree(path, ignore_errors=True)

    def _state(self) -> dict[str, Any]:
        """What is written down about what is complete."""
        files: dict[str, list[int]] = {}
        folder = self.folder / self._generation
        if self.server is None:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    stat = path.stat()
                    files[path.relative_to(folder).as_posix()] = [stat.st_size, stat.st_mtime_ns]
        where = str(self.server or "")
        return {"generation": self._generation, "embedder": self.embedder, "server": where, "files": files}

    def _write_down(self) -> None:
        temporary = self._current.with_suffix(".new")
        temporary.write_text(json.dumps(self._state()))
        temporary.replace(self._current)

    def _give_up(self) -> None:
        """Use this generation no more."""
        if self.server is not None and self._client is not None:
            for bucket in range(BUCKETS):
                self._client.delete_collection(self._collection(bucket).name)
        self._disconnect()
        self._generation, self._complete, self.checked = "", False, False

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        self._collections.clear()
        if client is not None:
            with suppress(IndexBroken), _translated():
                client.close()

    @contextmanager
    def _answering(self, bucket: int, *, changed: bool = False) -> Iterator[Any]:
        """The collection of a bucket; what goes wrong with it comes out as IndexBroken."""
        with _translated():
            with self._lock:
                self._settle()
                if self.server is None and self._client is not None and not self._database.is_file():
                    raise IndexBroken(f"The index in {str(self.folder)!r} has been deleted.")
                if changed:
                    self._current.unlink(missing_ok=True)
                collection = self._collection(bucket)
            yield collection

    def _collection(self, bucket: int) -> Any:
        if self._client is None:
            self._client = self._connected()
        if bucket not in self._collections:
            self._collections[bucket] = self._client.get_or_create_collection(
                f"mem-{self._generation}-{bucket:02}", embedding_function=None, configuration=COSINE
            )
        return self._collections[bucket]

    def _connected(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if self.server is None:
            return chromadb.PersistentClient(self._database.parent, settings=settings)
        return chromadb.HttpClient(
            self.server.host, self.server.port, ssl=self.server.scheme == "https", settings=settings
        )


def _query(collection: Any, vector: Any, n: int, where: dict[str, Any] | None) -> list[tuple[str, float, str]]:
    """Ids, distances and agents of the nearest."""
    found = collection.query(query_embeddings=[vector], n_results=n, where=where, include=["distances", "metadatas"])
    agents = [str(metadata["agent"]) for metadata in found["metadatas"][0]]
    return list(zip(found["ids"][0], found["distances"][0], agents, strict=True))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
        return found if GENERATION.fullmatch(found["generation"]) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def server_at(url: str, allowed: Collection[Origin], *, setting: str) -> Origin:
    """The Chroma server that a setting names: on this machine, or one that the operator allows tools to reach, too."""
    try:
        origin = Target.read(url).origin
    except EgressRefused as error:
        raise ConfigurationError(f"{setting} is not the address of a server: {error.message}") from error
    address = address_of(origin.host)
    if origin in allowed or origin.host == "localhost" or (address is not None and address.is_loopback):
        return origin
    raise ConfigurationError(
        f"{setting} is {str(origin)!r}, which is not on this machine.",
        hint="If memories may go there, list it in POINTWORK_EGRESS_ALLOW, too.",
    )


def _key(agent_id: str) -> str:
    """An agent's id, which may be any text, as Chroma can hold it."""
    return hashlib.sha256(agent_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _bucket(agent_id: str) -> int:
    return int(_key(agent_id)[:2], 16) % BUCKETS


@contextmanager
def _translated() -> Iterator[None]:
    """Whatever Chroma raises, also from the compiled part of it, means one thing here."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if isinstance(error, IndexBroken):
            raise
        raise IndexBroken(f"ChromaDB failed: {' '.join(str(error).split())[:300]}") from error
