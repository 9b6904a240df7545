"""A form of a framework that was filled in elsewhere, row by row."""

from datetime import date
from typing import Any

from marketplace.api.assurance.answering import WRITE
from marketplace.api.calls import Asked, post
from marketplace.api.shapes import In, Line, Out, Text
from marketplace.catalogue.queries.products import own_product
from marketplace.faces.forms import Row, filled, take
from marketplace.faces.frameworks import find_framework
from marketplace.kit.errors import Invalid


class FormRowIn(In):
    """A row: the code of a criterion, the answer in the words of the form, its date as 2026-11-24."""

    code: Line
    answer: Text
    date: Line = ""


class FormIn(In):
    """The rows of a form. Without `take` nothing is kept."""

    framework: Line
    rows: list[FormRowIn]
    take: bool = False


class FormOut(Out):
    """What the form answers, by question; `wrong` by code; `is_taken` whether it was kept."""

    answers: dict[str, Any]
    dated: dict[str, date]
    wrong: dict[str, str]
    is_taken: bool


@post("/listings/{ref:str}/assurance/form", who=WRITE)
def send_form(ask: Asked, ref: str, body: FormIn) -> FormOut:
    """Say what a filled form would answer, or take it: what is good is kept, each other row says why not."""
    product = own_product(ask.db, ref, by=ask.by)
    framework = find_framework(ask.services.frameworks, body.framework)
    strange = {each.code for each in body.rows} - framework.by_code.keys()
    if strange:
        told = f"{framework.label} has no criterion {', '.join(sorted(strange)[:10])}."
        raise Invalid("some rows are of another form", told, fields={"rows": told})
    found = filled([Row(each.code, each.answer, each.date) for each in body.rows], framework)
    wrong = dict(found.faults)
    if body.take:
        wrong |= take(ask.db, product, framework, found, by=ask.by, at=ask.at)
    return FormOut(answers=dict(found.values), dated=dict(found.dated), wrong=wrong, is_taken=body.take)


CALLS = [send_form]
