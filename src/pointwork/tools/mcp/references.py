"""`{{secret.NAME}}` and `${VARIABLE}` in the environment and the headers of a server.

They are resolved when the server is started or reached, never before, and what they stand for is hidden from then on
in everything that this process writes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final, Protocol

from pointwork.errors import ConfigurationError
from pointwork.redaction import Redactor

__all__ = ["Vault", "resolved"]

REFERENCE: Final = re.compile(r"\{\{\s*secret\.([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Vault(Protocol):
    """Where secrets are kept."""

    def get(self, name: str) -> str:
        """Raises ConfigurationError when there is none, or it cannot be read."""
        ...

    def info(self, name: str) -> object:
        """Raises NotFound when there is none."""
        ...

    def set(self, name: str, value: str) -> object: ...


def resolved(
    texts: Mapping[str, str], vault: Vault, redactor: Redactor, *, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The texts with what their references stand for; raises ConfigurationError for what is not there."""
    environment = os.environ if environment is None else environment

    def value(hit: re.Match[str]) -> str:
        secret, variable = hit[1], hit[2]
        if secret is not None:
            return vault.get(secret)
        found = environment.get(variable)
        if not found:
            raise ConfigurationError(
                f"An MCP server needs the variable {variable!r}, which is not set.",
                hint=f"Set it where Pointwork is started, or store a secret and write {{{{secret.{variable}}}}}.",
            )
        redactor.add(found, variable)
        return found

    return {name: REFERENCE.sub(value, text) for name, text in texts.items()}
