"""PDF, Word and Excel files through `file_reader` and `web_fetch`: parsed in the jail, which is really there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest

from pointwork.files import Workspaces
from pointwork.sandbox import Sandbox, chosen
from pointwork.tools import ToolContext
from tests.egress.servers import reaching, reply, serving
from tests.tools.reach import call, context

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def pdf(text: str) -> bytes:
    """One page with a line of text."""
    drawn = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    written = b"%PDF-1.4\n"
    places: list[int] = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj%b\nendobj\n" % (number, content)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(written)


def docx(text: str) -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
    )
    relation = f'<Relationship Id="r1" Type="{OFFICE}" Target="word/document.xml"/>'
    relations = f'<Relationships xmlns="{RELATIONS}">{relation}</Relationships>'
    body = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in (("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", body)):
            archive.writestr(name, content)
    return packed.getvalue()


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["year", "km"])
    sheet.append([1830, 50])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.fixture
async def jail(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    jail = chosen("linux-jail", tmp_path_factory.mktemp("data"))
    yield jail
    await jail.close()


@pytest.fixture
def ctx(tmp_path: Path, jail: Sandbox) -> ToolContext:
    return context(data=tmp_path, more={Sandbox: jail})


@pytest.mark.parametrize(
    ("name", "content", "kind", "text"),
    [
        ("a.pdf", pdf("Steel on wood"), "pdf", "[page 1]\nSteel on wood"),
        ("no ending", pdf("Steel on wood"), "pdf", "[page 1]\nSteel on wood"),
        ("a.docx", docx("Steel on wood"), "docx", "Steel on wood"),
        ("a.XLSX", xlsx(), "xlsx", "[sheet Sheet]\nyear,km\n1830,50"),
    ],
)
async def test_text_of_a_document(name: str, content: bytes, kind: str, text: str, ctx: ToolContext) -> None:
    ctx.resource(Workspaces).of("run").write(name, content)
    got = await call("file_reader", ctx, file_path=name)
    assert got.get("content", got).strip() == text
    assert (got["encoding"], got["truncated"], got["bytes"]) == (kind, False, len(content))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7 and nothing more", "cannot be read as PDF"),
        ("a.docx", b"PK\x03\x04 and nothing more", "cannot be read as DOCX"),
        ("a.xlsx", docx("another kind"), "cannot be read as XLSX"),
        ("a.zip", docx("a file of another name"), "is no text"),
    ],
)
async def test_what_is_no_document_says_so(name: str, content: bytes, words: str, ctx: ToolContext) -> None:
    ctx.resource(Workspaces).of("run").write(name, content)
    assert words in (await call("file_reader", ctx, file_path=name))["error"]


async def test_a_document_of_the_web(jail: Sandbox) -> None:
    answer = reply(pdf("Steel on wood"), headers="Content-Type: application/pdf")
    async with serving(answer) as server, reaching(server) as egress:
        got = await call("web_fetch", context(egress=egress, more={Sandbox: jail}), url=server.url)
    assert got["content"].strip() == "[page 1]\nSteel on wood"
    assert got["content_type"] == "application/pdf"


async def test_without_a_sandbox_nothing_is_parsed(tmp_path: Path) -> None:
    class Nothing:
        name = "none"

        async def run(self, *arguments: object, **more: object) -> object:
            from pointwork.errors import SandboxUnavailable

            raise SandboxUnavailable("No layer holds.")

    ctx = context(data=tmp_path, more={Sandbox: Nothing()})
    ctx.resource(Workspaces).of("run").write("a.pdf", pdf("x"))
    got = await call("file_reader", ctx, file_path="a.pdf")
    assert "No layer holds." in got["error"]
    assert "jail" in got["hint"]
