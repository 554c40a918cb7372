"""What turns text into vectors: a model in this process, an endpoint, or words alone; and which of them it is."""

from pointwork.memory.embedders.cached import Cached
from pointwork.memory.embedders.choice import INSTALL, Chosen, choose
from pointwork.memory.embedders.endpoint import EmbeddingEndpoint, EndpointEmbedder
from pointwork.memory.embedders.lexical import Lexical
from pointwork.memory.embedders.minilm import MiniLM

__all__ = ["INSTALL", "Cached", "Chosen", "EmbeddingEndpoint", "EndpointEmbedder", "Lexical", "MiniLM", "choose"]
