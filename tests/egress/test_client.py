"""What comes back, and what goes out, against real servers of this machine that do as they like."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pointwork.egress import Egress, Origin
from pointwork.errors import EgressFailed, EgressRefused
from tests.egress.servers import Names, Server, reaching, redirect, reply, serving

BOMB = gzip.compress(bytes(200 << 20), 9)  # 200 MiB in 200 KiB


async def get(server: Server, **options: object) -> bytes:
    async with reaching(server) as egress:
        return (await egress.request("GET", server.url, **options)).body  # type: ignore[arg-type]


async def test_answer_comes_back_whole() -> None:
    async with (
        serving(reply(b"hello", headers="X-One: 1\nX-One: 2\nContent-Type: text/plain")) as server,
        reaching(server) as egress,
    ):
        answer = await egress.request("GET", f"{server.url}a?b=%20#c", headers={"X-Mine": "gr\u00fcn"})
    assert (answer.url, answer.status, answer.body, answer.truncated) == (f"{server.url}a?b=%20", 200, b"hello", False)
    assert answer.headers["x-one"] == "1, 2"
    head = server.requests[0].decode()
    assert head.startswith("GET /a?b=%20 HTTP/1.1\r\n")
    assert f"\r\nhost: 127.0.0.1:{server.origin.port}\r\n" in head
    assert "\r\nx-mine: gr\u00fcn\r\n" in head
    assert "\r\naccept-encoding: gzip, deflate\r\n" in head


@pytest.mark.parametrize(
    ("method", "body"), [("POST", b"{}"), ("PUT", b"x" * 100_000), ("PATCH", b""), ("DELETE", None)]
)
async def test_body_is_sent(method: str, body: bytes | None) -> None:
    async with serving(reply(b"done")) as server, reaching(server) as egress:
        answer = await egress.request(method.lower(), server.url, body=body)
    assert answer.body == b"done"
    assert server.requests[0].startswith(method.encode())
    assert server.requests[0].partition(b"\r\n\r\n")[2] == (body or b"")


async def test_status_of_an_error_is_an_answer() -> None:
    async with serving(reply(b"no", status="404 Not Found")) as server, reaching(server) as egress:
        answer = await egress.request("GET", server.url)
    assert (answer.status, answer.body) == (404, b"no")


async def test_head_has_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Encoding: br\r\nConnection: close\r\n\r\n"
    async with serving(head) as server, reaching(server) as egress:
        assert (await egress.request("HEAD", server.url)).body == b""


# -- redirects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]:8080/",
        "//127.0.0.1:80/",
        "http://localhost/",
        "http://rebind.example/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://user@example.org/",
        "http://0x7f000001/",
        "\\\\127.0.0.1\\",
        "http://example.org:22/",
    ],
)
async def test_redirect_is_judged_like_the_first_request(location: str) -> None:
    names = Names({"rebind.example": ["127.0.0.1"]})
    async with serving(redirect(location)) as server, reaching(server, names=names) as egress:
        with pytest.raises(EgressRefused):
            await egress.request("GET", server.url)
    assert len(server.requests) == 1


async def test_redirect_to_a_port_that_is_not_listed_is_refused() -> None:
    async with serving(b"") as secret, serving(redirect(secret.url)) as server, reaching(server) as egress:
        with pytest.raises(EgressRefused):
            await egress.request("GET", server.url)
    assert secret.requests == []


async def test_redirects_are_followed_to_the_last() -> None:
    async with (
        serving(reply(b"here", headers="Set-Cookie: a=1")) as last,
        serving(redirect(f"{last.url}caf\u00e9 au lait?q=1")) as second,
        serving(redirect(second.url)) as first,
        reaching(first, second, last) as egress,
    ):
        answer = await egress.request("GET", first.url)
        again = await egress.request("GET", last.url)
    assert answer.body == again.body == b"here"
    assert answer.url == f"{last.url}caf%C3%A9%20au%20lait?q=1"
    assert b"cookie" not in last.requests[1].lower()  # none is kept


async def test_redirects_come_to_an_end() -> None:
    async def again(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(redirect("/again"))

    async with serving(again) as server, reaching(server) as egress:
        with pytest.raises(EgressFailed, match="redirects"):
            await egress.request("GET", server.url)
        assert len(server.requests) == 5
        with pytest.raises(EgressFailed):
            await egress.request("GET", server.url, max_hops=0)
        assert len(server.requests) == 6


async def test_what_was_meant_for_one_server_does_not_go_to_another() -> None:
    headers = {"Authorization": "Bearer s3cret", "Cookie": "s3cret", "X-Api-Key": "s3cret", "Accept": "text/html"}
    async with (
        serving(reply(b"stolen?")) as other,
        serving(redirect(other.url)) as server,
        reaching(server, other) as egress,
    ):
        await egress.request("GET", server.url, headers=headers)
    assert server.requests[0].count(b"s3cret") == 3
    assert b"s3cret" not in other.requests[0]
    assert b"accept: text/html" in other.requests[0]


async def test_the_same_server_gets_it_again() -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(redirect("/there") if request.startswith(b"GET / ") else reply(b"ok"))

    async with serving(answer) as server, reaching(server) as egress:
        await egress.request("GET", server.url, headers={"Authorization": "Bearer s3cret"})
    assert b"s3cret" in server.requests[1]


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [
        ("301 Moved", "POST", b"GET"),
        ("302 Found", "POST", b"GET"),
        ("303 See Other", "PUT", b"GET"),
        ("303 See Other", "HEAD", b"HEAD"),
        ("307 Temporary", "POST", b"POST"),
        ("308 Permanent", "PUT", b"PUT"),
        ("302 Found", "DELETE", b"DELETE"),
    ],
)
async def test_method_after_a_redirect(status: str, method: str, expected: bytes) -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(reply() if b" /there " in request else redirect("/there", status))

    body = None if method == "HEAD" else b"payload"
    async with serving(answer) as server, reaching(server) as egress:
        await egress.request(method, server.url, body=body, headers={"Content-Type": "text/plain"})
    assert server.requests[1].startswith(expected)
    assert (b"payload" in server.requests[1]) == (expected not in (b"GET", b"HEAD"))


@pytest.mark.parametrize("status", ["307 Temporary", "308 Permanent"])
async def test_a_body_is_not_sent_on_to_another_server(status: str) -> None:
    async with (
        serving(reply()) as other,
        serving(redirect(other.url, status)) as server,
        reaching(server, other) as egress,
    ):
        with pytest.raises(EgressRefused, match="another server"):
            await egress.request("POST", server.url, body=b"s3cret")
    assert other.requests == []


# -- amounts -----------------------------------------------------------------------------------------------------------


async def test_endless_body_ends_at_the_limit() -> None:
    async def endless(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with serving(endless) as server, reaching(server) as egress:
        answer = await egress.request("GET", server.url, max_bytes=100_000)
    assert (answer.body, answer.truncated) == (b"x" * 100_000, True)


async def test_exactly_the_limit_is_not_cut() -> None:
    async with serving(reply(b"x" * 1_000)) as server, reaching(server) as egress:
        whole = await egress.request("GET", server.url, max_bytes=1_000)
        cut = await egress.request("GET", server.url, max_bytes=999)
    assert (len(whole.body), whole.truncated) == (1_000, False)
    assert (len(cut.body), cut.truncated) == (999, True)


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("gzip", gzip.compress(b"hello" * 100, mtime=0), b"hello" * 100),
        ("GZIP", gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0), b"ab"),  # in two parts
        ("deflate", zlib.compress(b"hello"), b"hello"),
        ("deflate", zlib.compress(b"hello")[2:-4], b"hello"),  # without its header, as some send it
        ("identity", b"hello", b"hello"),
        ("gzip", b"", b""),
    ],
)
async def test_body_is_unpacked(encoding: str, body: bytes, expected: bytes) -> None:
    async with serving(reply(body, headers=f"Content-Encoding: {encoding}")) as server:
        assert await get(server) == expected


async def test_bomb_is_unpacked_up_to_the_limit_only() -> None:
    async with serving(reply(BOMB, headers="Content-Encoding: gzip")) as server, reaching(server) as egress:
        answer = await egress.request("GET", server.url, max_bytes=1 << 20)
    assert (len(answer.body), answer.truncated) == (1 << 20, True)


@pytest.mark.parametrize(
    ("encoding", "body"), [("br", b"hello"), ("gzip, gzip", b"hello"), ("zstd", b""), ("gzip", b"no gzip at all" * 9)]
)
async def test_body_that_cannot_be_unpacked_is_an_error(encoding: str, body: bytes) -> None:
    async with serving(reply(body, headers=f"Content-Encoding: {encoding}")) as server:
        with pytest.raises(EgressFailed):
            await get(server)


@pytest.mark.parametrize(
    "answer",
    [
        b"",  # closed at once
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000,  # a header without end
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000,  # headers without end
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"\x16\x03\x01" + bytes(range(256)),
    ],
)
async def test_answer_that_is_no_http_is_an_error(answer: bytes) -> None:
    async with serving(answer) as server:
        with pytest.raises(EgressFailed):
            await get(server)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
async def test_slow_bytes_use_up_the_time(head: bytes) -> None:
    async def trickle(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(trickle) as server:
        with pytest.raises(EgressFailed, match=r"within 0\.2 s"):
            await get(server, timeout_s=0.2)


async def test_slow_name_server_uses_up_the_time() -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(EgressFailed, match="within"):
        await Egress(resolve=never).request("GET", "http://example.org/", timeout_s=0.1)


async def test_next_address_is_tried() -> None:
    async with serving(reply(b"second"), name="two.example") as server:
        names = Names({"two.example": ["127.0.0.99", "127.0.0.1"]})
        async with reaching(server, names=names) as egress:
            assert (await egress.request("GET", server.url)).body == b"second"
    assert f"host: two.example:{server.origin.port}".encode() in server.requests[0]


async def test_nothing_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with serving(reply(b"proxied")) as proxy, serving(reply(b"direct")) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password s3cret")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        async with reaching(server) as egress, egress.client() as client:
            assert (await egress.request("GET", server.url)).body == b"direct"
            assert (await client.get(server.url)).text == "direct"
    assert proxy.requests == []
    assert b"uthorization" not in b"".join(server.requests)


# -- what must not be sent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nEvil: 1"},
        {"X": "a\nEvil: 1"},
        {"X": "a\x00b"},
        {"X": "\ud800"},
        {"X: Y": "1"},
        {"X\r\n": "1"},
        {"": "1"},
        {"\u00dc": "1"},
        {"Host": "evil.example"},
        {"content-LENGTH": "5"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "Upgrade"},
        {"Proxy-Authorization": "x"},
        {"X": "x" * 20_000},
        {f"X-{number}": "1" for number in range(100)},
    ],
)
async def test_refuses_headers(headers: dict[str, str]) -> None:
    async with serving(reply()) as server, reaching(server) as egress:
        with pytest.raises(EgressRefused) as caught:
            await egress.request("GET", server.url, headers=headers)
    assert server.requests == []
    str(caught.value).encode()


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "", "GET /x HTTP/1.1\r\n", "G\u00c9T"])
async def test_refuses_methods(method: str) -> None:
    async with serving(reply()) as server, reaching(server) as egress:
        with pytest.raises(EgressRefused):
            await egress.request(method, server.url)
    assert server.requests == []


async def test_refuses_a_body_that_is_too_long() -> None:
    with pytest.raises(EgressRefused, match="bytes"):
        await Egress().request("POST", "http://example.org/", body=bytes(9 << 20))


# -- encrypted ---------------------------------------------------------------------------------------------------------


def certificates(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The two ends of a connection that trust each other: what the server shows, and whom the client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.2"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


async def test_the_name_is_what_is_proved_though_the_number_is_dialled(tmp_path: Path) -> None:
    server_end, client_end = certificates(tmp_path, "safe.example")
    names = Names({"safe.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})
    async with serving(reply(b"private"), tls=server_end, name="safe.example") as server:
        other = Server(Origin("https", "other.example", server.origin.port))
        async with reaching(server, other, names=names, ssl_context=client_end) as egress:
            assert (await egress.request("GET", server.url)).body == b"private"
            with pytest.raises(EgressFailed, match="certificate"):
                await egress.request("GET", other.url)  # another name: not who it claims to be
        async with reaching(server, names=names) as egress:
            with pytest.raises(EgressFailed):  # nobody vouches for it
                await egress.request("GET", server.url)


async def test_nothing_leads_from_encrypted_to_plain(tmp_path: Path) -> None:
    server_end, client_end = certificates(tmp_path, "safe.example")
    names = Names({"safe.example": ["127.0.0.1"]})
    async with (
        serving(reply(b"plain")) as plain,
        serving(redirect(plain.url), tls=server_end, name="safe.example") as server,
        reaching(server, plain, names=names, ssl_context=client_end) as egress,
    ):
        with pytest.raises(EgressRefused, match="not encrypted"):
            await egress.request("GET", server.url)
    assert plain.requests == []


# -- for libraries -----------------------------------------------------------------------------------------------------


async def test_client_of_a_library_goes_the_same_way() -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nSet-Cookie: a=1\r\n\r\n")
        for number in range(3):
            writer.write(f"data: {number}\n\n".encode())
            await writer.drain()

    async with (
        serving(answer) as server,
        reaching(server) as egress,
        egress.client() as client,
        client.stream("POST", server.url, json={"a": 1}) as stream,
    ):
        assert [line async for line in stream.aiter_lines() if line] == ["data: 0", "data: 1", "data: 2"]
        assert not client.cookies
    assert server.requests[0].endswith(b'{"a":1}')


async def test_client_that_follows_redirects_is_guarded_at_each() -> None:
    async with (
        serving(b"") as secret,
        serving(redirect(secret.url)) as server,
        reaching(server) as egress,
        egress.client(follow_redirects=True) as client,
    ):
        with pytest.raises(EgressRefused):
            await client.get(server.url)
    assert secret.requests == []


async def test_options_do_not_take_the_guard_away() -> None:
    async with Egress().client(transport=httpx2.AsyncHTTPTransport(), trust_env=True) as client:
        with pytest.raises(EgressRefused):
            await client.get("http://127.0.0.1:9/")


async def test_client_tells_errors_in_the_words_of_the_library() -> None:
    async with serving(b"nonsense") as server, reaching(server) as egress, egress.client() as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get(server.url)
    async with reaching(server) as egress, egress.client() as client:
        with pytest.raises(httpx2.ConnectError):  # it is gone
            await client.get(server.url)
