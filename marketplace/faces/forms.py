"""A form of a framework filled in elsewhere: read row by row from a Word file or a table, and given out as a table."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assurance.actions.answers import answer
from marketplace.catalogue.models import Product
from marketplace.faces.word import docx
from marketplace.frameworks.answers import clean, display
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.frameworks.schema.questions import CHOSEN, Kind, Question
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import parse_day
from marketplace.kit.errors import Invalid
from marketplace.kit.sheets import read_csv, to_csv
from marketplace.kit.text import quote
from marketplace.kit.values import Value, field

LARGEST = 2_000_000
LARGEST_INSIDE = 20_000_000
MOST_ROWS = 2_000
COLUMNS = ("code", "question", "answer", "date")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(\.[0-9]+)*[a-z]?|[0-9]+(\.[0-9]+)+[a-z]?")


class Row(Value):
    """A row of a filled form: the code of a criterion, what was written, and its date where one stands beside it."""

    code: str
    text: str
    day: str = ""


class Filled(Value):
    """What a form says, by question id; `faults` by code say what could not be read, and what to do."""

    values: Mapping[str, Any]
    dated: Mapping[str, date]
    faults: Mapping[str, str] = field(default_factory=dict)


def rows_in(content: bytes, framework: AssuranceFramework) -> list[Row]:
    """The rows of a file whose code is one of the framework. Raises Invalid for a file that is neither."""
    if len(content) > LARGEST:
        raise Invalid("this file is too large for a form", "Take the pictures out, or send a table.")
    found = list(_rows_of_word(content) if content.startswith(b"PK") else _rows_of_table(content))[:MOST_ROWS]
    known = [row for row in found if row.code in framework.by_code and row.text]
    if not known:
        hint = "A row begins with a code such as C1.2, and its answer stands in the last cell."
        raise Invalid(f"no row of {framework.label} is answered in this file", hint)
    return known


def filled(rows: Sequence[Row], framework: AssuranceFramework) -> Filled:
    """The rows as answers. What Touchstone knows from the listing is passed over."""
    values: dict[str, Any] = {}
    dated: dict[str, date] = {}
    faults: dict[str, str] = {}
    for row in rows:
        criterion = framework.by_code[row.code]
        if criterion.known:
            continue
        try:
            values[criterion.question_id] = _value(criterion.question, row.text)
            if row.day:
                dated[criterion.question_id] = parse_day(row.day)
        except Invalid as wrong:
            faults[row.code] = f"{wrong.fact}. {wrong.hint}"
    held, wrong_ones = clean(framework.form, values)
    return Filled(held, dated, faults | _by_code(framework, wrong_ones))


def take(
    db: Session, product: Product, framework: AssuranceFramework, found: Filled, *, by: Actor, at: datetime
) -> dict[str, str]:
    """Keep the answers that hold; by code what is wrong with the others. Raises NotAllowed."""
    saved = answer(db, product, found.values, framework=framework, dated=found.dated, by=by, at=at)
    return _by_code(framework, saved.errors)


def form_table(
    framework: AssuranceFramework, answers: Mapping[str, Any], dates: Mapping[str, date | None]
) -> Iterator[bytes]:
    """The form as a table to fill in, with the answers that there are."""
    rows = [_row(each, answers, dates) for each in framework.criteria if not each.known]
    return to_csv(COLUMNS, rows, bom=True)


def _by_code(framework: AssuranceFramework, errors: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by the code that the form has in place of a question."""
    codes = {each.question_id: each.code for each in framework.criteria}
    named = {name.removeprefix("dated.").partition(".")[0]: told for name, told in errors.items()}
    return {codes.get(name, name): told for name, told in named.items()}


def _row(criterion: Criterion, answers: Mapping[str, Any], dates: Mapping[str, date | None]) -> list[str]:
    value, day = answers.get(criterion.question_id), dates.get(criterion.question_id)
    text = display(criterion.question, value).text if value is not None else ""
    return [criterion.code, criterion.question.ask, text, day.isoformat() if day else ""]


def _rows_of_table(content: bytes) -> Iterator[Row]:
    for row in read_csv(BytesIO(content)):
        cells = {name.strip().lower(): value for name, value in row.cells.items()}
        if "code" not in cells or "answer" not in cells:
            raise Invalid("the table has no columns code and answer", f"Name them so: {', '.join(COLUMNS)}.")
        yield Row(cells["code"].strip(), cells["answer"].strip(), cells.get("date", "").strip())


def _rows_of_word(content: bytes) -> Iterator[Row]:
    """Each table row that begins with a code; the last cell that says something else is the answer."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_INSIDE:
                raise Invalid("this file is far larger inside than outside", "Save it anew from the word processor.")
        document = docx.Document(BytesIO(content))
    except (zipfile.BadZipFile, docx.opc.exceptions.PackageNotFoundError, KeyError, ValueError) as wrong:
        raise Invalid("this is not a Word file", "Send a .docx file, or a table as CSV.") from wrong
    for table in document.tables:
        for row in table.rows:
            cells = list(dict.fromkeys(cell.text.strip() for cell in row.cells))
            code = _CODE.match(cells[0]) if cells else None
            if code is not None:
                yield Row(code.group(), cells[-1] if len(cells) > 2 else "")


def _value(question: Question, text: str) -> Any:
    """What was written as the form would send it: options by their label or id, whatever the case. Raises Invalid."""
    if question.kind not in CHOSEN:
        return [line.strip() for line in re.split(r"[;\n]", text)] if question.kind is Kind.LIST else text
    known = {name.casefold(): name for name in question.labels}
    known |= {label.casefold(): name for name, label in question.labels.items()}
    parts = re.split(r"[;\n]", text) if question.kind is Kind.CHOICES else [text]
    found = [_option(part.strip(), known, question) for part in parts if part.strip()]
    return found if question.kind is Kind.CHOICES else found[0]


def _option(text: str, known: Mapping[str, str], question: Question) -> str:
    written = text.casefold().rstrip(".")
    first = re.split(r"[\s,.:–-]", written)[0]
    if option := known.get(written) or known.get(first):
        return option
    some = ", ".join(list(question.labels.values())[:6])
    raise Invalid(f"{quote(text[:60])} is none of the answers", f"Write one of: {some}.")
