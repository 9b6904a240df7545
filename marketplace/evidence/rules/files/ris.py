"""RIS, as reference managers and PubMed's relatives write it: a tag on each line, ER at the end of an entry."""

import re
from collections.abc import Iterator

from marketplace.evidence.rules.files.entries import Cited, cited_from
from marketplace.evidence.rules.registrations import doi_in, registration_in

_TAG = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*))?")


def read_ris(text: str) -> Iterator[Cited]:
    """The entries of a file; what stands where no tag can stand is wrong on its line."""
    tags: dict[str, list[str]] = {}
    begins, latest = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        found = _TAG.fullmatch(line.rstrip()) or _TAG.fullmatch(line)
        if found is None:
            if begins and latest and line.strip():
                tags[latest][-1] += f" {line.strip()}"
            elif line.strip():
                yield Cited(number, wrong="There is no tag such as TI  - at its beginning.")
            continue
        tag, value = found.group(1), (found.group(2) or "").strip()
        if tag == "TY":
            if begins:
                yield Cited(begins, wrong="It does not end: ER  - is missing before the next begins.")
            tags, begins, latest = {}, number, ""
        elif not begins:
            yield Cited(number, wrong="It stands before TY  -, with which an entry begins.")
        elif tag == "ER":
            yield _entry(begins, tags)
            tags, begins, latest = {}, 0, ""
        else:
            tags.setdefault(tag, []).append(value)
            latest = tag
    if begins:
        yield Cited(begins, wrong="It does not end: ER  - is missing.")


def _entry(line: int, tags: dict[str, list[str]]) -> Cited:
    def first(*names: str) -> str:
        return next((tags[name][0] for name in names if tags.get(name)), "")

    everything = [value for values in tags.values() for value in values]
    told = {
        "title": first("TI", "T1", "CT"), "summary": first("AB", "N2"), "url": first("UR", "L2"),
        "doi": doi_in(first("DO"), *tags.get("UR", [])), "registration": registration_in(*everything),
    }  # fmt: skip
    year = first("PY", "Y1", "DA")[:4]
    where = first("JO", "T2", "JF", "PB")
    return cited_from(line, told, published=", ".join(filter(None, (where, year if year.isdigit() else ""))))
