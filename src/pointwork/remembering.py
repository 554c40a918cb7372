"""The memory of a process as its settings describe it. Nothing is read, loaded or asked before it is needed."""

from __future__ import annotations

import atexit
import importlib.util
from pathlib import Path

from pointwork.egress import Origin
from pointwork.errors import ConfigurationError
from pointwork.memory import MemoryService
from pointwork.memory.chroma import server_at
from pointwork.memory.embedders.endpoint import EmbeddingEndpoint
from pointwork.memory.opening import OpenMemory
from pointwork.models import OPENAI_URL
from pointwork.models.providers import OLLAMA
from pointwork.redaction import Redactor
from pointwork.settings import Settings

__all__ = ["memory_of", "memory_outside"]


def memory_of(settings: Settings, redactor: Redactor, *, index: bool = False) -> OpenMemory:
    """What agents remember; nothing is opened yet. `index`: this process may keep Chroma's files."""
    endpoints = {
        provider.name: EmbeddingEndpoint(
            base_url=provider.endpoint.base_url, api_key=provider.endpoint.api_key, how_to=provider.known.how_to
        )
        for provider in settings.providers
        if provider.known.kind == "openai"
    }
    if settings.openai_api_key or settings.openai_base_url:
        endpoints["openai"] = EmbeddingEndpoint(
            base_url=settings.openai_base_url or OPENAI_URL,
            api_key=settings.openai_api_key,
            how_to="Look at OPENAI_API_KEY and OPENAI_BASE_URL.",
        )
    if settings.find_ollama:
        local = EmbeddingEndpoint(base_url=OLLAMA.base_url, how_to="Start Ollama, or set OLLAMA_HOST.")
        endpoints.setdefault(OLLAMA.name, local)
    return OpenMemory(
        settings.database,
        embedder=settings.embedder,
        endpoints=endpoints,
        index=settings.data_dir / "memory" if index else None,
        server=_chroma_server(settings) if index else None,
        redactor=redactor,
    )


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
