"""What a contract is filled with: the form section by section, and each outcome measure on a page of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marketplace.contracts.actions.drafting import change_parameters
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.sheets import draft_tree
from marketplace.contracts.rules.parameters import in_words, open_points
from marketplace.contracts.rules.redline import changed, redline
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.schema.contracts import ContractTemplate, Parameter
from marketplace.frameworks.schema.forms import Entry, Form, Section
from marketplace.frameworks.schema.questions import Kind, Question
from marketplace.kit.errors import Conflict, Invalid, NotFound, Refusal
from marketplace.kit.money import Money
from marketplace.kit.text import fold, quote
from marketplace.web.catalogue.fields import FieldShown, Filled, fields_of, raw_of
from marketplace.web.contracts.common import contract_of, frame_of, today_of, told_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.keeping import with_kept

TABLE = "measures"
NEW = "new"
LONG = 200
"""A text that may be longer than this gets several lines."""


@page("/contracts/{ref:str}/terms/{section:str}", who=ANYBODY_SIGNED_IN)
def show_terms(ask: Ask, ref: str, section: str, refusal: Refusal | None = None) -> Page:
    """One section of what the contract is filled with."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    _known(template, section)
    errors = refusal.fields if refusal else {}
    shown = next(one for one in template.form.sections if one.id == section)
    ask, kept = with_kept(ask, f"/contracts/{ref}/terms/{section}", f"{shown.label}: {contract.name}",
                          version=contract.row_version)  # fmt: skip
    values = {
        "frame": frame_of(ask, contract, ""),
        "kept": kept,
        "section": shown,
        "fields": shown_fields(template, contract.parameters, section, ask.form, errors),
        "measures": _measures(template, contract) if section == _section_of(template, TABLE) else None,
        "steps": _steps(template, contract, section),
        "row_version": contract.row_version,
        "is_editable": contract.state == "draft",
        **told_of(refusal),
    }
    return Page("contracts/terms.html", values)


@post("/contracts/{ref:str}/terms/{section:str}", who=ANYBODY_SIGNED_IN, again=show_terms)
def save_terms(ask: Ask, ref: str, section: str) -> Goto:
    """Save a section; the rest is kept, and the answer names the clauses that now read differently."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    _known(template, section)
    raw = typed_values(template, ask.form)
    told = _change(ask, contract, raw, expected=_version(ask.form))
    ids = [one.id for one in template.form.sections]
    following = ids[ids.index(section) + 1 :]
    goes_on = ask.form.one("go") == "on"
    path = f"/contracts/{ref}/terms/{following[0] if goes_on and following else section}"
    return Goto(path if following or not goes_on else f"/contracts/{ref}", told=told)


@page("/contracts/{ref:str}/measures/{key:str}", who=ANYBODY_SIGNED_IN)
def show_measure(ask: Ask, ref: str, key: str, refusal: Refusal | None = None) -> Page:
    """One outcome measure, or the form of a new one."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    row = _row(contract, key)
    errors = refusal.fields if refusal else {}
    label = row.get("label", "A new measure")
    ask, kept = with_kept(ask, f"/contracts/{ref}/measures/{key}", f"{label}: {contract.name}",
                          version=contract.row_version)  # fmt: skip
    filled = Filled(_measure_form(template), row, ask.form, errors)
    values = {
        "frame": frame_of(ask, contract, ""),
        "key": key,
        "is_new": key == NEW,
        "label": label,
        "kept": kept,
        "fields": [_several_lines(field) for field in fields_of(filled, "measure")],
        "back": f"/contracts/{ref}/terms/{_section_of(template, TABLE)}",
        "is_editable": contract.state == "draft",
        **told_of(refusal),
    }
    return Page("contracts/measure.html", values)


@post("/contracts/{ref:str}/measures/{key:str}", who=ANYBODY_SIGNED_IN, again=show_measure)
def save_measure(ask: Ask, ref: str, key: str) -> Goto:
    """Put a measure into the draft, or write it anew."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    rows = list(contract.parameters.get(TABLE, ()))
    row = {name: value for name, value in raw_of(_measure_form(template), ask.form).items() if value != ""}
    row["key"] = _key_of(str(row.get("key") or row.get("label", "")))
    place = len(rows) if key == NEW else _place(contract, key)
    if any(one.get("key") == row["key"] for at, one in enumerate(rows) if at != place):
        told = "Another measure has this short name. Give this one its own."
        raise Invalid("two measures would have one name", told, fields={"key": told})
    rows[place : place + 1] = [row]
    try:
        told = _change(ask, contract, {TABLE: rows}, expected=None)
    except Invalid as refusal:
        raise Invalid(refusal.fact, refusal.hint, fields=_fields_of_row(refusal.fields, place)) from refusal
    return Goto(f"/contracts/{ref}/terms/{_section_of(template, TABLE)}", told=told)


@post("/contracts/{ref:str}/measures/{key:str}/removal", who=ANYBODY_SIGNED_IN)
def remove_measure(ask: Ask, ref: str, key: str) -> Goto:
    """Take a measure out of the draft."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    rows = list(contract.parameters.get(TABLE, ()))
    del rows[_place(contract, key)]
    told = _change(ask, contract, {TABLE: rows}, expected=None)
    return Goto(f"/contracts/{ref}/terms/{_section_of(template, TABLE)}", told=told)


def shown_fields(
    template: ContractTemplate, kept: Mapping[str, Any], section: str, form: Values, errors: Mapping[str, str]
) -> list[FieldShown]:
    """The fields of a section: money in pounds, as people write it, and long texts over several lines."""
    pounds = {
        name: str(Money(kept[name])).removeprefix("£")
        for name, one in template.parameters.items()
        if one.money and name in kept
    }
    filled = Filled(template.form, {**kept, **pounds}, form, errors)
    fields = (field for field in fields_of(filled, section) if field.id != TABLE)
    return [replace(field, unit="pounds") if template.parameters[field.id].money else field for field in fields]


def typed_values(template: ContractTemplate, form: Values) -> dict[str, object]:
    """What was sent, as `change_parameters` takes it: pounds become pence. Raises Invalid by field."""
    raw = raw_of(template.form, form)
    wrong: dict[str, str] = {}
    for name, value in raw.items():
        parameter = template.parameters.get(name)
        if parameter is not None and parameter.money and str(value).strip():
            try:
                raw[name] = Money.parse(str(value)).pence
            except Invalid as refusal:
                wrong[name] = f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}"
    if wrong:
        raise Invalid("some values do not hold", "Look at what is marked; nothing was changed.", fields=wrong)
    return raw


def _change(ask: Ask, contract: Contract, raw: Mapping[str, object], *, expected: int | None) -> str:
    """Change the draft, and tell which clauses read differently now."""
    frameworks, today = ask.services.frameworks, today_of(ask)
    before = draft_tree(ask.db, frameworks, contract, on=today)
    names = change_parameters(ask.db, frameworks, contract, raw, expected=expected, by=ask.by, at=ask.at)
    if not names:
        return "Nothing was changed."
    template = template_of(frameworks, contract)
    labels = ", ".join(template.parameters[name].label for name in names if name in template.parameters)
    clauses = changed(redline(before, draft_tree(ask.db, frameworks, contract, on=today)))
    said = ", ".join(f"{one.number} {one.heading}" for one in clauses)
    return f"Saved: {labels}. Changed clauses: {said}." if said else f"Saved: {labels}. No clause reads differently."


def _measures(template: ContractTemplate, contract: Contract) -> list[dict[str, Any]]:
    """The measures as rows of a table, each with where it is written anew."""
    columns = {column.id: column for column in template.parameters[TABLE].columns}
    shown = ("unit", "better", "threshold", "target", "weight")
    return [
        {
            "key": row.get("key", ""),
            "label": row.get("label", ""),
            "is_guard": row.get("guard") == "yes",
            "limit": in_words(columns["guard-limit"], row.get("guard-limit")) if row.get("guard") == "yes" else "",
            "cells": [in_words(columns[name], row[name]) if name in row else "" for name in shown],
            "url": f"/contracts/{contract.ref}/measures/{row.get('key', '')}",
        }
        for row in contract.parameters.get(TABLE, ())
    ]


def _measure_form(template: ContractTemplate) -> Form:
    """The columns of the table of measures as a form of their own."""
    table = template.parameters[TABLE]
    entries = tuple(
        Entry(_question(column, table), frozenset({""}), frozenset(), bool(column.required), compared=False)
        for column in table.columns
    )
    return Form(kind="", sections=(Section("measure", table.label, "", stands_above=False, entries=entries),))


def _question(column: Any, table: Parameter) -> Question:
    told = {name: getattr(column, name) for name in column.model_fields_set | {"options"}}
    told.pop("required", None)
    return Question.model_construct(**told, ask=column.label, source=table.source)


def _several_lines(field: FieldShown) -> FieldShown:
    return replace(field, kind="long-text") if field.kind == Kind.TEXT and field.limit > LONG else field


def _row(contract: Contract, key: str) -> Mapping[str, Any]:
    if key == NEW:
        return {}
    row: Mapping[str, Any] = contract.parameters[TABLE][_place(contract, key)]
    return row


def _place(contract: Contract, key: str) -> int:
    for at, row in enumerate(contract.parameters.get(TABLE, ())):
        if row.get("key") == key:
            return at
    raise NotFound(f"there is no measure {quote(key)}", "The contract lists its measures.")


def _fields_of_row(fields: Mapping[str, str], place: int) -> dict[str, str]:
    """Faults of the table as faults of the fields of one row."""
    start = f"{TABLE}.{place}."
    return {name.removeprefix(start): text for name, text in fields.items()}


def _key_of(words: str) -> str:
    """A short name made of some words: small letters, digits and hyphens."""
    plain = "".join(char for char in fold(words) if char.isascii())
    return "-".join(plain.split())[:40].strip("-") or "measure"


def _section_of(template: ContractTemplate, parameter: str) -> str:
    places = {entry.question.id: section.id for section in template.form.sections for entry in section.entries}
    return places[parameter]


def _known(template: ContractTemplate, section: str) -> None:
    if section not in {one.id for one in template.form.sections}:
        raise NotFound(f"there is no section {quote(section)}", "Choose one of the list.")


def _steps(template: ContractTemplate, contract: Contract, current: str) -> list[dict[str, str]]:
    lacking = {_section_of(template, name) for name in open_points(template, contract.parameters)}
    return [
        {
            "label": one.label,
            "state": "current" if one.id == current else "waiting" if one.id in lacking else "done",
            "url": f"/contracts/{contract.ref}/terms/{one.id}",
        }
        for one in template.form.sections
    ]


def _version(form: Values) -> int | None:
    sent = form.one("row-version")
    if sent and not (sent.isascii() and sent.isdigit() and len(sent) < 10):
        raise Conflict("this form was changed on the way", "Open the page again.")
    return int(sent) if sent else None


ROUTES = [show_terms, save_terms, show_measure, save_measure, remove_measure]
