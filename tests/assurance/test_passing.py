"""Uses of products, incidents, notices and reliance pass on; two uses of one product are for people to decide on."""

import pytest

from marketplace.assurance.models import Deployment, Incident, Receipt, Reuse
from marketplace.assurance.queries.safety.holders import holders_of
from marketplace.assurance.queries.safety.notices import find_notice
from marketplace.identity.policies import Actor
from marketplace.identity.rules.successions import SPLIT
from marketplace.kit.ids import new_id
from tests import cast
from tests.assurance.safety import a_deployment, a_log, a_notice
from tests.contracts.outcomes import a_certificate
from tests.successions import carried_out, in_the_way, look, proposed


@pytest.fixture
def outsider(db, now) -> Actor:
    """Ida Moor, who manages Penwith Trust."""
    return cast.an_actor(db, "Ida Moor", "Penwith NHS Trust", "trust", "buyer", "manager", at=now)


@pytest.fixture
def scribe(db, frameworks, lumen, now):
    product = cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")
    a_log(db, frameworks, product, by=lumen, at=now)
    return product


def relied_on(db, product, by: Actor, *, at) -> Reuse:
    certificate = a_certificate(db, product, at=at)
    reuse = Reuse(
        id=new_id(at), certificate_id=certificate.id, organisation_id=by.organisation_id, accepted=True,
        reason="It covers our clinics.", ground="", by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(reuse)
    db.flush()
    return reuse


def test_a_use_goes_with_its_log_and_the_new_one_holds_the_product(db, scribe, buyer, outsider, moderator, now):
    used = a_deployment(db, scribe, by=buyer, at=now)

    carried_out(db, buyer, outsider, moderator, at=now)

    assert db.get_one(Deployment, used.id).organisation_id == outsider.organisation_id
    assert list(holders_of(db, scribe.id)) == [outsider.organisation_id]


def test_a_notice_that_waits_for_an_answer_waits_for_the_new_one(
    db, frameworks, scribe, lumen, buyer, outsider, moderator, now
):
    a_deployment(db, scribe, by=buyer, at=now)
    notice = a_notice(db, frameworks, scribe, by=lumen, at=now)
    for receipt in db.query(Receipt).all():
        assert receipt.organisation_id == buyer.organisation_id

    carried_out(db, buyer, outsider, moderator, at=now)

    assert [one.organisation_id for one in db.query(Receipt).all()] == [outsider.organisation_id]
    assert find_notice(db, notice.ref, by=lumen).ref == notice.ref


def test_what_one_relied_on_the_other_relies_on_and_says_where_that_comes_from(
    db, scribe, buyer, outsider, moderator, now
):
    mine = relied_on(db, scribe, buyer, at=now)

    carried_out(db, buyer, outsider, moderator, at=now)

    before, after = db.query(Reuse).order_by(Reuse.id).all()
    assert (before.id, before.organisation_id) == (mine.id, buyer.organisation_id)
    assert after.organisation_id == outsider.organisation_id
    assert after.reason == "Decided by Ashdown Hospitals NHS Trust on 24 November 2026. It covers our clinics."
    assert list(holders_of(db, scribe.id)) == [outsider.organisation_id]


def test_two_uses_of_one_product_stand_in_the_way(db, scribe, buyer, outsider, moderator, now):
    a_deployment(db, scribe, by=buyer, at=now)
    a_deployment(db, scribe, by=outsider, at=now)
    succession = proposed(db, buyer, outsider, moderator, at=now)

    assert in_the_way(db, succession) == ["both Ashdown Hospitals NHS Trust and Penwith NHS Trust use Lumen Scribe"]
    assert "hazard log and a safety case of its own" in look(db, succession).blockers[0].hint


def test_a_split_takes_one_use_with_its_incidents_and_notices(
    db, frameworks, scribe, lumen, buyer, outsider, moderator, now
):
    other = cast.a_product(db, of=lumen, at=now, name="Lumen Summary")
    a_log(db, frameworks, other, by=lumen, at=now)
    chosen, kept = (a_deployment(db, product, by=buyer, at=now) for product in (scribe, other))
    a_notice(db, frameworks, scribe, by=lumen, at=now)
    db.add(an_incident(chosen, buyer, lumen, now))
    db.flush()

    carried_out(db, buyer, outsider, moderator, at=now, kind=SPLIT, chosen=[f"deployment:{chosen.id}"])

    assert db.get_one(Deployment, kept.id).organisation_id == buyer.organisation_id
    assert [one.organisation_id for one in db.query(Receipt).all()] == [outsider.organisation_id]
    assert [one.organisation_id for one in db.query(Incident).all()] == [outsider.organisation_id]


def an_incident(used: Deployment, by: Actor, supplier: Actor, at) -> Incident:
    return Incident(
        id=new_id(at), ref="INC-2222-2222-2", product_id=used.product_id, supplier_id=supplier.organisation_id,
        organisation_id=by.organisation_id, deployment_id=used.id, state="reported", severity="minor",
        words="A letter went to the wrong tray.", happened_on=at.date(), reported_at=at,
    )  # fmt: skip
