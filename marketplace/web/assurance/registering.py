"""Registers looked up by assessors, with day and result; and the standing interests of an assessor."""

from datetime import date
from typing import Any
from uuid import UUID

from marketplace.assurance.actions.bodies import declare_interest, end_interest
from marketplace.assurance.actions.notes import check_register
from marketplace.assurance.queries.bodies import interests
from marketplace.assurance.queries.checks import RESULTS, Looked, looked_up
from marketplace.assurance.queries.people import suppliers
from marketplace.catalogue.models import Product
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.identity.queries.organisations import find_organisation
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.web.assurance.bench import own_case
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.declaring import day_typed, read_day
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post

ASSESS = Permission.ASSURANCE_ASSESS
MARKS = {"confirmed": "met", "differs": "conditions", "not-found": "not-met"}


@page("/cases/{ref:str}/registers", who=ASSESS)
def show_registers(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Each register with what it said last, or that nobody has looked."""
    case, today = own_case(ask, ref), day_in_london(ask.at)
    values = {
        "case": {"ref": case.ref, "name": case.version.name, "supplier": case.supplier.name},
        "registers": register_rows(ask, case.product, today),
        "results": [{"value": key, "label": label} for key, label in RESULTS.items()],
        "typed": {
            **{name: ask.form.one(name) for name in ("register", "number", "result", "words")},
            **{name: day_typed(ask.form, name) for name in ("checked-on", "valid-until")},
        },
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("assurance/registers.html", values)


@post("/cases/{ref:str}/registers", who=ASSESS, again=show_registers, makes=True)
def send_check(ask: Ask, ref: str) -> Goto:
    """Keep what a register said."""
    case = own_case(ask, ref)
    checked_on, wrong = read_day(ask.form, "checked-on")
    valid_until, faults = read_day(ask.form, "valid-until")
    if wrong | faults:
        raise Invalid("the days do not hold", "Mend what is marked.", fields=wrong | faults)
    check_register(
        ask.db, case, ask.form.one("register"), number=ask.form.one("number"), result=ask.form.one("result"),
        words=ask.form.one("words"), valid_until=valid_until, checked_on=checked_on,
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/cases/{case.ref}/registers", told="Kept, with its day. Everybody who reads the assurance sees it.")


@page("/assurance/interests", who=ASSESS)
def show_interests(ask: Ask, refusal: Refusal | None = None, interest: UUID | None = None) -> Page:
    """The suppliers in which one has an interest that lasts: no case of theirs comes to one."""
    values = {
        "interests": [
            {"id": str(each.id), "supplier": each.supplier.name, "words": each.words, "at": each.declared_at}
            for each in interests(ask.db, ask.by.person_id)
        ],
        "suppliers": [{"value": each.ref, "label": each.name} for each in suppliers(ask.db)],
        "typed": {name: ask.form.one(name) for name in ("supplier", "words")},
        "errors": errors_of(refusal),
    }
    return Page("assurance/interests.html", values)


@post("/assurance/interests", who=ASSESS, again=show_interests)
def send_interest(ask: Ask) -> Goto:
    """Declare an interest."""
    typed = ask.form.one("supplier")
    if not typed:
        told = "Choose the supplier."
        raise Invalid("no supplier was chosen", told, fields={"supplier": told})
    supplier = find_organisation(ask.db, typed)
    declare_interest(ask.db, supplier, words=ask.form.one("words"), by=ask.by, at=ask.at)
    return Goto("/assurance/interests", told=f"Declared. No case of {supplier.name} comes to you.")


@post("/assurance/interests/{interest:uuid}/end", who=ASSESS, again=show_interests)
def send_interest_end(ask: Ask, interest: UUID) -> Goto:
    """Say that an interest is over."""
    found = next((each for each in interests(ask.db, ask.by.person_id) if each.id == interest), None)
    if found is None:
        raise NotFound("you have declared no such interest", "The page lists yours.")
    end_interest(ask.db, found, by=ask.by, at=ask.at)
    return Goto("/assurance/interests", told="It is over. Cases can come to you again.")


def register_rows(ask: Ask, product: Product, today: date) -> list[dict[str, Any]]:
    """What registers said of a product and its supplier, in plain values: for the workbench and the passport."""
    return [_row(each) for each in looked_up(ask.db, ask.services.frameworks, product, on=today)]


def _row(looked: Looked) -> dict[str, Any]:
    register, check = looked.register, looked.check
    return {
        "id": register.id, "label": register.label, "holder": register.holder, "address": register.address,
        "number_is": register.number, "word": looked.word, "is_old": looked.is_old,
        "status": Status("Not checked", "unknown") if check is None else Status(
            RESULTS[check.result], "expired" if looked.is_old else MARKS[check.result]
        ),
        "number": check.number if check else "", "words": check.words if check else "",
        "checked_on": check.checked_on if check else None, "valid_until": check.valid_until if check else None,
        "by": check.body.name if check and check.body else "", "mark": register.source.mark,
    }  # fmt: skip


ROUTES = [show_registers, send_check, show_interests, send_interest, send_interest_end]
