"""Protocols: written, stamped on the record, then fed with judgements of notes whose rates become evidence."""

from io import BytesIO
from typing import Any

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import product_for, product_of_id
from marketplace.evidence.actions.protocols import (
    add_protocol,
    change_protocol,
    discard_protocol,
    review_notes,
    stamp_protocol,
)
from marketplace.evidence.actions.reviewing import publish_review
from marketplace.evidence.models import NoteReview, Protocol
from marketplace.evidence.policies import may_evaluate, may_run_protocol
from marketplace.evidence.queries.declared import protocol_rules
from marketplace.evidence.queries.protocols import find_protocol
from marketplace.evidence.rules.protocols import lacking
from marketplace.evidence.rules.telling import number
from marketplace.evidence.schemas.protocols import Planned, read_planned
from marketplace.evidence.schemas.reviews import NEEDED, OPTIONAL, read_judgements
from marketplace.faces.ask import Ask
from marketplace.identity.policies import owns
from marketplace.kit.errors import Invalid, NotAllowed, Refusal
from marketplace.kit.fields import Fields
from marketplace.kit.sheets import read_csv
from marketplace.kit.text import clean_file_name
from marketplace.web.catalogue.declaring import day_typed
from marketplace.web.catalogue.description import row_version
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.evidence.filling import YES_NO, raw_of

LARGEST_FILE = 4_000_000


@page("/products/{ref:str}/protocols/new", who=ANYBODY_SIGNED_IN)
def begin_protocol(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Plan an evaluation of a product by one of the templates."""
    if not may_evaluate(ask.by):
        raise NotAllowed("this needs a role that buys, evaluates or offers products", "Ask a manager for the role.")
    return form_page(ask, product_for(ask.db, ref, by=ask.by), None, refusal)


@post("/products/{ref:str}/protocols/new", who=ANYBODY_SIGNED_IN, again=begin_protocol, makes=True)
def write_protocol(ask: Ask, ref: str) -> Goto:
    """Keep the plan as a draft."""
    product = product_for(ask.db, ref, by=ask.by)
    own = owns(ask.by, product.organisation_id)
    protocol = add_protocol(ask.db, product.id, planned_of(ask), is_suppliers=own, by=ask.by, at=ask.at)
    return Goto(f"/protocols/{protocol.ref}", told="The plan is kept. Nobody else sees it until you stamp it.")


@page("/protocols/{ref:str}", who=PUBLIC)
def show_protocol(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The plan as it was stamped, with its digest, and what was found under it."""
    protocol = find_protocol(ask.db, ref, by=ask.actor)
    product = product_of_id(ask.db, protocol.product_id, by=ask.actor)
    rules = protocol_rules(ask.services.frameworks)
    sections = rules.sections_of(protocol.template)
    mine = ask.actor is not None and may_run_protocol(ask.actor, protocol)
    values = {
        "protocol": protocol,
        "product": {"name": product.name, "url": f"/products/{product.ref}"},
        "template": rules.template[protocol.template],
        "rules": rules,
        "sections": [{"ask": one.ask, "text": protocol.answers.get(one.id, "")} for one in sections],
        "missing": lacking(protocol.answers, sections) if protocol.state == "draft" else {},
        "reviews": [review_shown(each) for each in protocol.reviews],
        "mine": mine,
        "columns": {"needed": ", ".join(NEEDED), "optional": ", ".join(OPTIONAL)},
        "typed": {name: day_typed(ask.form, name) or "" for name in ("began_on", "ended_on")} if mine else {},
        "errors": errors_of(refusal),
        "refusal": refusal,
    }
    return Page("evidence/protocol.html", values, shared=protocol.state == "stamped")


@page("/protocols/{ref:str}/text", who=ANYBODY_SIGNED_IN)
def edit_protocol(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Go on writing the plan."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    if not may_run_protocol(ask.by, protocol):
        raise NotAllowed("only the organisation whose plan it is can do this", "Act for that organisation.")
    return form_page(ask, product_of_id(ask.db, protocol.product_id, by=ask.by), protocol, refusal)


@post("/protocols/{ref:str}/text", who=ANYBODY_SIGNED_IN, again=edit_protocol)
def save_protocol(ask: Ask, ref: str) -> Goto:
    """Write the draft anew."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    expected = row_version(ask.form)
    change_protocol(ask.db, protocol, planned_of(ask), expected=expected, by=ask.by, at=ask.at)
    return Goto(f"/protocols/{protocol.ref}", told="The plan is kept.")


@post("/protocols/{ref:str}/stamp", who=ANYBODY_SIGNED_IN, again=show_protocol)
def stamp(ask: Ask, ref: str) -> Goto:
    """Put the plan on the record: from now on it stays as it is."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    stamp_protocol(ask.db, protocol, protocol_rules(ask.services.frameworks), by=ask.by, at=ask.at)
    return Goto(f"/protocols/{protocol.ref}", told="The plan is stamped. Everybody can read it; nobody can change it.")


@post("/protocols/{ref:str}/abandonment", who=ANYBODY_SIGNED_IN, again=show_protocol)
def abandon(ask: Ask, ref: str) -> Goto:
    """Throw a draft away."""
    discard_protocol(ask.db, find_protocol(ask.db, ref, by=ask.by), by=ask.by, at=ask.at)
    return Goto("/protocols", told="The draft is thrown away.")


@post("/protocols/{ref:str}/notes", who=ANYBODY_SIGNED_IN, again=show_protocol, largest=LARGEST_FILE)
def bring_notes(ask: Ask, ref: str) -> Goto:
    """Take in what reviewers judged, and show the rates."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    content, name = sent_of(ask)
    days = Fields(raw_of(ask.form))
    began, ended = days.day("began_on"), days.day("ended_on")
    days.check("the days do not hold")
    judged = read_judgements(read_csv(BytesIO(content)))
    found = review_notes(ask.db, protocol, judged, began_on=began, ended_on=ended, file_name=name, by=ask.by, at=ask.at)
    return Goto(f"/protocols/{protocol.ref}#review-{found.number}", told=f"{len(judged):,} judgements were taken in.")


@post("/protocols/{ref:str}/notes/{number:int}/publication", who=ANYBODY_SIGNED_IN)
def publish_notes(ask: Ask, ref: str, number: int) -> Goto:
    """Put the rates into the evidence of the product, whichever way they went."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    product = product_of_id(ask.db, protocol.product_id, by=ask.by)
    rules, is_on_show = protocol_rules(ask.services.frameworks), product.live_version_id is not None
    study = publish_review(ask.db, protocol, number, rules, is_on_show=is_on_show, by=ask.by, at=ask.at)
    return Goto(f"/studies/{study.ref}", told="The review stands in the evidence of the product.")


def form_page(ask: Ask, product: Product, protocol: Protocol | None, refusal: Refusal | None) -> Page:
    """The sections of a plan as kept, or as typed."""
    rules = protocol_rules(ask.services.frameworks)
    chosen = protocol.template if protocol else ask.form.one("template") or ask.query.one("template")
    template = rules.template.get(chosen, rules.templates[0])
    values = {
        "product": {"name": product.name, "url": f"/products/{product.ref}", "ref": product.ref},
        "protocol": protocol,
        "to": f"/protocols/{protocol.ref}/text" if protocol else f"/products/{product.ref}/protocols/new",
        "template": template,
        "templates": [{"label": one.label, "url": f"?template={one.id}"} for one in rules.templates if one != template],
        "sections": rules.sections_of(template.id),
        "typed": typed_of(ask, product, protocol),
        "yes_no": YES_NO,
        "errors": errors_of(refusal),
        "rules": rules,
    }
    return Page("evidence/protocol_form.html", values)


def typed_of(ask: Ask, product: Product, protocol: Protocol | None) -> dict[str, Any]:
    """What the fields hold: as typed, as kept, or blank; sections by their id."""
    rules = protocol_rules(ask.services.frameworks)
    sections = {one.id for template in rules.template for one in rules.sections_of(template)}
    if ask.form:
        answers = {one: ask.form.one(f"section-{one}") for one in sections}
        typed = {name: ask.form.one(name) for name in ("title", "version_number", "supplier_funded")}
        return {**typed, "answers": answers}
    kept = {one: protocol.answers.get(one, "") if protocol else "" for one in sections}
    on_sale = product.live_version.number if product.live_version else ""
    return {
        "title": protocol.title if protocol else "",
        "version_number": protocol.version_number if protocol else on_sale,
        "supplier_funded": ("yes" if protocol.supplier_funded else "no") if protocol else "",
        "answers": kept,
    }  # fmt: skip


def planned_of(ask: Ask) -> Planned:
    return read_planned(raw_of(ask.form), protocol_rules(ask.services.frameworks))


def sent_of(ask: Ask) -> tuple[bytes, str]:
    """The file that was sent and its name. Raises Invalid."""
    sent = ask.form.uploads.get("file", ())
    if not sent:
        told = "Choose a CSV file with a line for each note and reviewer."
        raise Invalid("no file was sent", told, fields={"file": told})
    return sent[0].stream.read(), clean_file_name(sent[0].name)


def review_shown(reviewed: NoteReview) -> dict[str, Any]:
    """A review with its rates as rows and its agreement in words."""
    found = reviewed.found
    return {
        "number": reviewed.number, "at": reviewed.at, "notes": found["notes"], "reviewers": found["reviewers"],
        "digest": reviewed.digest, "is_few": found["is_few"], "file_name": reviewed.file_name,
        "study_url": f"/studies/{reviewed.study.ref}" if reviewed.study else "",
        "rates": [
            (
                rate["measure"], f"{rate['value']:.2f}{rate['unit'] if rate['unit'] == '%' else ''}",
                f"{rate['low']:.2f} to {rate['high']:.2f}", f"{rate['events']:,} of {rate['cases']:,} {rate['of']}",
            )
            for rate in found["rates"]
        ],
        "agreements": [agreed_in_words(each) for each in found["agreements"]],
    }  # fmt: skip


def agreed_in_words(agreed: dict[str, Any]) -> str:
    """ "any omission: kappa 0.70, the same in 85 of 100 notes"."""
    same = f"the same in {agreed['agreed']:,} of {agreed['notes']:,} notes"
    return f"{agreed['what']}: kappa {number(agreed['kappa'], 2)}, {same}"


ROUTES = [
    begin_protocol, write_protocol, show_protocol, edit_protocol, save_protocol, stamp, abandon, bring_notes,
    publish_notes,
]  # fmt: skip
