"""all-MiniLM-L6-v2 in this process: the graph lies beside this file, the weights in a package, onnxruntime computes.

A text is cut into windows of 256 tokens, of which the first eight count (some 8,000 characters of English); its vector
is the direction between theirs. What comes after is not found by its meaning.

Rules of this file: numpy, onnxruntime and tokenizers are imported on first use. One thread computes a call, so several
calls use several cores and none waits for all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from pointwork.errors import EmbedderError
from pointwork.memory.embedders.weights import Weights
from pointwork.memory.vectors import mean

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["MiniLM"]

WINDOW: Final = 256  # tokens that the model was trained on, the first and the last of them its own
WINDOWS: Final = 8
CHARACTERS: Final = 40_000  # more than eight windows hold in any language that the tokenizer knows
BATCH_TOKENS: Final = 2_048  # at once, padding included; more is not faster on one thread
BEGIN, END = 101, 102


class MiniLM:
    """Turns texts into vectors of 384 numbers; English above all.

    The model is loaded by the first call, which takes about half a second with its imports.
    """

    def __init__(self, weights: Weights) -> None:
        self.name = "minilm-l6-v2"
        self.dim = 384
        self.weights = weights
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenizer, Any] | None = None

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """One vector for each text, in order."""
        tokenizer, session = self._parts()
        cut = [text[:CHARACTERS].encode("utf-8", "replace").decode() for text in texts]
        windows: list[list[int]] = []
        owners: list[int] = []
        for owner, encoding in enumerate(tokenizer.encode_batch_fast(cut, add_special_tokens=False)):
            for window in _windows(encoding.ids):
                windows.append(window)
                owners.append(owner)
        pieces: list[list[bytes]] = [[] for _ in texts]
        for batch in _batches(windows):
            for at, vector in zip(batch, _run(session, [windows[at] for at in batch]), strict=True):
                pieces[owners[at]].append(vector)
        return [mean(vectors) for vectors in pieces]

    def _parts(self) -> tuple[Tokenizer, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[Tokenizer, Any]:
        self.weights.verify()
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EmbedderError(
                f"MiniLM cannot run: {error}.", hint="Install it: pip install 'pointwork[memory]', then start again."
            ) from error
        tokenizer = Tokenizer.from_file(str(self.weights.folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        options: Any = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(self.weights.folder)
        )
        graph = resources.files("pointwork.memory.embedders").joinpath("minilm.onnx").read_bytes()
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return tokenizer, session


def _windows(tokens: Sequence[int]) -> Iterator[list[int]]:
    """Pieces of a text with the model's own tokens around them; at least one."""
    size = WINDOW - 2
    for start in range(0, max(min(len(tokens), size * WINDOWS), 1), size):
        yield [BEGIN, *tokens[start : start + size], END]


def _batches(windows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of windows of similar length, because all of a batch are filled up to the longest."""
    batch: list[int] = []
    for at in sorted(range(len(windows)), key=lambda at: len(windows[at])):
        if batch and (len(batch) + 1) * len(windows[at]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _run(session: Any, windows: Sequence[Sequence[int]]) -> list[bytes]:
    import numpy

    longest = max(map(len, windows))
    ids = numpy.zeros((len(windows), longest), numpy.int64)
    mask = numpy.zeros_like(ids)
    for row, window in enumerate(windows):
        ids[row, : len(window)] = window
        mask[row, : len(window)] = 1
    (vectors,) = session.run(["vectors"], {"ids": ids, "mask": mask})
    return [vector.tobytes() for vector in vectors.astype("<f4", copy=False)]
