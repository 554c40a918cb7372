"""Which sandbox runs: the one that the operator chose, or none. What does not hold is never replaced by another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from pointwork.errors import SandboxUnavailable
from pointwork.sandbox.base import Profile, SandboxLimits, SandboxOutcome
from pointwork.sandbox.environments import environments
from pointwork.sandbox.linux import LinuxJail
from pointwork.sandbox.monty import MontySandbox
from pointwork.workflow import JsonObject

__all__ = ["SandboxChoice", "SwitchedOff", "chosen"]

SandboxChoice: TypeAlias = Literal["linux-jail", "monty", "off"]


def chosen(choice: SandboxChoice, data_dir: Path) -> LinuxJail | MontySandbox | SwitchedOff:
    """The sandbox of a process; nothing is started before the first call."""
    if choice == "off":
        return SwitchedOff()
    return MontySandbox() if choice == "monty" else LinuxJail(environments(data_dir))


class SwitchedOff:
    """No sandbox, so no code is run."""

    async def layers(self) -> str:
        raise SandboxUnavailable(
            "Running Python is switched off here.", hint="POINTWORK_PYTHON_SANDBOX=linux-jail switches it on."
        )

    async def run(
        self,
        code: str,
        *,
        files: Mapping[str, bytes] | None = None,
        profile: Profile = "plain",
        inputs: JsonObject | None = None,
        limits: SandboxLimits | None = None,
    ) -> SandboxOutcome:
        await self.layers()
        raise AssertionError

    async def close(self) -> None:
        """There is nothing to end."""

    def close_now(self) -> None:
        """There is nothing to end."""
