"""Pictures, walked from part to part without drawing them: whole, of a size to be drawn, and nothing behind the end."""

import re
from typing import BinaryIO

from marketplace.kit.errors import Invalid

MOST_PIXELS = 100_000_000
MOST_BYTES = 50_000_000
MOST_CHUNKS = 10_000

_AGAIN = "Save the picture again, as PNG or JPEG, and send that."
_MARKER = re.compile(rb"\xff++([^\x00\xd0-\xd7])")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_WITHOUT_LENGTH = (0x01, *range(0xD0, 0xDA))
_END, _SCAN = 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def check_png(file: BinaryIO, size: int) -> str:
    data = _all_of(file, size)
    at, chunks = 8, 0
    while chunks < MOST_CHUNKS:
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if (chunks == 0) != (kind == b"IHDR"):
            raise _broken()
        if chunks == 0:
            _refuse_size(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
        at, chunks = at + 12 + length, chunks + 1
        if at > size:
            raise _broken()
        if kind == b"IEND":
            _refuse_rest(at, size)
            return "image/png"
    raise _broken()


def check_jpeg(file: BinaryIO, size: int) -> str:
    """Every marker is visited, those between scans too, so that the end is the real one."""
    data = _all_of(file, size)
    at, drawn = 2, False
    for _ in range(MOST_CHUNKS):
        found = _MARKER.match(data, at)
        if found is None:
            raise _broken()
        marker, at = found[1][0], found.end()
        if marker == _END and drawn:
            _refuse_rest(at, at + len(data[at:].strip(b"\0")))
            return "image/jpeg"
        if marker in _WITHOUT_LENGTH:
            raise _broken()
        at = _after_segment(data, at, marker)
        if marker == _SCAN:
            drawn, at = True, _after_scan(data, at)
    raise _broken()


def _after_segment(data: bytes, at: int, marker: int) -> int:
    length = int.from_bytes(data[at : at + 2], "big")
    if length < 2 or data[at : at + 2] in (b"/*", b"//"):
        raise _broken()
    if marker in _FRAMES:
        _refuse_size(int.from_bytes(data[at + 5 : at + 7], "big"), int.from_bytes(data[at + 3 : at + 5], "big"))
    return at + length


def _after_scan(data: bytes, at: int) -> int:
    found = _MARKER_IN_SCAN.search(data, at)
    if found is None:
        raise _broken()
    return found.start()


def check_webp(file: BinaryIO, size: int) -> str:
    data = _all_of(file, size)
    _refuse_rest(int.from_bytes(data[4:8], "little") + 8, size)
    if size < 30:
        raise _broken()
    _refuse_size(*_size_of_webp(data))
    at = 12
    for _ in range(MOST_CHUNKS):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
        if at >= size:
            break
    _refuse_rest(at, size)
    return "image/webp"


def _size_of_webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    raise _broken()


def _all_of(file: BinaryIO, size: int) -> bytes:
    if size > MOST_BYTES:
        raise Invalid(f"this picture has {size / 1e6:,.0f} MB", f"A picture has at most {MOST_BYTES // 10**6} MB.")
    file.seek(0)
    return file.read(MOST_BYTES + 1)


def _refuse_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        most = f"A picture has at most {MOST_PIXELS // 10**6} million pixels."
        raise Invalid(f"this picture is {width:,} by {height:,} pixels", most)


def _refuse_rest(at: int, size: int) -> None:
    if at != size:
        raise Invalid("this picture is cut off, or has something behind its end", _AGAIN)


def _broken() -> Invalid:
    return Invalid("this picture is damaged, or not a picture throughout", _AGAIN)
