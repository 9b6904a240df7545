"""Appeals: in time, heard by somebody new, and what comes of one that is upheld or dismissed."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.assurance.actions.appealing import (
    assign_appeal,
    file_appeal,
    open_hearing,
    settle_appeal,
    withdraw_appeal,
)
from marketplace.assurance.actions.certificates import withdraw_certificate
from marketplace.assurance.actions.deciding import decide, judged_now, propose, unjudged
from marketplace.assurance.models import Case
from marketplace.assurance.queries.appeals import appealable, find_appeal, published_appeals
from marketplace.assurance.queries.cases import find_case, hold_case
from marketplace.assurance.queries.certificates import find_certificate
from marketplace.assurance.queries.delta import basis_of
from marketplace.faces.services import Services
from marketplace.identity.models import Organisation
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.assurance.scenes import (
    Bench,
    a_case,
    accredit_for_all,
    begin,
    judge_all,
)
from tests.cast import an_actor, recorded
from tests.worlds import part

DAY = timedelta(days=1)


@part
def case(db: Session, services: Services, bench: Bench, product, lumen, now) -> Case:
    """Decided: not met, because of the hazard log."""
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now, C1_2_4={"judgement": "not-met", "note": "A hazard is missing."})
    propose(db, case, "not-met", "The log.", frameworks=services.frameworks, by=bench.first, at=now)
    begin(db, case, bench.second, at=now)
    decide(db, case, "not-met", "Yes.", frameworks=services.frameworks, seal=bench.seal, by=bench.second, at=now)
    return hold_case(db, case)


def an_appeal(db, bench: Bench, case, lumen, *, at, **more):
    words = {"against": "decision", "grounds": "The hazard is H7 of the log.", "codes": ["C1.2.4"], **more}
    body = words.pop("body", None) or bench.body(db)
    return file_appeal(db, case, body=body, frameworks=bench.services.frameworks, by=lumen, at=at, **words)


def heard(db, appeal, by, *, at):
    assign_appeal(db, appeal, by.person_id, by=by, at=at)
    open_hearing(db, appeal, has_conflict=False, by=by, at=at)


def test_an_appeal_is_heard_by_somebody_new_and_leads_to_a_case_of_its_own(db, services, bench: Bench, case, lumen, now):
    appeal, frameworks = an_appeal(db, bench, case, lumen, at=now + DAY), services.frameworks
    heard(db, appeal, bench.third, at=now + 2 * DAY)

    anew = settle_appeal(db, appeal, upholds=True, reasons="It stands there.", frameworks=frameworks, by=bench.third,
                         at=now + 3 * DAY)  # fmt: skip

    basis = basis_of(db, anew)
    assert (anew.state, anew.first_assessor_id) == ("in-assessment", bench.third.person_id)
    assert (basis.kind, basis.earlier_id) == ("appeal", case.id)
    assert basis.reopened == {"C1.2.4": f"The appeal {appeal.ref} contests it, and was upheld."}
    assert unjudged(judged_now(db, frameworks, anew, at=now + 3 * DAY)) == ["C1.2.4"]
    assert [each.ref for each in published_appeals(db)] == [appeal.ref]
    assert recorded(db, about=appeal.id) == ["AppealFiled", "AppealAssigned", "AppealOpened", "AppealUpheld"]
    assert find_case(db, case.ref, by=bench.first).outcome == "not-met", "what was decided is not rewritten"


def test_what_is_assessed_anew_is_decided_by_two_people_again(db, services, bench: Bench, case, lumen, now):
    appeal, frameworks, at = an_appeal(db, bench, case, lumen, at=now), services.frameworks, now + DAY
    heard(db, appeal, bench.third, at=at)
    anew = settle_appeal(db, appeal, upholds=True, reasons="Yes.", frameworks=frameworks, by=bench.third, at=at)
    judge_all(db, bench, anew, bench.third, at=at)
    propose(db, anew, "met", "H7 is there.", frameworks=frameworks, by=bench.third, at=at)
    begin(db, anew, bench.second, at=at)

    certificate = decide(db, anew, "met", "So it is.", frameworks=frameworks, seal=bench.seal, by=bench.second, at=at)

    assert certificate.state == "in-force"


def test_whoever_had_a_part_in_it_cannot_hear_the_appeal(db, bench: Bench, case, lumen, now):
    appeal = an_appeal(db, bench, case, lumen, at=now)

    for actor in (bench.first, bench.second):
        with pytest.raises(NotAllowed, match="had no part"):
            assign_appeal(db, appeal, actor.person_id, by=bench.third, at=now)
    with pytest.raises(NotAllowed, match="one who hears"):
        open_hearing(db, appeal, has_conflict=False, by=bench.third, at=now)


def test_a_conflict_frees_the_appeal_for_somebody_else(db, bench: Bench, case, lumen, now):
    appeal = an_appeal(db, bench, case, lumen, at=now)
    assign_appeal(db, appeal, bench.third.person_id, by=bench.first, at=now)

    open_hearing(db, appeal, has_conflict=True, words="I advised them.", by=bench.third, at=now)

    assert (appeal.state, appeal.assessor_id) == ("filed", None)


def test_an_appeal_comes_in_time_and_names_what_was_held_against_the_product(db, services, bench: Bench, case, lumen, rival, now):  # fmt: skip
    frameworks, late = services.frameworks, now + 40 * DAY

    assert str(appealable(db, frameworks, case, on=now.date())["decision"]) == "2026-12-23"
    with pytest.raises(Conflict, match="cannot be appealed against, or no more"):
        an_appeal(db, bench, case, lumen, at=late)
    with pytest.raises(Invalid, match="contested") as refusal:
        an_appeal(db, bench, case, lumen, at=now, codes=["C3.1"])
    with pytest.raises(NotAllowed):
        an_appeal(db, bench, case, rival, at=now)
    an_appeal(db, bench, case, lumen, at=now)
    with pytest.raises(Conflict, match="already"):
        an_appeal(db, bench, case, lumen, at=now)

    assert set(refusal.value.fields) == {"codes"}


def test_a_dismissed_appeal_changes_nothing_and_is_published_with_its_reasons(db, services, bench: Bench, case, lumen, now):
    appeal = an_appeal(db, bench, case, lumen, at=now)
    heard(db, appeal, bench.third, at=now)

    with pytest.raises(Invalid):
        settle_appeal(db, appeal, upholds=False, reasons=" ", frameworks=services.frameworks, by=bench.third, at=now)
    settle_appeal(db, appeal, upholds=False, reasons="H7 is another.", frameworks=services.frameworks, by=bench.third, at=now)  # fmt: skip

    (published,) = published_appeals(db)
    assert (published.state, published.reasons) == ("dismissed", "H7 is another.")


def test_a_certificate_that_was_withdrawn_comes_back_on_appeal_alone(
    db, services, bench: Bench, certificate, lumen, now
):
    frameworks = services.frameworks
    withdraw_certificate(db, certificate, reason="Another model.", by=bench.first, at=now)
    case = hold_case(db, certificate.case)
    appeal = an_appeal(db, bench, case, lumen, at=now, against="withdrawal", codes=[])
    heard(db, appeal, bench.third, at=now)

    settle_appeal(db, appeal, upholds=True, reasons="The model is the same.", frameworks=frameworks, by=bench.third, at=now)

    certificate = find_certificate(db, certificate.ref)
    assert certificate.state == "in-force"
    assert certificate.state_reason == f"Appeal {appeal.ref}: The model is the same."
    assert recorded(db, about=certificate.id)[-1] == "CertificateReinstated"


def test_another_accredited_body_can_hear_it_and_others_do_not_see_it(db, services, bench: Bench, case, lumen, rival, now):
    noor = an_actor(db, "Noor Haddad", "Fenwick Conformity", "assessor-body", "assessor", at=now)
    fenwick = db.get_one(Organisation, noor.organisation_id)
    with pytest.raises(Conflict, match="not accredited"):
        an_appeal(db, bench, case, lumen, at=now, body=fenwick)
    accredit_for_all(db, services, noor.organisation_id, at=now)

    appeal = an_appeal(db, bench, case, lumen, at=now, body=fenwick)

    assert find_appeal(db, appeal.ref, by=noor).ref == find_appeal(db, appeal.ref, by=lumen).ref
    for actor in (bench.first, rival):
        with pytest.raises(NotFound):
            find_appeal(db, appeal.ref, by=actor)


def test_a_supplier_takes_its_appeal_back(db, bench: Bench, case, lumen, now):
    appeal = an_appeal(db, bench, case, lumen, at=now)

    withdraw_appeal(db, appeal, reason="We mend the log.", by=lumen, at=now)

    assert appeal.state == "withdrawn"
    assert published_appeals(db) == []
