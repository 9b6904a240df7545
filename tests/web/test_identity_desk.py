"""The desk of whoever comes, and of those who let them in: a newcomer finds the way, nobody's request lies unseen."""

import re

import pytest

from tests.cast import an_actor
from tests.identity.people import NIA, PASSWORD, membership, quick_passwords, somebody
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


def test_nia_takes_her_request_back_and_may_ask_again(nia, client_of, buyer):
    grace, join = client_of(buyer), f"{base(buyer)}/join"
    nia.send_form(join, {"message": "wrong trust"})
    assert "You asked on 24 November 2026. A manager decides" in nia.get(join).text

    answer = nia.send_form(f"{join}/withdrawal")

    assert answer.headers["location"] == "/organisations"
    assert "You ask to join Ashdown Hospitals NHS Trust no more." in nia.get("/organisations").text
    assert "Nia Rees asks" not in grace.get("/my-desk").text
    assert "took their request to join back" in grace.get("/audit").text
    assert nia.send_form(f"{join}/withdrawal").status_code == 409
    assert nia.send_form(join, {"message": "after all"}).status_code == 303


def test_nobody_takes_back_what_they_did_not_ask_nor_leaves_so(nia, client_of, buyer, rival):
    grace = client_of(buyer)

    assert nia.send_form(f"{base(buyer)}/join/withdrawal").status_code == 404
    assert grace.send_form(f"{base(buyer)}/join/withdrawal").status_code == 409
    assert "You are a member already." in grace.get(f"{base(buyer)}/join").text
    assert grace.get(f"{base(buyer)}/members").status_code == 200


def test_of_two_who_register_the_same_trust_the_second_asks_to_join_it(nia, client_of, rival):
    max_feld, form = client_of(rival), {"key": "RJ1", "message": "I run the wards"}
    nia.send_form("/organisations/new/listed", form)
    place = max_feld.get("/organisations/new/listed", params={"key": "RJ1"}, follow_redirects=False).headers["location"]
    assert "Nobody manages it yet, so an operator decides" in max_feld.get(place).text

    second = max_feld.send_form("/organisations/new/listed", form)
    again = nia.send_form("/organisations/new/listed", form)

    assert second.headers["location"] == "/organisations"
    assert "You asked to join Guy" in max_feld.get("/organisations").text
    assert (again.status_code, "You asked to join Guy" in again.text) == (409, True)


def test_an_operator_registers_an_assessor_body_and_its_people_find_it(nia, client_of, buyer, moderator):
    operator, form = client_of(moderator), {"kind": "assessor-body", "name": "Tarn Assessors", "nation": "scotland"}
    assert "Register a body" not in nia.get("/organisations/new").text
    assert client_of(buyer).get("/organisations/new/body").status_code == 403
    assert client_of(buyer).send_form("/organisations/new/body", form).status_code == 403
    poor = operator.send_form("/organisations/new/body", {**form, "kind": "supplier", "ods_code": "x"})
    assert (poor.status_code, 'value="Tarn Assessors"' in poor.text) == (422, True)

    done = operator.send_form("/organisations/new/body", form)

    assert "Tarn Assessors is registered." in operator.get(done.headers["location"]).text
    place = re.search(r'href="(/organisations/ORG-[^"]+/join)">Tarn', nia.get("/organisations/new?q=tarn").text)[1]
    nia.send_form(place, {"message": "I lead it"})
    path = re.search(r'href="(/organisations/requests/[^"]+)"', operator.get("/my-desk").text)[1]
    assert "Assessor" in operator.get(path).text
    assert operator.send_form(f"{path}/approval", {"roles": ["manager", "assessor"]}).status_code == 303
    assert operator.send_form("/organisations/new/body", {**form, "kind": "operator"}).status_code == 422


def test_an_invitation_is_sent_again_and_the_link_before_works_no_longer(
    client, client_of, buyer, other_buyer, services
):
    grace, noor = client_of(buyer), "noor@ashdown.nhs.uk"
    grace.send_form(f"{base(buyer)}/invitations", {"email": noor, "roles": ["buyer"]})
    first = link_of(services, noor, "invitation")
    key = re.search(r"/invitations/([0-9a-f-]{36})/renewal", grace.get(f"{base(buyer)}/invitations").text)[1]
    stranger = client_of(other_buyer)
    assert stranger.send_form(f"{base(other_buyer)}/invitations/{key}/renewal").status_code == 404

    grace.send_form(f"{base(buyer)}/invitations/{key}/renewal")

    assert "is on its way to noor@ashdown.nhs.uk again" in grace.get(f"{base(buyer)}/invitations").text
    second = link_of(services, noor, "invitation")
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    grace.send_form(f"{base(buyer)}/invitations/{key}/withdrawal")
    assert grace.send_form(f"{base(buyer)}/invitations/{key}/renewal").status_code == 409


def test_grace_is_offered_for_herself_what_she_may_give_herself(client_of, buyer, sam, db):
    hers, his, grace = membership(db, buyer).id, membership(db, sam).id, client_of(buyer)

    own, other = (grace.get(f"{base(buyer)}/members/{key}").text for key in (hers, his))

    assert 'value="approver"' in other
    assert 'value="approver"' not in own
    assert "make a colleague a manager first" in own
    refused = grace.send_form(f"{base(buyer)}/members/{hers}/roles", {"role": "approver"})
    assert (refused.status_code, "Another manager gives it." in refused.text) == (403, True)
