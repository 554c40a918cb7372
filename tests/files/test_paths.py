"""What may be the name of a file, and what is refused whatever lies on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointwork.errors import FileRefused
from pointwork.files import Workspace
from pointwork.files.paths import parts_of

SECRET = b"the secret outside"
INSIDE = b"inside"

# Each of these is a way out, into what is hidden, or into what is no file, that other products have left open.
REFUSED: dict[str, list[object]] = {
    "upwards": [
        "..",
        "../secret.txt",
        "a/../../secret.txt",
        "folder/../ok.txt",
        "./../secret.txt",
        "folder/../../secret.txt",
        "../workspace/ok.txt",
        "../workspace-evil/secret.txt",
    ],
    "absolute": [
        "/etc/passwd",
        "{outside}/secret.txt",
        "{inside}/ok.txt",
        "//etc/passwd",
        ".//etc/passwd",
        "C:/Windows/win.ini",
        "C:\\Windows\\win.ini",
        "\\\\server\\share",
        "/proc/self/environ",
        "/dev/fd/0",
    ],
    "expanded elsewhere": [
        "~",
        "~/secret.txt",
        "~root/.ssh/id_rsa",
        "$HOME/secret.txt",
        "${HOME}/secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "%2Fetc%2Fpasswd",
        "file:///etc/passwd",
        "file:ok.txt",
        "*.txt",
        "o?.txt",
        "{ok,secret}.txt",
        "..\\secret.txt",
        "folder\\..\\..\\secret.txt",
        "\uff0e\uff0e/secret.txt",
        "\u2025/secret.txt",
    ],
    "hidden": [".env", "folder/.git/config", ".git/config", "./.env", "folder/.", "."],
    "text": [
        "",
        None,
        5,
        ["ok.txt"],
        b"ok.txt",
        "ok.txt\x00",
        "ok.txt\x00.pdf",
        "ok.txt\n",
        "ok\r.txt",
        "ok.txt\ud800",
        "\udce9.txt",
        "ok\u202etxt.exe",
        "ok\u200f.txt",
        "ok.txt\u2028",
        "ok.txt/",
        "folder/",
        "folder//inner.txt",
        "OK.TXT/.",
        "a" * 300,
        "a/" * 600 + "b",
        "a/" * 20 + "b",
        "\U0001f642" * 70,
    ],
    "missing": ["missing.txt", "missing/inner.txt", "ok.txt ", "OK.TXT2", "ok", "folder/ok.txt"],
    "no file": [
        "folder",
        "ok.txt/inner.txt",
        "link.txt",
        "link-inside.txt",
        "link-folder/secret.txt",
        "link-folder/inner.txt",
        "dangling.txt",
        "hard.txt",
        "pipe",
        "socket",
        "loop/x",
        "proc/self/environ",
        "fd/0",
    ],
}

READ = [
    "ok.txt",
    "./ok.txt",
    "folder/inner.txt",
    "with space.txt",
    "\u00fcml\u00e4ut.txt",
    "...three.txt"[3:],
    "a$b.txt",
    "100%.txt",
    "\U0001f642.txt",
]

TRICKS = [pytest.param(path, id=f"{kind}: {str(path)[:30]!a}") for kind, paths in REFUSED.items() for path in paths]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with everything in it that could lead out of it."""
    root = tmp_path / "workspace"
    evil = tmp_path / "workspace-evil"
    for folder in (root / "folder" / ".git", root / ".git", evil):
        folder.mkdir(parents=True)
    for secret in (tmp_path / "secret.txt", evil / "secret.txt", root / ".env", root / ".git" / "config"):
        secret.write_bytes(SECRET)
    (root / "folder" / ".git" / "config").write_bytes(SECRET)
    for name in READ:
        (root / name).write_bytes(INSIDE)
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "link-inside.txt").symlink_to("ok.txt")
    (root / "link-folder").symlink_to(evil)
    (evil / "inner.txt").write_bytes(SECRET)
    (root / "dangling.txt").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    (root / "proc").symlink_to("/proc")
    (root / "fd").symlink_to("/dev/fd")
    os.link(tmp_path / "secret.txt", root / "hard.txt")
    os.mkfifo(root / "pipe")
    os.mknod(root / "socket", 0o140600)
    return Workspace(root)


def filled_in(path: object, workspace: Workspace) -> object:
    if isinstance(path, str):
        return path.replace("{outside}", str(workspace.root.parent)).replace("{inside}", str(workspace.root))
    return path


def test_corpus_is_large() -> None:
    assert len(TRICKS) > 70
    assert all(len(group) >= 6 for group in REFUSED.values())


@pytest.mark.parametrize("path", TRICKS)
@pytest.mark.parametrize("way", ["openat2", "walk"])
def test_refuses_to_read(path: object, way: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "walk":
        monkeypatch.setattr("pointwork.files.beneath.has_openat2", lambda: False)
    with pytest.raises(FileRefused) as caught:
        workspace.read(filled_in(path, workspace), max_bytes=100)  # type: ignore[arg-type]
    str(caught.value).encode()


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("way", ["openat2", "walk"])
def test_reads(path: str, way: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "walk":
        monkeypatch.setattr("pointwork.files.beneath.has_openat2", lambda: False)
    assert workspace.read(path, max_bytes=100) == INSIDE


def test_a_refusal_does_not_tell_what_is_there(workspace: Workspace) -> None:
    told: set[str] = set()
    for path in ("missing.txt", "link.txt", "hard.txt", "pipe", "folder", "dangling.txt", "link-folder/secret.txt"):
        with pytest.raises(FileRefused) as caught:
            workspace.read(path, max_bytes=100)
        told.add(str(caught.value).replace(path, "…"))
    assert len(told) == 1


@pytest.mark.parametrize("path", TRICKS)
def test_writes_in_the_workspace_or_not_at_all(path: object, workspace: Workspace) -> None:
    before = picture(workspace.root.parent)
    wanted = filled_in(path, workspace)
    try:
        name = workspace.write(wanted, b"written")  # type: ignore[arg-type]
    except FileRefused:
        name = ""
    after = picture(workspace.root.parent)
    assert {key: after[key] for key in before} == before
    if name:  # there was no such file, and it was meant literally
        assert name == wanted
        assert (workspace.root / name).read_bytes() == b"written"
        assert path in {*REFUSED["missing"], *REFUSED["expanded elsewhere"]}
    else:
        assert after == before


@pytest.mark.parametrize("path", ["link.txt", "link-inside.txt", "dangling.txt", "hard.txt"])
def test_does_not_write_through_links(path: str, workspace: Workspace) -> None:
    before = picture(workspace.root.parent)
    with pytest.raises(FileRefused):
        workspace.write(path, b"written")
    assert picture(workspace.root.parent) == before


@pytest.mark.parametrize("path", ["$HOME/x.txt", "*.txt", "%2e%2e/x.txt", "file:x.txt"])
def test_takes_a_name_literally(path: str, workspace: Workspace) -> None:
    assert workspace.write(path, b"written") == path
    assert (workspace.root / path).read_bytes() == b"written"
    assert workspace.read(path, max_bytes=100) == b"written"


def picture(folder: Path) -> dict[str, object]:
    """Everything below a folder, links as links."""
    found: dict[str, object] = {}
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            path = Path(place) / name
            found[str(path)] = (
                os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else "other"
            )
    return found


@given(
    st.one_of(st.text(max_size=40), st.lists(st.sampled_from(["..", ".", "", "a", "~", "\x00", "b.txt"])).map("/".join))
)
def test_any_text_is_taken_apart_or_refused(path: str) -> None:
    try:
        parts = parts_of(path)
    except FileRefused as error:
        str(error).encode()
    else:
        assert parts
        assert not {"", ".", ".."} & set(parts)
        assert all("/" not in part and "\x00" not in part and not part.startswith(".") for part in parts)
        assert "/".join(parts) == path.removeprefix("./")
