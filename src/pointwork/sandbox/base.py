"""What a sandbox is: something that runs Python that nobody trusts and says what came of it.

Whatever the code does, the process that asks is not harmed, and nothing of it can be seen. A sandbox that does not
hold raises SandboxUnavailable with the reason; it never runs the code with less around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from pointwork.workflow import JsonObject

__all__ = ["Artifact", "Profile", "Sandbox", "SandboxLimits", "SandboxOutcome"]

# plain: the standard library. rich: numpy, pandas and matplotlib too. documents: what reads PDF, DOCX and XLSX.
Profile: TypeAlias = Literal["plain", "rich", "documents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxLimits:
    """What one call may use. `output_chars`: of what is printed; more is dropped, and the outcome says so."""

    wall_s: float = 5.0
    cpu_s: int = 5
    memory_bytes: int = 256 << 20
    output_chars: int = 65_536


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that the code wrote. `name` may have folders in it, separated by `/`; it comes from the code."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOutcome:
    """What came of a call.

    `result` is plain JSON data: the variable `result` of the code, or the value of an expression at its end. `output`
    are the lines that it printed. `error` says what went wrong in the code, None when it ran to its end. `truncated`:
    something was too large and was cut off. `sandbox` names what ran it and with which layers.
    """

    result: Any = None
    output: list[str] = field(default_factory=list[str])
    error: str | None = None
    truncated: bool = False
    artifacts: list[Artifact] = field(default_factory=list[Artifact])
    duration_ms: float = 0.0
    sandbox: str = ""
    notes: list[str] = field(default_factory=list[str])


class Sandbox(Protocol):
    """Runs code that nobody trusts."""

    async def run(
        self,
        code: str,
        *,
        files: Mapping[str, bytes] | None = None,
        profile: Profile = "plain",
        inputs: JsonObject | None = None,
        limits: SandboxLimits | None = None,
    ) -> SandboxOutcome:
        """Run Python with `inputs` as variables, in a folder with these `files` (name → content, folders by `/`).

        Raises SandboxUnavailable when no sandbox holds on this machine, and nothing else that the code can cause.
        """
        ...

    async def layers(self) -> str:
        """What a call runs behind, like `linux-jail/landlock7+seccomp+pid+net`; raises SandboxUnavailable."""
        ...

    async def close(self) -> None:
        """End all processes."""
        ...
