"""The examples of the page on semantics: each is run, and comes to what the page says that it gives."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import pointwork
from pointwork.errors import DefinitionError
from tests.docs.pages import ROOT, Block, blocks

PAGE = (ROOT / "docs" / "explanation" / "semantics.md").read_text()
RULES = 29


def examples() -> list[tuple[Block, Block]]:
    """Every claim of the page with the document that it is about."""
    found: list[tuple[Block, Block]] = []
    document: Block | None = None
    for block in blocks(PAGE):
        match block.language, block.word:
            case "json", "example":
                document = block
            case "json", "gives":
                assert document is not None
                found.append((document, block))
            case _:
                raise AssertionError(f"line {block.line}: a block that nobody looks at")
    return found


EXAMPLES = examples()
# What is claimed of single nodes, and where their state has it.
FIELDS = {"nodes": "status", "received": "input", "outputs": "output", "configs": "config", "attempts": "attempt"}
CLAIMS = {"inputs", "status", "result", "error", "problems", *FIELDS}


def test_rules_are_numbered() -> None:
    assert re.findall(r"(?m)^\*\*S(\d+)\. ", PAGE) == [str(number) for number in range(1, RULES + 1)]
    assert len({document.line for document, _ in EXAMPLES}) == PAGE.count("```json example")


@pytest.mark.parametrize(("document", "gives"), EXAMPLES, ids=[f"line {gives.line}" for _, gives in EXAMPLES])
async def test_example(document: Block, gives: Block) -> None:
    claims: dict[str, Any] = json.loads(gives.text)
    assert claims.keys() <= CLAIMS
    assert claims.keys() - {"inputs"}, "it claims nothing"
    flow = json.loads(document.text)
    if "problems" in claims:
        with pytest.raises(DefinitionError) as refused:
            await pointwork.run(flow, claims.get("inputs"))
        errors = [problem.code for problem in refused.value.problems if problem.severity == "error"]
        assert errors == claims["problems"]
        return
    state = await pointwork.run(flow, claims.get("inputs"))
    seen = state["node_states"]
    assert state["status"] == claims.get("status", "completed")
    if "result" in claims:
        assert state["result"] == claims["result"]
    if "error" in claims:
        assert claims["error"] in state["error"]
    for claim, field in FIELDS.items():
        expected = claims.get(claim, {})
        assert {node: seen[node][field] for node in expected} == expected
