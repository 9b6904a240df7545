"""Office documents (.docx .xlsx .odt .ods): whole, and with nothing in them that acts or that fetches.

Every part is unpacked as a stream, to be counted and looked at, and never kept.
"""

import os
import re
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import BinaryIO

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.ports.files.archive import Part, parts_of, unpacked
from marketplace.ports.files.markup import read_prolog, read_xml

_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{_OOXML}wordprocessingml.document", f"{_OOXML}spreadsheetml.sheet"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"

LARGEST_NESTED = 20_000_000

_MAIN = MappingProxyType({f"{kind}.main+xml": kind for kind in (DOCX, XLSX)})
_MARKUP = ("xml", "rels", "rdf", "psmdcp")
_NESTED = ("docx", "xlsx")
_PICTURES = ("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp", "svg", "webp")
_OTHERS = ("vml", "sigs", "ttf", "otf", "odttf")
_ENDINGS = frozenset((*_MARKUP, *_NESTED, *_PICTURES, *_OTHERS))
_ACTS = re.compile(
    r"vbaproject|vbadata|activex|macrosheets|dialogsheets|oleobject|(?:^|/)(?:basic|scripts)/", re.IGNORECASE
)
_OTHER_FILE = re.compile(r"^xl/externallinks/|(?:^|/)afchunk", re.IGNORECASE)
_NAMELESS = re.compile(r"^(?:mimetype|layout-cache|objectreplacements/[^/.]+)$|/$", re.IGNORECASE)
_PRINTER = re.compile(r"^xl/printersettings/[^/]+\.bin$", re.IGNORECASE)
_ON_THIS_DISK = re.compile(r"(?:file:///)?[a-z]:[\\/]", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]+:|/|\\\\|\.\./", re.IGNORECASE)
_XLINK = "http://www.w3.org/1999/xlink href"
_LOCKED, _LISTENS = ":manifest:1.0 encryption-data", ":script:1.0 event-listener"
_READ_BY_PEOPLE = (":text:1.0 a", ":drawing:1.0 a", ":meta:1.0 template")
_AS_PDF = "Save a copy without it, or a PDF, and send that."


def check(file: BinaryIO, size: int, depth: int = 0) -> str:
    """The media type. Raises Invalid for other archives, for macros, objects and links that are fetched on opening."""
    parts = parts_of(file, size)
    kind = _kind(file, parts)
    for part in parts:
        _refuse_part(part)
        _look_into(file, part, kind, depth)
    return kind


def _kind(file: BinaryIO, parts: list[Part]) -> str:
    by_name = {part.name: part for part in parts}
    if parts[0].name == "mimetype" and parts[0].size < 100:
        kind = b"".join(unpacked(file, parts[0])).decode("ascii", "replace")
        if kind in (ODT, ODS):
            return kind
        raise Invalid(f"this is a document of a kind that we do not take: {quote(kind)}", _AS_PDF)
    if "[Content_Types].xml" not in by_name:
        raise Invalid("this file is an archive", "Send what is in it, file by file.")
    return _declared_kind(file, by_name["[Content_Types].xml"])


def _declared_kind(file: BinaryIO, types: Part) -> str:
    declared: set[str] = set()
    read_xml(unpacked(file, types), lambda _, told: declared.add(told.get("ContentType", "").casefold()))
    if any("macroenabled" in each for each in declared):
        raise Invalid("this document can hold macros", _AS_PDF)
    kinds = {_MAIN[each] for each in declared if each in _MAIN}
    if len(kinds) != 1:
        raise Invalid("this is neither a text document nor a spreadsheet", "Save it as PDF, and send that.")
    return kinds.pop()


def _refuse_part(part: Part) -> None:
    if _ACTS.search(part.name):
        raise Invalid(f"this document has a macro or an embedded object in it: {quote(part.name)}", _AS_PDF)
    if _OTHER_FILE.search(part.name):
        raise Invalid(f"this document leans on another file: {quote(part.name)}", "Break its links, and send it again.")
    if part.name.rpartition(".")[2].casefold() in _ENDINGS or _NAMELESS.search(part.name) or _PRINTER.match(part.name):
        return
    raise Invalid(f"this document has a part in it that none needs: {quote(part.name)}", _AS_PDF)


def _look_into(file: BinaryIO, part: Part, kind: str, depth: int) -> None:
    ending = part.name.rpartition(".")[2].casefold()
    if ending in _MARKUP and part.size:
        _look_into_markup(file, part, kind)
    elif ending in _NESTED:
        _look_into_nested(file, part, depth)
    else:
        for _ in unpacked(file, part):
            pass


def _look_into_markup(file: BinaryIO, part: Part, kind: str) -> None:
    what = f"the part {quote(part.name)} of this document"
    if kind in (ODT, ODS):
        read_xml(unpacked(file, part), _refuse_remote_in_opendocument, what=what)
    elif part.name.casefold().endswith(".rels"):
        read_xml(unpacked(file, part), _refuse_remote, what=what)
    else:
        read_prolog(unpacked(file, part), what=what)


def _look_into_nested(file: BinaryIO, part: Part, depth: int) -> None:
    """A chart carries its table as a workbook of its own: one level of that is usual, two are not."""
    if depth or part.size > LARGEST_NESTED:
        raise Invalid(f"this document has too much packed into {quote(part.name)}", _AS_PDF)
    nested = BytesIO(b"".join(unpacked(file, part)))
    check(nested, nested.seek(0, os.SEEK_END), depth + 1)


def _refuse_remote(_: str, told: Mapping[str, str]) -> None:
    """A link that a reader follows is theirs to follow; a template, picture or object is fetched without asking."""
    relation, target = told.get("Type", "").rpartition("/")[2].casefold(), told.get("Target", "").strip()
    is_outside = told.get("TargetMode", "").casefold() == "external" or "://" in target or target.startswith("\\\\")
    if is_outside and relation != "hyperlink" and not _ON_THIS_DISK.match(target):
        raise Invalid(f"this document fetches something from elsewhere: {quote(target)}", _AS_PDF)
    if relation in ("afchunk", "vbaproject", "oleobject"):
        raise Invalid("this document has an object in it that can act", _AS_PDF)


def _refuse_remote_in_opendocument(name: str, told: Mapping[str, str]) -> None:
    if name.endswith(_LOCKED):
        raise Invalid("this document is locked with a password", "Remove the password, and send it again.")
    if name.endswith(_LISTENS):
        raise Invalid("this document runs a macro", _AS_PDF)
    target = told.get(_XLINK, "").strip()
    if _ELSEWHERE.match(target) and not name.endswith(_READ_BY_PEOPLE) and not _ON_THIS_DISK.match(target):
        raise Invalid(f"this document fetches something from elsewhere: {quote(target)}", _AS_PDF)
