"""Looking again at what was certified, on pages: one visit from the desk to what everybody reads."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.assurance.actions.surveillance import set_visit
from marketplace.assurance.models import Certificate
from marketplace.catalogue.models import Product
from tests.assurance.conftest import bench
from tests.assurance.scenes import Bench, a_certificate, an_answered_product
from tests.worlds import part

__all__ = ["bench"]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db: Session) -> None:
    db.expire_on_commit = False


@part
def product(db: Session, services, lumen, now) -> Product:
    return an_answered_product(db, services, of=lumen, at=now)


@part
def certificate(db: Session, bench: Bench, product, lumen, now) -> Certificate:
    """One whose next visit is three weeks ahead."""
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    set_visit(db, certificate, bench.services.frameworks, since=now.date() - 344 * DAY, at=now)
    db.commit()
    return certificate


def day_of(name, day):
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def test_a_visit_is_appointed_held_and_read_by_everybody(client, client_of, bench: Bench, certificate, lumen, now):
    ruth, tom, priya = client_of(bench.first), client_of(bench.second), client_of(lumen)
    url, today = f"/cases/{certificate.case.ref}/surveillance", now.date()

    desk = ruth.get("/my-desk").text
    undated = ruth.send_form(f"{url}/appointment", {"way": "remote", "person": str(bench.second.person_id)})
    appointed = ruth.send_form(
        f"{url}/appointment", {**day_of("planned-on", today), "way": "remote", "person": str(bench.second.person_id)}
    )
    expected, waiting = priya.get("/my-desk").text, tom.get("/my-desk").text
    undeclared = tom.send_form(f"{url}/opening", {})
    begun = tom.send_form(f"{url}/opening", {"declared": "yes"})
    thin = tom.send_form(f"{url}/findings", {"code": "C3.5", "judgement": "met-with-conditions"})
    found = tom.send_form(f"{url}/findings", {
        "code": "C3.5", "judgement": "met-with-conditions", "condition": "Ask each administrator.",
        **day_of("due-on", today + 60 * DAY),
    })  # fmt: skip
    open_page = tom.get(url).text
    ended = tom.send_form(f"{url}/outcome", {"reasons": "I read the log of the year."})

    assert "Appoint a visit: Lumen Scribe" in desk
    assert [each.status_code for each in (undated, appointed, undeclared, begun)] == [422, 303, 422, 303]
    assert "Sandlings Assurance looks at Lumen Scribe again" in expected
    assert "Hold the visit: Lumen Scribe" in waiting
    assert [each.status_code for each in (thin, found, ended)] == [422, 303, 303]
    assert "It goes on, with conditions" in open_page
    public = client.get(f"/certificates/{certificate.ref}").text
    assert "I read the log of the year." in public
    assert "It is to be looked at again by 24 November 2027" in public
    assert "Ask each administrator." in public
    assert "Tom Sexton" in tom.get(url).text


def test_a_visit_is_for_who_was_named_and_for_the_body(client_of, bench: Bench, certificate, rival):
    ruth, url = client_of(bench.first), f"/cases/{certificate.case.ref}/surveillance"

    assert ruth.send_form(f"{url}/opening", {"declared": "yes"}).status_code == 403
    assert client_of(rival).get(url).status_code in (403, 404)
