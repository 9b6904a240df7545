"""What a file is, by its bytes; and whether it is one that we take. Pure, but for reading the stream it is given.

What is refused says why and what to send instead. Nothing is unpacked to disk, drawn or run, and each look is bounded:
an archive by what it declares (and is held to), markup by its depth, a picture by its pixels.
"""

import os
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.ports.files import office, pdf, pictures, texts

ACCEPTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "application/pdf": ("pdf",),
        office.DOCX: ("docx",),
        office.XLSX: ("xlsx",),
        office.ODT: ("odt",),
        office.ODS: ("ods",),
        "image/png": ("png",),
        "image/jpeg": ("jpg", "jpeg"),
        "image/webp": ("webp",),
        "text/csv": ("csv",),
        "text/plain": ("txt", "md"),
        "application/json": ("json",),
        "application/jsonl": ("jsonl",),
        "application/xml": ("xml",),
    }
)
"""Every media type that we take, with the endings that its names may have."""

ENDINGS = tuple(ending for endings in ACCEPTED.values() for ending in endings)
TEXTS = frozenset({"text/csv", "text/plain", "application/json", "application/jsonl", "application/xml"})

_OTHERWISE = f"Send one of: {', '.join(ENDINGS)}."
_AS_OFFICE = "Save it as .docx, .xlsx or PDF, and send that."
_AS_PICTURE = "Save it as PNG or JPEG, and send that."
_KNOWN: tuple[tuple[bytes, str, Callable[[BinaryIO, int], str]], ...] = (
    (rb"%PDF-", "a PDF", pdf.check),
    (rb"\x89PNG\r\n\x1a\n", "a picture", pictures.check_png),
    (rb"\xff\xd8\xff", "a picture", pictures.check_jpeg),
    (rb"RIFF....WEBP", "a picture", pictures.check_webp),
    (rb"PK\x03\x04", "a document", office.check),
)
_PROGRAM = rb"MZ[^\0]{0,200}\0|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]|\0asm|dex\n0"
_OTHER_PICTURE = rb"GIF8|II\*\0|MM\0\*|BM....\0\0\0\0|....ftyp(?:hei|avif|mif)"
_ARCHIVE = rb"PK[\x05\x07]|Rar!\x1a|7z\xbc\xaf|\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ|\x28\xb5\x2f\xfd|MSCF\0"
_REFUSED = (
    (_PROGRAM, "a program", _OTHERWISE),
    (rb"#!|<\?php|@echo off", "a script", _OTHERWISE),
    (rb"\xd0\xcf\x11\xe0", "an old or locked Office file", _AS_OFFICE),
    (rb"\{\\rt", "an RTF document", _AS_OFFICE),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "PostScript", "Save it as PDF, and send that."),
    (_OTHER_PICTURE, "a picture of a kind that we do not take", _AS_PICTURE),
    (_ARCHIVE, "an archive", "Send what is in it, file by file."),
    (rb"L\0\0\0\x01\x14\x02\0|ITSF|\[InternetShortcut\]", "a shortcut or a help file", _OTHERWISE),
    (rb"MIME-Version:|From: <Saved by", "a saved web page", "Save it as PDF, and send that."),
)
_MARKUP = re.compile(rb"<(?:!doctype html|html|script|svg|iframe)\b", re.IGNORECASE)
_END_OF_ARCHIVE = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535


def media_type_of(file: BinaryIO, name: str = "") -> str:
    """The media type, one of ACCEPTED. Raises Invalid for what we do not take, or what its name belies.

    Content tells one text from another only as far as `application/json`, `application/xml` and `text/plain`;
    with a name, its ending tells the rest.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise Invalid("this file is empty", "Check that it was saved, and send it again.")
    return agreed(_by_content(file, size), name)


def agreed(media_type: str, name: str) -> str:
    """The media type that content and name agree on. Raises Invalid where they do not."""
    if not name:
        return media_type
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    named = next((known for known, endings in ACCEPTED.items() if ending in endings), None)
    if named is None:
        raise Invalid(f"{quote(name)} has no ending that we take", _OTHERWISE)
    if named != media_type and not (named in TEXTS and _may_be(media_type, named)):
        right = " or ".join(f".{each}" for each in ACCEPTED[media_type])
        raise Invalid(f"{quote(name)} is not what its ending says", f"By its content its ending is {right}.")
    return named


def _may_be(content: str, named: str) -> bool:
    """Whether a text of that content may go by that name: a list in a .csv, but no page of markup in a .txt."""
    return content in ("text/plain", "application/json") and named not in ("application/json", "application/xml")


def _by_content(file: BinaryIO, size: int) -> str:
    head = _read(file, 0, 1024)
    for signature, noun, check in _KNOWN:
        if re.match(signature, head, re.DOTALL):
            _refuse_second_nature(file, size, head, noun)
            return check(file, size)
    for signature, noun, hint in _REFUSED:
        if re.match(signature, head.removeprefix(b"\xef\xbb\xbf"), re.DOTALL | re.IGNORECASE):
            raise Invalid(f"this file is {noun}", hint)
    _refuse_hidden_archive(file, size, "text")
    return texts.check(file)


def _refuse_second_nature(file: BinaryIO, size: int, head: bytes, noun: str) -> None:
    """A polyglot is two files in one: what one program shows, and what another runs."""
    if _MARKUP.search(head) or b"%PDF-" in head[1:]:
        raise Invalid(f"this file is {noun} and something else at once", "Save it again with its own program.")
    if not head.startswith(b"PK"):
        _refuse_hidden_archive(file, size, noun)


def _refuse_hidden_archive(file: BinaryIO, size: int, noun: str) -> None:
    tail = _read(file, max(0, size - _LONGEST_COMMENT - 22), _LONGEST_COMMENT + 22)
    at = tail.find(_END_OF_ARCHIVE)
    while at >= 0:
        length = int.from_bytes(tail[at + 20 : at + 22], "little")
        if at + 22 + length == len(tail):
            raise Invalid(f"this file is {noun} with an archive behind it", "Save it again with its own program.")
        at = tail.find(_END_OF_ARCHIVE, at + 1)


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)
