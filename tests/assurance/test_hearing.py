"""What a certificate's turn reaches: the index, the shortlists, whoever relies on it, its supplier. By events alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.assurance.actions.certificates import (
    reinstate_certificate,
    suspend_certificate,
    tell_of_dated_parts,
)
from marketplace.assurance.actions.relying import accept_assurance, refuse_assurance
from marketplace.identity.models import Notice
from marketplace.identity.policies import Permission
from marketplace.kit.jobs import drain
from marketplace.ports.search.port import Query
from marketplace.procurement.actions.shortlist import add_candidates
from marketplace.wiring import subscribers_over
from tests.assurance.scenes import Bench, an_answered_product
from tests.procurement.scenes import a_project
from tests.worlds import part

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def listening(db, services):
    db.expire_on_commit = False
    services.search.rebuild([])


@part
def product(db, services, lumen, now):
    return an_answered_product(db, services, of=lumen, at=now, tested=340)


def heard(db, services, at):
    """Everybody heard what was recorded so far."""
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: at)


def told(db, actor, words):
    titles = list(db.scalars(select(Notice.title).where(Notice.person_id == actor.person_id)))
    db.commit()
    return [title for title in titles if words in title]


def found(services, conformity):
    return [hit.stored["title"] for hit in services.search.find(
        Query(words="", chosen={"conformity": frozenset({conformity})}, hidden={})
    ).hits]  # fmt: skip


def test_a_suspension_reaches_the_index_the_shortlist_and_who_relies_on_it(
    db, services, bench: Bench, product, certificate, lumen, buyer, other_buyer, now
):
    project = a_project(db, by=buyer, at=now)
    add_candidates(db, project, [product], by=buyer, at=now)
    accept_assurance(db, certificate, by=other_buyer, at=now)
    heard(db, services, now)
    before = found(services, "met")

    suspend_certificate(db, certificate, reason="Three doses were wrong.", by=bench.first, at=now)
    heard(db, services, now)

    assert (before, found(services, "met"), found(services, "suspended")) == (["Lumen Scribe"], [], ["Lumen Scribe"])
    assert told(db, buyer, "certificate suspended") == ["Lumen Scribe: certificate suspended"]
    assert told(db, other_buyer, "Suspended") == ["Suspended: the certificate of Lumen Scribe, on which you rely"]
    assert told(db, lumen, "suspended") == ["The certificate of Lumen Scribe is suspended"]

    reinstate_certificate(db, certificate, reason="It is mended.", by=bench.first, at=now)
    heard(db, services, now)
    assert found(services, "met") == ["Lumen Scribe"]
    assert told(db, other_buyer, "In force again") == ["In force again: the certificate of Lumen Scribe, on which you rely"]


def test_a_penetration_test_that_runs_out_is_told_on_the_day_to_whoever_relies_on_it(
    db, services, bench: Bench, product, certificate, buyer, lumen, now
):
    accept_assurance(db, certificate, by=buyer, at=now)
    heard(db, services, now)
    days = {}
    for day in (0, 25, 26, 27):
        tell_of_dated_parts(db, services.frameworks, at=now + day * DAY)
        heard(db, services, now + day * DAY)
        days[day] = (found(services, "met"), found(services, "expired"), len(told(db, buyer, "Expired")))

    assert days[25] == (["Lumen Scribe"], [], 0)
    assert days[26] == ([], ["Lumen Scribe"], 1)
    assert days[27] == ([], ["Lumen Scribe"], 1), "told once"
    assert told(db, lumen, "runs out on 19 December 2026")


def test_a_refusal_reaches_the_supplier_with_its_reason(db, services, product, certificate, lumen, buyer, now):
    refuse_assurance(db, certificate, reason="Not tested on Welsh.", by=buyer, at=now)
    heard(db, services, now)

    bodies = list(db.scalars(select(Notice.body).where(Notice.person_id == lumen.person_id)))

    assert "Not tested on Welsh." in bodies


def test_each_step_of_a_case_tells_whoever_is_next(db, services, bench: Bench, product, certificate, lumen, now):
    heard(db, services, now)

    assert told(db, bench.third, "has applied for an assessment")
    assert told(db, bench.second, "waits for a second assessor")
    assert told(db, lumen, "The assessment of Lumen Scribe has begun")
    assert told(db, lumen, "Lumen Scribe: met")
    assert bench.first.may(Permission.ASSURANCE_ASSESS)
