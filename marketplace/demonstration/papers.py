"""The documents beside invented products, made when they are needed: real files with invented words in them."""

import json
from functools import cache

from marketplace.demonstration.content import Document
from marketplace.faces.documents import fonts, typst

NOTE = "Demonstration. The product, its supplier and every figure here are invented."
_LAYOUT = """#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#set page(paper: "a4", margin: 2.5cm, footer: text(size: 8pt, fill: rgb("#55626d"), paper.note))
#set text(size: 11pt, lang: "en", region: "gb", fill: rgb("#17212b"))
#text(size: 9pt, fill: rgb("#7a5b00"), paper.product)
#heading(outlined: false, paper.title)
#for paragraph in paper.paragraphs [#par(paragraph)]
"""


def content_of(document: Document, product: str) -> bytes:
    """The bytes of a document, by its ending: a PDF that is set now, or text; each but a table is marked."""
    if document.file.endswith(".pdf"):
        return _set(document.title, product, document.text.strip())
    if document.file.endswith(".txt"):
        return f"{document.text.strip()}\n\n{NOTE}\n".encode()
    return document.text.encode()


@cache
def _set(title: str, product: str, text: str) -> bytes:
    paper = {"title": title, "product": product, "note": NOTE, "paragraphs": text.split("\n\n")}
    made: bytes = typst.compile(_LAYOUT.encode(), font_paths=fonts(), sys_inputs={"paper": json.dumps(paper)})
    return made
