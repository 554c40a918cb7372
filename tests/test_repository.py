"""The rules of the repository that no other tool checks: sizes, exports, names, boundaries, locks.

Each rule goes over what exists, and the lists it goes over are known not to be empty. There is no file of exceptions;
`CATCH_ALL` is a list of boundaries, each with its reason. Layers are checked by import-linter, the order of `__all__`
by ruff.
"""

from __future__ import annotations

import ast
import importlib
import re
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "pointwork"
LOCKS = [
    "requirements.lock",
    "requirements-run.lock",
    "requirements-dev.lock",
    "requirements-bench.lock",
    "requirements-uv.lock",
    "requirements-weights.lock",
    "src/pointwork/sandbox/rich.lock",
]

MAX_FILE_LINES = 500  # advice: 300. Above this a file holds more than one thing.
MAX_FUNCTION_LINES = 60  # advice: 30. One screen.
MAX_INIT_LINES = 60
MAX_BACKEND_LINES = 300  # it re-exports; logic belongs in the package
MAX_MAKEFILE_LINES = 60
MAX_CORE_PACKAGES = 48  # what a user has to trust and wait for; docs/explanation/dependencies.md

# The only places that may catch every `Exception`, and why nothing narrower would do. Each records the traceback.
# A handler that ends in a bare `raise` only cleans up and may stand anywhere.
CATCH_ALL = {
    "cli/program.py": "the command line: the last one who can tell the user",
    "journal/committer.py": "the writer: a batch that fails must not end the thread that all executions share",
    "memory/chroma.py": "the index: whatever Chroma raises, its compiled part included, means that it is built anew",
    "nodes/base.py": "loading a plug-in: a broken one is a problem in the list, not a server that does not start",
    "sandbox/jail/guest.py": "code in the sandbox: whatever it raises is the answer, told in words",
    "sandbox/jail/plain.py": "a value of that code: turning it into text runs its methods, which raise what they like",
    "runtime/perform.py": "a node: whatever its handler raises is that node's failure",
    "runtime/recovery.py": "resuming: an execution that is damaged must not keep the others from going on",
    "server/problems.py": "HTTP: an unexpected error is a 500 with a problem document",
    "server/stream_hub.py": "a feed: one that cannot be read ends, and the others are served on",
    "tools/thread.py": "a thread: what its function raised is raised where it is awaited",
    "tools/folder.py": "loading a tool of the operator's: a broken file must not keep the others from being there",
    "tools/mcp/connection.py": "a session: whatever ends it is what those who wait for it are told",
    "tools/registry.py": "a tool call: its failure is an answer to the model; and loading a plug-in, as for nodes",
}

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# What must not be in a file of the repository, and why.
UNWANTED = {
    r"(?<![\w.$~{}*/<>-])/(?:work|Users|home/\w+|root)/\w": "a path of one machine",
    r"(?:\b|//)(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org)\b": "the address of a package registry",
    r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))": "a note to oneself; do it, or name an issue: (#12)",
    r"^(?:<{7}|>{7}) ": "an unresolved merge",
}
NOT_OURS = {"node_modules", "__pycache__", "test-results", "playwright-report"}
BUILT = ROOT / "src" / "pointwork" / "server" / "web"  # the web app
NOT_OURS_AT_THE_TOP = {"build", "data", "dist"}
HIDDEN_BUT_OURS = {".ci", ".editorconfig", ".gitignore"}  # what else is hidden are environments, caches and secrets


def every_file(folder: Path = ROOT, skip: set[str] = NOT_OURS | NOT_OURS_AT_THE_TOP) -> Iterator[Path]:
    """What is, or would be, in version control."""
    for path in sorted(folder.iterdir()):
        if path == BUILT or path.name in skip or (path.name.startswith(".") and path.name not in HIDDEN_BUT_OURS):
            continue
        if path.is_dir():
            yield from every_file(path, NOT_OURS)
        else:
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def files(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=name_of)


FILES = list(every_file())
PYTHON = [path for path in FILES if path.suffix == ".py"]
MODULES = [path for path in PYTHON if path.is_relative_to(PACKAGE)]
INITS = [path for path in MODULES if path.name == "__init__.py"]
NODE_TYPES = [path for path in MODULES if path.parent == PACKAGE / "nodes" and path.stem not in {"__init__", "base"}]


def test_rules_have_something_to_go_over() -> None:
    assert {name_of(path) for path in FILES} >= {"Makefile", "pyproject.toml", ".ci/run", "README.md", *LOCKS}
    assert {name_of(path) for path in MODULES} >= {"src/pointwork/__init__.py", "src/pointwork/errors.py"}
    assert Path(__file__) in PYTHON
    assert PACKAGE / "__init__.py" in INITS


# -- sizes, headers and names ------------------------------------------------------------------------------------------


@files(PYTHON)
def test_file_is_of_one_thing(path: Path) -> None:
    source = path.read_text()
    tree = ast.parse(source)
    length = len(source.splitlines())
    assert length <= MAX_FILE_LINES, f"{name_of(path)}: split it by what it holds"
    assert ast.get_docstring(tree), f"{name_of(path)}: say in a docstring at the top what lives here"
    assert path.stem not in VAGUE_NAMES, f"{name_of(path)}: name it after what it holds"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= MAX_FUNCTION_LINES, f"{name_of(path)}: {node.name!r} has {lines} lines"


def test_folders_have_telling_names() -> None:
    assert not [name_of(path) for path in PYTHON if VAGUE_NAMES & set(path.relative_to(ROOT).parent.parts)]


def test_backend_only_forwards() -> None:
    lines = {
        name_of(path): len(path.read_text().splitlines()) for path in PYTHON if name_of(path).startswith("backend/")
    }
    assert sum(lines.values()) <= MAX_BACKEND_LINES, lines


def test_makefile_stays_a_list() -> None:
    length = len((ROOT / "Makefile").read_text().splitlines())
    assert length <= MAX_MAKEFILE_LINES, "move the work to scripts/"


# -- exports -----------------------------------------------------------------------------------------------------------


def is_forwarding(node: ast.stmt) -> bool:
    """Whether a statement of an `__init__` only hands on what other modules define; lazily is fine too."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
            return all(isinstance(inner, ast.ImportFrom) for inner in body)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("_")
        case ast.FunctionDef(name=name):
            return name in {"__getattr__", "__dir__"}
    return False


def test_every_folder_of_modules_is_a_package() -> None:
    assert {name_of(path.parent) for path in MODULES} == {name_of(path.parent) for path in INITS}


@files(INITS)
def test_package_is_a_door(path: Path) -> None:
    source = path.read_text()
    length = len(source.splitlines())
    assert length <= MAX_INIT_LINES
    for node in ast.parse(source).body:
        assert is_forwarding(node), f"{name_of(path)}, line {node.lineno}: an __init__ only hands on"
    module = importlib.import_module(".".join(path.parent.relative_to(ROOT / "src").parts))
    assert sorted(set(module.__all__)) == sorted(module.__all__), "a name twice in __all__"
    assert not [name for name in module.__all__ if not hasattr(module, name)], "a name in __all__ that is not there"


# -- node types --------------------------------------------------------------------------------------------------------


def node_types_of(tree: ast.Module) -> list[str]:
    """The names in `@node_type("…")` of a module."""
    found: list[str] = []
    for node in ast.walk(tree):
        for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else []:
            match decorator:
                case ast.Call(func=ast.Name(id="node_type"), args=[ast.Constant(value=str(name)), *_]):
                    found.append(name)
    return found


def test_node_type_is_named_after_its_file() -> None:
    registered = {name_of(path): node_types_of(ast.parse(path.read_text())) for path in NODE_TYPES}
    assert registered == {name_of(path): [path.stem] for path in NODE_TYPES}


def test_reader_of_node_types_sees_them() -> None:
    assert node_types_of(
        ast.parse("@node_type('one', title='One')\nclass One: ...\n@other('two')\nclass Two: ...")
    ) == ["one"]


# -- catch-alls --------------------------------------------------------------------------------------------------------


def catch_alls(tree: ast.Module) -> list[int]:
    """Lines of handlers that take every error and do not pass it on."""
    lines: list[int] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        names = (
            {inner.id for inner in ast.walk(node.type) if isinstance(inner, ast.Name)} if node.type else {"Exception"}
        )
        passes_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
        if names & {"Exception", "BaseException"} and not passes_on:
            lines.append(node.lineno)
    return lines


@files(MODULES)
def test_catches_everything_only_at_a_boundary(path: Path) -> None:
    found = catch_alls(ast.parse(path.read_text()))
    if path.relative_to(PACKAGE).as_posix() in CATCH_ALL:
        assert found, f"{name_of(path)} catches nothing any more: take it off CATCH_ALL"
    else:
        assert not found, f"{name_of(path)}, lines {found}: catch what can happen, or make it a boundary in CATCH_ALL"


@pytest.mark.parametrize(
    ("handler", "lines"),
    [
        ("except Exception: pass", [3]),
        ("except (ValueError, Exception) as error: print(error)", [3]),
        ("except: pass", [3]),
        ("except BaseException: pass", [3]),
        ("except BaseException:\n  undo()\n  raise", []),  # cleans up
        ("except Exception as error: raise ValueError from error", [3]),  # hides what it was
        ("except ValueError: pass", []),
    ],
)
def test_reader_of_catch_alls_sees_them(handler: str, lines: list[int]) -> None:
    assert catch_alls(ast.parse(f"try:\n  work()\n{handler}")) == lines


# -- text and locks ----------------------------------------------------------------------------------------------------


def test_nothing_unwanted_in_any_file() -> None:
    found: list[str] = []
    for path in FILES:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        if path != Path(__file__):
            for pattern, what in UNWANTED.items():
                found += [f"{name_of(path)}: {hit[0]!r} is {what}" for hit in re.finditer(pattern, text, re.MULTILINE)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("see /home/ann/notes", True),
        ("cd /work/main", True),
        ("GET /api/home/x and $HOME/work/x and ~/work/x", False),
        ("# TODO: later", True),
        ("# TODO(#12): when the format is frozen", False),
        ("index https://pypi.org/simple", True),
        ("<<<<<<< ours", True),
        ("an unremarkable line", False),
    ],
)
def test_reader_of_unwanted_text_sees_it(text: str, unwanted: bool) -> None:
    assert any(re.search(pattern, text, re.MULTILINE) for pattern in UNWANTED) == unwanted


def pins(lock: str) -> dict[str, set[str]]:
    """Package to versions; one can have several, for different Pythons."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if line[:1].isalnum():
            requirement = Requirement(line.rstrip("\\ "))
            [pin] = requirement.specifier
            assert pin.operator == "==", line
            found.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    assert found
    return found


@pytest.mark.parametrize("lock", [*LOCKS, "requirements.txt"])
def test_lock_names_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not [word for word in ("://", "--index", "--extra-index", "--find-links", "--trusted-host") if word in text]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_hashes(lock: str) -> None:
    packages = re.split(r"(?m)^(?=\w)", (ROOT / lock).read_text())[1:]
    assert packages
    assert not [package.splitlines()[0] for package in packages if "--hash=sha256:" not in package]


def test_locks_agree_with_each_other_and_with_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    core, dev, bench = pins("requirements.lock"), pins("requirements-dev.lock"), pins("requirements-bench.lock")
    run, weights = pins("requirements-run.lock"), pins("requirements-weights.lock")
    assert pins("requirements.txt") == {name: run[name] for name in run.keys() - weights.keys()}
    assert core.items() <= run.items()
    assert weights.items() <= run.items()
    assert run.items() <= dev.items()
    assert run.items() <= bench.items()
    groups = project["dependency-groups"]
    for names, lock in [
        (project["project"]["dependencies"], core),
        (groups["dev"], dev),
        (groups["bench"], bench),
        (groups["uv"], pins("requirements-uv.lock")),
        (groups["weights"], weights),
        (project["project"]["optional-dependencies"]["memory"], run),
        (groups["sandbox"], pins("src/pointwork/sandbox/rich.lock")),
    ]:
        for requirement in map(Requirement, names):
            versions = lock[canonicalize_name(requirement.name)]
            assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: run make lock"


def test_core_stays_small() -> None:
    assert len(pins("requirements.lock")) <= MAX_CORE_PACKAGES


def test_every_direct_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        names += group
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text()
    named = {Requirement(name).name for name in names} - {"pointwork"}  # which the extra `all` names
    assert not [name for name in named if f"| `{name}` |" not in page]


# -- pages -------------------------------------------------------------------------------------------------------------


def test_decisions_are_numbered_and_listed() -> None:
    folder = ROOT / "docs" / "adr"
    records = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    index = (folder / "README.md").read_text()
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    assert not [name for name in records if f"({name})" not in index]


def test_change_fragments_are_one_sentence() -> None:
    for path in (ROOT / "changes").iterdir():
        if path.name != "README.md":
            assert re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed|security)\.md", path.name), path.name
            text = path.read_text().strip()
            assert len(text.splitlines()) == 1, f"{path.name}: one sentence on one line"
            assert text.endswith("."), f"{path.name}: one sentence on one line"


# -- the tests themselves ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("2001:db8::1", 9)])
def test_tests_reach_this_machine_only(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe, pytest.raises(pytest.fail.Exception):
        probe.connect(address)  # of a datagram socket: nothing would be sent even if the guard were gone
    with pytest.raises(pytest.fail.Exception):
        socket.getaddrinfo("pointwork.invalid", 80)
