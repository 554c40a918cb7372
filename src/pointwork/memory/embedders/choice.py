"""Which embedder is used: what the setting says, and nothing else in its place.

Only without a setting is there a choice: MiniLM where it is installed, else words alone, with the reason and what to
do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from pointwork.errors import ConfigurationError
from pointwork.memory.embedders.endpoint import EmbeddingEndpoint, EndpointEmbedder
from pointwork.memory.embedders.lexical import WARNING, Lexical
from pointwork.memory.embedders.minilm import MiniLM
from pointwork.memory.embedders.weights import PACKAGE, WEIGHTS_COMMAND, Weights
from pointwork.memory.protocols import Embedder

__all__ = ["INSTALL", "SETTING", "Chosen", "choose"]

SETTING: Final = "POINTWORK_EMBEDDER"
LIBRARIES: Final = ("numpy", "onnxruntime", "tokenizers")
LIBRARIES_COMMAND: Final = "pip install 'pointwork[memory]'"
EXAMPLE: Final = "openai:text-embedding-3-small or ollama:nomic-embed-text"
INSTALL: Final = f"{LIBRARIES_COMMAND} && {WEIGHTS_COMMAND}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An embedder; `warning` is what users of it have to know, `hint` what would be better."""

    embedder: Embedder
    warning: str = ""
    hint: str = ""


def choose(setting: str | None = None, *, endpoints: Mapping[str, EmbeddingEndpoint] | None = None) -> Chosen:
    """The embedder that the setting names: `minilm`, `lexical`, or a provider in `endpoints` and its model.

    Nothing is loaded or asked yet. Raises ConfigurationError when the setting cannot be followed.

    >>> choose("lexical").embedder.name
    'lexical-v1'
    """
    setting = (setting or "").strip()
    provider, colon, model = setting.partition(":")
    if colon:
        return _endpoint(setting, provider, model.strip(), endpoints or {})
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


def _endpoint(setting: str, provider: str, model: str, endpoints: Mapping[str, EmbeddingEndpoint]) -> Chosen:
    endpoint = endpoints.get(provider)
    if not model:
        raise ConfigurationError(f"{SETTING} is {setting!r}, which names no model.", hint=f"Write it like {EXAMPLE}.")
    if endpoint is None:
        there = f"Configured are: {', '.join(sorted(endpoints))}." if endpoints else "None is configured."
        raise ConfigurationError(
            f"{SETTING} is {setting!r}, but the provider {provider!r} is not configured.", hint=there
        )
    return Chosen(EndpointEmbedder(f"{provider}:{model}", endpoint))
