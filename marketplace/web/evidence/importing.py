"""Bringing studies and results in from files: what a file would bring is looked at before anything is written."""

from base64 import b64decode, b64encode
from typing import Any

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import own_product
from marketplace.evidence.actions.importing import import_file, look_at
from marketplace.evidence.queries.declared import designs
from marketplace.evidence.rules.duplicates import WAYS
from marketplace.evidence.rules.effects import BETTER, KINDS
from marketplace.evidence.schemas.files import COLUMNS, FORMATS, LARGEST_FILE, RESULTS, TOLD, Brought, ResultRow
from marketplace.faces.ask import Ask
from marketplace.faces.evidence import vocabulary
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.text import clean_file_name
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.evidence.filling import YES_NO, offered, options_of
from marketplace.web.evidence.showing import digits

WRITE = Permission.CATALOGUE_WRITE
IN_BASE64 = LARGEST_FILE * 4 // 3 + 20_000


@page("/listings/{ref:str}/studies/import", who=WRITE)
def choose_file(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Choose a file, or paste what it says, and say what no file says of its studies."""
    product = own_product(ask.db, ref, by=ask.by)
    values = {
        "product": product,
        "formats": list(FORMATS.values()),
        "columns": COLUMNS,
        "designs": offered(designs(ask.services.frameworks)),
        "kinds": options_of(KINDS),
        "better": options_of(BETTER),
        "yes_no": YES_NO,
        "on_sale": product.live_version.number if product.live_version else "",
        "typed": {name: ask.form.one(name) for name in (*TOLD, "pasted")} if ask.form else blank_of(product),
        "errors": errors_of(refusal),
    }
    return Page("evidence/import.html", values)


@post("/listings/{ref:str}/studies/import/preview", who=WRITE, again=choose_file, largest=LARGEST_FILE)
def look_at_file(ask: Ask, ref: str) -> Page:
    """What the file would bring in, entry by entry. Nothing of it is kept yet."""
    product = own_product(ask.db, ref, by=ask.by)
    content, name = sent_of(ask)
    look = look_at(ask.db, product.id, content, name=name, **_told(ask))
    values = {
        "product": {"name": product.name, "ref": product.ref},
        "name": name,
        "kind": FORMATS[look.kind],
        "is_results": look.kind == RESULTS,
        "faults": look.faults,
        "new": look.new,
        "digest": look.digest,
        "rows": [entry_shown(each) for each in look.entries] or [row_shown(each) for each in look.rows],
        "content": b64encode(content).decode(),
        "told": [{"name": key, "value": ask.form.one(key)} for key in TOLD],
    }
    return Page("evidence/import_preview.html", values)


@post("/listings/{ref:str}/studies/import", who=WRITE, again=choose_file, largest=IN_BASE64)
def bring_in(ask: Ask, ref: str) -> Goto:
    """Write a draft for each new entry, or the results into their drafts; all or nothing."""
    product = own_product(ask.db, ref, by=ask.by)
    try:
        content = b64decode(ask.form.one("content"), validate=True)
    except ValueError as wrong:
        raise Invalid("this form was changed on the way", "Send the file again.") from wrong
    name = clean_file_name(ask.form.one("name") or "pasted")
    made = import_file(ask.db, product.id, content, name=name, **_told(ask), at=ask.at)
    drafts = f"{len(made)} draft{'' if len(made) == 1 else 's'}"
    return Goto(f"/listings/{product.ref}/studies", told=f"{drafts} came in. Nobody else sees them until you publish.")


def sent_of(ask: Ask) -> tuple[bytes, str]:
    """The file that was sent, or what was pasted, with a name. Raises Invalid by field."""
    sent = ask.form.uploads.get("file", ())
    content = sent[0].stream.read(LARGEST_FILE) if sent else b""
    if content:
        return content, clean_file_name(sent[0].name)
    pasted = ask.form.one("pasted")
    if not pasted.strip():
        told = "Choose a file, or paste what it says."
        raise Invalid("no file was sent", told, fields={"file": told})
    return pasted.encode(), "pasted"


def blank_of(product: Product) -> dict[str, Any]:
    """What stands in the form before anything is typed."""
    on_sale = product.live_version.number if product.live_version else ""
    return {**dict.fromkeys((*TOLD, "pasted"), ""), "kind": "study", "version_number": on_sale}


def entry_shown(entry: Brought) -> dict[str, Any]:
    """An entry as a row: what it is, how many results it has, and what becomes of it."""
    same = entry.duplicate
    word, mark = (
        ("Does not hold", "not-met") if entry.wrong else ("There already", "unknown") if same else ("New", "met")
    )
    why = entry.wrong or (f"It is {same.name}, by {WAYS[same.by]}. It is left out." if same else "")
    return {
        "line": entry.line,
        "what": entry.title or "No title",
        "more": " ".join(entry.notes),
        "results": len(entry.results),
        "word": word,
        "mark": mark,
        "why": why,
    }


def row_shown(row: ResultRow) -> dict[str, Any]:
    """A row of results."""
    found = f"{row.measured.measure} {digits(row.measured.estimate)} {row.measured.unit}" if row.measured else ""
    return {
        "line": row.line,
        "what": row.study or "No study",
        "more": found,
        "results": 1 if row.measured else 0,
        "word": "Does not hold" if row.wrong else "New",
        "mark": "not-met" if row.wrong else "met",
        "why": row.wrong,
    }


def _told(ask: Ask) -> dict[str, Any]:
    """What was said once for all entries, and who asks when."""
    return {
        "defaults": {name: ask.form.one(name) for name in TOLD},
        "known": vocabulary(ask.services.frameworks),
        "by": ask.by,
        "on": day_in_london(ask.at),
    }


ROUTES = [choose_file, look_at_file, bring_in]
