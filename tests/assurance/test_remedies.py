"""Conditions and what was not met: planned by the supplier, shown, closed by an assessor, and told of when late."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.assurance.actions.assessing import find
from marketplace.assurance.actions.deciding import decide, propose
from marketplace.assurance.actions.remedies import offer_remedy, plan_remedy, settle_remedy, tell_overdue
from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import conformity_of, find_certificate
from marketplace.assurance.queries.remedies import (
    offered_remedies,
    open_remedies,
    remedies_of,
    remedies_of_product,
    steps_of,
)
from marketplace.catalogue.queries.products import attachments_of
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from tests.assurance.scenes import Bench, a_case, a_certificate, begin, judge_all
from tests.cast import recorded
from tests.worlds import part

DAY = timedelta(days=1)
TO_MEND = "Every administrator signs in with a second factor."


@part
def certificate(db: Session, bench: Bench, product, lumen, now) -> Certificate:
    """Met, on condition that something is mended within 90 days."""
    condition = {"judgement": "met-with-conditions", "condition": TO_MEND, "due_on": (now + 90 * DAY).date()}
    return a_certificate(db, bench, product, by=lumen, at=now, outcome="met-with-conditions", C3_5=condition)


def settled(db, remedy, bench, *, closes, at, words=""):
    settle_remedy(
        db, remedy, closes=closes, words=words, has_no_conflict=True, frameworks=bench.services.frameworks,
        by=bench.second, at=at,
    )  # fmt: skip


def test_a_condition_is_planned_shown_and_closed_and_weighs_on_the_certificate_no_more(db, services, bench: Bench, product, certificate, lumen, now):  # fmt: skip
    (remedy,) = remedies_of(db, certificate.case_id)
    paper = attachments_of(db, product.id)[0]
    before = conformity_of(db, services.frameworks, product.id, on=now.date())

    plan_remedy(db, remedy, owner_id=lumen.person_id, planned_on=(now + 30 * DAY).date(), by=lumen, at=now)
    offer_remedy(db, remedy, words="It is on for all.", documents=[paper.id], by=lumen, at=now + DAY)
    waiting = offered_remedies(db, bench.first.organisation_id)
    settled(db, remedy, bench, closes=True, at=now + 2 * DAY)
    after = conformity_of(db, services.frameworks, product.id, on=(now + 2 * DAY).date())
    steps = steps_of(db, [remedy.id])[remedy.id]

    assert (remedy.words, remedy.severity, str(remedy.due_on)) == (TO_MEND, "minor", "2027-02-22")
    assert [each.code for each in waiting] == ["C3.5"]
    assert (before.status, after.status) == ("met-with-conditions", "met")
    assert (len(before.conditions), len(after.conditions)) == (1, 0)
    assert [each.move for each in steps] == ["plan", "offer", "close"]
    assert steps[1].documents[0]["digest"] == paper.digest
    assert find_certificate(db, certificate.ref).closed == [{"code": "C3.5", "on": "2026-11-26"}]


def test_what_is_not_done_yet_goes_back_with_what_is_missing(db, bench: Bench, certificate, lumen, now):
    (remedy,) = remedies_of(db, certificate.case_id)
    offer_remedy(db, remedy, words="It is on.", by=lumen, at=now)

    with pytest.raises(Invalid, match="words is missing"):
        settled(db, remedy, bench, closes=False, at=now)
    settled(db, remedy, bench, closes=False, words="For two customers it is not.", at=now)

    assert [each.code for each in open_remedies(db, lumen.organisation_id)] == ["C3.5"]
    assert "RemedyReturned" in recorded(db, about=remedy.id)
    with pytest.raises(Conflict):
        settled(db, remedy, bench, closes=True, at=now)


def test_a_plan_keeps_to_the_assessors_day_and_to_the_suppliers_people(db, bench: Bench, certificate, lumen, rival, now):
    (remedy,) = remedies_of(db, certificate.case_id)

    with pytest.raises(Invalid) as refusal:
        plan_remedy(db, remedy, owner_id=rival.person_id, planned_on=(now + 120 * DAY).date(), by=lumen, at=now)
    with pytest.raises(NotAllowed):
        plan_remedy(db, remedy, owner_id=None, planned_on=None, by=rival, at=now)
    with pytest.raises(NotAllowed):
        offer_remedy(db, remedy, words="Mine.", by=bench.first, at=now)

    assert set(refusal.value.fields) == {"owner", "planned-on"}


def test_only_an_assessor_of_the_body_without_a_conflict_closes(db, bench: Bench, certificate, lumen, now):
    (remedy,) = remedies_of(db, certificate.case_id)
    offer_remedy(db, remedy, words="It is on.", by=lumen, at=now)
    words = {"closes": True, "frameworks": bench.services.frameworks, "at": now}

    with pytest.raises(NotAllowed):
        settle_remedy(db, remedy, has_no_conflict=True, by=lumen, **words)
    with pytest.raises(Invalid, match="nothing was declared"):
        settle_remedy(db, remedy, has_no_conflict=False, by=bench.first, **words)


def test_a_condition_past_its_day_is_told_of_once_and_the_product_is_in_remediation(db, services, product, certificate, lumen, now):  # fmt: skip
    late = now + 91 * DAY
    (remedy,) = remedies_of(db, certificate.case_id)

    first, second = tell_overdue(db, at=late), tell_overdue(db, at=late + DAY)

    assert (first, second) == (1, 0)
    assert recorded(db, about=remedy.id)[-1] == "RemedyOverdue"
    assert conformity_of(db, services.frameworks, product.id, on=late.date()).status == "in-remediation"


def test_what_was_not_met_becomes_a_plan_with_its_severity(db, services, bench: Bench, product, lumen, now):
    case, frameworks = a_case(db, bench, product, by=lumen, at=now), services.frameworks
    begin(db, case, bench.first, at=now)
    finding = {"judgement": "not-met", "note": "A hazard is missing.", "severity": "critical"}
    judge_all(db, bench, case, bench.first, at=now, C1_2_4=finding)
    propose(db, case, "not-met", "The log.", frameworks=frameworks, by=bench.first, at=now)
    begin(db, case, bench.second, at=now)

    decide(db, case, "not-met", "I agree.", frameworks=frameworks, seal=bench.seal, by=bench.second, at=now)

    (remedy,) = remedies_of_product(db, product.id)
    assert (remedy.kind, remedy.severity, remedy.words) == ("finding", "critical", "A hazard is missing.")


def test_what_is_critical_is_not_met(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)

    with pytest.raises(Invalid) as refusal:
        find(
            db, case, "C3.5", "met-with-conditions", condition="Mend it.", severity="critical",
            frameworks=services.frameworks, by=bench.first, at=now,
        )  # fmt: skip

    assert refusal.value.fields == {"severity": "What is critical is not met. Choose that, or a lesser severity."}
