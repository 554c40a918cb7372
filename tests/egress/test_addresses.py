"""Which addresses are reached: a corpus of tricks, all refused, and of ordinary ones, all dialled by number."""

from __future__ import annotations

import itertools
from typing import Any

import httpcore2
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointwork.egress import Egress, Origin, Target, dialling, read_allowed
from pointwork.egress.addresses import PORTS, address_fault, address_of
from pointwork.errors import ConfigurationError, EgressFailed, EgressRefused
from tests.egress.corpus import ALLOWED, NAMES, REFUSED, UNREACHABLE
from tests.egress.servers import Names

TRICKS = [pytest.param(url, id=f"{kind}: {url[:40]!a}") for kind, urls in REFUSED.items() for url in urls]


class Wire:
    """Stands where the network is: notes what is dialled and connects to nothing."""

    def __init__(self) -> None:
        self.dialled: list[tuple[str, int]] = []

    async def connect_tcp(self, host: str, port: int, *options: Any) -> Any:
        self.dialled.append((host, port))
        raise httpcore2.ConnectError("nobody is there")


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(dialling, "AnyIOBackend", lambda: wire)
    return wire


def test_corpus_is_large() -> None:
    urls = [*itertools.chain(*REFUSED.values()), *ALLOWED]
    assert len(urls) == len(set(urls)) > 140
    assert all(len(group) >= 7 for group in REFUSED.values())


@pytest.mark.parametrize("url", TRICKS)
async def test_refuses(url: str, wire: Wire) -> None:
    names = Names(dict(NAMES))
    with pytest.raises(EgressRefused) as caught:
        await Egress(resolve=names).request("GET", url)
    assert wire.dialled == []
    assert len(names.asked) <= 1
    str(caught.value).encode()  # can be shown and stored, whatever the URL was


@pytest.mark.parametrize("url", TRICKS)
async def test_whatever_another_library_makes_of_it(url: str, wire: Wire) -> None:
    async with Egress(resolve=Names(dict(NAMES))).client() as client:
        with pytest.raises((EgressRefused, httpx2.InvalidURL, httpx2.TransportError, UnicodeEncodeError)):
            await client.get(url)
    assert {address for address, _ in wire.dialled} <= {*NAMES["example.org"]}
    assert {port for _, port in wire.dialled} <= PORTS


@pytest.mark.parametrize("url", ALLOWED)
async def test_dials_exactly_what_was_checked(url: str, wire: Wire) -> None:
    names = Names(dict(NAMES))
    with pytest.raises(EgressFailed):  # nobody is there, in this test
        await Egress(resolve=names).request("GET", url)
    host = Target.read(url).origin.host
    expected = [host] if address_of(host) else NAMES[host]
    assert [address for address, _ in wire.dialled] == expected
    assert {port for _, port in wire.dialled} <= PORTS
    assert names.asked == ([] if address_of(host) else [host])


@pytest.mark.parametrize("url", UNREACHABLE)
async def test_says_that_there_is_no_such_server(url: str, wire: Wire) -> None:
    with pytest.raises(EgressFailed):
        await Egress(resolve=Names(dict(NAMES))).request("GET", url)
    assert wire.dialled == []


async def test_a_name_is_looked_up_once(wire: Wire) -> None:
    names = Names({"rebind.example": ["9.9.9.9"]}, later={"rebind.example": ["127.0.0.1"]})
    with pytest.raises(EgressFailed):
        await Egress(resolve=names).request("GET", "http://rebind.example/")
    assert wire.dialled == [("9.9.9.9", 80)]
    with pytest.raises(EgressRefused):  # and judged again when it is asked again
        await Egress(resolve=names).request("GET", "http://rebind.example/")
    assert names.asked == ["rebind.example"] * 2
    assert wire.dialled == [("9.9.9.9", 80)]


async def test_this_machine_by_its_public_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        closed = False

        def get_extra_info(self, name: str) -> Any:
            return {"client_addr": ("9.9.9.9", 50_000), "server_addr": ("9.9.9.9", 443)}[name]

        async def aclose(self) -> None:
            self.closed = True

    stream = Stream()

    class Hairpin:
        async def connect_tcp(self, *options: Any) -> Any:
            return stream

    monkeypatch.setattr(dialling, "AnyIOBackend", Hairpin)
    with pytest.raises(EgressRefused, match="this machine"):
        await Egress(resolve=Names()).request("GET", "https://9.9.9.9/")
    assert stream.closed


async def test_what_the_operator_lists_is_dialled_and_nothing_beside_it(wire: Wire) -> None:
    allowed = read_allowed("http://127.0.0.1:8888, http://search.lan", setting="S")
    names = Names({"search.lan": ["10.0.0.9"], "other.lan": ["10.0.0.9"], "example.org": ["10.0.0.9"]})
    egress = Egress(allowed, resolve=names)
    for url in ("http://127.0.0.1:8888/search?q=1", "http://search.lan/"):
        with pytest.raises(EgressFailed):
            await egress.request("GET", url)
    assert wire.dialled == [("127.0.0.1", 8888), ("10.0.0.9", 80)]
    for url in (
        "http://127.0.0.1:8889/",
        "https://127.0.0.1:8888/",
        "http://localhost:8888/",
        "https://search.lan/",
        "http://a.search.lan/",
        "http://other.lan/",
        "http://example.org/",
    ):
        with pytest.raises(EgressRefused):
            await egress.request("GET", url)
    assert len(wire.dialled) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        (" , ", set()),
        ("http://127.0.0.1:8888", {Origin("http", "127.0.0.1", 8888)}),
        ("HTTPS://Search.Lan:443/", {Origin("https", "search.lan", 443)}),
        ("http://[::1]:8080,http://a.lan", {Origin("http", "::1", 8080), Origin("http", "a.lan", 80)}),
    ],
)
def test_reads_what_the_operator_lists(text: str, found: set[Origin]) -> None:
    assert read_allowed(text, setting="S") == found


@pytest.mark.parametrize(
    "text",
    ["*", "127.0.0.1:8888", "http://*.lan", "http://a/path", "http://user@a", "ftp://a", "http://a b", "http://1.1"],
)
def test_names_the_setting_that_is_wrong(text: str) -> None:
    with pytest.raises(ConfigurationError, match="POINTWORK_EGRESS_ALLOW"):
        read_allowed(text, setting="POINTWORK_EGRESS_ALLOW")


@given(st.ip_addresses())
def test_only_global_addresses_pass(address: Any) -> None:
    if not address_fault(address):
        assert address.is_global
        assert not (address.is_private)
        assert not (address.is_loopback)
        assert not (address.is_link_local)
        assert not (address.is_multicast)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"http://{text}/", f"http://example.org/{text}"):
        try:
            target = Target.read(url)
        except EgressRefused as error:
            str(error).encode()
        else:
            assert str(target).isascii()
            assert Target.read(str(target)) == target  # one meaning
