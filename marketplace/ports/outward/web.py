"""The engine for the world: HTTPS to public addresses alone, within a time that nobody can stretch.

A name is resolved once, every address that it has is checked, and one of those is connected to: a name that answers
otherwise the second time changes nothing. The certificate is checked against the name.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

import httpx

from marketplace.kit.errors import Invalid
from marketplace.ports.outward.port import LARGEST_ANSWER, SECONDS, Unreachable, checked_url, is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolved(host: str, port: int) -> list[str]:
    """Every address that a name leads to."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    return [str(address[4][0]) for address in found]


class WebOutward:
    """`is_laptop` allows http and the laptop's own addresses, for trying things out; never in production."""

    name = "web"

    def __init__(
        self, *, is_laptop: bool = False, resolve: Resolve = resolved, seconds: float = SECONDS,
        trust: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._is_laptop, self._resolve, self._seconds = is_laptop, resolve, seconds
        self._trust = trust or ssl.create_default_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        return self._called(url, body, headers, 0)[0]

    def fetch(self, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        return self._called(url, body, headers, LARGEST_ANSWER)

    def _called(self, url: str, body: bytes | None, headers: Mapping[str, str], most: int) -> tuple[int, bytes]:
        try:
            return asyncio.run(self._within_time(checked_url(url, is_laptop=self._is_laptop), body, headers, most))
        except Invalid as wrong:
            raise Unreachable(wrong.fact) from wrong
        except TimeoutError as late:
            raise Unreachable(f"there was no answer within {self._seconds:g} seconds") from late
        except OSError as failed:
            raise Unreachable("the name or the address does not answer") from failed
        except httpx.HTTPError as failed:
            raise Unreachable(f"the connection failed: {type(failed).__name__}") from failed

    async def _within_time(
        self, url: str, body: bytes | None, headers: Mapping[str, str], most: int
    ) -> tuple[int, bytes]:
        async with asyncio.timeout(self._seconds):
            return await self._send(url, body, headers, most)

    async def _send(self, url: str, body: bytes | None, headers: Mapping[str, str], most: int) -> tuple[int, bytes]:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._address(host, port)
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        target = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
        sent = {**headers, "host": parts.netloc}
        client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=self._seconds, verify=self._trust)
        async with client, client.stream("GET" if body is None else "POST", target, content=body, headers=sent,
                                         extensions={"sni_hostname": host}) as answer:  # fmt: skip
            return answer.status_code, await _read(answer, most)

    async def _address(self, host: str, port: int) -> str:
        """The first address of a host, where all of them may be called."""
        found = await self._resolve(host, port)
        if not found or not (self._is_laptop or all(map(is_public, found))):
            raise Unreachable("the name does not lead to the public internet alone")
        return found[0]


async def _read(answer: httpx.Response, most: int) -> bytes:
    """What an answer says, up to so many bytes; nothing where nothing was wanted. Raises Unreachable for more."""
    read = b""
    if most:
        async for piece in answer.aiter_bytes():
            read += piece
            if len(read) > most:
                raise Unreachable(f"the answer is longer than {most:,} bytes")
    return read
