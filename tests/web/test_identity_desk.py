"""The desk of whoever comes, and of those who let them in: a newcomer finds the way, nobody's request lies unseen."""

import re

import pytest

from tests.cast import an_actor
from tests.identity.people import NIA, PASSWORD, quick_passwords, somebody
from tests.web.identities import link_of, take_token, worked

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def nia(client, services, now):
    """Nia Rees, who belongs nowhere yet, signed in."""
    somebody(services.database, NIA, at=now)
    client.send_form("/sign-in", {"email": NIA, "password": PASSWORD})
    take_token(client, client.get("/account").text)
    return client


@pytest.fixture
def sam(db, buyer, now):
    """Sam Adeyemi, approver at Ashdown."""
    return an_actor(db, "Sam Adeyemi", "Ashdown Hospitals NHS Trust", "trust", "approver", at=now)


def base(actor) -> str:
    return f"/organisations/{actor.organisation_ref}"


def test_the_desk_of_a_newcomer_leads_to_their_organisation_and_then_says_what_waits(nia, client_of, moderator):
    operator = client_of(moderator)
    assert '<a href="/organisations/new">Find your organisation</a>' in nia.get("/my-desk").text

    nia.send_form("/organisations/new/listed", {"key": "RJ1", "message": "I run outpatients"})
    waiting = nia.get("/my-desk").text

    assert "You asked to join it." in waiting
    assert "Find your organisation" not in waiting
    desk = operator.get("/my-desk").text
    assert "Nia Rees asks to join Guy&#39;s and St Thomas&#39; NHS Foundation Trust" in desk
    assert "Nobody manages it yet." in desk
    key = re.search(r'href="/organisations/requests/([0-9a-f-]{36})"', desk)[1]
    operator.send_form(f"/organisations/requests/{key}/approval", {"roles": ["manager"]})
    assert "asks to join" not in operator.get("/my-desk").text.partition("What changed")[0]
    assert "Act for Guy&#39;s and St Thomas&#39; NHS Foundation Trust" in nia.get("/my-desk").text


def test_whoever_asks_grace_stands_on_her_desk_one_step_from_the_decision(nia, client_of, buyer, sam, db):
    grace, colleague = client_of(buyer), client_of(sam)
    nia.send_form(f"{base(buyer)}/join", {"message": "new in outpatients"})

    desk = grace.get("/my-desk").text

    path = re.search(r'<a href="(/organisations/requests/[0-9a-f-]{36})">Nia Rees asks to join', desk)[1]
    assert grace.get(path).status_code == 200
    assert f'href="{base(buyer)}/invitations">Invite a colleague' in desk
    assert re.search(r'desk-list__due">Since 24 November 2026</p>\s*<p class="desk-list__what"><a href="' + path, desk)
    assert "asks to join" not in colleague.get("/my-desk").text


def test_an_invitation_waits_on_the_desk_and_whoever_acted_for_nobody_acts_at_once(nia, client_of, buyer, services):
    grace = client_of(buyer)
    grace.send_form(f"{base(buyer)}/invitations", {"email": NIA, "roles": ["buyer"]})
    desk = nia.get("/my-desk").text
    assert "Ashdown Hospitals NHS Trust invites you" in desk
    assert '<p class="desk-list__due">8 December 2026</p>' in desk, "the day on which it ends"

    answer = nia.send_form(link_of(services, NIA, "invitation"))

    assert answer.headers["location"] == "/my-desk"
    page = nia.get("/my-desk").text
    assert "For Ashdown Hospitals NHS Trust." in page
    assert "invites you" not in page.partition("What changed")[0]


def test_an_empty_desk_says_what_will_come_and_who_gives_a_role(nia, client_of, sam, buyer, services):
    grace = client_of(buyer)
    assert "Approves and signs for the organisation, within a limit" in client_of(sam).get("/my-desk").text
    grace.send_form(f"{base(buyer)}/invitations", {"email": NIA, "roles": []})
    nia.send_form(link_of(services, NIA, "invitation"))

    page = nia.get("/my-desk").text

    assert f'<a href="{base(buyer)}/members">Ask for a role</a>' in page


def test_a_role_that_does_not_fit_is_told_where_roles_are_chosen(nia, client_of, buyer, services):
    grace = client_of(buyer)
    poor = grace.send_form(f"{base(buyer)}/invitations", {"email": "noor@ashdown.nhs.uk", "roles": ["operator"]})
    assert 'id="roles-error"' in poor.text
    nia.send_form(f"{base(buyer)}/join", {"message": ""})
    worked(services)
    path = re.search(r'href="(/organisations/requests/[0-9a-f-]{36})"', grace.get("/my-desk").text)[1]

    poor = grace.send_form(f"{path}/approval", {"roles": ["operator"]})

    assert 'id="roles-error"' in poor.text
    assert "Ashdown Hospitals NHS Trust, NHS trust" in poor.text
