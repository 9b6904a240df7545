"""What a notice, an incident or a report reaches, by events alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.assurance.actions.safety.chasing import chase_notices
from marketplace.assurance.actions.safety.hazards import write_hazard
from marketplace.assurance.actions.safety.incidents import report_incident, triage_incident, watch_incidents
from marketplace.assurance.actions.safety.notices import answer_notice
from marketplace.assurance.queries.safety.deployments import open_deployment
from marketplace.assurance.queries.safety.logs import log_of
from marketplace.assurance.queries.safety.notices import receipts_of
from marketplace.catalogue.actions.editions import begin_edition
from marketplace.catalogue.actions.listing import publish_listing
from marketplace.identity.models import Notice
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.assurance.safety import NEGATION, a_deployment, a_log, a_notice, a_report, a_safety_officer
from tests.assurance.scenes import Bench, whole
from tests.cast import an_actor
from tests.catalogue.shelf import a_live, rename, submit
from tests.procurement.joint import a_joined_pilot, a_trust

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def listening(db, services):
    db.expire_on_commit = False
    services.search.rebuild([])


@pytest.fixture
def officer(db, now):
    return a_safety_officer(db, at=now)


def heard(db, services, at):
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: at)


def told(db, actor, words=""):
    titles = list(db.scalars(select(Notice.title).where(Notice.person_id == actor.person_id).order_by(Notice.id)))
    db.commit()
    return [title for title in titles if words in title]


def test_a_safety_notice_is_on_every_desk_and_who_is_late_is_named_to_supplier_and_assessor(
    db, services, bench: Bench, product, certificate, lumen, buyer, other_buyer, officer, now
):
    a_deployment(db, product, by=buyer, at=now)
    a_deployment(db, product, by=other_buyer, at=now)
    notice = a_notice(db, services.frameworks, product, by=lumen, at=now)
    heard(db, services, now)
    answer_notice(
        db, notice, {"answer": "done", "words": "Done."}, frameworks=services.frameworks, by=officer, at=now
    )  # fmt: skip
    for days in (2, 4):
        chase_notices(db, services.frameworks, at=now + days * DAY)
        heard(db, services, now + days * DAY)

    title = "Safety notice on Lumen Scribe: Doses above 1,000 lose a zero"
    assert (told(db, officer, "Safety notice"), told(db, other_buyer, "Safety notice")) == ([title], [title])
    assert told(db, bench.third, "A safety notice on Lumen Scribe")
    assert told(db, lumen, "Trust answered") == [
        "Ashdown Hospitals NHS Trust answered the safety notice on Lumen Scribe"
    ]
    assert [each.partition(":")[0] for each in told(db, other_buyer, "lose a zero")[1:]] == ["Due tomorrow", "Overdue"]
    late = "Calder Valley NHS Trust has not answered the safety notice on Lumen Scribe"
    assert (told(db, lumen, "has not"), told(db, bench.first, "has not")) == ([late], [late])
    assert told(db, officer, "Overdue") == []


def test_a_notice_that_is_open_reaches_whoever_begins_to_use_the_product(
    db, services, product, lumen, buyer, officer, now
):
    notice = a_notice(db, services.frameworks, product, by=lumen, at=now)
    a_deployment(db, product, by=buyer, at=now + DAY)
    heard(db, services, now + DAY)
    heard(db, services, now + DAY)

    receipts = receipts_of(db, [notice.id])[notice.id]

    assert [each.grounds for each in receipts] == [["began to use it afterwards"]]
    assert len(told(db, officer, "Safety notice")) == 1


def test_a_new_report_hands_over_what_is_new_and_what_changed_is_decided_again(
    db, services, product, lumen, buyer, officer, now
):
    frameworks = services.frameworks
    a_log(db, frameworks, product, by=lumen, at=now)
    deployment = a_deployment(db, product, by=buyer, at=now)
    more = {**NEGATION, "name": "The wrong language", "state": "transferred", "handed-over": "Say it at the start."}
    write_hazard(db, product, more, frameworks=frameworks, by=lumen, at=now)
    a_report(db, frameworks, product, by=lumen, at=now)
    heard(db, services, now)
    heard(db, services, now)

    names = [each.name for each in log_of(db, product.id, deployment_id=deployment.id)]

    assert names == ["The service is away", "The wrong language"]
    assert told(db, officer, "for your decision") == ["1 hazard of Lumen Scribe: for your decision"] * 2


def test_a_serious_incident_reaches_supplier_reporter_and_assessors_and_a_limit_that_ran_out_too(
    db, services, bench: Bench, product, certificate, lumen, buyer, officer, now
):
    frameworks = services.frameworks
    given = {"severity": "fatal", "words": "A dose was wrong."}
    incident = report_incident(db, product, given, frameworks=frameworks, by=buyer, at=now)
    judged = {"judged": "fatal", "assessment": "A zero is lost.", "is-device": "no"}
    triage_incident(db, incident, judged, frameworks=frameworks, by=lumen, at=now)
    heard(db, services, now)
    watch_incidents(db, frameworks, at=now + 2 * DAY)
    heard(db, services, now + 2 * DAY)

    assert told(db, lumen, "reports an incident") == [
        "Ashdown Hospitals NHS Trust reports an incident with Lumen Scribe"
    ]
    assert (told(db, buyer, "was judged"), told(db, officer, "was judged")) == (
        ["The incident with Lumen Scribe was judged"], ["The incident with Lumen Scribe was judged"],
    )  # fmt: skip
    assert told(db, bench.second, "A serious incident") == ["A serious incident with Lumen Scribe"]
    assert told(db, bench.second, "A time limit ran out")


def test_a_new_edition_asks_its_supplier_to_tell_whoever_holds_the_product(db, services, moderator, lumen, buyer, now):
    db.expire_on_commit = False
    frameworks = services.frameworks
    product = whole(db, a_live(db, frameworks, by=lumen, moderator=moderator, at=now, name="Kept Scribe"))
    a_deployment(db, product, by=buyer, at=now)
    begin_edition(db, product, by=lumen, at=now)
    rename(db, product, "Kept Scribe", by=lumen, at=now)
    submit(db, frameworks, product, by=lumen, at=now)
    publish_listing(db, product, by=moderator, at=now)
    heard(db, services, now)

    assert told(db, lumen, "tell them what changed") == ["Held by 1 organisation, Kept Scribe: tell them what changed"]


def test_where_nobody_answers_for_safety_the_manager_is_told(db, services, product, lumen, now):
    manager = an_actor(db, "Mo Finch", "Fen Edge NHS Trust", "trust", "manager", at=now)
    a_notice(db, services.frameworks, product, by=lumen, at=now, also={manager.organisation_id: ["takes part"]})
    heard(db, services, now)

    assert told(db, manager, "Safety notice")


def test_whoever_takes_part_in_a_pilot_has_a_deployment_with_what_is_handed_over(
    db, services, product, lumen, buyer, other_buyer, now
):
    a_log(db, services.frameworks, product, by=lumen, at=now)
    ashdown, calder = a_trust(db, buyer, at=now), a_trust(db, other_buyer, at=now)
    pilot = a_joined_pilot(db, services.frameworks, product, ashdown, calder, at=now)
    heard(db, services, now)

    planned = [open_deployment(db, trust.buyer.organisation_id, product.id) for trust in (ashdown, calder)]

    assert [each.procurement_id for each in planned if each] == [pilot.id, pilot.id]
    assert [len(log_of(db, product.id, deployment_id=each.id)) for each in planned if each] == [1, 1]
