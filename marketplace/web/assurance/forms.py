"""A supplier brings a form that was filled in elsewhere, looks at it first, and takes one along to fill in."""

from typing import Any

from marketplace.assurance.queries.given import answers_of
from marketplace.faces.ask import Ask
from marketplace.faces.forms import LARGEST, Filled, filled, form_table, rows_in, take
from marketplace.frameworks.answers import display
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.kit.errors import Invalid, Refusal
from marketplace.web.assurance.answering import WRITE, own
from marketplace.web.assurance.certificates import saved_as
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Download, Page, page, post


@page("/listings/{ref:str}/assurance/form", who=WRITE)
def show_form(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Bring a filled form of a framework, or take one along."""
    product, framework = own(ask, ref)
    return Page("assurance/form.html", _values(ask, product, framework, errors_of(refusal)))


@page("/listings/{ref:str}/assurance/form.csv", who=WRITE)
def download_form(ask: Ask, ref: str) -> Download:
    """The form as a table, with the answers that there are."""
    product, framework = own(ask, ref)
    given = answers_of(ask.db, product, at=ask.at)
    dates = {name: each.dated for name, each in given.items()}
    table = form_table(framework, {name: each.value for name, each in given.items()}, dates)
    return Download(b"".join(table), "text/csv; charset=utf-8", saved_as(f"{product.ref}-{framework.id}.csv"))


@post("/listings/{ref:str}/assurance/form", who=WRITE, again=show_form, largest=LARGEST + 200_000)
def send_form(ask: Ask, ref: str) -> Page:
    """Say what a filled form would answer, or take it: what is good is kept, each other row says why not."""
    product, framework = own(ask, ref)
    found = _read(ask, framework)
    is_taken, wrong = ask.form.one("do") == "take", dict(found.faults)
    if is_taken:
        wrong |= take(ask.db, product, framework, found, by=ask.by, at=ask.at)
    rows = [_row(each, found) for each in framework.criteria if each.question_id in found.values]
    values = {
        **_values(ask, product, framework, {}), "wrong": wrong, "is_taken": is_taken, "sent": True,
        "rows": [row for row in rows if row["code"] not in wrong],
    }  # fmt: skip
    return Page("assurance/form.html", values)


def _read(ask: Ask, framework: AssuranceFramework) -> Filled:
    """The form that was sent. Raises Invalid."""
    sent = ask.form.uploads.get("file", ())
    if not sent:
        told = "Choose the filled form: a .docx or a .csv file."
        raise Invalid("no file was sent", told, fields={"file": told})
    try:
        return filled(rows_in(sent[0].stream.read(LARGEST + 1), framework), framework)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"file": f"{wrong.fact}. {wrong.hint}"}) from wrong


def _row(criterion: Criterion, found: Filled) -> dict[str, Any]:
    text = display(criterion.question, found.values[criterion.question_id]).text
    return {"code": criterion.code, "label": criterion.label, "text": text,
            "dated": found.dated.get(criterion.question_id)}  # fmt: skip


def _values(ask: Ask, product: Any, framework: AssuranceFramework, errors: Any) -> dict[str, Any]:
    return {
        "product": {"ref": product.ref, "name": product.name}, "errors": errors, "sent": False, "rows": [],
        "wrong": {}, "is_taken": False, "framework": {"id": framework.id, "label": framework.label},
        "frameworks": [
            {"id": each.id, "label": each.label} for each in ask.services.frameworks.assurance.values()
            if each.completed_by == "supplier"
        ],
    }  # fmt: skip


ROUTES = [show_form, download_form, send_form]
