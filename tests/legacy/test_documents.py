"""Documents of earlier versions, as people have them in their files, and how each is understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pointwork.workflow import Workflow
from tests.legacy.drawing import bodies, checked, codes, drawn, read_by

FOLDER = Path(__file__).parent / "documents"
DOCUMENTS: dict[str, Any] = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}

# Document: (its edges, with ports; what each loop repeats; what is said about it)
UNDERSTOOD: dict[str, tuple[str, dict[str, str], str]] = {
    "bare_router": (
        (
            "start>classifier classifier>router router:true>positive_responder router:false>negative_responder "
            "positive_responder>end negative_responder>end"
        ),
        {},
        "",
    ),
    "branch_ids": ("start>check check:true>publish check:false>rework check:*>log", {}, "W-TOOL-EMPTY log"),
    "fan_out": (
        "start>technical technical>editor start>economic economic>editor start>social social>editor editor>end",
        {},
        "",
    ),
    "for_each_one_way": (
        "start>topic_loop topic_loop>summarizer summarizer>end",
        {"topic_loop": "researcher"},
        "N-LOOP-BODY topic_loop",
    ),
    "for_each_way_back": (
        "start>topic_loop researcher>reviewer topic_loop>summarizer summarizer>end",
        {"topic_loop": "researcher reviewer"},
        "",
    ),
    "handles": ("start>check check:true>work check:false>stop work>stop", {}, ""),
    "quality_loop": ("start>creator creator>checker checker:true>end checker:false>improver improver>checker", {}, ""),
    "sentiment_router": (
        "start>judge judge>route route:true>thank route:false>console thank>end console>end",
        {},
        "",
    ),
    "sequential_research": ("start>researcher researcher>writer writer>end", {}, ""),
    "until_loop": ("start>again again>end", {"again": "work"}, ""),
    "while_loop": ("start>again again>end", {"again": "work"}, ""),
}


def test_every_document_is_understood() -> None:
    assert UNDERSTOOD.keys() == DOCUMENTS.keys()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document(name: str) -> None:
    edges, repeated, said = UNDERSTOOD[name]
    workflow, problems = checked(DOCUMENTS[name])
    assert drawn(workflow) == edges
    assert bodies(workflow) == repeated
    assert codes(problems) == said


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_stored_as_it_was_sent(name: str) -> None:
    assert Workflow.load(DOCUMENTS[name]).dump() == DOCUMENTS[name]


def test_each_topic_is_researched_and_all_of_it_summarised() -> None:
    workflow, _ = checked(DOCUMENTS["for_each_one_way"])
    assert read_by(workflow) == {
        "topic_loop": "None.topics",
        "researcher": "topic_loop.item",
        "summarizer": "researcher.output",
    }


def test_editors_keep_their_own_keys() -> None:
    workflow, _ = checked(DOCUMENTS["handles"])
    assert workflow.edges[0].model_extra == {
        "sourceHandle": "bottom",
        "targetHandle": "top",
        "type": "smoothstep",
        "animated": True,
    }
