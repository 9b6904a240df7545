"""What a contract is filled with: the form section by section."""

from collections.abc import Mapping
from typing import Any

from marketplace.contracts.actions.drafting import change_parameters
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.sheets import draft_tree
from marketplace.contracts.rules.parameters import open_points
from marketplace.contracts.rules.redline import changed, redline
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.schema.contracts import ContractTemplate, Parameter
from marketplace.frameworks.schema.forms import Section
from marketplace.kit.errors import Conflict, Invalid, NotFound, Refusal
from marketplace.kit.money import Money
from marketplace.kit.text import quote
from marketplace.kit.values import replace
from marketplace.web.catalogue.fields import FieldShown, Filled, fields_of, raw_of
from marketplace.web.contracts.common import contract_of, frame_of, today_of, told_of
from marketplace.web.contracts.rows import TABLE, rows_shown
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.keeping import with_kept


@page("/contracts/{ref:str}/terms/{section:str}", who=ANYBODY_SIGNED_IN)
def show_terms(ask: Ask, ref: str, section: str, refusal: Refusal | None = None) -> Page:
    """One section of what the contract is filled with."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    _known(template, section)
    errors = refusal.fields if refusal else {}
    shown, has_measures = _section(template, section), section == section_of(template, TABLE)
    ask, kept = with_kept(ask, f"/contracts/{ref}/terms/{section}", f"{shown.label}: {contract.name}",
                          version=contract.row_version)  # fmt: skip
    values = {
        "frame": frame_of(ask, contract, ""),
        "kept": kept,
        "section": shown,
        "fields": shown_fields(template, contract.parameters, section, ask.form, errors),
        "measures": rows_shown(template, contract.parameters, f"/contracts/{ref}/measures") if has_measures else None,
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
    told = change_draft(ask, contract, raw, expected=_version(ask.form))
    ids = [one.id for one in template.form.sections]
    following = ids[ids.index(section) + 1 :]
    goes_on = ask.form.one("go") == "on"
    path = f"/contracts/{ref}/terms/{following[0] if goes_on and following else section}"
    return Goto(path if following or not goes_on else f"/contracts/{ref}", told=told)


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
                raw[name] = _pence_of(parameter, str(value))
            except Invalid as refusal:
                wrong[name] = f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}"
    if wrong:
        raise Invalid("some values do not hold", "Look at what is marked; nothing was changed.", fields=wrong)
    return raw


def _pence_of(parameter: Parameter, typed: str) -> int:
    """An amount within the bounds of its parameter, which are told in pounds. Raises Invalid."""
    amount, least, most = Money.parse(typed), parameter.minimum, parameter.maximum
    if least is not None and amount.pence < least:
        raise Invalid(f"{amount} is less than {Money(int(least))}", "Give that much or more.")
    if most is not None and amount.pence > most:
        raise Invalid(f"{amount} is more than {Money(int(most))}", "Give that much or less.")
    return amount.pence


def change_draft(ask: Ask, contract: Contract, raw: Mapping[str, object], *, expected: int | None) -> str:
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


def section_of(template: ContractTemplate, parameter: str) -> str:
    places = {entry.question.id: section.id for section in template.form.sections for entry in section.entries}
    return places[parameter]


def _section(template: ContractTemplate, section: str) -> Section:
    return next(one for one in template.form.sections if one.id == section)


def _known(template: ContractTemplate, section: str) -> None:
    if section not in {one.id for one in template.form.sections}:
        raise NotFound(f"there is no section {quote(section)}", "Choose one of the list.")


def _steps(template: ContractTemplate, contract: Contract, current: str) -> list[dict[str, str]]:
    lacking = {section_of(template, name) for name in open_points(template, contract.parameters)}
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


ROUTES = [show_terms, save_terms]
