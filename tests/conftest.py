"""What holds for every test: no network but loopback, and the same random examples on every machine.

Nothing else belongs here. Fakes come from `pointwork.testing`, fixtures live beside the tests that use them.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any

import hypothesis
import pytest

LOCAL_NAMES = frozenset({"", "localhost", socket.gethostname()})

real_connect = socket.socket.connect
real_connect_ex = socket.socket.connect_ex
real_sendto = socket.socket.sendto
real_getaddrinfo = socket.getaddrinfo


def refuse(host: object) -> None:
    """Fail the test unless `host` is this machine. Not by an `Exception`: code under test must not swallow it."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    try:
        local = ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        local = name in LOCAL_NAMES
    if not local:
        pytest.fail(f"This test would reach {name!r}: tests use loopback only, and fakes at the provider's edge.")


def refuse_address(address: object) -> None:
    """The same for the address of a socket; those of Unix sockets are paths, not tuples."""
    if isinstance(address, tuple):
        refuse(address[0])


def connect(self: socket.socket, address: Any) -> None:
    refuse_address(address)
    real_connect(self, address)


def connect_ex(self: socket.socket, address: Any) -> int:
    refuse_address(address)
    return real_connect_ex(self, address)


def sendto(self: socket.socket, *arguments: Any) -> int:
    refuse_address(arguments[-1])
    return real_sendto(self, *arguments)


def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    refuse(host)
    return real_getaddrinfo(host, *arguments, **options)


# On import, not in a fixture: collection and session fixtures are covered too.
socket.socket.connect = connect  # type: ignore[method-assign]
socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
socket.socket.sendto = sendto  # type: ignore[method-assign,assignment]
socket.getaddrinfo = getaddrinfo

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")
