"""Which embedder is used: what the setting says, and nothing else in its place.

Only without a setting is there a choice: MiniLM where it is installed, else words alone, with the reason and what to
do about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Final, TypeAlias

from pointwork.errors import ConfigurationError, PointworkError
from pointwork.memory.embedders.endpoint import EmbeddingEndpoint, EndpointEmbedder
from pointwork.memory.embedders.lexical import WARNING, Lexical
from pointwork.memory.embedders.minilm import MiniLM
from pointwork.memory.embedders.weights import PACKAGE, WEIGHTS_COMMAND, Weights
from pointwork.memory.protocols import Embedder

__all__ = ["INSTALL", "SETTING", "Chosen", "FindEndpoint", "choose"]

SETTING: Final = "POINTWORK_EMBEDDER"
LIBRARIES: Final = ("numpy", "onnxruntime", "tokenizers")
LIBRARIES_COMMAND: Final = "pip install 'pointwork[memory]'"
EXAMPLE: Final = "openai:text-embedding-3-small or ollama:nomic-embed-text"
INSTALL: Final = f"{LIBRARIES_COMMAND} && {WEIGHTS_COMMAND}"


# Where a provider is now, by its name; raises NotFound or ConfigurationError with what to do.
FindEndpoint: TypeAlias = Callable[[str], EmbeddingEndpoint]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An embedder; `warning` is what users of it have to know, `hint` what would be better."""

    embedder: Embedder
    warning: str = ""
    hint: str = ""

    @property
    def problem(self) -> tuple[str, str] | None:
        """What is not as it should be now, and what to do about it; for an endpoint, that its provider is not there."""
        if isinstance(self.embedder, EndpointEmbedder):
            try:
                self.embedder.find()
            except PointworkError as error:
                return f"{SETTING} is {self.embedder.name!r}. {error.message}", error.hint
        return (self.warning, self.hint) if self.warning else None


def choose(setting: str | None = None, *, find: FindEndpoint | None = None) -> Chosen:
    """The embedder that the setting names: `minilm`, `lexical`, or a provider and its model.

    Nothing is loaded or asked yet; a provider is looked for when it is needed, because it may be stored later. Raises
    ConfigurationError when the setting cannot be followed.

    >>> choose("lexical").embedder.name
    'lexical-v1'
    """
    setting = (setting or "").strip()
    provider, colon, model = setting.partition(":")
    if colon:
        return _endpoint(setting, provider.strip(), model.strip(), find)
    match setting.lower():
        case "":
            found = _minilm()
            if isinstance(found, MiniLM):
                return Chosen(found)
            reason, command = found
            return Chosen(Lexical(), f"{WARNING} {reason}", f"Install it: {command}")
        case "minilm":
            found = _minilm()
            if isinstance(found, MiniLM):
                return Chosen(found)
            reason, command = found
            raise ConfigurationError(f"{SETTING} is 'minilm'. {reason}", hint=f"Install it: {command}")
        case "lexical":
            return Chosen(Lexical(), WARNING, f"Set {SETTING} to minilm, or to a model such as {EXAMPLE}.")
        case _:
            raise ConfigurationError(
                f"{SETTING} is {setting!r}.", hint=f"It must be minilm, lexical, or like {EXAMPLE}."
            )


def _minilm() -> MiniLM | tuple[str, str]:
    """The model, or what is missing and the command that brings it."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    weights = Weights.installed()
    if weights is not None and not missing:
        return MiniLM(weights)
    absent = [*missing, *([PACKAGE] if weights is None else [])]
    command = INSTALL if missing and weights is None else LIBRARIES_COMMAND if missing else WEIGHTS_COMMAND
    return f"MiniLM is not installed: {', '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing.", command


def _endpoint(setting: str, provider: str, model: str, find: FindEndpoint | None) -> Chosen:
    if not provider or not model or find is None:
        raise ConfigurationError(
            f"{SETTING} is {setting!r}, which names no provider and its model.", hint=f"Write it like {EXAMPLE}."
        )
    return Chosen(EndpointEmbedder(f"{provider}:{model}", partial(find, provider)))
