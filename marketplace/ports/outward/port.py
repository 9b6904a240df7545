"""What every way of calling out takes and gives. Rooms and faces import this file, never an engine."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

PORTS = frozenset({443, 8443})
HIDDEN = (".local", ".internal", ".localhost", ".localdomain", ".home.arpa")
LONGEST_URL = 500
SECONDS = 10.0
"""What a whole call may take, from the name to the status."""


class Unreachable(Exception):
    """The other side cannot be called, or did not answer in time; `reason` says nothing of its network or answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


LARGEST_ANSWER = 500_000
"""How much of an answer is read, where one is wanted at all."""


class Outward(Protocol):
    """One way out. `post` raises Unreachable and nothing else."""

    name: str

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send the body and return the status of the answer, whatever it is."""


class Fetching(Protocol):
    """The way out to addresses that whoever runs the house named, or that those named. Raises Unreachable alone."""

    def fetch(self, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Send the body, or ask where there is none; the status of the answer and what it says."""


def checked_url(text: str, *, is_laptop: bool) -> str:
    """An address that may be called, as far as it tells by itself; where its name leads is looked at when it is called.

    On a laptop http, any port and the laptop itself are allowed. Raises Invalid, for the field `url`.
    """
    told = _fault(text, is_laptop=is_laptop)
    if told:
        hint = "Give an address such as https://example.org/touchstone."
        raise Invalid(f"{quote(text)} cannot be called: {told}", hint, fields={"url": f"{told.capitalize()}. {hint}"})
    return text


def _fault(text: str, *, is_laptop: bool) -> str:
    """What is wrong with an address, in words; empty where nothing is."""
    if len(text) > LONGEST_URL or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        return f"it is longer than {LONGEST_URL} characters, or has characters that no address has"
    try:
        parts = urlsplit(text)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "it is no address"
    if parts.scheme != "https" and not (is_laptop and parts.scheme == "http"):
        return "it does not begin with https://"
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        return "it names no host, or a user or a fragment too"
    if port not in PORTS and not is_laptop:
        return f"port {port} is not called"
    return _fault_of_host(parts, is_laptop=is_laptop)


def _fault_of_host(parts: SplitResult, *, is_laptop: bool) -> str:
    host = (parts.hostname or "").rstrip(".")
    if is_laptop:
        return ""
    try:
        is_hidden = not is_public(host)
    except ValueError:
        last = host.rpartition(".")[2]
        is_hidden = "." not in host or host.endswith(HIDDEN) or last.isdigit() or last.startswith("0x")
    return "it is not an address of the public internet" if is_hidden else ""


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet, in whatever way it is written into another one.

    Raises ValueError for what is no IP address.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None and not is_public(str(inner)):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
