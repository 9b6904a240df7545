"""Assessor bodies: accredited until a day, recognising each other, their people competent; and whom a buyer trusts."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.assurance.actions.assessing import assign
from marketplace.assurance.actions.bodies import (
    accredit,
    declare_interest,
    declare_recognition,
    end_accreditation,
    end_interest,
    end_recognition,
    keep_competence,
    set_trust_policy,
)
from marketplace.assurance.actions.deciding import decide, propose
from marketplace.assurance.actions.relying import accept_assurance
from marketplace.assurance.queries.bodies import able_people, accreditation_on, accredited_bodies, trust_in
from marketplace.assurance.rules.trust import DEFAULT, Decided, Policy, lasts, trusts
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from tests.assurance.scenes import Bench, a_case, begin, judge_all
from tests.cast import an_actor, an_organisation

DAY = timedelta(days=1)


@pytest.fixture
def other(db: Session, now: datetime) -> Organisation:
    """Fenwick Conformity, an assessor body that nothing is known of yet."""
    return an_organisation(db, "Fenwick Conformity", "assessor-body", at=now)


@pytest.fixture
def head(db: Session, bench: Bench, now: datetime) -> Actor:
    """Who manages Sandlings Assurance."""
    return an_actor(db, "Ada Holm", "Sandlings Assurance", "assessor-body", "manager", at=now)


def test_a_body_without_accreditation_is_applied_to_in_vain(db, services, bench: Bench, product, moderator, lumen, now):
    dtac = services.frameworks.assurance["dtac"]
    held = accreditation_on(db, bench.first.organisation_id, "dtac", on=now.date())

    end_accreditation(db, held, reason="Its surveillance is overdue.", by=moderator, at=now)

    assert accredited_bodies(db, "dtac", on=now.date()) == []
    with pytest.raises(Conflict, match=r"Sandlings Assurance is not accredited for DTAC 2\.0 today"):
        a_case(db, bench, product, by=lumen, at=now)
    accredit(db, bench.body(db), dtac, since=now.date(), until=now.date() + 365 * DAY, by=moderator, at=now)
    assert a_case(db, bench, product, by=lumen, at=now).state == "applied"


def test_what_is_decided_after_the_accreditation_ran_out_gives_no_certificate(db, services, bench: Bench, product, moderator, lumen, now):  # fmt: skip
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now)
    propose(db, case, "met", "All of it.", frameworks=services.frameworks, by=bench.first, at=now)
    begin(db, case, bench.second, at=now)
    held = accreditation_on(db, case.body_id, "dtac", on=now.date())
    end_accreditation(db, held, reason="Closed.", by=moderator, at=now)

    with pytest.raises(Conflict, match="not accredited"):
        decide(db, case, "met", "I agree.", frameworks=services.frameworks, seal=bench.seal, by=bench.second, at=now)


def test_only_an_operator_accredits_once_at_a_time_and_for_what_is_assessed(db, services, bench: Bench, head, moderator, now):  # fmt: skip
    dtac, body, until = services.frameworks.assurance["dtac"], bench.body(db), now.date() + 30 * DAY

    with pytest.raises(NotAllowed):
        accredit(db, body, dtac, since=now.date(), until=until, by=head, at=now)
    with pytest.raises(Conflict, match="already"):
        accredit(db, body, dtac, since=now.date(), until=until, by=moderator, at=now)
    with pytest.raises(Invalid) as refusal:
        accredit(db, body, dtac, since=until, until=now.date(), by=moderator, at=now)

    assert set(refusal.value.fields) == {"until"}


def test_a_seat_goes_to_whom_the_body_keeps_as_competent(db, services, bench: Bench, product, head, lumen, now):
    case, dtac = a_case(db, bench, product, by=lumen, at=now), services.frameworks.assurance["dtac"]

    keep_competence(db, bench.body(db), bench.first.person_id, dtac, grounds="Trained 2025.", by=head, at=now)

    with pytest.raises(NotAllowed, match="not kept as competent"):
        assign(db, case, bench.second.person_id, by=bench.second, at=now)
    ordered = [(each.person.name, each.hindrance) for each in able_people(db, case.body_id, "dtac", case.supplier_id, on=now.date())]  # fmt: skip
    assert ordered[0] == ("Dr Ruth Bell", "")
    assert {told for _, told in ordered[1:]} == {"is not kept as competent for the framework"}
    assert assign(db, case, bench.first.person_id, by=bench.second, at=now) == "first"


def test_competence_ends_on_its_day_and_only_a_manager_keeps_it(db, services, bench: Bench, product, head, lumen, now):
    case, dtac = a_case(db, bench, product, by=lumen, at=now), services.frameworks.assurance["dtac"]

    with pytest.raises(NotAllowed):
        keep_competence(db, bench.body(db), bench.first.person_id, dtac, grounds="x", by=bench.first, at=now)
    keep_competence(
        db, bench.body(db), bench.first.person_id, dtac, grounds="Until retrained.", until=now.date() - DAY, by=head, at=now
    )

    with pytest.raises(NotAllowed, match="not kept as competent"):
        assign(db, case, bench.first.person_id, by=bench.second, at=now)


def test_a_standing_interest_keeps_a_supplier_away_until_it_ends(db, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    supplier = db.get_one(Organisation, lumen.organisation_id)
    interest = declare_interest(db, supplier, words="Shares of it.", by=bench.first, at=now)

    with pytest.raises(NotAllowed, match="declared a conflict"):
        assign(db, case, bench.first.person_id, by=bench.second, at=now)
    with pytest.raises(NotAllowed):
        end_interest(db, interest, by=bench.second, at=now)
    end_interest(db, interest, by=bench.first, at=now)

    assert assign(db, case, bench.first.person_id, by=bench.second, at=now) == "first"


def test_a_trust_relies_only_on_bodies_that_its_policy_trusts(
    db, services, certificate, other, buyer, other_buyer, now
):
    set_trust_policy(db, rule="named", named=[other.ref], recognised=True, conditions=True, by=buyer, at=now)
    words = {"frameworks": services.frameworks, "at": now}

    with pytest.raises(Conflict, match="your policy does not trust") as refusal:
        accept_assurance(db, certificate, by=buyer, **words)

    assert "does not name Sandlings Assurance" in refusal.value.hint
    assert accept_assurance(db, certificate, by=other_buyer, **words).accepted


def test_a_body_that_is_recognised_by_one_that_is_named_is_trusted_while_that_lasts(
    db, services, bench: Bench, certificate, other, moderator, buyer, now
):
    frameworks = services.frameworks
    set_trust_policy(db, rule="named", named=[other.ref], recognised=True, conditions=True, by=buyer, at=now)
    agreed = declare_recognition(
        db, other, bench.body(db), frameworks.assurance["dtac"], since=now.date(), until=now.date() + 365 * DAY,
        words="Agreement of 2026.", by=moderator, at=now,
    )  # fmt: skip

    told = trust_in(db, frameworks, certificate, buyer.organisation_id, on=now.date())
    end_recognition(db, agreed, reason="It was not kept.", by=moderator, at=now)
    after = trust_in(db, frameworks, certificate, buyer.organisation_id, on=now.date())

    assert told.trusted
    assert told.reason == "Fenwick Conformity, which your policy names, recognises Sandlings Assurance."
    assert not after.trusted


def test_a_policy_names_bodies_that_there_are_and_a_manager_sets_it(db, bench, other, buyer, lumen, now):
    plain = an_actor(db, "Wim Plain", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)
    words = {"recognised": False, "conditions": True, "at": now}

    for actor in (plain, lumen):
        with pytest.raises(NotAllowed):
            set_trust_policy(db, rule="any", by=actor, **words)
    with pytest.raises(Invalid) as refusal:
        set_trust_policy(db, rule="named", named=["ORG-NOBODY"], by=buyer, **words)
    with pytest.raises(Invalid) as empty:
        set_trust_policy(db, rule="named", by=buyer, **words)

    assert set(refusal.value.fields) == set(empty.value.fields) == {"bodies"}


REFS = st.frozensets(st.sampled_from(["ORG-A", "ORG-B", "ORG-C"]))


@given(REFS, st.booleans(), st.booleans(), st.booleans(), st.integers(0, 2), REFS)
def test_naming_more_bodies_never_loses_a_certificate(named, recognised, conditions, accredited, open_ones, recognisers):
    decided = Decided("ORG-A", "A", "DTAC", accredited, open_ones, dict.fromkeys(recognisers, "Somebody"))
    narrow = Policy("named", named, recognised, conditions)
    wide = Policy("named", named | {"ORG-B"}, recognised, conditions)

    assert trusts(wide, decided).trusted >= trusts(narrow, decided).trusted
    assert trusts(DEFAULT, decided).trusted == accredited


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.dates(date(2025, 1, 1), date(2027, 1, 1)))
def test_a_spell_that_ended_early_does_not_last_on_the_day_of_its_end(since, ended):
    assert not lasts(since, date(2030, 1, 1), ended, on=ended)
    assert lasts(since, date(2030, 1, 1), None, on=since)
