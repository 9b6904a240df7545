"""BibTeX: entries in braces, values in braces, quotation marks or bare."""

import re
import unicodedata
from collections.abc import Iterator

from marketplace.evidence.rules.files.entries import Cited, cited_from
from marketplace.evidence.rules.registrations import doi_in, registration_in

_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*\{")
_NAME = re.compile(r"\s*,?\s*([A-Za-z][\w:-]*)\s*=\s*")
_KEY = re.compile(r"\s*[^\s,={}]*\s*(?=,|\})")
_BARE = re.compile(r"[^\s,{}]+")
_ACCENT = re.compile(r"\\([`'^\"~=.cvuH])\s*\{?([A-Za-z])\}?")
_SPECIAL = re.compile(r"\\([&%$#_{}])")
_COMMAND = re.compile(r"\\[A-Za-z]+\s*")
_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b",
}  # fmt: skip
PASSED_OVER = ("comment", "preamble", "string")


def read_bibtex(text: str) -> Iterator[Cited]:
    """The entries of a file; one that does not end, or whose fields cannot be read, is wrong on its line."""
    at = 0
    while found := _ENTRY.search(text, at):
        line, at = text.count("\n", 0, found.start()) + 1, found.end()
        end = _closing(text, at)
        if end is None:
            yield Cited(line, wrong="It does not end: a closing brace is missing.")
            at = _next_entry(text, at)
            continue
        if found.group(1).lower() not in PASSED_OVER:
            yield _entry(line, text[at:end], text)
        at = end + 1


def _entry(line: int, body: str, text: str) -> Cited:
    key = _KEY.match(body)
    if key is None:
        return Cited(line, wrong="It has no key after its opening brace.")
    fields: dict[str, str] = {}
    at = key.end()
    while named := _NAME.match(body, at):
        value, at = _value(body, named.end())
        if value is None:
            return Cited(line, wrong=f"The value of {named.group(1)} does not end.")
        fields[named.group(1).lower()] = _plain(value)
    left = body[at:].strip().strip(",").strip()
    if left:
        return Cited(line, wrong=f"It cannot be read from here on: {' '.join(left.split())[:40]}")
    told = {
        "title": fields.get("title", ""), "summary": fields.get("abstract", ""), "url": fields.get("url", ""),
        "doi": doi_in(fields.get("doi", ""), fields.get("url", "")),
        "registration": registration_in(*fields.values()), "funder": fields.get("funding", "")[:200],
    }  # fmt: skip
    where = fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or ""
    year = fields.get("year") or fields.get("date", "")[:4]
    return cited_from(line, told, published=", ".join(filter(None, (where, year))))


def _closing(text: str, at: int) -> int | None:
    """Where the brace that was opened before `at` is closed; None where it is not."""
    depth = 1
    for place in range(at, len(text)):
        char = text[place]
        if char in "{}" and text[place - 1] != "\\":
            depth += 1 if char == "{" else -1
            if depth == 0:
                return place
    return None


def _value(body: str, at: int) -> tuple[str | None, int]:
    """A value and where it ends; None where it does not."""
    if at < len(body) and body[at] == "{":
        end = _closing(body, at + 1)
        return (None, at) if end is None else (body[at + 1 : end], end + 1)
    if at < len(body) and body[at] == '"':
        end = body.find('"', at + 1)
        return (None, at) if end < 0 else (body[at + 1 : end], end + 1)
    bare = _BARE.match(body, at)
    return (bare.group(), bare.end()) if bare else (None, at)


def _plain(value: str) -> str:
    """A value without the marks of TeX: {\\"o} is ö."""
    text = _ACCENT.sub(lambda found: found.group(2) + _MARKS[found.group(1)], value)
    text = _COMMAND.sub("", _SPECIAL.sub(r"\1", text))
    text = unicodedata.normalize("NFC", text.replace("{", "").replace("}", "").replace("~", " "))
    return " ".join(text.replace("---", "\N{EM DASH}").replace("--", "\N{EN DASH}").split())


def _next_entry(text: str, at: int) -> int:
    found = _ENTRY.search(text, at)
    return found.start() if found else len(text)
