"""The Bitstring Status List of the W3C: a bit for each certificate, compressed, so that who asks is not told apart."""

import base64
import gzip
import zlib
from collections.abc import Iterable

LENGTH = 131_072
"""Bits in a list: the least that the standard allows, so that one of them tells little."""


def encoded(indexes: Iterable[int]) -> str:
    """A list in which these bits are set, as it stands in a credential: multibase of base64url, of gzip."""
    bits = bytearray(LENGTH // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def is_set(text: str, index: int) -> bool:
    """Whether the bit of an encoded list is set. Raises ValueError for what is no list, or too short for it."""
    bits = _bits(text)
    if not 0 <= index < len(bits) * 8:
        raise ValueError(f"the list has no place {index}")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def _bits(text: str) -> bytes:
    if not text.startswith("u"):
        raise ValueError("the list is not in base64url")
    try:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        return zlib.decompressobj(wbits=31).decompress(packed, LENGTH)
    except zlib.error as wrong:
        raise ValueError("the list cannot be unpacked") from wrong
