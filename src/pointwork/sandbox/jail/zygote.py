"""The fork-server of one jail: a Python with its modules loaded, which forks a process for each call.

Started as a program, in an empty environment, with one socket to the server that wants it. It never sees a secret, for
there is none where it comes from. Each message on the socket is one descriptor: the connection of one call. It ends
when the socket is closed or the server is gone, and everything that it forked ends with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import platform
import resource
import selectors
import signal
import socket
import struct
import sys
from typing import Any

from . import kernel
from .confine import bind, isolate
from .guest import Setting, serve

__all__ = ["main"]

MAX_OPEN = 4_096
CONNECTION = 3  # its number in the process of a call, which has no other open
PACKAGES = {"site-packages", "dist-packages"}


def main(options: dict[str, Any]) -> None:
    """Serve until nobody wants it any more."""
    kernel.parent_death_signal(signal.SIGKILL)
    control = socket.socket(fileno=options["control"])
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # when memory runs out, the code goes first and not the server
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, MAX_OPEN), most))  # each thing that can be read is held open
    sys.path += options["packages"]
    for name in options["preload"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    machine = platform.machine()
    if machine not in kernel.ARCHITECTURES:
        known = " and ".join(kernel.ARCHITECTURES)
        _tell(control, {"error": f"it knows the system calls of {known}, not those of {machine}"})
        return
    try:
        version = kernel.landlock_version()
        left = isolate(ids=(os.getuid(), os.getgid()))
        if "pid" in left:
            _become_first(control)
        setting = _setting(options, left)
    except OSError as error:
        _tell(control, {"error": str(error)})
        return
    _silence()
    gc.collect()
    gc.freeze()
    _tell(control, {"landlock": version, "left": left})
    _Calls(control, setting).run()


def _become_first(control: socket.socket) -> None:
    """Go on as the first process of the new space of processes; this one waits, and ends with it."""
    child = os.fork()
    if child:
        control.close()
        os.waitpid(child, 0)
        os._exit(0)
    kernel.parent_death_signal(signal.SIGKILL)


def _setting(options: dict[str, Any], left: list[str]) -> Setting:
    nobody = os.getuid() == 0 and "user" not in left
    folders = [os.path.dirname(os.__file__), *options["readable"]]
    if nobody:
        folders = [_shown(folder, options["room"], number, left) for number, folder in enumerate(folders)]
    library, *others = folders
    return Setting(
        scratch=os.path.join(options["room"], "scratch"),
        rules=[
            *kernel.file_rules([*_without_packages(library), *others], kernel.READ),
            *kernel.file_rules([library], kernel.READ_DIR),
        ],
        nobody=nobody,
        mounts="mnt" in left,
        most=os.sysconf("SC_OPEN_MAX"),
    )


def _without_packages(library: str) -> list[str]:
    """What is in the folder of the standard library, but for the packages that were installed into it."""
    names = set(os.listdir(library))
    return [os.path.join(library, name) for name in sorted(names - PACKAGES)] if names & PACKAGES else [library]


def _shown(folder: str, room: str, number: int, left: list[str]) -> str:
    """Where a folder can be entered by a process that is nobody; modules found in it are found there from now on."""
    if not os.path.isdir(folder) or _open_to_all(folder):
        return folder
    target = os.path.join(room, f"shown-{number}")
    if "mnt" in left:
        os.mkdir(target, 0o755)
        if bind(folder, target):
            _move(folder, target)
            return target
    raise OSError(f"{folder} can be entered by root only, and this system does not let the jail show it elsewhere")


def _open_to_all(folder: str) -> bool:
    at = folder
    while True:
        if not os.stat(at).st_mode & 0o001:
            return False
        if at == os.path.dirname(at):
            return True
        at = os.path.dirname(at)


def _move(folder: str, target: str) -> None:
    def moved(path: str) -> str:
        return target + path[len(folder) :] if path == folder or path.startswith(f"{folder}/") else path

    sys.path[:] = [moved(path) for path in sys.path]
    for module in list(sys.modules.values()):
        paths = getattr(module, "__path__", None)
        if isinstance(paths, list):
            module.__path__ = [moved(path) for path in paths]
    sys.path_importer_cache.clear()


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    if nowhere > 2:
        os.close(nowhere)


def _tell(control: socket.socket, what: dict[str, Any]) -> None:
    control.sendall(json.dumps(what).encode() + b"\n")


class _Calls:
    """Forks for each call, and says how each process ended."""

    def __init__(self, control: socket.socket, setting: Setting) -> None:
        self.control = control
        self.setting = setting
        self.running: dict[int, socket.socket] = {}

    def run(self) -> None:
        woken, waking = socket.socketpair()
        woken.setblocking(False)
        waking.setblocking(False)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is woken:
                        with contextlib.suppress(BlockingIOError):
                            woken.recv(4_096)
                        self._reap()
                    elif not self._take():
                        return

    def _take(self) -> bool:
        message, descriptors, *_ = socket.recv_fds(self.control, 1, 1)
        if not message:
            return False
        [descriptor] = descriptors
        connection = socket.socket(fileno=descriptor)
        child = os.fork()
        if not child:
            self._be_called(connection)
        process = os.pidfd_open(child)
        with contextlib.suppress(OSError):
            socket.send_fds(connection, [b"P"], [process])
        os.close(process)
        self.running[child] = connection
        return True

    def _be_called(self, connection: socket.socket) -> None:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            serve(socket.socket(fileno=os.dup2(connection.detach(), CONNECTION)), self.setting)
        finally:
            os._exit(0)

    def _reap(self) -> None:
        while self.running:
            with contextlib.suppress(ChildProcessError):
                child, status = os.waitpid(-1, os.WNOHANG)
                if not child:
                    return
                connection = self.running.pop(child, None)
                if connection is not None:
                    with contextlib.suppress(OSError):
                        connection.send(b"S" + struct.pack(">Ii", 4, status), socket.MSG_DONTWAIT)
                    connection.close()
                continue
            return


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
