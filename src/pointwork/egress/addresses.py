"""Which addresses may be reached: rules about URLs, names and numbers. Nothing is resolved or dialled here.

A URL is read once, by `Target.read`, and what was read is what is dialled: no second parser can understand it
differently. Names are judged by how they are written, numbers by what is known about them; a name that passes is
judged again by the numbers that it stands for, when it is dialled.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, urljoin

from pointwork.errors import ConfigurationError, EgressRefused

__all__ = ["MAX_URL_CHARS", "Address", "Origin", "Target", "address_fault", "address_of", "read_allowed"]

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_CHARS = 8_192
MAX_SHOWN = 120
PORTS = frozenset({80, 443, 8080, 8443})  # where web servers are; behind others are databases and mail
DEFAULT_PORT = {"http": 80, "https": 443}
URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)")
AUTHORITY = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\[\]:@]+))(?::(?P<port>[0-9]{1,5}))?\Z")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
NUMERIC = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")  # a last label like this makes browsers read the name as an address
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
# Letters whose translation into ASCII differs from standard to standard, so that one name could be two servers.
AMBIGUOUS = frozenset("ß\u1e9eς\u200c\u200d")

LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa", "lan", "intranet", "corp", "home")
# What is reserved although, to Python, some of it counts as global.
REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; clouds keep services there
        "168.63.129.16/32",  # a cloud's own service to its machines
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays into IPv6
        "::/96",  # IPv4 inside IPv6, long out of use
        "64:ff9b::/96",  # translates to any IPv4 address
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",  # tunnels: Teredo
        "2001:20::/28",
        "2002::/16",  # tunnels: 6to4
        "5f00::/16",
        "fec0::/10",  # the private networks of old
    )
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a server is. `host` is in lower-case ASCII, without brackets; an address is written the one normal way."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == DEFAULT_PORT[self.scheme] else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL names: the server, and what to ask it for."""

    origin: Origin
    path: str

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"

    @property
    def shown(self) -> str:
        """For messages: without the query, where keys are, and not too long."""
        text = f"{self.origin}{self.path.partition('?')[0]}"
        return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")

    @classmethod
    def read(cls, url: object) -> Target:
        """Read a URL by its form alone; raises EgressRefused when it could mean more than one thing.

        >>> str(Target.read("HTTPS://Example.org:443/a?b=c#d"))
        'https://example.org/a?b=c'
        """
        if not isinstance(url, str) or not url:
            raise EgressRefused("A request needs a URL.")
        if len(url) > MAX_URL_CHARS:
            raise EgressRefused(f"A URL of {len(url):,} characters is too long; {MAX_URL_CHARS:,} are the limit.")
        if UNSAFE.search(url):
            raise _refused(url, "it holds a space, a backslash or a control character", "Write a space as %20.")
        parts = URL.match(url)
        if parts is None:
            raise _refused(url, "it is not a full URL", "Write it like https://example.org/page.")
        scheme = parts["scheme"].lower()
        if scheme not in DEFAULT_PORT:
            raise _refused(url, f"its scheme is {scheme[:20]!r}", "Only http:// and https:// are reached.")
        origin = _origin(url, scheme, parts["authority"])
        path = parts["target"]
        path = path if path.startswith("/") else f"/{path}"
        try:
            return cls(origin, quote(path, safe="%/:?[]@!$&'()*+,;=-._~|"))
        except UnicodeEncodeError as error:
            raise _refused(url, "it holds half a character", "Percent-encode its path.") from error

    def joined(self, location: str) -> Target:
        """Where a redirect from here leads."""
        try:
            return Target.read(urljoin(str(self), location.strip().replace(" ", "%20")))
        except ValueError as error:
            raise _refused(location, "it cannot be read", "") from error

    def check(self, allowed: Collection[Origin] = ()) -> None:
        """Raise EgressRefused unless this may be asked, as far as its text tells; `allowed` may be anything."""
        if self.origin in allowed:
            return
        if self.origin.port not in PORTS:
            ports = ", ".join(str(port) for port in sorted(PORTS))
            raise _refused(str(self), f"its port is {self.origin.port}", f"These ports are reached: {ports}.")
        if (address := address_of(self.origin.host)) is not None:
            if fault := address_fault(address):
                raise _refused(str(self), f"its address is {fault}", _OPERATOR)
        elif "." not in self.origin.host or _is_local(self.origin.host):
            raise _refused(str(self), f"the name {self.origin.host!r} is one of a local network", _OPERATOR)


_OPERATOR = "Only public servers are reached, and those that the operator lists in POINTWORK_EGRESS_ALLOW."


def address_of(host: str) -> Address | None:
    """The address that a host is written as, if it is one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def address_fault(address: Address) -> str:
    """Why an address may not be reached; empty when it may.

    >>> address_fault(ipaddress.ip_address("::ffff:10.0.0.1")), address_fault(ipaddress.ip_address("9.9.9.9"))
    ('private', '')
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return "one of this machine's networks"
        if address.ipv4_mapped is not None:
            return address_fault(address.ipv4_mapped)
    if address.is_loopback:
        return "this machine"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "a group of machines"
    if any(address in network for network in REFUSED_NETWORKS if network.version == address.version):
        return "reserved"
    if address.is_private:
        return "private"
    return "" if address.is_global and not address.is_reserved else "reserved"


def read_allowed(text: str, *, setting: str) -> frozenset[Origin]:
    """Origins separated by commas, as an operator writes them; raises ConfigurationError naming the setting.

    >>> sorted(map(str, read_allowed("http://127.0.0.1:8888, https://search.lan", setting="ALLOW")))
    ['http://127.0.0.1:8888', 'https://search.lan']
    """
    found: set[Origin] = set()
    for word in filter(None, (word.strip() for word in text.split(","))):
        try:
            target = Target.read(word)
        except EgressRefused:
            target = None
        if target is None or target.path != "/":
            raise ConfigurationError(
                f"{setting} contains {word!r}, which is not the origin of a server.",
                hint="Write origins like http://127.0.0.1:8888, separated by commas; there is no wildcard.",
            )
        found.add(target.origin)
    return frozenset(found)


def _origin(url: str, scheme: str, authority: str) -> Origin:
    if "@" in authority:
        raise _refused(url, "it holds a user name", "Send credentials in a header.")
    if "%" in authority:
        raise _refused(url, "its host holds a %", "Write the host in plain letters.")
    parts = AUTHORITY.match(authority)
    if parts is None:
        raise _refused(url, "its host or port cannot be read", "Write it like https://example.org:8443/.")
    port = DEFAULT_PORT[scheme] if parts["port"] is None else int(parts["port"])
    if not 0 < port < 65_536:
        raise _refused(url, f"its port is {port}", "Ports go from 1 to 65535.")
    if parts["six"]:
        address = address_of(parts["six"])
        if address is None or address.version != 6:
            raise _refused(url, f"{parts['six']!r} is not an IPv6 address", "")
        return Origin(scheme, str(address), port)
    return Origin(scheme, _host(url, parts["name"]), port)


def _host(url: str, name: str) -> str:
    if not name.isascii():
        if not AMBIGUOUS.isdisjoint(name):
            raise _refused(url, "its host can be read in two ways", "Write the host in its xn-- form.")
        try:
            name = name.encode("idna").decode("ascii")
        except (UnicodeError, ValueError) as error:
            raise _refused(url, "its host is not a name", "Write the host in its xn-- form.") from error
    name = name.lower()
    labels = name.removesuffix(".").split(".")
    if NUMERIC.match(labels[-1]):  # an address; then it has to be one in the one form that nobody misreads
        if address_of(name) is None:
            raise _refused(url, f"{name[:80]!r} is not an IPv4 address", "Write four numbers from 0 to 255.")
        return name
    if len(name) > 253 or not all(LABEL.match(label) for label in labels):
        raise _refused(url, f"{name[:80]!r} is not the name of a server", "Write it like https://example.org/.")
    return ".".join(labels)


def _is_local(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in LOCAL_NAMES)


def _refused(url: str, why: str, hint: str) -> EgressRefused:
    text = url.partition("?")[0]
    return EgressRefused(
        f"{text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + '…'!a} is not reached: {why}.", hint=hint
    )
