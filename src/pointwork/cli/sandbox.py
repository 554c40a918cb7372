"""`pointwork sandbox`: what runs Python that nobody trusts, and the packages for numbers that it may use."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import venv
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pointwork.cli.command import Command, Exit, Group, Parser

if TYPE_CHECKING:
    from pointwork.settings import Settings

__all__ = ["COMMAND"]

SUMS = {
    "plain": "result = sum(n * n for n in range(1, 11))",
    "rich": "import numpy, pandas\nresult = int(pandas.Series(numpy.arange(1, 11) ** 2).sum())",
}


def _settings(chosen: argparse.Namespace) -> Settings:
    from pointwork.cli.building import settings_of

    return settings_of(data_dir=chosen.data_dir)


def _data_dir(parser: Parser) -> None:
    parser.add_argument("--data-dir", metavar="FOLDER", help="where data is kept; by default POINTWORK_DATA_DIR")


def _status(chosen: argparse.Namespace) -> int:
    return asyncio.run(_look(_settings(chosen)))


async def _look(settings: Settings) -> int:
    from pointwork.errors import SandboxUnavailable
    from pointwork.sandbox import SandboxLimits, chosen
    from pointwork.sandbox.environments import DOCUMENT_PACKAGES, RICH_PACKAGES, environments

    sandbox = chosen(settings.python_sandbox, settings.data_dir)
    try:
        print(f"runs in    {await sandbox.layers()}")
        there = environments(settings.data_dir)
        limits = SandboxLimits(wall_s=30.0, cpu_s=25)
        for profile in ("plain", "rich") if "rich" in there else ("plain",):
            outcome = await sandbox.run(SUMS[profile], profile=profile, limits=limits)
            worked = outcome.result == 385
            what = "standard library" if profile == "plain" else ", ".join(RICH_PACKAGES)
            print(f"{profile:<9}  {what}: {'works' if worked else outcome.error} ({outcome.duration_ms:g} ms)")
        if "rich" not in there:
            print("rich       not installed; `pointwork sandbox install` brings numpy, pandas and matplotlib")
        if "documents" in there:
            print(f"documents  {', '.join(DOCUMENT_PACKAGES[:2])}, openpyxl: PDF, DOCX and XLSX files can be read")
        else:
            print("documents  not installed; pip install 'pointwork[documents]' brings what reads PDF, DOCX and XLSX")
    except SandboxUnavailable as error:
        print(f"nothing runs: {error.message}\n{error.hint}".strip())
        return Exit.REFUSED
    finally:
        await sandbox.close()
    return Exit.OK


def _install(chosen: argparse.Namespace) -> int:
    folder = _settings(chosen).data_dir / "sandbox"
    lock = resources.files("pointwork.sandbox") / "rich.lock"
    print(f"Installing numpy, pandas and matplotlib into {folder} …")
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    venv.create(folder, with_pip=True, clear=True)
    with resources.as_file(lock) as path:
        done = _pip(folder, path)
    if done:
        print("pip could not install them; the lines above say why.", file=sys.stderr)
        return Exit.REFUSED
    print("Done. Code that asks for the packages for numbers can use them from the next start on.")
    return Exit.OK


def _pip(folder: Path, lock: Path) -> int:
    command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    return subprocess.run([*command, "--require-hashes", "-r", lock], check=False).returncode


ENVIRONMENT = ("POINTWORK_PYTHON_SANDBOX", "POINTWORK_DATA_DIR")

COMMAND = Group(
    name="sandbox",
    text="Look at the sandbox that agents and workflows run Python in, or install the packages for numbers into it.",
    commands={
        "status": Command(
            name="sandbox status",
            usage="sandbox status [--data-dir FOLDER]",
            summary="which layers hold, and what code can use",
            text="Try to break out of the sandbox, then run a sum in it, and say what it is made of.",
            arguments=_data_dir,
            action=_status,
            exits={0: "it holds", 2: "nothing is run here; the reason is said"},
            environment=ENVIRONMENT,
        ),
        "install": Command(
            name="sandbox install",
            usage="sandbox install [--data-dir FOLDER]",
            summary="bring numpy, pandas and matplotlib",
            text="Install the packages for numbers apart from the server's own, with hashes, from the package index.",
            arguments=_data_dir,
            action=_install,
            exits={0: "installed", 2: "pip could not install them"},
            environment=ENVIRONMENT,
        ),
    },
)
