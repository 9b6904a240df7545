"""What is typed into a long form is kept for its person alone: put back or thrown away, never sent by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pytest import fixture, mark
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import SignIn
from marketplace.identity.policies import Actor
from marketplace.kit.unsent import Unsent
from tests.cast import an_actor
from tests.catalogue.shelf import a_draft
from tests.clients import Browser, sign_in
from tests.web.test_catalogue_description import answers_of
from tests.worlds import part

WORDS = "Writes the letter while the patient still sits there."


@part
def place(db: Session, frameworks: Frameworks, lumen: Actor, now: datetime) -> str:
    """Where a section of a description stands."""
    ref = a_draft(db, frameworks, by=lumen, at=now).ref
    db.commit()
    return f"/listings/{ref}/description?section=what-it-does"


@fixture
def supplier(client_of: Callable[[Actor], Browser], lumen: Actor) -> Browser:
    return client_of(lumen)


def typed(place: str, words: str = WORDS, **more: object) -> dict[str, object]:
    return {
        "kept-as": place, "kept-title": "What it does: Lumen Scribe", "kept-version": "1", "section": "what-it-does",
        "row-version": "1", "shown": ["summary"], "summary": words, **more,
    }  # fmt: skip


def drafts(db: Session) -> list[Unsent]:
    db.expire_all()
    found = list(db.scalars(select(Unsent)))
    db.rollback()
    return found


def test_what_is_typed_is_kept_said_put_back_and_never_saved_by_itself(
    supplier: Browser, db: Session, place: str
) -> None:
    said = supplier.send_form("/unsent", typed(place))

    assert said.text.startswith("Kept as a draft at ")
    assert answers_of(db) == {}
    page = supplier.get(place).text
    assert "that is not saved" in page
    assert WORDS not in page
    back = supplier.get(f"{place}&put-back=yes").text
    assert f'value="{WORDS}"' in back
    assert "it is not saved yet" in back
    assert answers_of(db) == {}


def test_a_saved_form_lets_its_draft_go(supplier: Browser, db: Session, place: str) -> None:
    supplier.send_form("/unsent", typed(place))

    saved = supplier.send_form(place.partition("?")[0], typed(place))

    assert saved.status_code == 303
    assert answers_of(db)["summary"] == WORDS
    assert drafts(db) == []
    assert "that is not saved" not in supplier.get(place).text


def test_a_form_that_is_refused_keeps_its_draft(supplier: Browser, db: Session, place: str) -> None:
    supplier.send_form("/unsent", typed(place, words="x" * 701))

    refused = supplier.send_form(place.partition("?")[0], typed(place, words="x" * 701))

    assert refused.status_code == 422
    assert len(drafts(db)) == 1


def test_a_draft_that_is_thrown_away_is_gone(supplier: Browser, db: Session, place: str) -> None:
    supplier.send_form("/unsent", typed(place))
    assert "What it does: Lumen Scribe" in supplier.get("/unsent").text

    gone = supplier.send_form("/unsent/removal", {"kept-as": place})

    assert gone.headers["location"] == place
    assert drafts(db) == []
    assert "Nothing waits to be saved" in supplier.get("/unsent").text


def test_what_was_saved_since_is_told_before_a_draft_is_put_over_it(supplier: Browser, place: str) -> None:
    supplier.send_form("/unsent", typed(place))
    supplier.send_form(
        place.partition("?")[0], {"section": "what-it-does", "shown": ["summary"], "summary": "Another."}
    )

    page = supplier.get(place).text

    assert "This page was saved since then" in page


def test_nobody_else_sees_a_draft(
    supplier: Browser, client_of: Callable[[Actor], Browser], db: Session, lumen: Actor, place: str, now: datetime
) -> None:
    supplier.send_form("/unsent", typed(place))

    colleague = client_of(
        an_actor(db, "Ines Caldwell", lumen.organisation_name, "supplier", "supplier-manager", at=now)
    )

    assert "that is not saved" not in colleague.get(place).text
    assert "Nothing waits to be saved" in colleague.get("/unsent").text


def test_a_form_sent_after_the_session_ran_out_is_kept_and_waits_behind_the_sign_in(
    supplier: Browser, db: Session, services: Services, lumen: Actor, now: datetime, place: str
) -> None:
    run_out(db, now)

    sent = supplier.send_form(place.partition("?")[0], typed(place))

    assert sent.headers["location"].startswith("/sign-in?next=%2Flistings%2F")
    assert "What you typed is kept as a draft" in supplier.get(sent.headers["location"]).text
    assert answers_of(db) == {}
    sign_in(supplier, services, lumen, at=now)
    assert f'value="{WORDS}"' in supplier.get(f"{place}&put-back=yes").text


def test_an_old_tab_after_signing_in_again_is_not_taken_but_its_words_are_kept(
    supplier: Browser, db: Session, services: Services, lumen: Actor, now: datetime, place: str
) -> None:
    old = supplier.token
    sign_in(supplier, services, lumen, at=now)

    sent = supplier.send_form(place.partition("?")[0], typed(place, csrf_token=old))

    assert sent.headers["location"] == place
    assert answers_of(db) == {}
    assert "that is not saved" in supplier.get(place).text


@mark.parametrize("how", ["signed out", "another's form", "long ago"])
def test_words_are_kept_for_nobody_but_the_person_of_the_cookie_and_the_form(
    supplier: Browser,
    client_of: Callable[[Actor], Browser],
    db: Session,
    buyer: Actor,
    now: datetime,
    place: str,
    how: str,
) -> None:
    more = {"csrf_token": client_of(buyer).token} if how == "another's form" else {}
    if how == "signed out":
        db.execute(update(SignIn).values(ended_at=now))
    if how == "long ago":
        db.execute(update(SignIn).values(authenticated_at=now - timedelta(days=3)))
    run_out(db, now)

    sent = supplier.send_form(place.partition("?")[0], typed(place, **more))

    assert sent.headers["location"].startswith("/sign-in?next=")
    assert drafts(db) == []


@mark.parametrize(
    ("sent", "told"),
    [({"kept-as": "//evil.example"}, "not where a form stands"), ({"kept-as": ""}, "not where a form stands"),
     ({"kept-as": "/x" * 151}, "not where a form stands"), ({"summary": "x" * 400_001}, "too much")],
)  # fmt: skip
def test_what_cannot_be_a_draft_is_refused(supplier: Browser, db: Session, place: str, sent: dict, told: str) -> None:
    refused = supplier.send_form("/unsent", {**typed(place), **sent})

    assert refused.status_code == 422
    assert told in refused.text
    assert drafts(db) == []


def test_the_oldest_drafts_make_room_and_a_month_is_the_end(
    supplier: Browser, db: Session, services: Services, now: datetime
) -> None:
    for number in range(42):
        supplier.send_form("/unsent", typed(f"/listings/{number}"))

    assert len(drafts(db)) == 40


def run_out(db: Session, now: datetime) -> None:
    """Every session has not been used for longer than it may."""
    db.execute(update(SignIn).values(seen_at=now - timedelta(hours=1)))
    db.commit()


@mark.parametrize("elsewhere", ["//evil.example", "/\\evil.example", "/a\\b", "evil", ""])
def test_a_draft_stands_on_a_page_of_this_site(supplier: Browser, db: Session, elsewhere: str) -> None:
    said = supplier.send_form("/unsent", typed(elsewhere))

    assert said.status_code >= 400
    assert drafts(db) == []
