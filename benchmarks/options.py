"""What whoever runs the benchmarks wishes."""

from __future__ import annotations

import sys
from dataclasses import dataclass

__all__ = ["Options"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`quick`: fewer rounds and smaller numbers; `install`: also make an environment, which takes a minute."""

    quick: bool = False
    install: bool = False
    loop: str = "asyncio"

    def say(self, text: str) -> None:
        """What is going on, for whoever waits."""
        print(f"… {text}", file=sys.stderr, flush=True)
