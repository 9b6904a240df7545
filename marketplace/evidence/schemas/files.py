"""Files of references and of results as they come in: what each entry would become, or why it does not hold."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO

from marketplace.evidence.rules.duplicates import Duplicate, Known, duplicate_of
from marketplace.evidence.rules.files.bibtex import read_bibtex
from marketplace.evidence.rules.files.csl import read_csl
from marketplace.evidence.rules.files.entries import Cited, Unreadable
from marketplace.evidence.rules.files.fhir import is_fhir, read_fhir
from marketplace.evidence.rules.files.ris import read_ris
from marketplace.evidence.schemas.studies import LONGEST, Described, Measured, Vocabulary, read_described, read_result
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import read_link
from marketplace.kit.sheets import read_csv
from marketplace.kit.values import Value

CSL, RIS, BIBTEX, FHIR, RESULTS = "csl", "ris", "bibtex", "fhir", "results"
FORMATS = {
    CSL: "CSL JSON",
    RIS: "RIS",
    BIBTEX: "BibTeX",
    FHIR: "FHIR Evidence or Citation",
    RESULTS: "CSV of results",
}
READERS = {CSL: read_csl, RIS: read_ris, BIBTEX: read_bibtex, FHIR: read_fhir}
MOST_ENTRIES = 200
LARGEST_FILE = 1_000_000
COLUMNS = (
    "study", "measure", "role", "unit", "better", "effect", "estimate", "low", "high", "standard_error",
    "participants", "at_time", "group", "group_words", "arm1_label", "arm1_n", "arm1_events", "arm1_mean", "arm1_sd",
    "arm2_label", "arm2_n", "arm2_events", "arm2_mean", "arm2_sd", "interpretation",
)  # fmt: skip
"""What a CSV of results can have; `study` is the reference, the DOI or the title of a study of the product."""
NEEDED = ("study", "measure", "better", "effect", "estimate")
TOLD = ("kind", "design", "version_number", "supplier_funded", "supplier_run", "better")
"""What no file of references says, and is said once for all of its entries."""


class Brought(Value, kw_only=True):
    """An entry as it would come in: a study with its results, the same as one that is there, or wrong."""

    line: int
    title: str
    described: Described | None = None
    results: tuple[Measured, ...] = ()
    duplicate: Duplicate | None = None
    wrong: str = ""
    notes: tuple[str, ...] = ()


class ResultRow(Value, kw_only=True):
    """A row of a CSV of results: `study` is what it names."""

    line: int
    study: str
    measured: Measured | None = None
    wrong: str = ""


def format_of(name: str, text: str) -> str:
    """What a file is, by what stands in it rather than by its name. Raises Invalid by field."""
    begin = text.lstrip()
    if begin[:1] in ("[", "{"):
        return FHIR if is_fhir(text) else CSL
    if begin.startswith("TY  -"):
        return RIS
    if begin.startswith(("@", "%")) or name.lower().endswith(".bib"):
        return BIBTEX
    head = [cell.strip().strip('"').casefold() for cell in begin.partition("\n")[0].split(",")]
    if set(NEEDED) <= set(head):
        return RESULTS
    told = "Send CSL JSON, RIS, BibTeX, FHIR JSON, or a CSV whose header has at least " + ", ".join(NEEDED) + "."
    raise Invalid("this file is none that can be read here", told, fields={"file": told})


def text_of(content: bytes) -> str:
    """A file as text. Raises Invalid by field."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        told = f"Byte {wrong.start + 1} is no UTF-8. Save the file as UTF-8."
        raise Invalid("the file cannot be read", told, fields={"file": told}) from None
    if not text.strip() or "\0" in text:
        told = "It is empty." if not text.strip() else "It has zero characters in it: it is no text."
        raise Invalid("the file cannot be read", told, fields={"file": told})
    return text


def read_references(
    text: str, kind: str, defaults: Mapping[str, str], known: Vocabulary, there: Sequence[Known], *, on: date
) -> list[Brought]:
    """Every entry, in order; `there` are the studies of the product, beside which and one another duplicates are found.

    Raises Invalid by field where the file breaks off, or has too many entries.
    """
    seen, found = list(there), []
    for cited in _entries(text, kind):
        brought = _brought(cited, defaults, known, seen, on)
        found.append(brought)
        if len(found) > MOST_ENTRIES:
            told = f"Send at most {MOST_ENTRIES} entries at once."
            raise Invalid("there are too many entries", told, fields={"file": told})
        if brought.described is not None and brought.duplicate is None:
            seen.append(known_of(f"line {cited.line}", brought.described))
    if not found:
        told = f"No entry of {FORMATS[kind]} was found in it."
        raise Invalid("there is nothing in the file", told, fields={"file": told})
    return found


def read_result_rows(content: bytes, known: Vocabulary) -> list[ResultRow]:
    """Every row of a CSV of results. Raises Invalid by field where the file breaks off or a column is unknown."""
    rows: list[ResultRow] = []
    try:
        for row in read_csv(BytesIO(content)):
            if not rows:
                _check_columns(row.cells)
            rows.append(_row(row.number, row.cells, row.wrong, known))
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"file": f"{wrong.fact}. {wrong.hint}"}) from None
    if not rows:
        raise Invalid("there is nothing in the file", "Add a row.", fields={"file": "There is no row in it."})
    return rows


def known_of(name: str, study: Described) -> Known:
    return Known(name, study.title, study.doi, study.registration)


def _entries(text: str, kind: str) -> Iterator[Cited]:
    try:
        yield from READERS[kind](text)
    except Unreadable as wrong:
        told = f"Line {wrong.line}: {wrong.fact}."
        raise Invalid("the file cannot be read", told, fields={"file": told}) from None


def _brought(cited: Cited, defaults: Mapping[str, str], known: Vocabulary, there: Sequence[Known], on: date) -> Brought:
    title, notes = cited.study.get("title", ""), list(cited.notes)
    if cited.wrong:
        return Brought(line=cited.line, title=title, wrong=cited.wrong)
    raw = {**defaults, **{name: value for name, value in cited.study.items() if value}}
    if raw.get("url") and not _is_link(raw["url"]):
        notes.append(f"Left out: the link {raw.pop('url')[:60]}, which does not begin with https://.")
    for name in ("population", "comparator"):
        raw[name] = raw.get(name, "")[: LONGEST[name]]
    try:
        described = read_described(raw, known, on=on)
        results = tuple(read_result({"better": defaults.get("better", ""), **row}, known) for row in cited.results)
    except Invalid as refused:
        wrong = " ".join(f"{name}: {told}" for name, told in refused.fields.items()) or refused.fact
        return Brought(line=cited.line, title=title, wrong=wrong)
    same = duplicate_of(known_of("", described), there)
    return Brought(
        line=cited.line, title=title, described=described, results=results, duplicate=same, notes=tuple(notes)
    )


def _row(number: int, cells: Mapping[str, str], wrong: str, known: Vocabulary) -> ResultRow:
    study = cells.get("study", "").strip()
    if wrong or not study:
        return ResultRow(line=number, study=study, wrong=wrong or "It does not say of which study it is.")
    try:
        return ResultRow(line=number, study=study, measured=read_result(cells, known))
    except Invalid as refused:
        return ResultRow(line=number, study=study, wrong=" ".join(f"{n}: {t}" for n, t in refused.fields.items()))


def _check_columns(cells: Mapping[str, str]) -> None:
    unknown, missing = set(cells) - set(COLUMNS), set(NEEDED) - set(cells)
    if unknown or missing:
        told = f"It lacks {', '.join(sorted(missing))}. " if missing else ""
        told += f"It has {', '.join(sorted(unknown))}, which is not one of {', '.join(COLUMNS)}." if unknown else ""
        raise Invalid("the header does not fit", told.strip())


def _is_link(text: str) -> bool:
    try:
        read_link(text)
    except Invalid:
        return False
    return True
