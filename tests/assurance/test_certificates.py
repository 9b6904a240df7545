"""What becomes of a certificate: how a product conforms on a day, who is told, who relies on it, what can be checked."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.certificates import (
    reinstate_certificate,
    suspend_certificate,
    tell_of_dated_parts,
    withdraw_certificate,
)
from marketplace.assurance.actions.relying import accept_assurance, refuse_assurance
from marketplace.assurance.queries.certificates import (
    certificate_in_force,
    conformities,
    conformity_of,
    find_certificate,
    reuse_of,
    reuses_of,
    standing_of,
)
from marketplace.assurance.rules.conformity import NONE
from marketplace.catalogue.models import Product, Version
from marketplace.faces.standing import standing_documents
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from tests.assurance.scenes import Bench, a_certificate, an_answered_product, whole
from tests.cast import a_product, an_actor, recorded

DAY = timedelta(days=1)
YEAR = 365 * DAY
CONDITION = {
    "judgement": "met-with-conditions",
    "condition": "Roll out MFA to all",
    "due_on": datetime(2027, 3, 1).date(),
}


def status(db, services, product, on):
    return conformity_of(db, services.frameworks, product.id, on=on.date()).status


def test_a_product_that_nobody_assessed_says_so(db, services, product, now):
    assert conformity_of(db, services.frameworks, product.id, on=now.date()) == NONE


def test_a_penetration_test_of_366_days_ago_fails_its_part_on_that_day(db, services, bench: Bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now, tested=300)
    a_certificate(db, bench, product, by=lumen, at=now)
    tested = now - 300 * DAY

    held = [conformity_of(db, services.frameworks, product.id, on=(tested + day * DAY).date()) for day in (365, 366)]

    assert [each.status for each in held] == ["met", "expired"]
    assert held[0].until == (tested + 365 * DAY).date()
    assert all("C3.3 External penetration test" in each.cause for each in held)


def test_what_is_dated_first_ends_first_and_is_named(db, services, product, certificate, now):
    found = conformity_of(db, services.frameworks, product.id, on=now.date())

    assert found.until == datetime(2027, 6, 30).date(), "the toolkit's year ends sooner than the fee of the ICO"
    assert found.until_cause.startswith("C2.1 ")


def test_a_condition_that_was_not_kept_by_its_day_is_told_as_remediation(
    db, services, bench: Bench, product, lumen, now
):
    certificate = a_certificate(db, bench, product, by=lumen, at=now, outcome="met-with-conditions", C3_5=CONDITION)

    assert certificate.conditions == [{"code": "C3.5", "condition": "Roll out MFA to all", "due_on": "2027-03-01"}]
    assert status(db, services, product, now) == "met-with-conditions"
    assert status(db, services, product, datetime(2027, 3, 1)) == "met-with-conditions"
    assert status(db, services, product, datetime(2027, 3, 2)) == "in-remediation"


def test_suspended_reinstated_and_withdrawn_are_words_of_the_product(
    db, services, bench: Bench, product, certificate, now
):
    found = [status(db, services, product, now)]
    suspend_certificate(db, certificate, reason="A safety notice.", by=bench.third, at=now)
    found.append(status(db, services, product, now))
    reinstate_certificate(db, certificate, reason="It is mended.", by=bench.first, at=now)
    found.append(status(db, services, product, now))
    withdraw_certificate(db, certificate, reason="The model was replaced.", by=bench.first, at=now)
    found.append(status(db, services, product, now))

    assert found == ["met", "suspended", "met", "withdrawn"]
    with pytest.raises(Conflict, match="cannot reinstate a withdrawn certificate"):
        reinstate_certificate(db, certificate, reason="Please.", by=bench.first, at=now)


def test_only_the_body_or_an_operator_touches_a_certificate_and_says_why(db, certificate, lumen, moderator, buyer, now):
    stranger = an_actor(db, "Noor Haddad", "Another body", "assessor-body", "assessor", at=now)

    for who in (lumen, buyer, stranger):
        with pytest.raises(NotAllowed):
            suspend_certificate(db, certificate, reason="Because.", by=who, at=now)
    with pytest.raises(Invalid, match="the reason is missing"):
        suspend_certificate(db, certificate, reason=" ", by=moderator, at=now)
    suspend_certificate(db, certificate, reason="A court said so.", by=moderator, at=now)

    assert recorded(db, about=certificate.id) == ["CertificateIssued", "CertificateSuspended"]


def a_next_edition(db: Session, product: Product, *, number: str, change: str, at: datetime) -> Version:
    before = db.get_one(Version, product.live_version_id)
    before.state, before.superseded_at = "superseded", at
    db.flush()
    version = Version(
        id=new_id(at), product_id=product.id, edition=before.edition + 1, number=number, name=before.name,
        change=change, state="published", answers=dict(before.answers), created_at=at, published_at=at,
    )  # fmt: skip
    db.add(version)
    db.flush()
    product.live_version_id = version.id
    whole(db, product)
    return version


def test_a_certificate_is_of_one_version_and_a_corrected_description_keeps_it(db, services, product, certificate, now):
    first = product.live_version_id
    corrected = a_next_edition(db, product, number="1.0", change="correction", at=now + DAY)
    still = conformity_of(db, services.frameworks, product.id, on=now.date())
    newer = a_next_edition(db, product, number="2.0", change="new-model", at=now + 2 * DAY)
    now_none = conformity_of(db, services.frameworks, product.id, on=now.date())

    def holds(version_id):
        found = certificate_in_force(db, services.frameworks, product.id, version_id, on=now.date())
        return found.ref if found else None

    assert still.status == "met"
    assert now_none.status == "no-certificate"
    assert now_none.cause == f"{certificate.ref} is of version 1.0; version 2.0 is on sale."
    assert [holds(each) for each in (first, corrected.id, newer.id)] == [certificate.ref, certificate.ref, None]


def test_answers_after_the_decision_change_nothing_until_somebody_assesses_them(
    db, services, product, certificate, lumen, now
):
    dtac = services.frameworks.assurance["dtac"]

    answer(db, product, {"penetration-test-worst": 9.8}, framework=dtac, by=lumen, at=now + DAY)

    assert status(db, services, product, now + DAY) == "met"


def test_many_products_take_as_many_queries_as_one(db, services, bench: Bench, lumen, now):
    products = [an_answered_product(db, services, of=lumen, at=now, name=f"Scribe {n}") for n in range(4)]
    for each in products:
        a_certificate(db, bench, each, by=lumen, at=now)
    counted: list[str] = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda *args: counted.append(args[2]))
    counts = []

    ids = [each.id for each in products]
    for some in (ids[:1], ids):
        db.expunge_all()
        counted.clear()
        found = conformities(db, services.frameworks, some, on=now.date())
        counts.append(len(counted))
        assert {each.status for each in found.values()} == {"met"}

    assert counts[0] == counts[1] <= 7


def test_the_search_documents_say_how_a_product_stands(db, services, bench: Bench, certificate, lumen, now):
    suspend_certificate(db, certificate, reason="A safety notice.", by=bench.third, at=now)
    a_product(db, of=lumen, at=now, name="Lumen Letters")

    found = {each.title: each for each in standing_documents(db, services.frameworks, on=now.date())}

    assert found["Lumen Scribe"].facets["conformity"] == ("suspended",)
    assert {"word": "Suspended", "kind": "suspended"} in found["Lumen Scribe"].stored["status"]
    assert found["Lumen Letters"].facets["conformity"] == ("no-certificate",)


def test_each_turn_of_a_dated_part_is_told_once(db, services, bench: Bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now, tested=340)
    certificate = a_certificate(db, bench, product, by=lumen, at=now)

    told = [tell_of_dated_parts(db, services.frameworks, at=now + day * DAY) for day in (0, 1, 25, 26, 27)]

    assert told == [1, 0, 1, 1, 0]
    assert recorded(db, about=certificate.id) == [
        "CertificateIssued", "CertificateRunsOut", "CertificateRunsOut", "CertificateLapsed"
    ]  # fmt: skip


def test_a_second_trust_relies_on_what_was_assessed_once(db, services, certificate, buyer, other_buyer, now):
    accept_assurance(db, certificate, frameworks=services.frameworks, by=buyer, at=now)
    again = accept_assurance(db, certificate, by=buyer, at=now)
    refuse_assurance(db, certificate, reason="We need it tested on Welsh.", by=other_buyer, at=now)

    assert reuse_of(db, buyer.organisation_id, certificate.id).id == again.id
    assert [(each.organisation.name, each.accepted, each.reason) for each in reuses_of(db, certificate.id)] == [
        ("Ashdown Hospitals NHS Trust", True, ""),
        ("Calder Valley NHS Trust", False, "We need it tested on Welsh."),
    ]
    assert recorded(db, about=certificate.id) == ["CertificateIssued", "AssuranceReused", "AssuranceRefused"]


def test_nobody_refuses_without_a_reason_and_no_supplier_accepts(db, certificate, rival, buyer, now):
    with pytest.raises(Invalid, match="the reason is missing"):
        refuse_assurance(db, certificate, reason="", by=buyer, at=now)
    with pytest.raises(NotAllowed):
        accept_assurance(db, certificate, by=rival, at=now)


def test_what_does_not_hold_today_cannot_be_relied_on(db, services, bench: Bench, lumen, buyer, now):
    product = an_answered_product(db, services, of=lumen, at=now, tested=300)
    certificate = a_certificate(db, bench, product, by=lumen, at=now)

    with pytest.raises(Conflict, match="does not hold today: expired"):
        accept_assurance(db, certificate, frameworks=services.frameworks, by=buyer, at=now + 66 * DAY)
    suspend_certificate(db, certificate, reason="A safety notice.", by=bench.first, at=now)
    certificate = find_certificate(db, certificate.ref)
    with pytest.raises(Conflict, match="is suspended"):
        accept_assurance(db, certificate, by=buyer, at=now)


def test_standing_by_itself_knows_nothing_of_newer_versions(db, services, product, certificate, now):
    a_next_edition(db, product, number="2.0", change="new-model", at=now + DAY)

    assert standing_of(db, services.frameworks, find_certificate(db, certificate.ref), on=now.date()).status == "met"


def test_a_mistyped_reference_is_not_a_certificate(db):
    with pytest.raises(NotFound):
        find_certificate(db, "CER-0000-0000-0")
