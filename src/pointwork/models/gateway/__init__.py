"""Models of all providers, through pydantic-ai: OpenAI's two protocols, and those of Anthropic and Google.

The only package that imports the model library, and itself imported only by the first call to a model (`catalogue`),
because that takes seconds and a hundred megabytes. It translates three things and adds none: our messages to the
library's (`translation`), its events to our deltas (`translation`), its errors to ours (`failure`).
"""

from pointwork.models.gateway.client import Gateway

__all__ = ["Gateway"]
