"""Running Python that nobody trusts. Read `base` for what a sandbox promises, then `linux`, then `jail`."""

from pointwork.sandbox.base import Artifact, Profile, Sandbox, SandboxLimits, SandboxOutcome
from pointwork.sandbox.choice import SandboxChoice, chosen
from pointwork.sandbox.linux import Environment, LinuxJail

__all__ = [
    "Artifact",
    "Environment",
    "LinuxJail",
    "Profile",
    "Sandbox",
    "SandboxChoice",
    "SandboxLimits",
    "SandboxOutcome",
    "chosen",
]
