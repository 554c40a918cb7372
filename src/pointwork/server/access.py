"""Who may reach the server, as long as there are no accounts: this machine, and pages that it serves itself.

Rules of this file: the server listens on loopback only. The `Host` of a request must be a name of loopback, so that
no foreign name can be made to point here. An `Origin`, when there is one, must be the server's own or a configured
one; scripts send none and are allowed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from pointwork.errors import ConfigurationError

__all__ = ["check_listening", "is_loopback", "is_own_host", "is_own_origin"]


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine only.

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_listening(host: str) -> None:
    """Refuse an address at which others could reach the server; raises ConfigurationError."""
    if not is_loopback(host):
        raise ConfigurationError(
            f"Pointwork does not listen on {host!r}: it has no accounts yet, so whoever reaches it may do everything.",
            hint="Listen on 127.0.0.1 (the default); from elsewhere use `ssh -L 8000:127.0.0.1:8000`.",
        )


def is_own_host(header: str) -> bool:
    """Whether a `Host` header names this machine.

    >>> is_own_host("localhost:8000"), is_own_host("[::1]:8000"), is_own_host("evil.example"), is_own_host("")
    (True, True, False, False)
    """
    try:
        parts = urlsplit(f"//{header}")
        return parts.netloc == header and is_loopback(parts.hostname or "") and parts.username is None
    except ValueError:
        return False


def is_own_origin(header: str, host: str, allowed: Collection[str]) -> bool:
    """Whether an `Origin` header is that of our own pages (at the `Host` of the request) or an allowed one.

    >>> is_own_origin("http://localhost:8000", "localhost:8000", ())
    True
    >>> is_own_origin("null", "localhost:8000", ())
    False
    """
    origin = header.lower()
    return origin in allowed or origin in {f"http://{host.lower()}", f"https://{host.lower()}"}
