"""Pointwork: draw or write a graph of agents, tools and control flow; run it; watch every step live.

Start reading at `pointwork.engine`, whose docstring is the map of the core.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
