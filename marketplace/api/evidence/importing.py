"""Bringing studies and results in from files, by program."""

from marketplace.api.calls import Asked, post
from marketplace.api.shapes import File, Form, Line, Out
from marketplace.catalogue.queries.products import own_product
from marketplace.evidence.actions.importing import import_file, look_at
from marketplace.evidence.schemas.files import LARGEST_FILE, TOLD
from marketplace.faces.evidence import vocabulary
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.text import clean_file_name


class StudiesFile(Form):
    """CSL JSON, RIS, BibTeX, FHIR JSON or a CSV of results; what no file says is said for all of its entries.

    With `preview` yes nothing is written.
    """

    file: File
    preview: Line = "no"
    kind: Line = "study"
    design: Line = ""
    version_number: Line = ""
    supplier_funded: Line = ""
    supplier_run: Line = ""
    better: Line = ""


class EntryOut(Out):
    """An entry by the line on which it begins; `duplicate` is what it is the same as, `wrong` why it does not hold."""

    line: int
    what: str
    results: int
    duplicate: str
    wrong: str


class LookOut(Out):
    """What a file brings, or would bring; `made` are the drafts that were made or written on."""

    format: str
    digest: str
    is_preview: bool
    entries: list[EntryOut]
    made: list[str]


@post("/listings/{ref:str}/studies/import", who=Permission.CATALOGUE_WRITE, largest=LARGEST_FILE)
def bring_in(ask: Asked, ref: str, form: StudiesFile) -> LookOut:
    """A draft for each new entry, or results into the drafts that they name: all of the file, or nothing."""
    product = own_product(ask.db, ref, by=ask.by)
    content, name = form.file.stream.read(LARGEST_FILE), clean_file_name(form.file.name)
    known, on = vocabulary(ask.services.frameworks), day_in_london(ask.at)
    defaults = {key: str(getattr(form, key)) for key in TOLD}
    look = look_at(ask.db, product.id, content, name=name, defaults=defaults, known=known, by=ask.by, on=on)
    made = []
    if form.preview != "yes":
        made = import_file(
            ask.db, product.id, content, name=name, defaults=defaults, known=known, by=ask.by, on=on, at=ask.at
        )
    entries = [
        EntryOut(
            line=each.line, what=each.title, results=len(each.results), wrong=each.wrong,
            duplicate=each.duplicate.name if each.duplicate else "",
        )
        for each in look.entries
    ]  # fmt: skip
    rows = [
        EntryOut(line=row.line, what=row.study, results=int(row.measured is not None), wrong=row.wrong, duplicate="")
        for row in look.rows
    ]
    return LookOut(
        format=look.kind, digest=look.digest, is_preview=form.preview == "yes", entries=entries or rows,
        made=[study.ref for study in made],
    )  # fmt: skip


CALLS = [bring_in]
