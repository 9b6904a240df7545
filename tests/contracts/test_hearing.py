"""Who is told of texts and signatures, and what becomes of a text when its procurement changes."""

from datetime import datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts import events
from marketplace.contracts.actions.signing import decline
from marketplace.contracts.actions.texts import issue_contract
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.contracts import binding_text
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.subscribers.agreements import follows_procurement, tells_of_texts, tells_who_signs
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Notice
from marketplace.identity.policies import Actor
from marketplace.kit.events import Event, event_from
from marketplace.kit.jobs import Heard
from marketplace.kit.record import Entry
from marketplace.procurement.events import ProcurementCancelled, ProcurementReopened
from tests.contracts.agreements import Signers, signed_by


def last(db: Session, kind: type[Event], *, at: datetime) -> Heard:
    """What was recorded last of this kind, as a subscriber hears it."""
    db.flush()
    entry = db.scalars(select(Entry).where(Entry.name == kind.recorded_as).order_by(Entry.id.desc())).first()
    assert entry is not None
    return Heard(event_from(entry.name, entry.payload), at, entry.by_person_id, entry.by_organisation_id, str(entry.id))


def told(db: Session, who: Actor) -> list[str]:
    return list(db.scalars(select(Notice.title).where(Notice.person_id == who.person_id).order_by(Notice.id)))


@pytest.fixture
def issued(db: Session, frameworks: Frameworks, draft: Contract, buyer: Actor, certified: SimpleNamespace, now: datetime) -> Contract:
    issue_contract(db, frameworks, draft, by=buyer, at=now)
    return draft


def test_whose_turn_it_is_is_told_once_and_the_next_when_somebody_has_signed(
    db: Session, frameworks: Frameworks, issued: Contract, people: Signers, now: datetime
):
    for _ in range(2):
        tells_who_signs(db, last(db, events.ContractIssued, at=now))
    assert told(db, people.participant) == ["Scribing together: it is your turn to sign"]
    assert told(db, people.lead) == []

    signed_by(db, frameworks, issued, people.participant, at=now)
    tells_who_signs(db, last(db, events.ContractSigned, at=now))
    assert told(db, people.lead) == ["Scribing together: it is your turn to sign"]
    assert told(db, people.supplier) == []


def test_a_binding_text_is_told_to_every_party_with_its_digest(db: Session, signed: Contract, people: Signers, buyer: Actor, now: datetime):
    tells_of_texts(db, last(db, events.ContractBound, at=now))

    assert told(db, people.participant) == told(db, buyer) == ["Scribing together: every party has signed"]
    digest = binding_text(db, signed).digest
    assert digest in db.scalars(select(Notice.body).where(Notice.person_id == buyer.person_id)).one()


def test_a_refusal_is_told_with_its_reason(db: Session, issued: Contract, people: Signers, buyer: Actor, now: datetime):
    digest = open_text(db, issued.id).digest
    decline(db, issued, digest=digest, reason="The cap is too low.", by=people.supplier, at=now)

    tells_of_texts(db, last(db, events.ContractDeclined, at=now))

    assert told(db, buyer) == ["Scribing together: text 1 was declined"]
    assert db.scalars(select(Notice.body).where(Notice.person_id == buyer.person_id)).one() == "The cap is too low."
    assert told(db, people.supplier) == []


def test_a_procurement_that_is_opened_again_takes_its_text_back(db: Session, issued: Contract, now: datetime):
    opened = ProcurementReopened(procurement_id=issued.procurement_id, reason="A trust left.", composition=2)

    for _ in range(2):
        follows_procurement(db, Heard(opened, now, None, None, "key"))

    assert (issued.state, open_text(db, issued.id)) == ("draft", None)


def test_a_cancelled_procurement_cancels_its_contract_and_no_other(db: Session, issued: Contract, now: datetime):
    follows_procurement(db, Heard(ProcurementCancelled(procurement_id=uuid4(), reason="Another.", was="settled"), now, None, None, "a"))
    assert issued.state == "issued"

    ended = ProcurementCancelled(procurement_id=issued.procurement_id, reason="No budget.", was="settled")
    follows_procurement(db, Heard(ended, now, None, None, "b"))

    assert issued.state == "cancelled"
    assert issued.state_reason == "The procurement was cancelled: No budget."
