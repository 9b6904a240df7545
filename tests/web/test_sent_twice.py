"""Back, and the same form again; two quick clicks: what it makes is made once, and the second shows the first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kit.idempotency import KeptAnswer
from marketplace.kit.values import replace
from marketplace.procurement.models import Procurement, Project, Requirement
from marketplace.web.once import AGAIN, TWICE
from marketplace.wiring.clock import schedules_over
from tests.cast import an_actor
from tests.clients import browser_over, sign_in
from tests.procurement.conftest import project, scribe
from tests.services import services_over

__all__ = ["project", "scribe"]
LETTERS = {"name": "Letters", "need": "Letters take evenings."}


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


def count_of(db: Session, table: type) -> int:
    found = db.scalar(select(func.count()).select_from(table)) or 0
    db.rollback()
    return found


def test_a_pilot_that_is_sent_again_is_the_one_that_was_made(client_of, db, buyer, scribe):
    browser, form = client_of(buyer), {"product": scribe.ref, "name": "Scribing in outpatients"}

    first, again = browser.send_form("/procurements", form), browser.send_form("/procurements", form)

    assert (again.status_code, again.headers["location"]) == (303, first.headers["location"])
    assert count_of(db, Procurement) == 1
    told = browser.get(again.headers["location"]).text
    assert f"{TWICE} The pilot is started." in told


def test_of_two_quick_clicks_both_lead_to_what_one_of_them_made(either_database, tmp_path, frameworks, now):
    services = services_over(either_database, tmp_path, frameworks, lambda: now)
    with Session(either_database.writer) as db:
        grace = an_actor(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)
        db.commit()
    browser = sign_in(browser_over(services), services, grace, at=now)

    with ThreadPoolExecutor(4) as threads:
        clicks = [threads.submit(browser.send_form, "/projects", LETTERS) for _ in range(8)]
        answers = [click.result() for click in clicks]

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    with Session(either_database.reader) as db:
        assert count_of(db, Project) == 1


def test_other_words_are_another_thing(client_of, db, buyer):
    browser = client_of(buyer)

    for need in ("Letters take evenings.", "Letters take weekends."):
        browser.send_form("/projects", {**LETTERS, "need": need})

    assert count_of(db, Project) == 2


def test_what_was_taken_away_in_between_is_made_anew(client_of, db, buyer, project):
    browser, epic = client_of(buyer), {"wording": "Epic", "weight": "must"}
    path = f"/projects/{project.ref}/requirements"
    browser.send_form(path, epic)
    added = db.scalars(select(Requirement.id)).one()
    db.rollback()

    browser.send_form(f"{path}/{added}/removal", {"reason": "We change to another EPR."})
    browser.send_form(path, epic)

    assert count_of(db, Requirement) == 2
    assert TWICE not in browser.get(path).text


def test_an_hour_later_the_same_words_are_meant_anew(client_of, db, services, buyer, project, now):
    path, ask = f"/projects/{project.ref}/comments", {"words": "Any news?", "reach": "shared"}
    client_of(buyer).send_form(path, ask)

    later = replace(services, clock=lambda: now + AGAIN)
    browser = sign_in(browser_over(later), later, buyer, at=now + AGAIN)
    browser.send_form(path, ask)

    assert browser.get(path).text.count("Any news?") == 2


def test_a_colleague_who_says_the_same_says_it_too(client_of, db, buyer, now):
    colleague = an_actor(db, "Ada Nwosu", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)

    for each in (buyer, colleague):
        client_of(each).send_form("/projects", LETTERS)

    assert count_of(db, Project) == 2


def test_what_was_refused_is_tried_again(client_of, db, buyer, project):
    browser, deadline = client_of(buyer), {"label": "", "day": "1"}

    answers = [browser.send_form(f"/projects/{project.ref}/deadlines", deadline) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_two_files_of_one_name_are_two_files(client_of, db, buyer, project):
    browser, path = client_of(buyer), f"/projects/{project.ref}/comments"

    for content in (b"one", b"two"):
        files = {"paper": ("paper.txt", content, "text/plain")}
        browser.send_form(path, {"words": "Look at this.", "reach": "shared"}, files=files)

    assert browser.get(path).text.count("Look at this.") == 2


def test_what_was_sent_last_is_forgotten_after_three_days(client_of, db, services, buyer, now):
    client_of(buyer).send_form("/projects", LETTERS)
    assert count_of(db, KeptAnswer) == 1

    schedules_over(services)["forget"][1](now + timedelta(days=3, seconds=1))

    assert count_of(db, KeptAnswer) == 0
