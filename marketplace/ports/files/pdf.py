"""PDFs: complete, readable without a password, and without actions that run scripts or programs.

Names are found however they are spelled (#4A for J), in the file itself and in its packed object streams. Object
streams that we cannot unpack are refused. This finds what is written as the format says; a viewer's own defects are
beyond it, which is why a PDF goes out as a download, never drawn on our pages.
"""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from marketplace.kit.errors import Invalid

MOST_UNPACKED = 64_000_000
LONGEST_DICTIONARY = 4_096

_AGAIN = "Print it to a new PDF, and send that."
_STEP = 1 << 12
"""Bytes that are unpacked at a time: what stands behind the end of a stream is copied in vain, for each of them."""


def _spelled(plain: str) -> bytes:
    """A pattern for the letters of a name, however each is escaped."""
    return b"".join(f"(?:{char}|#(?:{ord(char):02x}|{ord(char):02X}))".encode() for char in plain)


def _name(*plain: str) -> re.Pattern[bytes]:
    return re.compile(rb"/(?:" + rb"|".join(map(_spelled, plain)) + rb")(?=[\s\x00()<>\[\]{}/%]|$)")


_ACTIVE = _name("JavaScript", "Launch", "RichMedia", "XFA", "ImportData")
_STANDS_ALONE = re.compile(rb"(?:[\s\x00()<>\[\]{}]|obj|/S|/#53)$")
_LOCKED = _name("Encrypt")
_STREAM = re.compile(rb">>\s*stream\r?\n")
_HOLDS_OBJECTS = _name("ObjStm")
_IS_PACKED = _name("Filter", "DecodeParms")
_IS_DEFLATED = re.compile(rb"/Filter\s*(?:/FlateDecode(?=[\s/>])|\[\s*/FlateDecode\s*\])")
_HAS_PARAMETERS = _name("DecodeParms")


def check(file: BinaryIO, _: int) -> str:
    file.seek(0)
    data = file.read()
    if not re.match(rb"%PDF-[12]\.\d\s", data):
        raise Invalid("this file begins like a PDF and is none", _AGAIN)
    _refuse_odd_end(data)
    if _LOCKED.search(data):
        raise Invalid("this PDF is protected, so that it cannot be checked", f"Remove the protection. {_AGAIN}")
    _refuse_active(data)
    for objects in _object_streams(data):
        _refuse_active(objects)
    return "application/pdf"


def _refuse_odd_end(data: bytes) -> None:
    at = data.rfind(b"%%EOF")
    if at < 0:
        raise Invalid("this PDF is cut off: its end is missing", "Send it again.")
    if data[at + 5 :].strip(b"\0\r\n\t \x1a"):
        raise Invalid("this PDF has something behind its end", _AGAIN)


def _refuse_active(data: bytes) -> None:
    """A name counts where it can be one: in "HTML/JavaScript", as a keyword has it, it cannot."""
    for found in _ACTIVE.finditer(data):
        if _STANDS_ALONE.search(data[max(0, found.start() - 4) : found.start()]):
            name = re.sub(rb"#(..)", lambda code: bytes.fromhex(code[1].decode()), found[0][1:]).decode()
            raise Invalid(f"this PDF can act by itself: it has {name} in it", _AGAIN)


def _object_streams(data: bytes) -> Iterator[bytes]:
    """The packed object streams, one after another, all together within MOST_UNPACKED."""
    left = MOST_UNPACKED
    for found in _STREAM.finditer(data):
        before = data[max(0, found.start() - LONGEST_DICTIONARY) : found.start() + 2]
        dictionary = before.rpartition(b"endobj")[2]
        if not _HOLDS_OBJECTS.search(dictionary) or not _IS_PACKED.search(dictionary):
            continue
        if _HAS_PARAMETERS.search(dictionary) or not _IS_DEFLATED.search(dictionary):
            raise Invalid("this PDF packs its objects in a way that cannot be checked", _AGAIN)
        objects = _unpacked(data, found.end(), left)
        left -= len(objects)
        yield objects


def _unpacked(data: bytes, at: int, left: int) -> bytes:
    unpacker, objects = zlib.decompressobj(), bytearray()
    try:
        while not unpacker.eof and at < len(data) and len(objects) <= left:
            objects += unpacker.decompress(data[at : at + _STEP], left + 1 - len(objects))
            at += _STEP
    except zlib.error:
        raise Invalid("this PDF is damaged: a part of it cannot be unpacked", _AGAIN) from None
    if len(objects) > left:
        raise Invalid("this PDF unpacks to more than a document needs", _AGAIN)
    return bytes(objects)
