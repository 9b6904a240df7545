"""Texts: UTF-8 without control characters. Pages, drawings and scripts in markup are no texts."""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from marketplace.kit.errors import Invalid
from marketplace.ports.files.markup import read_xml

CHUNK = 1 << 18
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg)[\s>/]", re.IGNORECASE)
_ACTIVE = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/XSL/Transform")
_AS_UTF_8 = "Save it as UTF-8 text."


def check(file: BinaryIO) -> str:
    """`application/json`, `application/xml` or `text/plain`, by how it begins and ends. Raises Invalid."""
    first, last = _edges(file)
    if first.startswith(b"<"):
        return _markup(file, first)
    if (first[:1], last[-1:]) in ((b"{", b"}"), (b"[", b"]")):
        return "application/json"
    return "text/plain"


def _edges(file: BinaryIO) -> tuple[bytes, bytes]:
    """How the text begins and ends, without white space, after all of it was found to be text."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    first, last, seen = b"", b"", 0
    for chunk in _chunks(file):
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as wrong:
            fact = f"this file is not text in UTF-8: byte {seen + wrong.start + 1:,} does not fit"
            raise Invalid(fact, "Save it as UTF-8 text, or as PDF where it is no text.") from None
        _refuse_control(text)
        first = first or text.lstrip()[:1024].encode()
        last = text.rstrip()[-16:].encode() or last
        seen += len(chunk)
    if decoder.getstate()[0]:
        raise Invalid("this file ends in the middle of a character", "It was cut off: send it again.")
    return first, last


def _refuse_control(text: str) -> None:
    found = _CONTROL.search(text)
    if found:
        raise Invalid(f"this file is not text: it holds the control character U+{ord(found[0]):04X}", _AS_UTF_8)


def _markup(file: BinaryIO, first: bytes) -> str:
    if _PAGE.match(first):
        raise Invalid("this file is a web page or a drawing in markup", "Save it as PDF, and send that.")
    read_xml(_chunks(file), _refuse_active)
    return "application/xml"


def _refuse_active(name: str, attributes: Mapping[str, str]) -> None:
    space, _, local = name.rpartition(" ")
    if space in _ACTIVE or local.casefold() in ("script", "svg", "html"):
        raise Invalid(f"this file is XML with a part that browsers run: {local[:40]}", "Send the data without it.")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
