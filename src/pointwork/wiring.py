"""The object graph, built once: what a server or a command is made of.

Rules of this file: it only puts together. Building opens no file and needs no key; `open` does, in the order of need,
and `close` undoes it in the other order. One `App` belongs to one event loop.
"""

from __future__ import annotations

__all__ = ["App"]
