"""Plans of evaluations: templates, one's own plans, stamping them, and the judgements that come in under them."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Answer, Asked, get, post, put
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
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
from marketplace.evidence.policies import may_run_protocol
from marketplace.evidence.queries.declared import protocol_rules
from marketplace.evidence.queries.protocols import find_protocol, own_protocols
from marketplace.evidence.schemas.protocols import Planned, read_planned
from marketplace.evidence.schemas.reviews import MOST_JUDGEMENTS, read_judgements
from marketplace.identity.policies import Permission, owns
from marketplace.kit.sheets import Row

SCOPE = Permission.EVALUATION_OFFER


class ProtocolIn(In):
    """A plan: `answers` by section of the template, which can be left for later."""

    template: Line
    title: Line
    version_number: Line
    supplier_funded: bool
    answers: dict[str, Text] = Field(default_factory=dict)


class NotesIn(In):
    """Judgements as the columns of the CSV name them, every value as text, and the days on which notes were read."""

    began_on: date
    ended_on: date
    judgements: Annotated[list[dict[str, Line]], Field(max_length=MOST_JUDGEMENTS)]


class ReviewOut(Out):
    """What one review came to: `found` has its rates with intervals and the agreement of reviewers."""

    number: int
    at: datetime
    digest: str
    found: dict[str, Any]
    study: str


class ProtocolOut(Out):
    """A plan whole. `digest` covers it as stamped; it is empty for a draft."""

    ref: str
    product: str
    title: str
    template: str
    version_number: str
    state: str
    supplier_funded: bool
    is_suppliers: bool
    owner: str
    answers: dict[str, str]
    digest: str
    stamped_at: datetime | None
    reviews: list[ReviewOut]


class TemplateOut(Out):
    """A template of the kit: `sections` are the ids to answer, with what each asks."""

    id: str
    label: str
    text: str
    design: str
    sections: dict[str, str]
    sample: dict[str, Any]
    watch: list[str]


@get("/evidence/kit", who=PUBLIC, is_shared=True)
def list_templates(ask: Asked) -> Listed[TemplateOut]:
    """Every template of the evaluation kit."""
    rules = protocol_rules(ask.services.frameworks)
    return all_of(
        [
            TemplateOut(
                id=one.id, label=one.label, text=one.text, design=one.design, sample=one.sample, watch=list(one.watch),
                sections={each.id: each.ask for each in rules.sections_of(one.id)},
            )
            for one in rules.templates
        ]
    )  # fmt: skip


@get("/protocols", who=ANYBODY_SIGNED_IN, scope=SCOPE)
def list_own(ask: Asked) -> Listed[ProtocolOut]:
    """What one's own organisation has planned."""
    own = [find_protocol(ask.db, one.ref, by=ask.by) for one in own_protocols(ask.db, by=ask.by)]
    return all_of([protocol_out(ask, one) for one in own])


@get("/protocols/{ref:str}", who=PUBLIC)
def show(ask: Asked, ref: str) -> Answer[ProtocolOut]:
    """A stamped plan, or a draft of one's own."""
    protocol = find_protocol(ask.db, ref, by=ask.actor)
    mine = ask.actor is not None and may_run_protocol(ask.actor, protocol)
    return Answer(protocol_out(ask, protocol), version=protocol.row_version if mine else None)


@post("/products/{ref:str}/protocols", who=ANYBODY_SIGNED_IN, scope=SCOPE, status=201)
def add(ask: Asked, ref: str, body: ProtocolIn) -> Answer[ProtocolOut]:
    """Plan an evaluation of a product, as a draft."""
    product = product_for(ask.db, ref, by=ask.by)
    own = owns(ask.by, product.organisation_id)
    protocol = add_protocol(ask.db, product.id, _planned(ask, body), is_suppliers=own, by=ask.by, at=ask.at)
    return _answer(ask, protocol, location=f"/v1/protocols/{protocol.ref}")


@put("/protocols/{ref:str}", who=ANYBODY_SIGNED_IN, scope=SCOPE, conditional=True)
def change(ask: Asked, ref: str, body: ProtocolIn) -> Answer[ProtocolOut]:
    """Put a plan in the place of a draft; what is stamped stays as it is."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    ask.expected(protocol.row_version)
    change_protocol(ask.db, protocol, _planned(ask, body), by=ask.by, at=ask.at)
    return _answer(ask, protocol)


@post("/protocols/{ref:str}/stamp", who=ANYBODY_SIGNED_IN, scope=SCOPE)
def stamp(ask: Asked, ref: str) -> Answer[ProtocolOut]:
    """Put the plan on the record, before any data."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    stamp_protocol(ask.db, protocol, protocol_rules(ask.services.frameworks), by=ask.by, at=ask.at)
    return _answer(ask, protocol)


@post("/protocols/{ref:str}/abandonment", who=ANYBODY_SIGNED_IN, scope=SCOPE, status=204)
def abandon(ask: Asked, ref: str) -> None:
    """Throw a draft away."""
    discard_protocol(ask.db, find_protocol(ask.db, ref, by=ask.by), by=ask.by, at=ask.at)


@post("/protocols/{ref:str}/notes", who=ANYBODY_SIGNED_IN, scope=SCOPE, status=201)
def bring_notes(ask: Asked, ref: str, body: NotesIn) -> ReviewOut:
    """Take in judgements of notes under a stamped plan; the answer has their rates."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    judged = read_judgements(Row(number, row) for number, row in enumerate(body.judgements, start=1))
    found = review_notes(ask.db, protocol, judged, began_on=body.began_on, ended_on=body.ended_on, by=ask.by, at=ask.at)
    return _review(found, "")


@post("/protocols/{ref:str}/notes/{number:int}/publication", who=ANYBODY_SIGNED_IN, scope=SCOPE)
def publish(ask: Asked, ref: str, number: int) -> Answer[ProtocolOut]:
    """Put the rates of a review into the evidence of the product, whichever way they went."""
    protocol = find_protocol(ask.db, ref, by=ask.by)
    product = product_of_id(ask.db, protocol.product_id, by=ask.by)
    rules, is_on_show = protocol_rules(ask.services.frameworks), product.live_version_id is not None
    publish_review(ask.db, protocol, number, rules, is_on_show=is_on_show, by=ask.by, at=ask.at)
    return _answer(ask, protocol)


def protocol_out(ask: Asked, protocol: Protocol) -> ProtocolOut:
    """A protocol whose owner and reviews are loaded."""
    named = ("ref", "title", "template", "version_number", "state", "supplier_funded", "is_suppliers", "answers",
             "digest", "stamped_at")  # fmt: skip
    return ProtocolOut(
        **{name: getattr(protocol, name) for name in named}, owner=protocol.organisation.name,
        product=product_of_id(ask.db, protocol.product_id, by=ask.actor).ref,
        reviews=[_review(each, each.study.ref if each.study else "") for each in protocol.reviews],
    )  # fmt: skip


def _review(reviewed: NoteReview, study: str) -> ReviewOut:
    return ReviewOut(number=reviewed.number, at=reviewed.at, digest=reviewed.digest, found=reviewed.found, study=study)


def _planned(ask: Asked, body: ProtocolIn) -> Planned:
    raw = {
        "template": body.template, "title": body.title, "version_number": body.version_number,
        "supplier_funded": "yes" if body.supplier_funded else "no",
        **{f"section-{name}": text for name, text in body.answers.items()},
    }  # fmt: skip
    return read_planned(raw, protocol_rules(ask.services.frameworks))


def _answer(ask: Asked, protocol: Protocol, location: str = "") -> Answer[ProtocolOut]:
    whole = find_protocol(ask.db, protocol.ref, by=ask.by)
    return Answer(protocol_out(ask, whole), version=whole.row_version, location=location)


CALLS = [list_templates, list_own, show, add, change, stamp, abandon, bring_notes, publish]
