"""Vectors from an endpoint: whatever answers `POST …/embeddings` as OpenAI does, Ollama among them.

Rules of this file: the way out is `pointwork.egress`; every amount has a limit: texts and characters at once, attempts,
seconds. What had come before a failure comes with it, so that nothing is asked or paid for twice.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from pointwork.egress import Egress, EgressResponse
from pointwork.egress.addresses import Target
from pointwork.errors import EgressFailed, EgressRefused, EmbedderError, PointworkError
from pointwork.memory.vectors import pack

__all__ = ["EmbeddingEndpoint", "EndpointEmbedder"]

TEXTS: Final = 64
CHARACTERS: Final = 100_000  # of all texts of a request
LONGEST: Final = 24_000  # of one text; models take some 8,000 tokens
SHORTEST: Final = 1_000  # a text that is refused is halved until then
ATTEMPTS: Final = 3
PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 20.0
TIMEOUT_S: Final = 60.0
ANSWER_BYTES: Final = 32 << 20
MAX_DIM: Final = 16_384
TOO_LONG: Final = frozenset({400, 413, 422})
KNOWN: Final = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
    "nomic-embed-text": 768,
    "mxbai-embed-large": 1024,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingEndpoint:
    """Where vectors are made. `how_to`: the setting to look at when it does not answer."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    how_to: str = ""


class EndpointEmbedder:
    """Turns texts into vectors by asking an endpoint.

    `name` is provider and model, for example `ollama:nomic-embed-text`; two endpoints that call a model the same are
    taken to have the same. `find` says where the provider is now, or raises what is missing. `egress` makes the client
    of a call, `sleep` waits between attempts; both are for tests.
    """

    def __init__(
        self,
        name: str,
        find: Callable[[], EmbeddingEndpoint],
        *,
        egress: Callable[[], Egress] = Egress,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self.find = find
        self._dim = KNOWN.get(name.partition(":")[2])
        self._egress = egress
        self._sleep = sleep
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        """How many numbers a vector has; the first who asks may have to ask the endpoint."""
        if self._dim is None:
            self.embed(["How many numbers?"])
        assert self._dim is not None
        return self._dim

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """One vector for each text, in order."""
        if not texts:
            return []
        try:
            endpoint = self.find()
        except PointworkError as error:
            raise EmbedderError(f"{self.name!r} cannot be asked: {error.message}", hint=error.hint) from error
        # In a thread of its own, because the caller's may already run an event loop.
        with ThreadPoolExecutor(1, thread_name_prefix="embed") as thread:
            return thread.submit(asyncio.run, self._embed(endpoint, texts)).result()

    async def _embed(self, endpoint: EmbeddingEndpoint, texts: Sequence[str]) -> list[bytes]:
        egress = self._egress()
        call = _Call(self.name, endpoint, egress, self._sleep, self._settle)
        try:
            for batch in _batches([_sent(text) for text in texts]):
                await call.batch(batch)
        finally:
            await egress.close()
        return call.done

    def _settle(self, dim: int) -> int:
        """How many numbers every vector has to have, now that one of so many has come."""
        with self._lock:
            if self._dim is None and 0 < dim <= MAX_DIM:
                self._dim = dim
        return self._dim or MAX_DIM


class _Call:
    """What is asked for one list of texts; `done` are the vectors so far."""

    def __init__(
        self,
        name: str,
        endpoint: EmbeddingEndpoint,
        egress: Egress,
        sleep: Callable[[float], Awaitable[object]],
        settle: Callable[[int], int],
    ) -> None:
        self.done: list[bytes] = []
        self._name = name
        self._endpoint = endpoint
        self._egress = egress
        self._sleep = sleep
        self._settle = settle

    async def batch(self, texts: Sequence[str]) -> None:
        """Add the vectors of a batch; one text of it that is too long does not keep the others."""
        answer = await self._asked(texts)
        if answer.status in TOO_LONG and len(texts) > 1:
            middle = len(texts) // 2
            await self.batch(texts[:middle])
            await self.batch(texts[middle:])
        elif answer.status in TOO_LONG and len(texts[0]) > SHORTEST:
            await self.batch([texts[0][: len(texts[0]) // 2]])
        elif answer.status == 200:
            self.done += self._read(answer.body, len(texts))
        else:
            refused = answer.status in TOO_LONG
            raise self._failed(f"answered {answer.status}: {_reason(answer.body)}", refused=refused)

    async def _asked(self, texts: Sequence[str]) -> EgressResponse:
        """An answer, perhaps the last of several attempts."""
        url = f"{self._endpoint.base_url.rstrip('/')}/embeddings"
        headers = {"content-type": "application/json"}
        if self._endpoint.api_key:
            headers["authorization"] = f"Bearer {self._endpoint.api_key}"
        model = self._name.partition(":")[2]
        body = orjson.dumps({"model": model, "input": list(texts), "encoding_format": "float"})
        for attempt in range(1, ATTEMPTS + 1):
            pause_s = PAUSE_S * 2 ** (attempt - 1)
            try:
                answer = await self._egress.request(
                    "POST", url, headers=headers, body=body, max_bytes=ANSWER_BYTES, timeout_s=TIMEOUT_S, max_hops=0,
                    also=Target.read(url).origin,
                )  # fmt: skip
            except EgressFailed as error:
                if attempt == ATTEMPTS:
                    raise self._failed(f"does not answer: {error.message}") from error
            except EgressRefused as error:
                raise self._failed(f"cannot be asked: {error.message}") from error
            else:
                if attempt == ATTEMPTS or not (answer.status == 429 or answer.status >= 500):
                    return answer
                pause_s = max(pause_s, _seconds(answer.headers.get("retry-after", "")))
            await self._sleep(min(pause_s, LONGEST_PAUSE_S))
        raise AssertionError("the last attempt returns or raises")

    def _read(self, body: bytes, wanted: int) -> list[bytes]:
        try:
            rows = sorted(orjson.loads(body)["data"], key=lambda row: row["index"])
            vectors = [[float(value) for value in row["embedding"]] for row in rows]
            fits = [row["index"] for row in rows] == list(range(wanted))
        except (ValueError, KeyError, TypeError) as error:
            raise self._failed("answered something that is no list of vectors.") from error
        lengths = {len(vector) for vector in vectors}
        if not fits or len(lengths) != 1 or not all(map(math.isfinite, (value for row in vectors for value in row))):
            raise self._failed(f"answered {len(vectors)} vectors that do not fit {wanted} texts.")
        dim = lengths.pop()
        if dim != (expected := self._settle(dim)):
            raise self._failed(f"answered vectors of {dim} numbers; {expected} were expected.")
        return [pack(vector) for vector in vectors]

    def _failed(self, what: str, *, refused: bool = False) -> EmbedderError:
        hint = self._endpoint.how_to
        return EmbedderError(f"{self._name!r} {what}", hint=hint, done=tuple(self.done), refused=refused)


def _sent(text: str) -> str:
    """What is sent for a text; endpoints refuse empty ones."""
    return text[:LONGEST].encode("utf-8", "replace").decode().replace("\0", " ").strip() or "."


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    length = 0
    for text in texts:
        if batch and (len(batch) == TEXTS or length + len(text) > CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(text)
        length += len(text)
    yield batch


def _reason(body: bytes) -> str:
    """What an endpoint says about an error, short."""
    try:
        found: Any = orjson.loads(body)
        said = found["error"]["message"] if isinstance(found["error"], dict) else found["error"]
    except (ValueError, KeyError, TypeError):
        said = body[:1_000].decode("utf-8", "replace")
    return " ".join(str(said).split())[:200] or "without a reason"


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
