"""Small real files of each kind, made here byte by byte; the hostile ones are made from them."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

OOXML = "application/vnd.openxmlformats-officedocument."
WORD = f"{OOXML}wordprocessingml.document.main+xml"
EXCEL = f"{OOXML}spreadsheetml.sheet.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
JFIF = b"\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
ODT = "application/vnd.oasis.opendocument.text"

QUICKLY, WELL = 1, 6
"""How parts are packed. What they are when they are unpacked is the same; only what is too well packed has to be so."""

Parts = Mapping[str, bytes | str]


def an_archive(parts: Parts, *, comment: bytes = b"", packed: int = QUICKLY) -> bytes:
    """A zip of those parts in that order; `mimetype` is stored, as OpenDocument wants it."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in parts.items():
            entry = ZipInfo(name)
            entry.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=packed)
        archive.comment = comment
    return made.getvalue()


def types(main: str) -> str:
    return f'<Types xmlns="t"><Default Extension="xml" ContentType="{main}"/></Types>'


def relations(kind: str, target: str, mode: str = "External") -> str:
    one = f'<Relationship Id="1" Type="{RELATIONS}{kind}" Target="{target}" TargetMode="{mode}"/>'
    return f"<Relationships>{one}</Relationships>"


def a_docx(**parts: bytes | str) -> bytes:
    """A Word document; a part is given as `word__document`, which is word/document.xml, or by its own name."""
    return an_archive(docx_parts(parts))


def docx_parts(parts: Parts) -> dict[str, bytes | str]:
    return {"[Content_Types].xml": types(WORD), "word/document.xml": "<w:document xmlns:w='w'/>", **parts}


def an_odt(content: str = "", **parts: bytes | str) -> bytes:
    return an_archive({"mimetype": ODT, "content.xml": an_odt_content(content), **parts})


def an_odt_content(body: str) -> str:
    names = " ".join(
        f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{long}:1.0'"
        for name, long in {"office": "office", "text": "text", "draw": "drawing", "script": "script"}.items()
    )
    return f"<office:document {names} xmlns:xlink='http://www.w3.org/1999/xlink'>{body}</office:document>"


def a_pdf(objects: bytes = b"1 0 obj << /Type /Catalog >> endobj\n") -> bytes:
    return b"%PDF-1.7\n" + objects + b"trailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def an_object_stream(objects: bytes, dictionary: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    packed = zlib.compress(objects, QUICKLY)
    return b"5 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (dictionary, len(packed), packed)


def a_png(width: int = 1, height: int = 1, behind: bytes = b"") -> bytes:
    header = struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_png_part, *zip(*parts, strict=True))) + behind


def _png_part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def a_jpeg(scan: bytes = b"\x12\xff\x00\x34", first: bytes = JFIF, size: int = 1) -> bytes:
    frame = struct.pack(">HB2H", 11, 8, size, size) + b"\1\1\x11\0"
    start_of_scan = b"\xff\xda" + b"\x00\x08\1\1\0\0\x3f\0" + scan
    return b"\xff\xd8\xff\xe0" + first + b"\xff\xc0" + frame + start_of_scan + b"\xff\xd9"


def a_webp(width: int = 1, height: int = 1, behind: bytes = b"") -> bytes:
    picture = b"\x2f" + struct.pack("<L", width - 1 | (height - 1) << 14) + b"\0" * 5
    chunk = b"VP8L" + struct.pack("<L", len(picture)) + picture
    return b"RIFF" + struct.pack("<L", 4 + len(chunk)) + b"WEBP" + chunk + behind
