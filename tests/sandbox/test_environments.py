"""Numbers, plots and documents in the jail, with the real packages; and monty."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfWriter

from pointwork.errors import SandboxUnavailable, ToolError
from pointwork.sandbox import LinuxJail, SandboxLimits, chosen
from pointwork.sandbox.documents import extract
from pointwork.sandbox.environments import RICH_MAPPED_BYTES, environments
from pointwork.sandbox.monty import MontySandbox
from tests.sandbox.hostile import HOSTILE
from tests.sandbox.ordinary import ORDINARY
from tests.sandbox.trial import tried

PATIENT = SandboxLimits(wall_s=60.0, cpu_s=60, memory_bytes=512 << 20)


@pytest.fixture
async def jail(tmp_path: Path) -> AsyncIterator[LinuxJail]:
    jail = LinuxJail(environments(tmp_path))
    yield jail
    await jail.close()


async def test_numbers_tables_and_plots(jail: LinuxJail) -> None:
    code = """
import matplotlib.pyplot as plt, numpy as np, pandas as pd
table = pd.DataFrame({"n": np.arange(1, 4)})
table["square"] = table.n ** 2
plt.plot(table.n, table.square)
result = {"sum": table.square.sum(), "rows": table, "mean": table.n.to_numpy().mean()}
"""
    outcome = await jail.run(code, profile="rich", limits=PATIENT)
    assert outcome.error is None
    rows = [{"n": n, "square": n * n} for n in (1, 2, 3)]
    assert outcome.result == {"sum": 14, "rows": rows, "mean": 2.0}
    [figure] = outcome.artifacts
    assert (figure.name, figure.data[:8]) == ("figure-1.png", b"\x89PNG\r\n\x1a\n")


async def test_the_packages_of_the_server_are_out_of_reach(jail: LinuxJail) -> None:
    for profile in ("plain", "rich", "documents"):
        outcome = await jail.run("import pydantic_ai", profile=profile, limits=PATIENT)  # type: ignore[arg-type]
        assert "No module named" in str(outcome.error)
    outcome = await jail.run("import numpy", limits=PATIENT)
    assert "No module named 'numpy'" in str(outcome.error)


async def test_numbers_are_reckoned_in_one_thread_and_within_their_memory(jail: LinuxJail) -> None:
    code = """
import numpy as np
square = np.arange(640_000, dtype=float).reshape(800, 800)
values = np.linalg.svd(square @ square.T, compute_uv=False)
result = [bool(values[0] > values[1]), len(values)]
"""
    outcome = await jail.run(code, profile="rich", limits=PATIENT)
    assert (outcome.result, outcome.error) == ([True, 800], None)
    hungry = """
kept = []
try:
    while len(kept) < 200:
        kept.append(bytearray(b"x") * (10 << 20))
except MemoryError:
    pass
result = len(kept) * 10
"""
    outcome = await jail.run(hungry, profile="rich", limits=PATIENT)
    assert 256 <= outcome.result <= (PATIENT.memory_bytes + RICH_MAPPED_BYTES) >> 20


async def test_what_is_not_installed_is_named_with_what_brings_it() -> None:
    jail = LinuxJail()
    with pytest.raises(SandboxUnavailable, match="pointwork sandbox install"):
        await jail.run("1", profile="rich")
    with pytest.raises(SandboxUnavailable, match=re.escape("pointwork[documents]")):
        await extract(jail, pdf(), "pdf")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["name", "price"])
    book.active.append(["tea, green", 2.5])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def word(text: str) -> bytes:
    written = io.BytesIO()
    space = "http://schemas.openxmlformats.org/"
    with zipfile.ZipFile(written, "w") as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{space}package/2006/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{space}package/2006/relationships"><Relationship Id="r1" Type='
            f'"{space}officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        file.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
            "</w:body></w:document>",
        )
    return written.getvalue()


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_blank_page(100, 100)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


async def test_documents_are_read(jail: LinuxJail) -> None:
    assert await extract(jail, workbook(), "xlsx") == '[sheet Sheet]\nname,price\n"tea, green",2.5\n'
    assert (await extract(jail, word("Good morning"), "docx")).strip() == "Good morning"
    assert await extract(jail, pdf(), "pdf") == "[page 1]\n\n\n[page 2]\n"
    assert await extract(jail, workbook(), "xlsx", max_chars=7) == "[sheet "


def bomb() -> bytes:
    """A Word file that unpacks to more than anybody has."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for part in ("[Content_Types].xml", "_rels/.rels", "word/document.xml"):
            with file.open(part, "w") as inner:
                for _ in range(160 if part.startswith("word") else 1):
                    inner.write(b" " * (4 << 20))
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "told"),
    [
        (b"no document", "pdf", "cannot be read as PDF"),
        (b"no document", "docx", "cannot be read as DOCX"),
        (b"PK\x03\x04", "xlsx", "cannot be read as XLSX"),
        (b"x" * (6 << 20), "pdf", "at most 5 MiB"),
    ],
)
async def test_what_is_no_document(jail: LinuxJail, data: bytes, kind: Any, told: str) -> None:
    with pytest.raises(ToolError, match=told):
        await extract(jail, data, kind)


async def test_a_document_that_explodes_harms_nobody(jail: LinuxJail) -> None:
    with pytest.raises(ToolError, match="cannot be read as DOCX"):
        await extract(jail, bomb(), "docx")
    assert await extract(jail, pdf(), "pdf")


async def test_monty_runs_its_subset_and_nothing_else() -> None:
    sandbox = MontySandbox()
    outcome = await sandbox.run("print('hi')\nresult = sum(n * n for n in range(1, 11))", inputs={"x": 1})
    assert (outcome.result, outcome.output, outcome.error) == (385, ["hi"], None)
    assert outcome.sandbox.startswith("monty/")
    assert (await sandbox.run("x + 1", inputs={"x": 1})).result == 2
    assert (await sandbox.run("while True: pass", limits=SandboxLimits(wall_s=0.2))).error
    assert (await sandbox.run("import pandas")).error
    assert "memory limit" in str((await sandbox.run("result = [0] * 10**8")).error)
    with pytest.raises(SandboxUnavailable):
        await sandbox.run("1", profile="rich")
    programs = [
        "fs-open",
        "fs-os-open",
        "fs-write",
        "net-tcp",
        "prc-fork",
        "prc-environ",
        "esc-subclasses",
        "out-number",
    ]
    assert await tried(sandbox, {name: HOSTILE[name] for name in programs}) == {}


async def test_how_much_of_ordinary_python_monty_runs(record_property: Any) -> None:
    sandbox = MontySandbox()
    ran = 0
    for code, wanted in ORDINARY.values():
        outcome = await sandbox.run(code, limits=SandboxLimits(wall_s=5.0))
        ran += outcome.error is None and outcome.result == wanted
    record_property("ordinary programs that monty runs", f"{ran} of {len(ORDINARY)}")
    print(f"monty runs {ran} of {len(ORDINARY)} ordinary programs")
    assert ran >= 15  # the arithmetic, the text, the functions; a much lower count would mean that it is broken


async def test_what_is_switched_off_says_so(tmp_path: Path) -> None:
    sandbox = chosen("off", tmp_path)
    with pytest.raises(SandboxUnavailable, match="switched off"):
        await sandbox.run("1")
    assert isinstance(chosen("monty", tmp_path), MontySandbox)
    assert isinstance(chosen("linux-jail", tmp_path), LinuxJail)
