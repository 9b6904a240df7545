"""What was certified is looked at again: set by its issue, told of ahead, held by one person, weighing on the certificate."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.certificates import withdraw_certificate
from marketplace.assurance.actions.remedies import offer_remedy, settle_remedy
from marketplace.assurance.actions.surveillance import (
    appoint_visit,
    begin_visit,
    end_visit,
    find_at_visit,
    set_visit,
    tell_of_visits,
)
from marketplace.assurance.models import Visit
from marketplace.assurance.queries.certificates import conformity_of, find_certificate
from marketplace.assurance.queries.declared import surveillance
from marketplace.assurance.queries.remedies import remedies_of
from marketplace.assurance.queries.surveillance import open_visit, visits_expected, visits_of, visits_waiting
from marketplace.assurance.rules.surveillance import came_to, next_visit
from marketplace.identity.models import Notice
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.assurance.scenes import Bench
from tests.cast import recorded

DAY = timedelta(days=1)
WEIGHT = ("continues", "with-conditions", "in-remediation", "suspended")
FINDINGS = st.sampled_from([
    ("met", ""), ("met-with-conditions", "minor"), ("not-met", "major"), ("not-met", "critical"),
])  # fmt: skip


@pytest.fixture
def visit(db: Session, bench: Bench, certificate, now) -> Visit:
    """A visit that the second assessor has begun."""
    visit = set_visit(db, certificate, bench.services.frameworks, since=now.date(), at=now)
    appoint(db, visit, bench, at=now)
    begin_visit(db, visit, has_no_conflict=True, by=bench.second, at=now)
    return visit


def appoint(db, visit, bench: Bench, *, at, **other):
    told = {"planned_on": at.date(), "way": "remote", "person_id": bench.second.person_id, "by": bench.first, **other}
    appoint_visit(db, visit, frameworks=bench.services.frameworks, at=at, **told)


def find(db, visit, bench, code, judgement, *, at, **more):
    find_at_visit(db, visit, code, judgement, frameworks=bench.services.frameworks, by=bench.second, at=at, **more)


def end(db, visit, bench, *, at) -> str:
    return end_visit(db, visit, reasons="I read the log.", frameworks=bench.services.frameworks, by=bench.second, at=at)


@given(st.lists(FINDINGS, min_size=1), FINDINGS)
def test_another_finding_never_makes_a_visit_come_to_something_better(findings, another):
    assert WEIGHT.index(came_to([*findings, another])) >= WEIGHT.index(came_to(findings))
    assert came_to(reversed(findings)) == came_to(findings)


def test_what_changes_more_often_is_looked_at_more_often(frameworks):
    declared = surveillance(frameworks)

    assert next_visit(declared, "dtac", date(2026, 2, 28)) == date(2027, 2, 28)
    assert next_visit(declared, "genai", date(2026, 8, 31)) == date(2027, 2, 28)
    assert {each.framework for each in declared.sooner} <= frameworks.assurance.keys()


def test_a_certificate_sets_its_visit_and_its_withdrawal_drops_it(db, services, bench: Bench, certificate, now):
    db.expire_on_commit = False
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: now)
    db.expire_all()
    ahead = open_visit(db, certificate.id)
    before = (ahead.state, ahead.due_on)
    withdraw_certificate(db, find_certificate(db, certificate.ref), reason="It is another.", by=bench.first, at=now)
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: now)
    db.expire_all()

    assert before == ("due", date(2027, 11, 24))
    assert visits_of(db, certificate.id) == []
    assert tell_of_visits(db, services.frameworks, at=now + 400 * DAY) == 0


def test_a_visit_is_told_of_a_month_ahead_and_once_more_when_it_is_late(db, services, bench: Bench, certificate, lumen, now):  # fmt: skip
    words, body_id = services.frameworks, bench.first.organisation_id
    told = [tell_of_visits(db, words, at=now + days * DAY) for days in (300, 340, 341, 370, 371)]
    late = visits_waiting(db, body_id, on=(now + 370 * DAY).date(), ahead=30)

    assert told == [0, 1, 0, 1, 0]
    assert [each for each in recorded(db, about=certificate.id) if each.startswith("Visit")] == [
        "VisitDue",
        "VisitOverdue",
    ]
    assert [each.certificate_id for each in late] == [certificate.id]
    assert visits_waiting(db, body_id, on=now.date(), ahead=30) == []


def test_a_visit_that_finds_all_as_it_was_leaves_the_certificate_and_sets_the_next(db, services, bench: Bench, product, certificate, visit, now):  # fmt: skip
    find(db, visit, bench, "C1.2.4", "met", note="The log is alive.", at=now)

    outcome = end(db, visit, bench, at=now + DAY)

    assert outcome == "continues"
    assert conformity_of(db, services.frameworks, product.id, on=now.date()).status == "met"
    assert [each.state for each in visits_of(db, certificate.id)] == ["due", "ended"]
    assert open_visit(db, certificate.id).due_on == date(2027, 11, 25)
    assert remedies_of(db, certificate.case_id) == []


def test_a_condition_of_a_visit_is_on_the_certificate_until_it_is_put_right(db, services, bench: Bench, product, certificate, visit, lumen, now):  # fmt: skip
    due_on, frameworks = (now + 60 * DAY).date(), services.frameworks
    find(db, visit, bench, "C3.5", "met-with-conditions", condition="Ask each administrator.", due_on=due_on, at=now)
    end(db, visit, bench, at=now)
    (remedy,) = remedies_of(db, certificate.case_id)
    during = conformity_of(db, frameworks, product.id, on=now.date())
    late = conformity_of(db, frameworks, product.id, on=due_on + DAY)

    offer_remedy(db, remedy, words="It is on.", by=lumen, at=now)
    settle_remedy(db, remedy, closes=True, has_no_conflict=True, frameworks=frameworks, by=bench.first, at=now)
    after = conformity_of(db, frameworks, product.id, on=now.date())

    assert [each["condition"] for each in during.conditions] == ["Ask each administrator."]
    assert [each.status for each in (during, late, after)] == ["met-with-conditions", "in-remediation", "met"]


def test_what_is_not_met_leaves_the_certificate_in_remediation_until_it_is_put_right(db, services, bench: Bench, product, certificate, visit, lumen, now):  # fmt: skip
    frameworks = services.frameworks
    find(db, visit, bench, "C1.2.4", "not-met", note="Nobody wrote in the log.", at=now)

    outcome = end(db, visit, bench, at=now)
    before = conformity_of(db, frameworks, product.id, on=now.date()).status
    (remedy,) = remedies_of(db, certificate.case_id)
    offer_remedy(db, remedy, words="It is written.", by=lumen, at=now)
    settle_remedy(db, remedy, closes=True, has_no_conflict=True, frameworks=frameworks, by=bench.first, at=now)

    assert (outcome, before) == ("in-remediation", "in-remediation")
    assert conformity_of(db, frameworks, product.id, on=now.date()).status == "met"


def test_what_is_critical_suspends_the_certificate(db, services, bench: Bench, product, certificate, visit, now):
    find(db, visit, bench, "C1.2.4", "not-met", note="A hazard is hidden.", severity="critical", at=now)

    outcome = end(db, visit, bench, at=now)

    assert outcome == "suspended"
    assert conformity_of(db, services.frameworks, product.id, on=now.date()).status == "suspended"
    assert recorded(db, about=certificate.id)[-2:] == ["VisitEnded", "CertificateSuspended"]


def test_what_was_put_right_and_is_found_again_is_open_again(
    db, services, bench: Bench, certificate, visit, lumen, now
):
    condition = {"condition": "Ask each administrator.", "at": now}
    find(db, visit, bench, "C3.5", "met-with-conditions", **condition)
    end(db, visit, bench, at=now)
    (remedy,) = remedies_of(db, certificate.case_id)
    offer_remedy(db, remedy, words="It is on.", by=lumen, at=now)
    settle_remedy(db, remedy, closes=True, has_no_conflict=True, frameworks=services.frameworks, by=bench.first, at=now)
    again = open_visit(db, certificate.id)
    appoint(db, again, bench, at=now)
    begin_visit(db, again, has_no_conflict=True, by=bench.second, at=now)
    find(db, again, bench, "C3.5", "met-with-conditions", condition="Three are without.", at=now)

    end(db, again, bench, at=now)

    (same,) = remedies_of(db, certificate.case_id)
    kept = find_certificate(db, certificate.ref)
    assert (same.state, same.words, same.closed_at) == ("open", "Three are without.", None)
    assert ([each["condition"] for each in kept.conditions], kept.closed) == (["Three are without."], [])


def test_only_a_fit_assessor_of_the_body_holds_a_visit(db, bench: Bench, certificate, lumen, now):
    visit = set_visit(db, certificate, bench.services.frameworks, since=now.date(), at=now)

    with pytest.raises(NotAllowed):
        appoint(db, visit, bench, at=now, by=lumen)
    with pytest.raises(NotAllowed):
        appoint(db, visit, bench, at=now, person_id=lumen.person_id)
    with pytest.raises(Invalid) as refusal:
        appoint(db, visit, bench, at=now, planned_on=(now - DAY).date(), way="by pigeon")
    appoint(db, visit, bench, at=now)
    with pytest.raises(NotAllowed):
        begin_visit(db, visit, has_no_conflict=True, by=bench.first, at=now)
    with pytest.raises(Invalid, match="nothing was declared"):
        begin_visit(db, visit, has_no_conflict=False, by=bench.second, at=now)
    with pytest.raises(Conflict):
        find(db, visit, bench, "C3.5", "met", at=now)

    assert set(refusal.value.fields) == {"planned-on", "way"}
    assert [each.state for each in visits_expected(db, lumen.organisation_id)] == ["planned"]


def test_a_visit_ends_with_something_looked_at_and_once(db, bench: Bench, visit, now):
    with pytest.raises(Invalid, match="nothing was looked at"):
        end(db, visit, bench, at=now)
    with pytest.raises(Invalid):
        find(db, visit, bench, "C9.9", "met", at=now)
    find(db, visit, bench, "C3.5", "met", at=now)
    end(db, visit, bench, at=now)
    with pytest.raises(Conflict):
        end(db, visit, bench, at=now)


def test_the_supplier_hears_of_a_visit_and_what_it_came_to(db, services, bench: Bench, visit, lumen, now):
    db.expire_on_commit = False
    find(db, visit, bench, "C3.5", "met", at=now)
    end(db, visit, bench, at=now)
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: now)

    titles = list(db.scalars(select(Notice.title).where(Notice.person_id == lumen.person_id)))
    assert "Sandlings Assurance looks at Lumen Scribe (DTAC 2.0) again on 24 November 2026" in titles
    assert "The visit to Lumen Scribe (DTAC 2.0) has ended: everything still holds" in titles
