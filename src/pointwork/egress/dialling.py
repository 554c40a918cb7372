"""Dialling: a name is resolved once, every address is judged, and the very address that was judged is connected to.

This sits below everything that speaks HTTP, so whatever redirects, retries or resolves above it comes through here.
Importing this module imports the HTTP library; it is imported on first use.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias

import httpcore2
from httpcore2 import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from pointwork.egress.addresses import Address, address_fault, address_of
from pointwork.errors import EgressFailed, EgressRefused

__all__ = ["GuardedBackend", "Resolve", "system_resolver"]

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]

MAX_ADDRESSES: Final = 4  # of one name that are tried, one after the other
RESOLVERS: Final = 4  # threads that wait for name servers; their own, so that slow ones hold up nothing else


def system_resolver() -> Resolve:
    """Asks the system for the addresses of a name."""
    pool = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")

    async def resolve(host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(pool, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        return [str(entry[4][0]) for entry in found]

    return resolve


class GuardedBackend(AsyncNetworkBackend):
    """Connects to public addresses, and to `allowed` pairs of host and port wherever those are."""

    def __init__(self, resolve: Resolve, allowed: Collection[tuple[str, int]] = ()) -> None:
        self.resolve = resolve
        self.allowed = allowed
        self._dial = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # as the library calls it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        trusted = (host, port) in self.allowed
        addresses = await self._addresses(host, port)
        if not trusted:
            for address in addresses:  # all of them: a name that also stands for a private address is a trap
                if fault := address_fault(address):
                    raise EgressRefused(
                        f"{host!r} is not reached: its address {str(address)!r} is {fault}.",
                        hint="Only public servers are reached, and those listed in POINTWORK_EGRESS_ALLOW.",
                    )
        problem: Exception | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                stream = await self._dial.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
                continue
            if not trusted and _is_ourselves(stream):
                await stream.aclose()
                raise EgressRefused(f"{host!r} is not reached: it is this machine.")
            return stream
        raise EgressFailed(f"{host!r} does not answer on port {port}.") from problem

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        raise EgressRefused("Sockets of this machine are not reached.")

    async def sleep(self, seconds: float) -> None:
        await self._dial.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[Address]:
        if (literal := address_of(host)) is not None:
            return [literal]
        try:
            found = await self.resolve(host, port)
            addresses = [ipaddress.ip_address(text) for text in dict.fromkeys(found)]
        except (OSError, UnicodeError, ValueError) as error:
            raise EgressFailed(f"There is no server {host!r}, or its name cannot be looked up now.") from error
        if not addresses:
            raise EgressFailed(f"The name {host!r} has no address.")
        return addresses


def _is_ourselves(stream: AsyncNetworkStream) -> bool:
    """Whether both ends have one address: a public address of this machine, behind its own firewall."""
    ours, theirs = stream.get_extra_info("client_addr"), stream.get_extra_info("server_addr")
    return bool(ours and theirs and ours[0] == theirs[0])
