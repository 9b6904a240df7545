"""The zip archive inside an office document, read strictly: every byte belongs to one part, and sizes are true.

Written by hand because the usual readers are made to be lenient: they skip what stands before, between and behind the
parts, which is where a second file hides, and they let parts overlap, which is how a small file becomes a huge one.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

MOST_PARTS = 4_000
MOST_UNPACKED = 100_000_000
HIGHEST_RATIO = 250
RATIO_COUNTS_FROM = 2_000_000

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_LOCKED_BITS, _SIZES_FOLLOW, _UTF_8 = 0x2041, 0x0008, 0x0800
_STEP = 1 << 16
_AGAIN = "Save it again with its own program, and send that."
_SMALLER = "Send a smaller file, or a PDF."


class Part(Value):
    """A part as it is declared; `at` is where its header begins, then where its packed bytes do."""

    name: str
    at: int
    packed: int
    size: int
    method: int
    check: int
    sizes_follow: bool


def parts_of(file: BinaryIO, size: int) -> list[Part]:
    """The parts in the order in which they stand. Raises Invalid for an archive that no office program writes."""
    directory_at, directory, count = _directory(file, size)
    parts = sorted(_entries(directory, count), key=lambda part: part.at)
    _refuse_bomb(parts)
    names = [part.name.casefold() for part in parts]
    if len(set(names)) != len(names):
        raise Invalid("this document has two parts of one name", _AGAIN)
    ends = [part.at for part in parts[1:]] + [directory_at]
    if parts[0].at != 0:
        raise _odd()
    return [_located(file, part, end) for part, end in zip(parts, ends, strict=True)]


def unpacked(file: BinaryIO, part: Part) -> Iterator[bytes]:
    """The bytes of a part, piece by piece. Raises Invalid where they are not those, or not as many, as it declares."""
    check, size = 0, 0
    for piece in _pieces(file, part):
        check, size = zlib.crc32(piece, check), size + len(piece)
        if size > part.size:
            break
        yield piece
    if (size, check) != (part.size, part.check):
        raise Invalid(f"the part {quote(part.name)} of this document is not what it declares", _AGAIN)


def _directory(file: BinaryIO, size: int) -> tuple[int, bytes, int]:
    """Where the list of parts begins, its bytes, and how many it lists."""
    if size < _END.size:
        raise _odd()
    file.seek(size - _END.size)
    signature, disk, first, here, count, length, at, comment = _END.unpack(file.read(_END.size))
    if signature != b"PK\5\6" or comment or at + length != size - _END.size or disk or first or here != count:
        raise _odd()
    if not 0 < count <= MOST_PARTS:
        raise Invalid(f"this document has {count:,} parts", f"A document has 1 to {MOST_PARTS:,}. {_SMALLER}")
    file.seek(at)
    return at, file.read(length), count


def _entries(directory: bytes, count: int) -> Iterator[Part]:
    at = 0
    for _ in range(count):
        if len(directory) < at + _ENTRY.size:
            raise _odd()
        entry = _ENTRY.unpack_from(directory, at)
        signature, flags, method, check, packed, size = entry[0], entry[3], entry[4], entry[7], entry[8], entry[9]
        name_at, lengths = at + _ENTRY.size, entry[10:13]
        if signature != b"PK\1\2" or method not in (_STORED, _DEFLATED):
            raise _odd()
        if flags & _LOCKED_BITS:
            raise Invalid("this document is locked with a password", "Remove the password, and send it again.")
        name = _name(directory[name_at : name_at + lengths[0]])
        yield Part(name, entry[16], packed, size, method, check, bool(flags & _SIZES_FOLLOW))
        at = name_at + sum(lengths)
    if at != len(directory):
        raise _odd()


def _name(raw: bytes) -> str:
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise _odd() from None
    steps = name.removesuffix("/").split("/")
    if not name.isprintable() or "\\" in name or ":" in name or any(step in ("", ".", "..") for step in steps):
        raise Invalid(f"this document has a part that points elsewhere: {quote(name)}", _AGAIN)
    return name


def _refuse_bomb(parts: Sequence[Part]) -> None:
    total = sum(part.size for part in parts)
    if total > MOST_UNPACKED:
        most = f"A document has at most {MOST_UNPACKED / 1e6:.0f} MB."
        raise Invalid(f"this document unpacks to {total / 1e6:,.0f} MB", f"{most} {_SMALLER}")
    for part in parts:
        if not _is_credible(part):
            raise Invalid(f"the sizes of {quote(part.name)} in this document cannot be true", _AGAIN)


def _is_credible(part: Part) -> bool:
    if part.method == _STORED:
        return part.size == part.packed
    is_dense = part.size > RATIO_COUNTS_FROM and part.size > HIGHEST_RATIO * part.packed
    return not is_dense and part.packed <= part.size + part.size // 100 + 1_000


def _located(file: BinaryIO, part: Part, end: int) -> Part:
    """The part with the place of its bytes, after its own header was found to agree with the list of parts."""
    file.seek(part.at)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size:
        raise _odd()
    signature, _, flags, method, _, _, _, _, _, name_length, extra = _LOCAL.unpack(header)
    name = file.read(name_length)
    start = part.at + _LOCAL.size + name_length + extra
    behind = end - start - part.packed
    allowed = (0, 12, 16, 20, 24) if part.sizes_follow else (0,)
    if signature != b"PK\3\4" or name != part.name.encode() or method != part.method or behind not in allowed:
        raise _odd()
    if flags & _LOCKED_BITS:
        raise _odd()
    return Part(part.name, start, part.packed, part.size, part.method, part.check, part.sizes_follow)


def _pieces(file: BinaryIO, part: Part) -> Iterator[bytes]:
    file.seek(part.at)
    left, unpacker = part.packed, zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while left > 0 and (raw := file.read(min(_STEP, left))):
            left -= len(raw)
            if unpacker.eof:
                raise _odd()
            if part.method == _STORED:
                yield raw
            else:
                yield from _inflated(unpacker, raw)
    except zlib.error:
        raise Invalid(f"the part {quote(part.name)} of this document is damaged", _AGAIN) from None
    if part.method == _DEFLATED and (left or not unpacker.eof or unpacker.unused_data):
        raise _odd()


def _inflated(unpacker: "zlib._Decompress", raw: bytes) -> Iterator[bytes]:
    while raw and not unpacker.eof:
        yield unpacker.decompress(raw, 16 * _STEP)
        raw = unpacker.unconsumed_tail


def _odd() -> Invalid:
    return Invalid("this document is damaged, or has a second file hidden in it", _AGAIN)
