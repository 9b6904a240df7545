"""What people bring to have it checked: a file, a certificate on paper, a link, a number, or pasted text."""

import re
import zlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

from marketplace.kit.credentials import LONGEST_TEXT, read_document
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

LARGEST_PDF = 2_000_000
MOST_STREAMS = 400
_STREAM = re.compile(rb"stream\r?\n")
_REFERENCE = re.compile(r"/certificates/([^/?#]{5,40})")
_PRODUCT = re.compile(r"/products/([^/?#]{5,40})")


def credential_in(content: bytes) -> dict[str, Any]:
    """The credential in a file as it was given out: the JSON itself, or the PDF that carries it. Raises Invalid."""
    if not content.startswith(b"%PDF-"):
        return read_document(content)
    if len(content) > LARGEST_PDF:
        raise Invalid("this PDF is too large for a certificate", "Take the file as it was given out.")
    for start in [found.end() for found in _STREAM.finditer(content)][:MOST_STREAMS]:
        text = _unpacked(content[start:])
        if text.lstrip()[:1] == b"{" and b"DigitalConformityCredential" in text:
            return read_document(text)
    hint = "Take the PDF as it was given out, neither printed anew nor scanned; or check its number."
    raise Invalid("this PDF carries no credential", hint)


def reference_in(typed: str, base_url: str) -> str:
    """The reference of a certificate in what was typed: itself, or a link of this house to it. Raises Invalid."""
    text = typed.strip()
    if "://" not in text:
        return text
    if urlsplit(text).netloc != urlsplit(base_url).netloc:
        hint = "Download the credential there, and choose the file here: Touchstone opens no addresses of others."
        raise Invalid(f"{quote(text)} leads to another house", hint)
    asked = parse_qs(urlsplit(text).query).get("reference", [""])[0]
    found = _REFERENCE.search(text)
    if not asked and found is None:
        raise Invalid(f"{quote(text)} is no link to a certificate", "Copy it from the certificate, or type its number.")
    return asked or (found.group(1) if found else "")


def product_in(typed: str) -> str:
    """The reference of a product in what was typed, itself or a link."""
    found = _PRODUCT.search(typed)
    return (found.group(1) if found else typed).strip()[:100]


def _unpacked(stream: bytes) -> bytes:
    """What a stream of a PDF holds, packed or not, up to the size of a credential; nothing for something else."""
    if stream[:1] == b"{":
        return stream[: stream.find(b"endstream")].rstrip()[:LONGEST_TEXT]
    try:
        return zlib.decompressobj().decompress(stream[:LONGEST_TEXT], LONGEST_TEXT)
    except zlib.error:
        return b""
