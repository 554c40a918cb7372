"""How much may leave the jail. The guest keeps to it so that it fits, the host because it trusts nobody."""

from __future__ import annotations

__all__ = ["MAX_ARTIFACTS", "MAX_ARTIFACT_BYTES", "MAX_DEPTH", "MAX_ERROR", "MAX_NAME", "MAX_TEXT", "MAX_VALUES"]

MAX_DEPTH = 40  # of lists and objects in each other
MAX_VALUES = 50_000  # in all of them together
MAX_TEXT = 200_000  # characters of all texts of a result together, names of fields included
MAX_ERROR = 4_000  # characters
MAX_NAME = 500  # characters of the name of a file
MAX_ARTIFACTS, MAX_ARTIFACT_BYTES = 32, 8 << 20  # files, and bytes of all of them together
