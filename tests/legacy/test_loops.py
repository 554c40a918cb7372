"""What a loop of an earlier version repeats: drawings before and after."""

from __future__ import annotations

from typing import Any

import pytest

from pointwork.legacy import normalise
from pointwork.workflow import Workflow
from tests.legacy.drawing import bodies, checked, codes, drawing, drawn, patched, read_by, reads

LOOP = {"type": "loop"}

# name: (drawing, body of each loop, edges afterwards, what is said about it)
SHAPES: dict[str, tuple[dict[str, Any], dict[str, str], str, str]] = {
    # -- with a way back
    "one node": (drawing("start>L L>a a>L L>end"), {"L": "a"}, "start>L L>end", ""),
    "several nodes": (drawing("start>L L>a a>b b>L L>end"), {"L": "a b"}, "start>L a>b L>end", ""),
    "left from within": (drawing("start>L L>a a>L a>end"), {"L": "a"}, "start>L L>end", ""),
    "left by a condition": (
        drawing("start>L L>a a>C C:true>L C:false>end"),
        {"L": "a C"},
        "start>L a>C L>end",
        "",
    ),
    "left twice to the same node": (
        drawing("start>L L>a L>b a>L b>L a>end b>end L>end"),
        {"L": "a b"},
        "start>L L>end",
        "",
    ),
    "a branch within": (
        drawing("start>L L>C C:true>a C:false>b a>L b>L L>end"),
        {"L": "C a b"},
        "start>L C:true>a C:false>b L>end",
        "",
    ),
    "nothing leads in": (drawing("L>a a>L L>end"), {"L": "a"}, "L>end", ""),
    "nothing leads in, and a condition leads out": (
        drawing("L>C C:true>L C:false>end"),
        {"L": "C"},
        "L>end",
        "",
    ),
    "entered at a node of the body too": (
        drawing("start>L start>a L>a a>L L>end"),
        {"L": "a"},
        "start>L L>end",
        "",
    ),
    "entered only at a node of the body": (drawing("start>a a>L L>a L>end"), {"L": "a"}, "start>L L>end", ""),
    "a reader behind the loop is not repeated": (
        drawing("start>L L>a a>L L>s s>end", a="L.items", s="L.items"),
        {"L": "a"},
        "start>L L>s s>end",
        "",
    ),
    # -- without a way back
    "the reader behind it": (
        drawing("start>L L>a a>s s>end", a="L.items", s="a"),
        {"L": "a"},
        "start>L L>s s>end",
        "N-LOOP-BODY L",
    ),
    "a reader without mappings": (drawing("start>L L>a a>end"), {"L": "a"}, "start>L L>end", "N-LOOP-BODY L"),
    "mappings tell who reads": (
        drawing("start>L L>a L>log a>end log>end", a="L.item"),
        {"L": "a"},
        "start>L L>log L>end log>end",
        "N-LOOP-BODY L",
    ),
    "two readers in a row": (
        drawing("start>L L>a L>b a>b b>end", a="L.items", b="L.items a"),
        {"L": "a b"},
        "start>L a>b L>end",
        "N-LOOP-BODY L",
    ),
    "two readers side by side": (
        drawing("start>L L>a L>b a>join b>join join>end", a="L.items", b="L.items"),
        {"L": "a b"},
        "start>L L>join join>end",
        "N-LOOP-BODY L",
    ),
    "what lies between two readers": (
        drawing("start>L L>a L>b a>x x>b b>end", a="L.items", x="a", b="L.items x"),
        {"L": "a b x"},
        "start>L a>x x>b L>end",
        "N-LOOP-BODY L",
    ),
    "a reader that needs something else first": (
        drawing("start>L start>x L>a x>a a>end", a="L.items x", x="start"),
        {"L": "a"},
        "start>L start>x x>L L>end",
        "N-LOOP-BODY L",
    ),
    "a failure in the body": (
        drawing("start>L L>a a:error>h a>end", a="L.items"),
        {"L": "a"},
        "start>L L:error>h L>end",
        "N-LOOP-BODY L",
    ),
    "one loop after the other": (
        drawing("start>L1 L1>a a>L2 L2>b b>end", a="L1.items", L2={"inputs": reads("a")}, b="L2.items"),
        {"L1": "a", "L2": "b"},
        "start>L1 L1>L2 L2>end",
        "N-LOOP-BODY L1, N-LOOP-BODY L2",
    ),
    # -- nothing to repeat
    "who reads the results comes afterwards": (
        drawing("start>L L>s s>end", s="L.results"),
        {},
        "start>L L>s s>end",
        "W-LOOP-EMPTY L",
    ),
    "who reads something else comes afterwards": (
        drawing("start>L L>s s>end", s="start"),
        {},
        "start>L L>s s>end",
        "W-LOOP-EMPTY L",
    ),
    "the end is never repeated": (
        drawing("start>L L>end", end="L.items"),
        {},
        "start>L L>end",
        "W-LOOP-EMPTY L",
    ),
    "a start is never repeated": (drawing("L>start start>end"), {}, "L>start start>end", "W-LOOP-EMPTY L"),
    "back to itself": (drawing("start>L L>L L>end"), {}, "start>L L>end", "W-LOOP-EMPTY L"),
    # -- loops within loops, and cycles that are no loops
    "both with ways back": (
        drawing("start>L1 L1>a a>L2 L2>b b>L2 L2>c c>L1 L1>end"),
        {"L1": "a L2 c", "L2": "b"},
        "start>L1 a>L2 L2>c L1>end",
        "",
    ),
    "both without": (
        drawing("start>L1 L1>L2 L2>a a>s s>end", L2={"inputs": reads("L1.items")}, a="L2.items L1.items", s="a"),
        {"L1": "L2", "L2": "a"},
        "start>L1 L1>s s>end",
        "N-LOOP-BODY L1, N-LOOP-BODY L2",
    ),
    "the inner one without": (
        drawing("start>L1 L1>L2 L2>a a>L1 L1>end", a="L2.items"),
        {"L1": "L2", "L2": "a"},
        "start>L1 L1>end",
        "N-LOOP-BODY L2",
    ),
    "a drawn cycle alone": (
        drawing("start>a a>C C:true>end C:false>b b>C"),
        {},
        "start>a a>C C:true>end C:false>b b>C",
        "",
    ),
    "a drawn cycle that a router leaves": (
        drawing("start>a a>R R:done>end R:else>L L>b b>L L>a", R={"type": "router"}),
        {"L": "b"},
        "start>a a>R R:done>end R:else>L L>a",
        "",
    ),
    "a loop within a drawn cycle": (
        drawing("start>a a>C C:true>end C:false>L L>b b>c c>C", b="L.items", c="b"),
        {"L": "b"},
        "start>a a>C C:true>end C:false>L L>c c>C",
        "N-LOOP-BODY L",
    ),
    "a loop with a way back within a drawn cycle": (
        drawing("start>C C:true>end C:false>L L>b b>L L>C"),
        {"L": "b"},
        "start>C C:true>end C:false>L L>C",
        "",
    ),
    "a drawn cycle within a loop": (
        drawing("start>L L>a a>C C:false>a C:true>L L>end"),
        {"L": "a C"},
        "start>L a>C C:false>a L>end",
        "",
    ),
    "one reader of two loops": (
        drawing("start>L1 start>L2 L1>a L2>a a>end", a="L1.items L2.items"),
        {"L1": "L2", "L2": "a"},
        "start>L1 L1>end",
        "N-LOOP-BODY L1, N-LOOP-BODY L2",
    ),
    "the loop that is entered is the outer one": (
        drawing("L2>b b>L2 L2>c c>L1 start>L1 L1>a a>L2 L1>end"),
        {"L1": "L2 c a", "L2": "b"},
        "L2>c start>L1 a>L2 L1>end",
        "",
    ),
    "a loop that nothing leads to is entered": (
        drawing("L>C x>C C:true>end C:false>stop", C={"type": "condition", "inputs": reads("L.items")}),
        {"L": "C"},
        "x>L L>end L>stop",
        "N-LOOP-BODY L",
    ),
    "the header of a drawn cycle is not repeated by a loop in it": (
        drawing("start>C C:true>end C:false>L L>C", C={"type": "condition", "inputs": reads("L.items")}),
        {},
        "start>C C:true>end C:false>L L>C",
        "W-LOOP-EMPTY L",
    ),
    # -- loops that are containers already
    "canonical": (
        drawing("start>L L>end a>b", a={"parent": "L"}, b={"parent": "L"}),
        {"L": "a b"},
        "start>L L>end a>b",
        "",
    ),
    "an old loop within a container": (
        drawing("start>M M>end L>a a>L", M={"type": "map"}, L=LOOP | {"parent": "M"}, a={"parent": "M"}),
        {"M": "L", "L": "a"},
        "start>M M>end",
        "",
    ),
    "edges across the border of a container are left alone": (
        drawing("start>L L>a a>L L>end", L=LOOP, a={"parent": "M"}, M={"type": "map"}),
        {"M": "a"},
        "start>L L>a a>L L>end",
        "W-LOOP-EMPTY L",
    ),
    "an edge from a body across the border of a container": (
        drawing("start>L L>a a>L a>b L>end", M={"type": "map"}, b={"parent": "M"}),
        {"L": "a", "M": "b"},
        "start>L a>b L>end",
        "",
    ),
    "a container in the body": (
        drawing("start>L L>M M>L L>end", M={"type": "map"}, a={"parent": "M", "inputs": reads("L.items")}),
        {"L": "M", "M": "a"},
        "start>L L>end",
        "",
    ),
    # -- failures of the loop itself are not its body
    "an error edge of the loop": (
        drawing("start>L L>a a>L L:error>h h>L L>end"),
        {"L": "a"},
        "start>L L:error>h h>L L>end",
        "",
    ),
    "a way back over an error edge": (
        drawing("start>L L>a a:error>h h>L L>end"),
        {"L": "a h"},
        "start>L a:error>h L>end",
        "",
    ),
    "an error edge of the loop to itself": (
        drawing("start>L L:error>L L>end"),
        {},
        "start>L L:error>L L>end",
        "W-LOOP-EMPTY L",
    ),
    "an error edge back to the loop crosses its border": (
        drawing("start>L L>a a>L a:error>L L>end"),
        {"L": "a"},
        "start>L a:error>L L>end",
        "",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    document, wanted_bodies, wanted_edges, said = SHAPES[name]
    workflow, problems = checked(document)
    assert bodies(workflow) == wanted_bodies
    assert drawn(workflow) == wanted_edges
    assert codes(problems) == said


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if "N-LOOP-BODY" in shape[3]])
def test_making_it_explicit_changes_nothing_but_the_note(name: str) -> None:
    document = Workflow.load(SHAPES[name][0]).dump()
    understood, problems = checked(document)
    fixes = [fix for problem in problems for fix in problem.fixes]
    assert fixes
    for fix in fixes:
        document_then, _ = checked(patched(document, fix["patch"]))  # each is whole by itself
        assert bodies(document_then) == bodies(understood)
        document = document if len(fixes) > 1 else patched(document, fix["patch"])
    if len(fixes) == 1:
        explicit, left = checked(document)
        assert left == []
        assert [node.model_dump() for node in explicit.nodes] == [node.model_dump() for node in understood.nodes]
        assert drawn(explicit) == drawn(understood)


def test_the_item_is_read_instead_of_the_list() -> None:
    workflow, _ = checked(drawing("start>L L>a L>b a>b b>end", a="L.items", b="L a L.index L.item"))
    assert read_by(workflow) == {"a": "L.item", "b": "L.item a.output L.index L.item", "end": "b.output"}


def test_inner_nodes_read_the_items_of_all_loops_around_them() -> None:
    document = drawing("start>L1 L1>L2 L2>a a>s s>end", L2={"inputs": reads("L1.items")}, a="L2.items L1.items", s="a")
    workflow, _ = checked(document)
    assert read_by(workflow) == {"L2": "L1.item", "a": "L2.item L1.item", "s": "a.output"}


def test_what_comes_after_the_loop_still_reads_its_list() -> None:
    workflow, _ = checked(drawing("start>L L>a a>s s>end", a="L.items", s="a L.items L.results"))
    assert read_by(workflow)["s"] == "a.output L.items L.results"


@pytest.mark.parametrize(
    ("fields", "repeated"),
    [
        ("items", True),
        ("item", True),
        ("index", True),
        ("previous", True),
        ("output", True),
        ("results", False),
        ("total_iterations", False),
        ("status", False),
        ("loop_type", False),
        ("items results", False),  # known only when the loop has ended
    ],
)
def test_what_readers_of_a_loop_read_says_when_they_run(fields: str, repeated: bool) -> None:
    workflow, _ = checked(drawing("start>L L>a a>end", a=" ".join(f"L.{field}" for field in fields.split())))
    assert bodies(workflow) == ({"L": "a"} if repeated else {})


@pytest.mark.parametrize("kind", ["while", "until"])
def test_loops_without_a_list_have_no_item(kind: str) -> None:
    config = {"loop_type": kind, "condition": "index < 3"}
    workflow, _ = checked(drawing("start>L L>a a>L L>end", L=LOOP | {"loop_config": config}, a="L.items"))
    assert bodies(workflow) == {"L": "a"}
    assert read_by(workflow) == {"a": "L.items"}


def test_only_the_loops_with_a_list_have_an_item() -> None:
    inner = LOOP | {"loop_config": {"loop_type": "while", "condition": "index < 3"}}
    workflow, _ = checked(drawing("L1>L2 L2>a a>L2 L2>L1", L2=inner, a="L1.items L2.items"))
    assert read_by(workflow) == {"a": "L1.item L2.items"}


# name: (drawing, what the nodes behind the loop read)
BEHIND: dict[str, tuple[dict[str, Any], str]] = {
    "the list of the last outputs": (drawing("start>L L>a a>end", a="L.items"), "a.output"),
    "several lists by name": (drawing("start>L L>a L>b a>end b>end", a="L.items", b="L.items"), "a.output b.output"),
    "its own mappings stay": (drawing("start>L L>a a>end", a="L.items", end="start.x"), "start.x"),
    "something from elsewhere too": (drawing("start>L L>a a>end start>end", a="L.items"), ""),
    "the loop itself leads there": (drawing("start>L L>a a>L L>end"), ""),
    "a condition hands on what it received": (drawing("start>L L>a a>C C>L C>end", a="L.items"), ""),
    "a router hands on what it received": (
        drawing("start>L L>a a>R R:else>L R:else>end", R={"type": "router"}, a="L.items"),
        "",
    ),
    "a delay hands on what it received": (drawing("start>L L>a a>D D>L D>end", D={"type": "delay"}, a="L.items"), ""),
    "the item of another loop": (drawing("L1>a a>b L2>b", a="L1.items", b="L2.items a"), ""),
    "a disabled node hands on what it received": (
        drawing("start>L L>a a>end", a={"inputs": reads("L.items"), "disabled": True}),
        "",
    ),
    "a failure is not an output": (drawing("start>L L>a a:error>end", a="L.items"), ""),
    "a loop goes through the outputs": (drawing("start>L L>a a>L2 L2>b b>L2", a="L.items"), "a.output"),
    "a loop that says that it wants them": (
        drawing("start>L L>a a>L2 L2>b b>L2", a="L.items", L2=LOOP | {"loop_config": {"items_source": "output"}}),
        "a.output",
    ),
    "a loop that wants something else": (
        drawing("start>L L>a a>L2 L2>b b>L2", a="L.items", L2=LOOP | {"loop_config": {"items_source": "results"}}),
        "",
    ),
}


@pytest.mark.parametrize("name", BEHIND)
def test_without_mappings_the_node_behind_a_loop_receives(name: str) -> None:
    document, wanted = BEHIND[name]
    workflow, _ = checked(document)
    behind = "L2" if "L2" in {node.id for node in workflow.nodes} else "end"
    assert read_by(workflow).get(behind, "") == wanted


@pytest.mark.parametrize(
    ("config", "limit", "on_limit"),
    [
        (None, 10, "cut"),
        ({}, 10, "cut"),
        ({"items_source": "x"}, 10, "cut"),
        ({"max_iterations": 500}, 500, "cut"),
        ({"max_iterations": 500, "on_limit": "fail"}, 500, "fail"),
    ],
)
def test_old_limits(config: dict[str, Any] | None, limit: int, on_limit: str) -> None:
    workflow, problems = checked(drawing("start>L L>a a>end", L=LOOP | {"loop_config": config}))
    loop = next(node for node in workflow.nodes if node.id == "L").loop_config
    assert loop is not None
    assert (loop.max_iterations, loop.on_limit) == (limit, on_limit)
    assert loop.items_source == (config or {}).get("items_source")
    assert codes(problems) == "N-LOOP-BODY L"


def test_containers_keep_the_new_limits() -> None:
    workflow, _ = checked(drawing("start>L L>end", a={"parent": "L"}))
    assert next(node for node in workflow.nodes if node.id == "L").loop_config is None


def test_ports_survive_when_an_edge_is_led_to_the_loop() -> None:
    workflow, _ = checked(drawing("start>C C:true>a C:true>L L>a a>L C:false>end L>end"))
    assert drawn(workflow) == "start>C C:true>L C:false>end L>end"


@pytest.mark.parametrize(
    ("config", "explicit"),
    [
        (None, {"max_iterations": 10, "on_limit": "cut"}),
        ({"items_source": "x"}, {"items_source": "x", "max_iterations": 10, "on_limit": "cut"}),
        ({"max_iterations": 5, "mine": 1}, {"max_iterations": 5, "mine": 1, "on_limit": "cut"}),
    ],
)
def test_the_fix_keeps_the_configuration(config: dict[str, Any] | None, explicit: dict[str, Any]) -> None:
    document = drawing("L>a", L=LOOP | {"loop_config": config})
    _, [note] = checked(document)
    assert patched(document, note.fixes[0]["patch"])["nodes"][0]["loop_config"] == explicit


def test_the_note_names_the_body_and_offers_one_fix_for_a_nest() -> None:
    _, problems = checked(SHAPES["both without"][0])
    assert [len(problem.fixes) for problem in problems] == [1, 0]
    assert "'L2'" in problems[0].message
    assert problems[0].severity == "note"
    assert problems[0].fixes[0]["label"] == "Make it explicit"


def test_the_note_names_a_few_of_many() -> None:
    _, [problem] = checked(drawing(" ".join(f"L>a{number}" for number in range(8))))
    assert problem.message.startswith(
        "No edge leads back to the loop 'L', so it repeats what reads from it: 'a0', 'a1', 'a2', 'a3', 'a4' and 3 more."
    )


def loops_in_a_row(count: int) -> dict[str, Any]:
    """L0 around L1 around L2 …, each with a way back."""
    inwards = [f"L{number}>L{number + 1}" for number in range(count - 1)]
    outwards = [f"L{number + 1}>L{number}" for number in range(count - 1)]
    return drawing(" ".join(["start>L0", *inwards, *outwards, f"L{count - 1}>a", f"a>L{count - 1}", "L0>end"]))


def test_as_deep_as_the_document_allows() -> None:
    workflow, problems = checked(loops_in_a_row(32))
    assert problems == []
    assert bodies(workflow) == {**{f"L{n}": f"L{n + 1}" for n in range(31)}, "L31": "a"}


def test_deeper_is_an_error_and_leaves_the_drawing_alone() -> None:
    document = loops_in_a_row(33)
    workflow, problems = normalise(Workflow.load(document))
    assert codes(problems) == "E-DEPTH L32"
    assert problems[0].severity == "error"
    assert drawn(workflow) == drawn(Workflow.load(document))
    workflow, problems = normalise(Workflow.load(document | {"limits": {"max_depth": 33}}))
    assert problems == []
