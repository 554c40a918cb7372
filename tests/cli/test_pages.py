"""The reference is what the code says; its picture is small. That the tutorial works is held by `tests/docs`."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pointwork import settings
from pointwork.cli.command import ENVIRONMENT
from tests.cli.stage import ROOT


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "scripts" / "generate_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_says() -> None:
    line = [sys.executable, str(ROOT / "scripts" / "generate_docs.py"), "--check"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_page_is_written_and_compared(generator: ModuleType) -> None:
    assert {path.name for path in (ROOT / "docs" / "reference").iterdir()} >= set(generator.PAGES)
    assert all(len(generator.skeleton(generator.render(page))) > 10 for page in generator.PAGES.values())


PAGE = "# Title\n\nProse.\n\n| name | meaning | type |\n|---|---|---|\n| `a` | words | int |\n\n```sh\nrun it\n```\n"


@pytest.mark.parametrize(
    ("old", "new", "drifts"),
    [
        ("Prose.", "Other prose.", False),
        ("words", "other words", False),
        ("`a`", "`b`", True),
        ("int", "str", True),
        ("# Title", "# Other", True),
        ("run it", "run that", True),
        ("| `a` | words | int |\n", "", True),
        ("meaning", "sense", True),
    ],
)
def test_wording_may_drift_and_names_may_not(generator: ModuleType, old: str, new: str, drifts: bool) -> None:
    changed = PAGE.replace(old, new)
    assert changed != PAGE
    assert (generator.skeleton(changed) != generator.skeleton(PAGE)) == drifts


def test_every_problem_code_is_explained(generator: ModuleType) -> None:
    page = generator.render(generator.problem_codes_page)
    codes = re.findall(r"^\| `([EWN]-[A-Z-]+)` \| \w+ \| (.*) \|$", page, re.MULTILINE)
    assert len(codes) > 20
    assert not [code for code, meaning in codes if len(meaning) < 10]


def test_every_setting_is_explained() -> None:
    read = set(re.findall(r'"([A-Z][A-Z_]{3,})"', Path(settings.__file__).read_text("utf-8")))
    read -= {"DEBUG", "INFO", "WARNING", "ERROR", "LOCALAPPDATA", "XDG_DATA_HOME", "DEVELOPMENT_ORIGINS", "SECRET_KEY"}
    told = set(ENVIRONMENT) | set(re.findall(r"also ([A-Z_]+)", " ".join(ENVIRONMENT.values())))
    assert len(read) > 10
    assert read <= told


def test_the_picture_is_small_and_loads_nothing() -> None:
    svg = (ROOT / "docs" / "images" / "run.svg").read_text("utf-8")
    assert len(svg.encode()) < 60_000
    assert set(re.findall(r"(?:https?:)?//[\w.]+", svg)) == {"http://www.w3.org"}
    assert not re.search(r"<script|<image|@import|url\((?!#)", svg)
