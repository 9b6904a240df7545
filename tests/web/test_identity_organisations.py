"""Organisations through the pages: found, joined, managed; and closed to whoever does not act for them."""

import re

import pytest
from sqlalchemy import select

from marketplace.identity.models import Membership, Organisation
from tests.cast import an_actor
from tests.identity.people import NIA, PASSWORD, membership, quick_passwords, somebody
from tests.web.identities import heading, link_of, take_token, worked

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def sam(db, buyer, now):
    """Sam Adeyemi, buyer at Ashdown, no manager."""
    return an_actor(db, "Sam Adeyemi", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)


@pytest.fixture
def ruth(db, buyer, now):
    """Ruth Lister, approver at Ashdown."""
    return an_actor(db, "Ruth Lister", "Ashdown Hospitals NHS Trust", "trust", "approver", at=now)


@pytest.fixture
def nia(client, services, now):
    """Nia Rees, who belongs nowhere yet, signed in."""
    somebody(services.database, NIA, at=now)
    client.send_form("/sign-in", {"email": NIA, "password": PASSWORD})
    take_token(client, client.get("/account").text)
    return client


def base(actor) -> str:
    return f"/organisations/{actor.organisation_ref}"


def test_the_header_says_that_nia_acts_for_nobody_yet_in_both_languages(nia):
    page = nia.get("/products").text
    assert "acting for no organisation yet" in page
    assert '<a href="/organisations">Organisations</a>' in page, "from every page it is one step to one's own"
    nia.cookies.set("language", "cy")
    assert "heb weithredu ar ran unrhyw sefydliad eto" in nia.get("/account").text
    assert '<a href="/organisations">Sefydliadau</a>' in nia.get("/account").text


def test_nia_finds_guys_without_a_script_and_while_she_types(nia):
    page = nia.get("/organisations/new", params={"q": "guys"}).text
    fragment = nia.get("/organisations/new", params={"q": "guys"}, headers={"hx-request": "true"}).text

    for found in (page, fragment):
        assert "Guy&#39;s and St Thomas&#39; NHS Foundation Trust" in found
    assert "<h1" not in fragment
    assert "received 24 November 2026" in page
    assert "Nothing is called zzzz" in nia.get("/organisations/new", params={"q": "zzzz"}).text


def test_nia_registers_her_trust_and_an_operator_lets_her_in(nia, client_of, moderator):
    operator = client_of(moderator)
    assert "Guy" in heading(nia.get("/organisations/new/listed", params={"key": "RJ1"}).text)
    nia.send_form("/organisations/new/listed", {"key": "RJ1", "message": "I run outpatients"})
    assert "Waits for an answer" in nia.get("/organisations").text
    assert nia.send_form("/organisations/new/listed", {"key": "RJ1"}).status_code == 409

    key = re.search(r"/organisations/requests/([0-9a-f-]{36})", operator.get("/organisations/requests").text)[1]
    assert "I run outpatients" in operator.get(f"/organisations/requests/{key}").text
    assert nia.get(f"/organisations/requests/{key}").status_code == 404
    operator.send_form(f"/organisations/requests/{key}/approval", {"roles": ["manager"]})

    page = nia.get("/organisations").text
    ref = re.search(r'name="organisation" value="(ORG-[^"]+)"', page)[1]
    nia.send_form("/acting-for", {"organisation": ref})
    assert nia.get(f"/organisations/{ref}/members").status_code == 200
    assert operator.get("/organisations/requests").text.count("Nobody waits") == 1


def test_nia_registers_her_company_and_what_is_wrong_keeps_what_she_typed(nia):
    typed = {"name": "Rees Analytics Ltd", "companies_house_number": "12", "website": "rees", "about": "We count."}
    poor = nia.send_form("/organisations/new/supplier", typed)
    assert poor.status_code == 422
    assert 'value="Rees Analytics Ltd"' in poor.text
    assert "Begin it with https://" in poor.text

    done = nia.send_form("/organisations/new/supplier", {**typed, "companies_house_number": "03914810", "website": ""})

    assert done.headers["location"] == "/my-desk"
    page = nia.get("/organisations").text
    assert "Organisation manager, Supplier manager" in page
    assert "acting for <strong>Rees Analytics Ltd</strong>" in page, "whoever acted for nobody acts for it at once"


def test_a_form_with_more_fields_than_it_has_changes_no_kind(nia, services):
    nia.send_form("/organisations/new/supplier", {"name": "Rees Ltd", "kind": "operator", "is_demonstration": "1"})

    with services.database.reading() as db:
        company = db.scalars(select(Organisation).where(Organisation.name == "Rees Ltd")).one()
    assert (company.kind, company.is_demonstration) == ("supplier", False)


def test_a_look_alike_is_shown_to_the_operator_with_its_number(nia, client_of, lumen, moderator, db):
    db.commit()
    nia.send_form("/organisations/new/supplier", {"name": "Lurnen Health Ltd", "companies_house_number": "03914810"})

    operator = client_of(moderator)
    key = re.search(r"/organisations/requests/([0-9a-f-]{36})", operator.get("/organisations/requests").text)[1]
    page = operator.get(f"/organisations/requests/{key}").text

    assert "The name looks like another" in page
    assert "03914810" in page


def test_nia_asks_to_join_and_grace_decides(nia, client_of, buyer, services, db):
    grace = client_of(buyer)
    nia.send_form(f"{base(buyer)}/join", {"message": "new in outpatients"})
    assert nia.send_form(f"{base(buyer)}/join", {"message": "again"}).status_code == 409
    worked(services)
    assert "Nia Rees asks to join" in grace.get("/notices").text
    key = re.search(r"/organisations/requests/([0-9a-f-]{36})", grace.get(f"{base(buyer)}/members").text)[1]

    assert grace.send_form(f"/organisations/requests/{key}/refusal", {"reason": ""}).status_code == 422
    poor = grace.send_form(f"/organisations/requests/{key}/approval", {"roles": ["operator"]})
    assert poor.status_code == 422
    grace.send_form(f"/organisations/requests/{key}/approval", {"roles": ["buyer"]})

    assert "Nia Rees" in grace.get(f"{base(buyer)}/members").text
    assert grace.get(f"/organisations/requests/{key}").status_code == 404


def test_nobody_else_sees_or_decides_who_asks(nia, client_of, buyer, sam, rival, moderator, services, db):
    db.commit()
    nia.send_form(f"{base(buyer)}/join", {"message": ""})
    with services.database.reading() as reading:
        key = reading.scalars(select(Membership.id).where(Membership.state == "asked")).one()

    for stranger in (sam, rival, moderator):
        browser = client_of(stranger)
        assert browser.get(f"/organisations/requests/{key}").status_code == 404
        answer = browser.send_form(f"/organisations/requests/{key}/approval", {"roles": ["manager"]})
        assert answer.status_code == 404
    assert nia.send_form(f"/organisations/requests/{key}/approval", {"roles": ["manager"]}).status_code == 404


PAGES = ["", "/members", "/deputies", "/invitations", "/tokens", "/details"]


def test_an_organisation_is_not_found_by_whoever_acts_for_another(client_of, buyer, rival, db, moderator, sam):
    key, grace = membership(db, sam).id, client_of(buyer)
    for page in [*PAGES, f"/members/{key}", f"/members/{key}/end"]:
        assert grace.get(f"{base(buyer)}{page}").status_code == 200, page
        for stranger in (rival, moderator):
            assert client_of(stranger).get(f"{base(buyer)}{page}").status_code == 404, page
        assert grace.get(f"/organisations/ORG-2222-2222-2{page}").status_code == 404, page


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/members/{key}/roles", {"role": "manager"}),
        ("/members/{key}/roles/buyer/removal", {}),
        ("/members/{key}/end", {}),
        ("/deputies", {"role": "approver", "deputy": "{key}"}),
        ("/invitations", {"email": "a@example.org", "roles": "manager"}),
        ("/details", {"name": "Ours now"}),
    ],
)
def test_no_form_of_an_organisation_works_from_another(client_of, buyer, rival, sam, db, path, form):
    key = str(membership(db, sam).id)
    stranger = client_of(rival)

    for ref in [buyer.organisation_ref, *([rival.organisation_ref] if "{key}" in path else [])]:
        assert stranger.send_form(f"/organisations/{ref}{path.format(key=key)}", form).status_code == 404


def test_a_colleague_without_the_role_reads_and_changes_nothing(client_of, buyer, sam, db):
    graces, own, colleague = membership(db, buyer).id, membership(db, sam).id, client_of(sam)

    assert colleague.get(f"{base(buyer)}/members").status_code == 200
    for page in ("/invitations", "/tokens", "/details"):
        assert colleague.get(f"{base(buyer)}{page}").status_code == 403
    for path in (f"/members/{own}/roles", f"/members/{graces}/roles/manager/removal", "/invitations", "/details"):
        assert colleague.send_form(f"{base(buyer)}{path}", {"role": "manager"}).status_code == 403
    assert colleague.send_form(f"{base(buyer)}/members/{graces}/end").status_code == 403
    assert "Audit" not in colleague.get(base(buyer)).text
    assert colleague.get("/audit").status_code == 403


def test_grace_gives_a_role_with_a_limit_and_sam_hears_of_it(client_of, buyer, sam, services, db):
    key, grace = membership(db, sam).id, client_of(buyer)
    form = {"role": "approver", "limit": "£5,000", "until-day": "31", "until-month": "12", "until-year": "2026"}

    answer = grace.send_form(f"{base(buyer)}/members/{key}/roles", form)

    assert answer.status_code == 303
    page = grace.get(f"{base(buyer)}/members/{key}").text
    assert "up to £5,000.00, until 31 December 2026" in page
    worked(services)
    assert "You are approver at Ashdown" in client_of(sam).get("/notices").text
    assert "gave Sam Adeyemi the role approver, limit £5,000.00, until 31 December 2026" in grace.get("/audit").text


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"role": "operator"}, "Choose one of the roles listed."),
        ({"role": "approver", "limit": "lots"}, "is not an amount of money"),
        ({"role": "approver", "limit": "-1"}, "Write an amount above £0.00"),
        ({"role": "approver", "until-day": "30", "until-month": "2", "until-year": "2027"}, "is not a day"),
        ({"role": "approver", "until-day": "1", "until-month": "1", "until-year": "2020"}, "Give today or a later"),
        ({"role": "buyer", "limit": "5"}, "Leave it empty"),
    ],
)
def test_terms_that_make_no_sense_stay_in_the_form_with_the_reason(client_of, buyer, sam, db, form, told):
    key, grace = membership(db, sam).id, client_of(buyer)

    answer = grace.send_form(f"{base(buyer)}/members/{key}/roles", form)

    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{form.get("limit", "")}"' in answer.text


def test_grace_cannot_make_herself_an_approver_nor_leave_ashdown_without_a_manager(client_of, buyer, db):
    key, grace = membership(db, buyer).id, client_of(buyer)

    assert grace.send_form(f"{base(buyer)}/members/{key}/roles", {"role": "approver"}).status_code == 403
    for path in (f"/members/{key}/roles/manager/removal", f"/members/{key}/end"):
        answer = grace.send_form(f"{base(buyer)}{path}")
        assert answer.status_code == 409
        assert "last manager" in answer.text


def test_a_leaver_is_out_at_once(client_of, buyer, sam, db):
    key, grace, colleague = membership(db, sam).id, client_of(buyer), client_of(sam)
    assert "sessions and tokens" in grace.get(f"{base(buyer)}/members/{key}/end").text

    grace.send_form(f"{base(buyer)}/members/{key}/end", {"reason": "Left the trust"})

    assert colleague.get("/my-desk", follow_redirects=False).headers["location"].startswith("/sign-in")
    assert "ended the membership of Sam Adeyemi: Left the trust" in grace.get("/audit").text


def test_ruth_names_a_deputy_and_everybody_sees_until_when(client_of, buyer, sam, ruth, db):
    form = {"role": "approver", "deputy": str(membership(db, sam).id), "limit": "100"}
    approver = client_of(ruth)
    assert "Give the last day." in approver.send_form(f"{base(buyer)}/deputies", form).text
    nobody = approver.send_form(f"{base(buyer)}/deputies", {**form, "deputy": ""})
    assert (nobody.status_code, "Choose a colleague." in nobody.text) == (422, True)

    approver.send_form(
        f"{base(buyer)}/deputies", {**form, "until-day": "31", "until-month": "12", "until-year": "2026"}
    )

    page = client_of(sam).get(f"{base(buyer)}/deputies").text
    assert "<strong>Sam Adeyemi</strong> for Ruth Lister as approver, up to £100.00, until 31 December 2026" in page


def test_noor_is_invited_makes_an_account_on_the_way_and_the_link_is_used_up(client, client_of, buyer, services):
    grace = client_of(buyer)
    grace.send_form(f"{base(buyer)}/invitations", {"email": "noor@ashdown.nhs.uk", "roles": ["buyer"]})
    again = grace.send_form(f"{base(buyer)}/invitations", {"email": "noor@ashdown.nhs.uk", "roles": ["buyer"]})
    assert (again.status_code, 'value="noor@ashdown.nhs.uk"' in again.text) == (409, True)
    link = link_of(services, "noor@ashdown.nhs.uk", "invitation")
    assert "Searches, keeps shortlists" in client.get(link).text

    answer = client.send_form(f"{link}/account", {"name": "Noor Aziz", "password": PASSWORD})

    assert answer.headers["location"] == "/my-desk"
    assert "Ashdown Hospitals NHS Trust" in client.get("/account").text
    assert client.get(link).status_code == 404
    assert "No invitation is open" in grace.get(f"{base(buyer)}/invitations").text


def test_an_invitation_to_somebody_else_is_shown_and_not_accepted(client_of, buyer, rival, services, db):
    grace, stranger = client_of(buyer), client_of(rival)
    grace.send_form(f"{base(buyer)}/invitations", {"email": "noor@ashdown.nhs.uk", "roles": ["manager"]})
    link = link_of(services, "noor@ashdown.nhs.uk", "invitation")

    assert "you are signed in as max.feld@example.org" in stranger.get(link).text
    assert stranger.send_form(link).status_code == 403


def test_who_has_an_account_finds_the_invitation_among_their_organisations(client_of, buyer, rival, services):
    grace, max_feld = client_of(buyer), client_of(rival)
    grace.send_form(f"{base(buyer)}/invitations", {"email": "max.feld@example.org", "roles": ["contract-manager"]})
    key = re.search(r"/organisations/offers/([0-9a-f-]{36})/acceptance", max_feld.get("/organisations").text)[1]

    assert grace.send_form(f"/organisations/offers/{key}/acceptance").status_code == 404
    max_feld.send_form(f"/organisations/offers/{key}/acceptance")

    assert "Contract manager" in max_feld.get("/organisations").text


def test_a_withdrawn_invitation_opens_nothing(client, client_of, buyer, other_buyer, services):
    grace, tom = client_of(buyer), client_of(other_buyer)
    grace.send_form(f"{base(buyer)}/invitations", {"email": "noor@ashdown.nhs.uk", "roles": ["buyer"]})
    link = link_of(services, "noor@ashdown.nhs.uk", "invitation")
    page = grace.get(f"{base(buyer)}/invitations").text
    key = re.search(r"/invitations/([0-9a-f-]{36})/withdrawal", page)[1]

    assert tom.send_form(f"{base(other_buyer)}/invitations/{key}/withdrawal").status_code == 404
    grace.send_form(f"{base(buyer)}/invitations/{key}/withdrawal")

    assert client.get(link).status_code == 404
    assert "used, withdrawn or is too old" in client.get(link).text


def test_grace_acts_for_one_at_a_time_and_an_old_form_of_the_other_is_refused(client_of, buyer, db, now, services):
    an_actor(db, "Grace Okafor", "Calder Valley NHS Trust", "trust", "buyer", at=now)
    calder = db.scalars(select(Organisation).where(Organisation.name == "Calder Valley NHS Trust")).one().ref
    grace = client_of(buyer)

    answer = grace.send_form("/acting-for", {"organisation": calder})
    stale = grace.send_form(f"{base(buyer)}/invitations", {"email": "a@example.org", "roles": ["buyer"]})

    assert answer.headers["location"] == "/my-desk"
    assert stale.status_code == 403
    assert "or chose another organisation to act for" in grace.send_form("/account/name", {"name": "G"}).text
    page = grace.get("/account").text
    assert "acting for <strong>Calder Valley NHS Trust</strong>" in page
    assert grace.get(base(buyer)).status_code == 404
    take_token(grace, page)
    assert grace.send_form("/acting-for", {"organisation": "ORG-2222-2222-2"}).status_code == 404


def test_two_managers_who_change_the_details_at_once_lose_nothing(client_of, lumen, db):
    priya = client_of(lumen)
    page = priya.get(f"{base(lumen)}/details").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    form = {"name": "Lumen Health Ltd", "town": "Leeds", "nation": "england", "version": version}
    priya.send_form(f"{base(lumen)}/details", {**form, "email_domains": "lumen.example.org"})

    late = priya.send_form(f"{base(lumen)}/details", {**form, "town": "York"})

    assert late.status_code == 409
    assert 'value="York"' in late.text
    assert "Leeds" in priya.get(base(lumen)).text
    assert "lumen.example.org" in priya.get(base(lumen)).text


def test_whatever_is_written_about_an_organisation_is_text(client_of, lumen):
    priya = client_of(lumen)
    canary = "'\"><svg/onload=alert(1)>{{7*7}}"
    form = {"name": canary, "town": canary, "about": canary, "nation": "england"}

    assert priya.send_form(f"{base(lumen)}/details", form).status_code == 303

    for page in ("", "/members", "/details"):
        text = priya.get(f"{base(lumen)}{page}").text
        assert "<svg/onload" not in text
        assert "{{7*7}}" in text or page == "/members"


def test_the_audit_page_stays_within_the_organisation(client_of, buyer, other_buyer, db, now):
    client_of(other_buyer).send_form(f"{base(other_buyer)}/invitations", {"email": "a@example.org", "roles": ["buyer"]})

    page = client_of(buyer).get("/audit").text

    assert "invited somebody" not in page
    assert heading(page) == "Audit"
    assert client_of(buyer).get("/audit?after=garbage").status_code == 422


def test_a_role_that_was_taken_is_refused_at_the_next_request(client_of, buyer, sam, services, db, now):
    key, grace, colleague = membership(db, sam).id, client_of(buyer), client_of(sam)
    assert colleague.get("/projects/new").status_code == 200

    grace.send_form(f"{base(buyer)}/members/{key}/roles/buyer/removal")

    assert colleague.get("/projects/new").status_code == 403
