"""The memory of a process as its settings describe it. Nothing is read, loaded or asked before it is needed."""

from __future__ import annotations

import atexit
import importlib.util
from functools import partial
from pathlib import Path

from pointwork.egress import Origin
from pointwork.errors import ConfigurationError, NotFound
from pointwork.memory import MemoryService
from pointwork.memory.chroma import server_at
from pointwork.memory.embedders.endpoint import EmbeddingEndpoint
from pointwork.memory.opening import OpenMemory
from pointwork.models.providers import OLLAMA
from pointwork.provisioning import endpoint_named
from pointwork.redaction import Redactor
from pointwork.settings import Settings

__all__ = ["memory_of", "memory_outside"]


def memory_of(settings: Settings, redactor: Redactor, *, index: bool = False) -> OpenMemory:
    """What agents remember; nothing is opened yet. `index`: this process may keep Chroma's files."""
    return OpenMemory(
        settings.database,
        embedder=settings.embedder,
        find=partial(_endpoint, settings, redactor),
        index=settings.data_dir / "memory" if index else None,
        server=_chroma_server(settings) if index else None,
        redactor=redactor,
    )


def _endpoint(settings: Settings, redactor: Redactor, name: str) -> EmbeddingEndpoint:
    """Where a provider makes vectors, as it is configured now; raises NotFound or ConfigurationError."""
    try:
        found = endpoint_named(settings, redactor, name)
    except NotFound:
        if name != OLLAMA.name or not settings.find_ollama:
            raise
        return EmbeddingEndpoint(base_url=OLLAMA.base_url, how_to="Start Ollama, or set OLLAMA_HOST.")
    if found.kind != "openai":
        raise ConfigurationError(
            f"The provider {name!r} makes no vectors, because it does not speak OpenAI's protocol.",
            hint="Set POINTWORK_EMBEDDER to minilm, or to a model of another provider.",
        )
    places = " and ".join(filter(None, (found.key_name, found.url_name)))
    return EmbeddingEndpoint(base_url=found.base_url, api_key=found.api_key, how_to=f"Look at {places}.")


def _chroma_server(settings: Settings) -> Origin | None:
    if settings.chroma_url is None:
        return None
    if importlib.util.find_spec("chromadb") is None:
        raise ConfigurationError(
            "POINTWORK_CHROMA_URL needs a package that is not installed.", hint="pip install 'pointwork[memory]'"
        )
    return server_at(settings.chroma_url, settings.egress_allow, setting="POINTWORK_CHROMA_URL")


_memories: dict[tuple[Path, str | None], OpenMemory] = {}  # of scripts


def memory_outside() -> MemoryService:
    """What agents remember, for scripts: stored where a server on the same data folder finds it."""
    settings = Settings.from_environment()
    place = (settings.database, settings.embedder)
    if place not in _memories:
        _memories[place] = memory_of(settings, Redactor(settings.keys()))
        atexit.register(_memories[place].close)
    return _memories[place].service
