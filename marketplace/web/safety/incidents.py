"""Incidents: reported by anybody, judged by the supplier, with their clocks and national numbers."""

from marketplace.assurance.actions.safety.incidents import (
    close_incident,
    make_safe,
    note_incident,
    number_incident,
    reopen_incident,
    report_incident,
    triage_incident,
)
from marketplace.assurance.policies import is_of_incident, may_handle_incident
from marketplace.assurance.queries.safety.declared import clocks_of
from marketplace.assurance.queries.safety.incidents import clocks_running, find_incident, notes_of, notices_of_incident
from marketplace.assurance.queries.safety.logs import log_of
from marketplace.assurance.states import INCIDENT
from marketplace.catalogue.queries.products import product_for
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Refusal
from marketplace.web.catalogue.declaring import day_typed
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.safety.showing import incident_status, notice_status, severities, typed


@page("/products/{ref:str}/incidents/new", who=ANYBODY_SIGNED_IN)
def show_new_incident(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What happened, how severe it was, and the numbers that national systems gave it."""
    product = product_for(ask.db, ref, by=ask.by)
    clocks = clocks_of(ask.services.frameworks)
    values = {
        "product": {"ref": product.ref, "name": product.name}, "severities": severities(ask.services.frameworks),
        "numbers": [each for each in clocks.numbers if each.who == "reporter"],
        "typed": typed(ask.form), "day": day_typed(ask.form, "happened-on"), "errors": errors_of(refusal),
        "refusal": refusal,
    }  # fmt: skip
    return Page("safety/incident_new.html", values)


@post("/products/{ref:str}/incidents/new", who=ANYBODY_SIGNED_IN, again=show_new_incident, makes=True)
def send_incident(ask: Ask, ref: str) -> Goto:
    """Report it."""
    product = product_for(ask.db, ref, by=ask.by)
    frameworks = ask.services.frameworks
    incident = report_incident(ask.db, product, typed(ask.form), frameworks=frameworks, by=ask.by, at=ask.at)
    return Goto(f"/incidents/{incident.ref}", told="Reported. The supplier is told, and its clock runs.")


@page("/incidents/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_incident(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What happened, how it stands, which clocks run, the journal, and what may be done."""
    incident = find_incident(ask.db, ref, by=ask.by)
    clocks = clocks_of(ask.services.frameworks)
    notices = notices_of_incident(ask.db, incident.id)
    handles = may_handle_incident(ask.by, incident)
    values = {
        "it": incident, "status": incident_status(incident.state), "handles": handles,
        "takes_part": is_of_incident(ask.by, incident),
        "severity": clocks.severity[incident.judged or incident.severity].label,
        "reported_as": clocks.severity[incident.severity].label,
        "clocks": clocks_running(ask.db, incident, clocks, now=ask.at, notices=notices),
        "numbers": [{"it": each, "value": incident.numbers.get(each.id, "")} for each in clocks.numbers],
        "notes": notes_of(ask.db, incident.id),
        "notices": [{"notice": each, "status": notice_status(each.state)} for each in notices],
        "moves": {move.name.replace(" ", "_") for move in INCIDENT.moves_from(incident.state)},
        "severities": severities(ask.services.frameworks),
        "hazards": [{"value": str(each.number), "label": f"{each.number}. {each.name}"}
                    for each in (log_of(ask.db, incident.product_id) if handles else ())],
        "typed": typed(ask.form), "errors": errors_of(refusal), "refusal": refusal,
    }  # fmt: skip
    return Page("safety/incident.html", values)


@post("/incidents/{ref:str}/triage", who=ANYBODY_SIGNED_IN, again=show_incident)
def triage(ask: Ask, ref: str) -> Goto:
    """Judge how severe it is, and what it means for the safety case."""
    incident = find_incident(ask.db, ref, by=ask.by)
    frameworks = ask.services.frameworks
    triage_incident(ask.db, incident, typed(ask.form), frameworks=frameworks, by=ask.by, at=ask.at)
    return Goto(f"/incidents/{ref}", told="Judged. Whoever reported it is told.")


@post("/incidents/{ref:str}/safety", who=ANYBODY_SIGNED_IN, again=show_incident)
def make_it_safe(ask: Ask, ref: str) -> Goto:
    """Say what was done so that it cannot happen again for now."""
    make_safe(ask.db, find_incident(ask.db, ref, by=ask.by), typed(ask.form), by=ask.by, at=ask.at)
    return Goto(f"/incidents/{ref}", told="Made safe.")


@post("/incidents/{ref:str}/closure", who=ANYBODY_SIGNED_IN, again=show_incident)
def close(ask: Ask, ref: str) -> Goto:
    """Close it with its cause."""
    close_incident(ask.db, find_incident(ask.db, ref, by=ask.by), typed(ask.form), by=ask.by, at=ask.at)
    return Goto(f"/incidents/{ref}", told="Closed.")


@post("/incidents/{ref:str}/reopening", who=ANYBODY_SIGNED_IN, again=show_incident)
def reopen(ask: Ask, ref: str) -> Goto:
    """Open it again."""
    incident = find_incident(ask.db, ref, by=ask.by)
    reopen_incident(ask.db, incident, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/incidents/{ref}", told="It is open again.")


@post("/incidents/{ref:str}/notes", who=ANYBODY_SIGNED_IN, again=show_incident, makes=True)
def add_note(ask: Ask, ref: str) -> Goto:
    """Add a line to the journal that both sides read."""
    incident = find_incident(ask.db, ref, by=ask.by)
    note_incident(ask.db, incident, words=ask.form.one("words"), by=ask.by, at=ask.at)
    return Goto(f"/incidents/{ref}", told="It is in the journal.")


@post("/incidents/{ref:str}/numbers", who=ANYBODY_SIGNED_IN, again=show_incident)
def add_numbers(ask: Ask, ref: str) -> Goto:
    """Record the references that national systems gave it."""
    incident = find_incident(ask.db, ref, by=ask.by)
    frameworks = ask.services.frameworks
    number_incident(ask.db, incident, typed(ask.form), frameworks=frameworks, by=ask.by, at=ask.at)
    return Goto(f"/incidents/{ref}", told="The number is recorded.")


ROUTES = [
    show_new_incident, send_incident, show_incident, triage, make_it_safe, close, reopen, add_note, add_numbers,
]  # fmt: skip
