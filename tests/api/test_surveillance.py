"""Looking again at what was certified, by programs: a visit appointed, held, ended, and read by everybody."""

from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.assurance.actions.surveillance import set_visit
from tests.assurance.conftest import bench
from tests.assurance.scenes import Bench, a_certificate, an_answered_product

__all__ = ["bench"]
DAY = timedelta(days=1)


def test_a_program_holds_a_visit(caller, caller_of, db: Session, services, bench: Bench, lumen, now):
    db.expire_on_commit = False
    certificate = a_certificate(db, bench, an_answered_product(db, services, of=lumen, at=now), by=lumen, at=now)
    set_visit(db, certificate, services.frameworks, since=now.date() - 344 * DAY, at=now)
    ruth, url = caller_of(bench.first), f"/cases/{certificate.case.ref}/surveillance"

    before = ruth.get(url).json()["items"][0]
    appointed = ruth.post(f"{url}/appointment", {"planned_on": now.date().isoformat(), "way": "papers"})
    begun = ruth.post(f"{url}/opening", {"has_no_conflict": True})
    found = ruth.post(f"{url}/findings", {"code": "C1.2.4", "judgement": "met", "note": "Alive."})
    ended = ruth.post(f"{url}/outcome", {"reasons": "The log is kept."})
    visits = caller.get(f"/certificates/{certificate.ref}/visits").json()["items"]

    assert before["state"] == "due"
    assert [each.status_code for each in (appointed, begun, found, ended)] == [200, 200, 201, 200]
    assert [(each["state"], each["outcome"]) for each in visits] == [("due", ""), ("ended", "continues")]
    assert visits[1]["findings"][0]["note"] == "Alive."
