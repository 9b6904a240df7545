"""Calling addresses that strangers gave us: the public internet alone, and never for long."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import raises

from marketplace.kit.errors import Invalid
from marketplace.ports.outward.port import LONGEST_URL, Unreachable, checked_url, is_public
from marketplace.ports.outward.recording import RecordingOutward
from marketplace.ports.outward.web import WebOutward

HIDDEN = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1", "::127.0.0.1", "fe80::1%eth0",
]  # fmt: skip
SHOWN = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"]


@pytest.mark.parametrize("address", HIDDEN)
def test_no_address_of_our_own_network_is_public_however_it_is_written(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", SHOWN)
def test_an_address_of_the_internet_is_public(address: str):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_inside_another_as_it_is_alone(address: IPv4Address):
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)

    assert is_public(str(mapped)) <= is_public(str(address))


REFUSED = {
    "http://example.org/hear": "does not begin with https://",
    "file:///etc/passwd": "does not begin with https://",
    "gopher://example.org/": "does not begin with https://",
    "javascript:alert(1)": "does not begin with https://",
    "//example.org/hear": "does not begin with https://",
    "https://example.org:22/": "port 22 is not called",
    "https://example.org:99999/": "is no address",
    "https://user:secret@example.org/": "names no host, or a user",
    "https://example.org/#part": "names no host, or a user or a fragment",
    "https:///path": "names no host",
    "https://127.0.0.1/": "not an address of the public internet",
    "https://127.1/": "not an address of the public internet",
    "https://0x7f.1/": "not an address of the public internet",
    "https://0x7f000001/": "not an address of the public internet",
    "https://2130706433/": "not an address of the public internet",
    "https://[::1]/": "not an address of the public internet",
    "https://[::ffff:127.0.0.1]/": "not an address of the public internet",
    "https://169.254.169.254/latest": "not an address of the public internet",
    "https://100.64.0.1/": "not an address of the public internet",
    "https://localhost/": "not an address of the public internet",
    "https://db.internal/": "not an address of the public internet",
    "https://example.org\\@127.0.0.1/": "characters that no address has",
    "https://exämple.org/": "characters that no address has",
    "https://example.org/a b": "characters that no address has",
    "https://example.org/\r\nX: y": "characters that no address has",
    "https://example.org/" + "a" * LONGEST_URL: "longer than 500",
}


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_may_not_be_called_is_refused_with_its_reason(url: str):
    with raises(Invalid, match=REFUSED[url]) as refusal:
        checked_url(url, is_laptop=False)

    assert set(refusal.value.fields) == {"url"}


@pytest.mark.parametrize("url", ["https://example.org", "https://example.org:8443/hear?a=1", "https://93.184.216.34/"])
def test_an_address_of_the_internet_may_be_called(url: str):
    assert checked_url(url, is_laptop=False) == url


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["169.254.169.254"], []])
def test_a_name_that_leads_to_our_own_network_is_not_called(addresses: list[str]):
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    with raises(Unreachable, match="does not lead to the public internet alone"):
        WebOutward(resolve=resolve).post("https://example.org/", b"", {})


def test_a_name_that_answers_otherwise_the_second_time_is_asked_once():
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    with raises(Unreachable):
        WebOutward(resolve=resolve, seconds=0.2).post("https://example.org/", b"", {})

    assert asked == ["example.org"]


@contextmanager
def a_server(answer: bytes, *, slowly: float = 0.0) -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine that keeps what it was sent, and answers byte by byte where it is slow."""
    listener = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def serve() -> None:
        try:
            while True:
                connection, _ = listener.accept()
                with connection:
                    received.append(_request_of(connection))
                    for part in [answer[n : n + 1] for n in range(len(answer))] if slowly else [answer]:
                        connection.sendall(part)
                        time.sleep(slowly)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], received
    listener.close()


def _request_of(connection: socket.socket) -> bytes:
    """The head and the body, which may come in two parts."""
    sent = connection.recv(65_536)
    length = re.search(rb"content-length: (\d+)", sent, re.IGNORECASE)
    while length and len(sent.partition(b"\r\n\r\n")[2]) < int(length[1]) and (more := connection.recv(65_536)):
        sent += more
    return sent


def test_the_address_that_was_checked_is_called_and_its_name_is_told():
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with a_server(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, received):
        status = WebOutward(is_laptop=True, resolve=resolve).post(
            f"http://hear.example.org:{port}/path?a=1", b'{"a": 1}', {"content-type": "application/json"}
        )

    assert status == 204
    assert received[0].startswith(b"POST /path?a=1 HTTP/1.1\r\n")
    assert f"host: hear.example.org:{port}\r\n".encode() in received[0].lower()
    assert received[0].endswith(b'{"a": 1}')


def test_a_redirect_is_an_answer_and_is_not_followed():
    answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"

    with a_server(answer) as (port, received):
        assert WebOutward(is_laptop=True).post(f"http://127.0.0.1:{port}/", b"", {}) == 302

    assert len(received) == 1


def test_whoever_answers_a_byte_at_a_time_is_not_waited_for():
    answer = b"HTTP/1.1 200 OK\r\n" + b"x-more: and more\r\n" * 100 + b"\r\n"
    began = time.monotonic()

    with a_server(answer, slowly=0.05) as (port, _), raises(Unreachable, match=r"no answer within 0\.5 seconds"):
        WebOutward(is_laptop=True, seconds=0.5).post(f"http://127.0.0.1:{port}/", b"", {})

    assert time.monotonic() - began < 3


def test_a_name_that_is_never_resolved_is_not_waited_for():
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    with raises(Unreachable, match=r"no answer within 0\.2 seconds"):
        WebOutward(resolve=resolve, seconds=0.2).post("https://example.org/", b"", {})


def test_an_answer_of_any_length_is_not_read():
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\nand"

    with a_server(answer) as (port, _):
        assert WebOutward(is_laptop=True).post(f"http://127.0.0.1:{port}/", b"", {}) == 200


def test_a_certificate_that_nobody_vouches_for_is_not_believed():
    with a_server(b"HTTP/1.1 200 OK\r\n\r\n") as (port, _), raises(Unreachable):
        WebOutward(is_laptop=True).post(f"https://127.0.0.1:{port}/", b"", {})


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n"])
def test_what_is_no_answer_is_told_as_none(answer: bytes):
    with a_server(answer) as (port, _), raises(Unreachable):
        WebOutward(is_laptop=True).post(f"http://127.0.0.1:{port}/", b"", {})


def test_the_recording_engine_answers_as_it_was_told_and_keeps_what_was_sent():
    outward = RecordingOutward([500, "nobody is there"])

    assert outward.post("https://example.org/", b"a", {"x": "y"}) == 500
    with raises(Unreachable, match="nobody is there"):
        outward.post("https://example.org/", b"b", {})
    assert outward.post("https://example.org/", b"c", {}) == 200
    assert [posted.body for posted in outward.posted] == [b"a", b"b", b"c"]
