"""What the pages say is so: their blocks of code run, their links lead somewhere, nothing in them is of one machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, blocks, links, name_of
from tests.docs.stories import story

DOCS = ROOT / "docs"

# Pages whose blocks other tests run, or whose blocks are descriptions; each with the place that holds it to the truth.
ELSEWHERE = {
    "docs/how-to/add-a-node-type.md": "tests/nodes/test_new_type.py",
    "docs/explanation/semantics.md": "tests/docs/test_semantics.py",
}
GENERATED = DOCS / "reference"

STORIES = [
    page
    for page in PAGES
    if (page.is_relative_to(DOCS) or page == ROOT / "README.md")
    and not page.is_relative_to(GENERATED)
    and name_of(page) not in ELSEWHERE
    and blocks(page.read_text())
]


def of_pages(pages: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages, ids=name_of)


def test_there_are_pages() -> None:
    names = {name_of(page) for page in PAGES}
    assert names >= {"README.md", "docs/README.md", "docs/explanation/engine.md", "docs/how-to/debug-a-run.md"}
    assert ROOT / "README.md" in STORIES
    for page, test in ELSEWHERE.items():
        assert page in names
        assert Path(page).name in (ROOT / test).read_text(), f"{test} does not look at {page}"


@of_pages(STORIES)
def test_blocks_run(page: Path, tmp_path: Path) -> None:
    with story(tmp_path) as told:
        for block in blocks(page.read_text()):
            told.do(block)


@of_pages(PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in links(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{name_of(page)} leads to {target!r}, which does not exist"
        assert found.is_relative_to(ROOT), f"{name_of(page)} leads out of the repository: {target!r}"
        if anchor:
            assert anchor in anchors(found.read_text()), f"{name_of(page)}: no heading {anchor!r} in {path or 'it'}"


def test_every_page_can_be_found() -> None:
    """From the README by links, without searching."""
    seen: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page not in PAGES:
            continue
        seen.add(page)
        todo += [(page.parent / target.partition("#")[0]).resolve() for target in links(page.read_text())]
    assert sorted(map(name_of, set(PAGES) - seen)) == []


def test_from_the_readme_to_the_scheduler_in_three_hops() -> None:
    explanation = DOCS / "explanation" / "engine.md"
    assert "docs/explanation/engine.md" in links((ROOT / "README.md").read_text())
    targets = {(explanation.parent / target).resolve() for target in links(explanation.read_text())}
    assert ROOT / "src" / "pointwork" / "engine" / "scheduler.py" in targets


@of_pages(PAGES)
def test_page_is_of_no_machine(page: Path) -> None:
    text = page.read_text()
    assert not re.findall(r"(?<![\w.$~{}*<>:-])/(?:work|tmp|home|root|Users|private)/\S*", text)


def test_decisions_say_what_was_rejected() -> None:
    for page in sorted((DOCS / "adr").glob("0*.md")):
        headings = re.findall(r"(?m)^## (.*)$", page.read_text())
        assert headings == ["Question", "Decision", "Rejected", "Consequences"], name_of(page)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b.md) and ![picture](c.svg)", ["b.md", "c.svg"]),
        ("`[a](b.md)`", []),
        ("```sh\n[a](b.md)\n```\n[c](d.md#e)", ["d.md#e"]),
        ("[`code`](x.py)", ["x.py"]),
    ],
)
def test_reader_of_links_sees_them(text: str, expected: list[str]) -> None:
    assert links(text) == expected


def test_reader_of_blocks_sees_them() -> None:
    found = blocks("one\n```sh serve\nrun\n```\n\n```text\nout\n```\n")
    assert [(block.language, block.word, block.text, block.line) for block in found] == [
        ("sh", "serve", "run\n", 2),
        ("text", "", "out\n", 6),
    ]
