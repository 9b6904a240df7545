"""Each outcome measure on a page of its own: in a draft, and in a variation of what was signed."""

from collections.abc import Mapping
from typing import Any

from marketplace.contracts.models import Contract
from marketplace.contracts.queries.facts import template_of
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Invalid, Refusal
from marketplace.web.contracts.common import contract_of, frame_of, told_of
from marketplace.web.contracts.rows import (
    NEW,
    TABLE,
    about_row,
    fields_of_measure,
    row_of,
    rows_with,
    rows_without,
)
from marketplace.web.contracts.terms import change_draft, section_of
from marketplace.web.contracts.variations import base_of, day_shown, left_out, reason_shown, vary
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.keeping import with_kept

OUT = "out"
"""What the second button of a varied measure says: take it out."""


@page("/contracts/{ref:str}/measures/{key:str}", who=ANYBODY_SIGNED_IN)
def show_measure(ask: Ask, ref: str, key: str, refusal: Refusal | None = None) -> Page:
    """One outcome measure, or the form of a new one."""
    contract = contract_of(ask, ref)
    place = f"/contracts/{ref}/measures/{key}"
    ask, values = form_of(ask, contract, contract.parameters, key, place=place, about=contract.name, refusal=refusal)
    section = section_of(template_of(ask.services.frameworks, contract), TABLE)
    values |= {"back": f"/contracts/{ref}/terms/{section}", "is_editable": contract.state == "draft"}
    return Page("contracts/measure.html", values)


@post("/contracts/{ref:str}/measures/{key:str}", who=ANYBODY_SIGNED_IN, again=show_measure)
def save_measure(ask: Ask, ref: str, key: str) -> Goto:
    """Put a measure into the draft, or write it anew."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    rows, place = rows_with(template, contract.parameters, key, ask.form)
    try:
        told = change_draft(ask, contract, {TABLE: rows}, expected=None)
    except Invalid as refusal:
        raise about_row(refusal, place) from refusal
    return Goto(f"/contracts/{ref}/terms/{section_of(template, TABLE)}", told=told)


@post("/contracts/{ref:str}/measures/{key:str}/removal", who=ANYBODY_SIGNED_IN)
def remove_measure(ask: Ask, ref: str, key: str) -> Goto:
    """Take a measure out of the draft."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    told = change_draft(ask, contract, {TABLE: rows_without(contract.parameters, key)}, expected=None)
    return Goto(f"/contracts/{ref}/terms/{section_of(template, TABLE)}", told=told)


@page("/contracts/{ref:str}/variation/measures/{key:str}", who=ANYBODY_SIGNED_IN)
def show_varied_measure(ask: Ask, ref: str, key: str, refusal: Refusal | None = None) -> Page:
    """One measure as a variation would have it, or the form of another; what was measured so far stays as it was."""
    contract = contract_of(ask, ref)
    base, written = base_of(ask, contract)
    place, about = f"/contracts/{ref}/variation/measures/{key}", f"variation of {contract.name}"
    ask, values = form_of(ask, contract, base, key, place=place, about=about, refusal=refusal)
    section = section_of(template_of(ask.services.frameworks, contract), TABLE)
    values |= {
        "number": contract.text_number + 1,
        "back": f"/contracts/{ref}/variation?section={section}",
        "reason": reason_shown(ask, written),
        "effective_on": day_shown(ask, written),
    }
    return Page("contracts/varied_measure.html", values)


@post("/contracts/{ref:str}/variation/measures/{key:str}", who=ANYBODY_SIGNED_IN, again=show_varied_measure)
def save_varied_measure(ask: Ask, ref: str, key: str) -> Goto:
    """Write the measure, or its end, into the next text; every party signs that before it counts."""
    contract = contract_of(ask, ref)
    base, written = base_of(ask, contract)
    template = template_of(ask.services.frameworks, contract)
    if ask.form.one("go") == OUT:
        rows, place = rows_without(base, key), -1
    else:
        rows, place = rows_with(template, base, key, ask.form)
    try:
        vary(ask, contract, {TABLE: rows}, leaving=left_out(ask, contract, written))
    except Invalid as refusal:
        raise about_row(refusal, place) from refusal
    return Goto(f"/contracts/{ref}/changes", told="The variation is written. Look at what differs, then issue it.")


def form_of(
    ask: Ask, contract: Contract, given: Mapping[str, Any], key: str, *, place: str, about: str, refusal: Refusal | None
) -> tuple[Ask, dict[str, Any]]:
    """The form of one measure as terms have it, or of a new one; and what was asked, with a draft kept of it put in."""
    template, row = template_of(ask.services.frameworks, contract), row_of(given, key)
    label = row.get("label", "A new measure")
    ask, kept = with_kept(ask, place, f"{label}: {about}", version=contract.row_version)
    return ask, {
        "frame": frame_of(ask, contract, ""),
        "key": key,
        "is_new": key == NEW,
        "label": label,
        "kept": kept,
        "fields": fields_of_measure(template, row, ask.form, refusal.fields if refusal else {}),
        **told_of(refusal),
    }


ROUTES = [show_measure, save_measure, remove_measure, show_varied_measure, save_varied_measure]
