"""Varying what was signed: the next text, what it changes, why, and from which day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from marketplace.contracts.actions.texts import begin_variation
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.queries.contracts import binding_text, parties_of
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.signing import open_text
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.answers.quantities import read_date
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotFound, Refusal
from marketplace.kit.text import quote
from marketplace.web.contracts.common import contract_of, frame_of, told_of, typed
from marketplace.web.contracts.rows import TABLE, rows_shown
from marketplace.web.contracts.terms import shown_fields, typed_values
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.keeping import with_kept


@page("/contracts/{ref:str}/variation", who=ANYBODY_SIGNED_IN)
def show_variation(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The form of a variation: one section of the terms at a time, over what binds or what was written already."""
    contract = contract_of(ask, ref)
    base, written = base_of(ask, contract)
    template = template_of(ask.services.frameworks, contract)
    section = _section(ask, template)
    ask, kept = with_kept(ask, f"/contracts/{ref}/variation?section={section}", f"Variation of {contract.name}",
                          version=contract.row_version)  # fmt: skip
    has_measures = any(entry.question.id == TABLE for entry in template.form.section(section).entries)
    leaving = ask.form.all("leaving") if ask.form else [str(one) for one in left_out(ask, contract, written)]
    parties = [one for one in parties_of(ask.db, contract.id) if one.role == "participant" and one.left_on is None]
    values = {
        "frame": frame_of(ask, contract, ""),
        "sections": [{"value": one.id, "label": one.label} for one in template.form.sections],
        "section": section,
        "kept": kept,
        "fields": shown_fields(template, base, section, ask.form, refusal.fields if refusal else {}),
        "measures": rows_shown(template, base, f"/contracts/{ref}/variation/measures") if has_measures else None,
        "number": contract.text_number + 1,
        "reason": reason_shown(ask, written),
        "effective_on": day_shown(ask, written),
        "participants": [{"value": str(one.organisation_id), "label": one.organisation.name} for one in parties],
        "leaving": leaving,
        "is_written": written is not None,
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("contracts/variation.html", values)


@post("/contracts/{ref:str}/variation", who=ANYBODY_SIGNED_IN, again=show_variation)
def write_variation(ask: Ask, ref: str) -> Goto:
    """Write the next text; it is issued from the contract's page once it says everything."""
    contract = contract_of(ask, ref)
    template = template_of(ask.services.frameworks, contract)
    vary(ask, contract, typed_values(template, ask.form), leaving=_leaving(ask.form))
    return Goto(f"/contracts/{ref}/changes", told="The variation is written. Look at what differs, then issue it.")


def vary(ask: Ask, contract: Contract, raw: Mapping[str, object], *, leaving: Sequence[UUID]) -> None:
    """Write the next text: `raw` over what binds and over what the variation says already. Raises Conflict, Invalid."""
    base, _ = base_of(ask, contract)
    binding = binding_text(ask.db, contract)
    assert binding is not None
    earlier = {name: value for name, value in base.items() if binding.parameters.get(name) != value}
    gone = {name: "" for name in binding.parameters if name not in base}
    begin_variation(
        ask.db, ask.services.frameworks, contract, {**gone, **earlier, **raw}, reason=ask.form.one("reason"),
        effective_on=day_typed(ask.form, "effective_on"), leaving=leaving, by=ask.by, at=ask.at,
    )  # fmt: skip


def day_typed(form: Values, name: str) -> date:
    """A day from its three fields. Raises Invalid by field."""
    try:
        day = read_date({part: form.one(f"{name}-{part}") for part in ("day", "month", "year")})
    except Invalid as refusal:
        told = f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}"
        raise Invalid(refusal.fact, refusal.hint, fields={name: told}) from refusal
    if day is None:
        raise Invalid("a variation holds from a day", "Give it.", fields={name: "Give the day from which it holds."})
    return date.fromisoformat(day)


def base_of(ask: Ask, contract: Contract) -> tuple[dict[str, Any], ContractText | None]:
    """The values that the form begins with, and the variation that was written and not issued. Raises Conflict."""
    binding = binding_text(ask.db, contract)
    if binding is None or contract.state not in ("signed", "live"):
        raise Conflict(f"a {contract.state} contract has no terms to vary", "A draft is changed without a variation.")
    text = open_text(ask.db, contract.id)
    written = text if text is not None and text.state == "draft" else None
    return dict((written or binding).parameters), written


def _section(ask: Ask, template: ContractTemplate) -> str:
    asked = ask.form.one("section") or ask.query.one("section") or template.form.sections[0].id
    if asked not in {one.id for one in template.form.sections}:
        raise NotFound(f"there is no section {quote(asked)}", "Choose one of the list.")
    return asked


def reason_shown(ask: Ask, written: ContractText | None) -> str:
    return ask.form.one("reason") or (written.reason if written else "")


def day_shown(ask: Ask, written: ContractText | None) -> Any:
    parts = {part: ask.form.one(f"effective_on-{part}") for part in ("day", "month", "year")}
    if any(parts.values()):
        return parts
    return written.effective_on if written else day_in_london(ask.at)


def left_out(ask: Ask, contract: Contract, written: ContractText | None) -> list[UUID]:
    """Who takes part today and no longer would, by the variation that is written."""
    if written is None:
        return []
    named = {one["ref"] for one in written.body["parties"]}
    parties = parties_of(ask.db, contract.id)
    return [one.organisation_id for one in parties if one.left_on is None and one.organisation.ref not in named]


def _leaving(form: Values) -> list[UUID]:
    try:
        return [UUID(value) for value in form.all("leaving") if value]
    except ValueError as wrong:
        told = "Choose among the participants shown."
        raise Invalid("this is no participant", told, fields={"leaving": told}) from wrong


ROUTES = [show_variation, write_variation]
