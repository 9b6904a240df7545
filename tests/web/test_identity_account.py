"""One's own account through the pages: each thing changed alone, asked for the password where it matters."""

import re

import pytest
from sqlalchemy import select

from marketplace.identity.actions.notices import tell
from marketplace.identity.models import Person, Preference, SignIn, Token
from tests.identity.people import NIA, OTHER_PASSWORD, PASSWORD, quick_passwords, somebody, with_password
from tests.web.identities import heading, link_of, take_token, worked

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")
PAGES = ["", "/name", "/password", "/address", "/sessions", "/tokens", "/notices"]


@pytest.fixture
def grace(client_of, buyer, db):
    """Grace Okafor with a password, signed in."""
    with_password(db, buyer.person_id)
    return client_of(buyer)


def test_every_page_of_an_account_opens_for_its_owner_and_for_nobody_else(grace, client):
    for page in PAGES:
        assert grace.get(f"/account{page}").status_code == 200
        assert client.get(f"/account{page}", follow_redirects=False).headers["location"].startswith("/sign-in")


def test_grace_renames_herself_and_reads_it_at_the_top(grace):
    answer = grace.send_form("/account/name", {"name": "Grace Okafor-Bell"})

    assert answer.headers["location"] == "/account"
    page = grace.get("/account").text
    assert "Your name is changed." in page
    assert "Grace Okafor-Bell" in page


def test_a_name_that_misleads_is_refused_where_it_was_typed(grace):
    answer = grace.send_form("/account/name", {"name": "Grace\u202erofako"})

    assert answer.status_code == 422
    assert "U+202E" in answer.text


def test_grace_changes_her_password_and_her_other_sessions_end(grace, client_of, buyer, services, now):
    elsewhere = client_of(buyer)
    wrong = grace.send_form("/account/password", {"current": "not this", "password": OTHER_PASSWORD})
    poor = grace.send_form("/account/password", {"current": PASSWORD, "password": "short"})
    assert [wrong.status_code, poor.status_code] == [422, 422]
    assert "This password is too short" in poor.text

    grace.send_form("/account/password", {"current": PASSWORD, "password": OTHER_PASSWORD})

    assert "your other sessions have ended" in grace.get("/account").text
    assert elsewhere.get("/account", follow_redirects=False).status_code == 303
    worked(services)
    assert "Your password was changed" in grace.get("/notices").text


def test_grace_moves_to_a_new_address_by_its_own_mail(grace, buyer, services):
    grace.send_form("/account/address", {"email": "grace@ashdown.nhs.uk", "current": PASSWORD})
    link = link_of(services, "grace@ashdown.nhs.uk", "address-confirmation")
    assert heading(grace.get(link).text) == "Confirm your new address"
    with services.database.reading() as db:
        assert db.get_one(Person, buyer.person_id).email == "grace.okafor@example.org"

    grace.send_form(link)

    assert "grace@ashdown.nhs.uk" in grace.get("/account").text
    worked(services)
    told = [mail.to for mail in services.mail.newest() if mail.kind == "address-changed"]
    assert told == ["grace.okafor@example.org"]


def test_a_strangers_confirmation_link_is_not_found(rival, grace, client_of, services):
    grace.send_form("/account/address", {"email": "grace@ashdown.nhs.uk", "current": PASSWORD})
    link = link_of(services, "grace@ashdown.nhs.uk", "address-confirmation")

    assert client_of(rival).get(link).status_code == 404


def test_grace_ends_one_session_and_then_the_others(grace, client_of, buyer, services):
    phone, laptop = client_of(buyer), client_of(buyer)
    page = grace.get("/account/sessions").text
    assert page.count("End this session") == 2
    assert "Mozilla" not in page
    key = re.search(r"/account/sessions/([0-9a-f-]{36})/end", page)[1]

    grace.send_form(f"/account/sessions/{key}/end")
    alive = [each.get("/account", follow_redirects=False).status_code for each in (phone, laptop)]
    assert sorted(alive) == [200, 303]
    grace.send_form("/account/sessions/others/end")

    assert "You are signed in here alone." in grace.get("/account/sessions").text


def test_nobody_ends_a_strangers_session(rival, grace, client_of, services):
    client_of(rival)
    with services.database.reading() as db:
        key = db.scalars(select(SignIn.id).where(SignIn.person_id == rival.person_id)).one()

    assert grace.send_form(f"/account/sessions/{key}/end").status_code == 404
    assert grace.send_form("/account/sessions/nonsense/end").status_code == 404


def test_a_token_is_shown_once_and_only_after_the_password(grace, services, buyer):
    form = {"name": "Reports", "scopes": ["project:read"], "current": "not this"}
    wrong = grace.send_form("/account/tokens", form)
    assert wrong.status_code == 422
    assert 'value="Reports"' in wrong.text

    assert re.search(r"<label[^>]*>\s*Read projects\s*</label>", wrong.text)
    made = grace.send_form("/account/tokens", {**form, "current": PASSWORD})

    assert "Reports may do this: read projects." in made.text
    secret = re.search(r'value="(tst_[^"]+)"', made.text)[1]
    assert made.headers["cache-control"] == "no-store"
    page = grace.get("/account/tokens").text
    assert "Reports" in page
    assert "May read projects. Made on" in page
    assert secret not in page
    with services.database.reading() as db:
        key = db.scalars(select(Token.id)).one()
    grace.send_form(f"/account/tokens/{key}/end")
    assert "You have no token" in grace.get("/account/tokens").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "", "scopes": ["project:read"]}, "Write what it is for"),
        ({"name": "x"}, "Choose at least one thing"),
        ({"name": "x" * 81, "scopes": ["project:read"]}, 'id="name-error"'),
        ({"name": "x", "scopes": ["project:read"], "expires_on-day": "31", "expires_on-month": "2"}, "is not a day"),
        ({"name": "x", "scopes": ["project:read"], "expires_on-day": "1", "expires_on-month": "1",
          "expires_on-year": "2036"}, "within the next year"),
    ],
)  # fmt: skip
def test_a_token_that_makes_no_sense_is_refused_and_kept_as_typed(grace, typed, told):
    answer = grace.send_form("/account/tokens", {**typed, "current": PASSWORD})

    assert answer.status_code == 422
    assert told in answer.text


def test_a_scope_beyond_ones_own_roles_is_refused(grace):
    answer = grace.send_form("/account/tokens", {"name": "x", "scopes": ["operate:all"], "current": PASSWORD})

    assert answer.status_code == 403


def test_grace_reads_her_notices_and_only_hers(rival, grace, client_of, buyer, services, now):
    with services.database.writing() as db:
        for person, key in ((buyer, "a"), (rival, "b")):
            news = f"News for {person.person_name}"
            tell(db, [person.person_id], kind="listing", title=news, body="", path="/account", key=key, at=now)
    page = grace.get("/notices").text
    assert "News for Grace Okafor" in page
    assert "News for Max Feld" not in page
    key = re.search(r"/notices/([0-9a-f-]{36})/reading", page)[1]

    assert client_of(rival).send_form(f"/notices/{key}/reading").status_code == 404
    assert grace.send_form(f"/notices/{key}/reading").headers["location"] == "/account"
    assert "Read and open" not in grace.get("/notices").text
    grace.send_form("/notices/reading")
    assert grace.get("/notices?after=garbage").status_code == 422


def test_a_desk_without_notices_says_what_will_stand_there(grace):
    assert "What concerns you stands here" in grace.get("/notices").text


def test_grace_chooses_what_is_mailed_and_security_is_not_offered(grace, services, buyer):
    assert 'name="security"' not in grace.get("/account/notices").text

    grace.send_form("/account/notices", {"listing": "off", "follow": "now"})
    assert grace.send_form("/account/notices", {"security": "off"}).status_code == 422
    assert grace.send_form("/account/notices", {"listing": "hourly"}).status_code == 422

    with services.database.reading() as db:
        kept = dict(db.execute(select(Preference.kind, Preference.mail)).all())
    assert kept == {"listing": "off", "follow": "now"}


def test_a_person_of_no_organisation_is_shown_the_way_in(client, services, now):
    somebody(services.database, NIA, at=now)
    client.send_form("/sign-in", {"email": NIA, "password": PASSWORD})

    page = client.get("/organisations").text

    assert "You belong to no organisation yet" in page
    assert client.get("/account/tokens").status_code == 200
    take_token(client, page)
    assert client.send_form("/account/tokens", {"name": "x", "scopes": [], "current": PASSWORD}).status_code == 403
