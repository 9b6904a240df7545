"""Planning an evaluation, stamping the plan on the record, and taking in data after that and not before."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import rfc8785
from sqlalchemy.orm import Session

from marketplace.evidence.events import (
    NotesReviewed,
    ProtocolAdded,
    ProtocolChanged,
    ProtocolDiscarded,
    ProtocolStamped,
)
from marketplace.evidence.models import NoteReview, Protocol
from marketplace.evidence.policies import may_evaluate, may_run_protocol
from marketplace.evidence.queries.protocols import protocol_content
from marketplace.evidence.rules.protocols import ProtocolRules, lacking, protocol_digest
from marketplace.evidence.rules.review import Judgement, review
from marketplace.evidence.schemas.protocols import Planned
from marketplace.evidence.schemas.reviews import refuse_days
from marketplace.evidence.states import PROTOCOL
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.values import asdict

OWNERS = "only the organisation whose plan it is can do this"


def add_protocol(
    db: Session, product_id: UUID, planned: Planned, *, is_suppliers: bool, by: Actor, at: datetime
) -> Protocol:
    """Begin the plan of an evaluation of a product. `is_suppliers` says that the actor's own offers it.

    Raises NotAllowed.
    """
    if not may_evaluate(by) or by.organisation_id is None:
        fact = "evaluations are planned by those who buy, evaluate or offer products"
        raise NotAllowed(fact, "Ask a manager of your organisation for the role.")
    protocol = Protocol(
        id=new_id(at), ref=new_reference("PRT"), product_id=product_id, organisation_id=by.organisation_id,
        state=PROTOCOL.start, created_at=at, created_by_id=by.person_id, is_suppliers=is_suppliers, digest="",
        is_demonstration=by.is_demonstration, reviews=[], **asdict(planned),
    )  # fmt: skip
    db.add(protocol)
    record(db, ProtocolAdded(title=protocol.title, **_about(protocol)), by=by, at=at)
    db.flush()
    return protocol


def change_protocol(
    db: Session, protocol: Protocol, planned: Planned, *, expected: int | None = None, by: Actor, at: datetime
) -> None:
    """Write a draft anew. Raises NotAllowed, and Conflict for one that is stamped: a new plan is a new protocol."""
    _refuse_strangers(protocol, by)
    if protocol.state != "draft":
        raise Conflict(f"cannot change a {protocol.state} protocol", "Write a new one: this one stays as it was.")
    hold_version(expected, protocol.row_version)
    for name, value in asdict(planned).items():
        setattr(protocol, name, value)
    record(db, ProtocolChanged(**_about(protocol)), by=by, at=at)
    db.flush()


def stamp_protocol(db: Session, protocol: Protocol, rules: ProtocolRules, *, by: Actor, at: datetime) -> None:
    """Put the plan on the record with its digest, for everybody to read. Raises NotAllowed, Conflict, Invalid."""
    _refuse_strangers(protocol, by)
    state = PROTOCOL.after("stamp", protocol.state)
    missing = lacking(protocol.answers, rules.sections_of(protocol.template))
    if missing:
        fact = f"the protocol is not complete: {len(missing)} section{'s are' if len(missing) > 1 else ' is'} open"
        fields = {f"section-{name}": text for name, text in missing.items()}
        raise Invalid(fact, "Write what is named, then stamp it.", fields=fields)
    protocol.state, protocol.stamped_at = state, at
    protocol.digest = protocol_digest(protocol_content(protocol))
    stamped = ProtocolStamped(
        title=protocol.title, template=protocol.template, version_number=protocol.version_number,
        digest=protocol.digest, **_about(protocol),
    )  # fmt: skip
    record(db, stamped, by=by, at=at)
    db.flush()


def discard_protocol(db: Session, protocol: Protocol, *, by: Actor, at: datetime) -> None:
    """Throw a draft away. Raises NotAllowed, Conflict for what is stamped."""
    _refuse_strangers(protocol, by)
    protocol.state = PROTOCOL.after("discard", protocol.state)
    record(db, ProtocolDiscarded(**_about(protocol)), by=by, at=at)
    db.flush()


def review_notes(
    db: Session, protocol: Protocol, judgements: Sequence[Judgement], *, began_on: date | None, ended_on: date | None,
    file_name: str = "", by: Actor, at: datetime,
) -> NoteReview:  # fmt: skip
    """Take in what reviewers judged, and work its rates out. `protocol` has its reviews.

    Raises NotAllowed, Invalid, and Conflict where the plan is not stamped: it is written down before data come.
    """
    _refuse_strangers(protocol, by)
    if protocol.state != "stamped" or protocol.stamped_at is None:
        raise Conflict("the protocol is not stamped", "Stamp it first: a plan comes before its data.")
    refuse_days(began_on, ended_on, stamped_on=day_in_london(protocol.stamped_at), on=day_in_london(at))
    kept = [asdict(each) for each in judgements]
    digest = hashlib.sha256(rfc8785.dumps(kept)).hexdigest()
    if any(each.digest == digest for each in protocol.reviews):
        raise Conflict("these judgements are here already", "Send others, or publish the review that is there.")
    found = review(judgements)
    reviewed = NoteReview(
        id=new_id(at), protocol_id=protocol.id, number=len(protocol.reviews) + 1, file_name=file_name, digest=digest,
        judgements=kept, found=asdict(found), began_on=began_on, ended_on=ended_on, at=at, by_id=by.person_id,
        study=None,
    )  # fmt: skip
    protocol.reviews.append(reviewed)
    told = NotesReviewed(
        number=reviewed.number, notes=found.notes, reviewers=found.reviewers, digest=digest, **_about(protocol)
    )
    record(db, told, by=by, at=at)
    db.flush()
    return reviewed


def _refuse_strangers(protocol: Protocol, by: Actor) -> None:
    if not may_run_protocol(by, protocol):
        raise NotAllowed(OWNERS, "Act for that organisation.")


def _about(protocol: Protocol) -> dict[str, UUID]:
    return {
        "protocol_id": protocol.id,
        "product_id": protocol.product_id,
        "organisation_id": protocol.organisation_id,
    }
