"""Buying together in the browser: the way of a lead and a second trust, and what each sees of the other."""

import re

import pytest

from marketplace.procurement.actions.joint import ask_for_approval, note, refuse_approval, withdraw_party
from marketplace.procurement.actions.projects import decide_project
from marketplace.procurement.actions.shortlist import Reason, decide_on
from tests import worlds
from tests.procurement.conftest import ashdown, calder, elmet, project, quill, scribe
from tests.procurement.joint import (
    PDF,
    PROTOCOL,
    a_joined_pilot,
    a_pilot,
    a_settled_pilot,
    again,
    an_open_pilot,
    approve_all,
    assured,
    digest,
    part,
)
from tests.procurement.scenes import a_new_edition, a_price

__all__ = ["ashdown", "calder", "elmet", "project", "quill", "scribe"]
TABS = ("", "/protocol", "/parties", "/call-off", "/join", "/approvals", "/approvals/budget", "/readiness", "/notes",
        "/history")  # fmt: skip


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    """References stay readable after a commit without a new transaction, which would hold the writers' lock."""
    db.expire_on_commit = False


def days(name: str, day: str, month: str, year: str) -> dict[str, str]:
    return {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}


FORM = {key: value for key, value in PROTOCOL.items() if not key.endswith("_on")}
FORM |= days("starts_on", "4", "1", "2027") | days("ends_on", "30", "9", "2027")


@worlds.part
def pilot(db, frameworks, ashdown, calder, scribe, now):
    return an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)


def test_the_first_visit_teaches_what_buying_together_is(client_of, buyer):
    answer = client_of(buyer).get("/procurements")

    assert answer.status_code == 200
    assert "One protocol" in answer.text
    assert "Start a joint pilot" in answer.text


def test_a_lead_starts_writes_invites_shares_and_opens(client_of, ashdown, calder, scribe):
    browser = client_of(ashdown.buyer)
    started = browser.send_form("/procurements", {"product": scribe.ref, "name": "Scribing"})
    assert re.fullmatch(r"/procurements/PRC-[\w-]+/protocol", started.headers["location"])
    base = started.headers["location"].removesuffix("/protocol")
    early = browser.send_form(f"{base}/opening")
    assert early.status_code == 409
    assert "The question is not written down" in early.text

    version = re.search(r'name="version" value="(\d+)"', browser.get(f"{base}/protocol").text)
    assert browser.send_form(f"{base}/protocol", {**FORM, "version": version[1]}).status_code == 303
    assert browser.send_form(f"{base}/parties", {"organisation": "Calder Valley NHS Trust"}).status_code == 303
    wrong = browser.send_form(
        f"{base}/shares", {"way": "percent", f"share-{ashdown.ref}": "66.66", f"share-{calder.ref}": "33.33"}
    )
    assert wrong.status_code == 422
    assert "0.01% less than 100%" in wrong.text
    assert 'value="66.66"' in wrong.text
    shares = {"way": "parts", f"share-{ashdown.ref}": "2", f"share-{calder.ref}": "1"}
    assert browser.send_form(f"{base}/shares", shares).status_code == 303
    page = browser.get(f"{base}/parties").text
    assert "£66,666.67" in page
    assert "£33,333.33" in page
    assert "£100,000.00" in page
    assert "largest remainder" in page
    opened = browser.send_form(f"{base}/opening")
    assert (opened.status_code, opened.headers["location"]) == (303, base)
    assert browser.send_form(f"{base}/opening").status_code == 409


def test_the_lead_reads_before_opening_by_when_the_others_answer(client_of, db, frameworks, ashdown, scribe, now):
    pilot = a_pilot(db, frameworks, scribe, by=ashdown.buyer, at=now, starts_on="2026-12-14")

    page = client_of(ashdown.buyer).get(f"/procurements/{pilot.ref}").text

    assert "Whoever is invited is asked to answer by 13 December 2026." in page


def test_a_decided_project_shows_what_it_gives_and_what_changed_since(
    client_of, db, ashdown, project, scribe, quill, now
):
    decide_on(db, project, scribe, verdict="included", reason=Reason(words="Works with us."), by=ashdown.buyer, at=now)
    decide_project(
        db, project, reason="The best.", ground="below-threshold", grounds=["below-threshold"], by=ashdown.buyer, at=now
    )
    a_price(db, scribe, at=now, pence=9_999, position=2, label="Second licence")
    refs = project.ref, scribe.ref, quill.ref
    a_new_edition(db, scribe, at=now)
    browser, (own, chosen, other) = client_of(ashdown.buyer), refs

    page = browser.get(f"/procurements/new?project={own}").text

    assert "Works with us." in page
    assert "Clinic letters take evenings" in page
    assert "What changed since the decision" in page
    assert "Price" in page
    assert f"/procurements/new?project={own}" in browser.get(f"/projects/{own}").text
    started = browser.send_form("/procurements", {"product": chosen, "project": own, "name": "P"})
    overview = browser.get(started.headers["location"].removesuffix("/protocol")).text
    assert "What changed since its decision" in overview
    refused = browser.send_form("/procurements", {"product": other, "project": own, "name": "P"})
    assert refused.status_code == 409


@pytest.mark.parametrize("tab", TABS)
def test_each_page_opens_for_both_trusts_and_for_no_stranger(client_of, ashdown, calder, elmet, lumen, pilot, tab):
    url = f"/procurements/{pilot.ref}{tab}"

    for actor in (ashdown.buyer, calder.buyer, calder.safety):
        assert client_of(actor).get(url).status_code == 200
    for stranger in (elmet.buyer, lumen):
        answer = client_of(stranger).get(url)
        assert pilot.name not in answer.text
        if not (tab == "/join" and stranger is elmet.buyer):
            assert answer.status_code == 404


def test_a_draft_is_seen_by_its_lead_alone(client_of, db, frameworks, ashdown, calder, scribe, now):
    draft = a_pilot(db, frameworks, scribe, by=ashdown.buyer, at=now)

    assert client_of(ashdown.buyer).get(f"/procurements/{draft.ref}").status_code == 200
    assert client_of(calder.buyer).get(f"/procurements/{draft.ref}").status_code == 404
    assert client_of(calder.buyer).get(f"/procurements/{draft.ref}/join").status_code == 404


def test_a_second_trust_joins_through_its_signatory_on_the_terms_that_it_read(client_of, calder, pilot, ashdown):
    browser, base = client_of(calder.approver), f"/procurements/{pilot.ref}"
    page = browser.get(f"{base}/join").text
    assert "£60,000.00" in page
    seen = re.search(r'name="seen" value="(\w{64})"', page)[1]
    stale = browser.send_form(f"{base}/join", {"seen": "0" * 64})
    assert stale.status_code == 409
    assert "the terms changed while your page was open" in stale.text.lower()

    assert browser.send_form(f"{base}/join", {"seen": seen}).status_code == 303

    again = browser.send_form(f"{base}/join", {"seen": seen})
    assert again.status_code == 409
    assert "has joined already" in again.text
    assert client_of(calder.buyer).send_form(f"{base}/join", {"seen": seen}).status_code == 403
    assert "Joined" in client_of(ashdown.buyer).get(f"{base}/parties").text


def test_a_trust_that_was_not_named_sees_the_rule_and_what_it_can_do_and_nothing_else(client_of, elmet, pilot):
    answer = client_of(elmet.buyer).get(f"/procurements/{pilot.ref}/join")

    assert answer.status_code == 200
    assert "was not named when this was opened" in answer.text
    assert "Start a pilot of your own" in answer.text
    assert "reg. 20(2)(e)" in answer.text
    for hidden in (pilot.name, "Ashdown", "Calder", "Lumen Scribe", "100,000", pilot.question):
        assert hidden not in answer.text
    assert client_of(elmet.approver).send_form(f"/procurements/{pilot.ref}/join").status_code == 404


def test_each_trust_sees_its_own_approvals_whole_and_of_the_other_the_state_alone(
    client_of, db, frameworks, ashdown, calder, pilot, now
):
    own = part(pilot, calder)
    words = ("Hazard H7 is not controlled here.", "Ask Dr Secret first.", "Our trust doubts the lead.")
    refuse_approval(db, frameworks, pilot, own, "deployment-safety-case", note=words[0], by=calder.safety, at=now)
    ask_for_approval(db, frameworks, pilot, own, "budget", note=words[1], by=calder.buyer, at=now)
    note(db, pilot, own, words=words[2], by=calder.buyer, at=now)
    base = f"/procurements/{pilot.ref}"

    theirs = client_of(ashdown.buyer)
    pages = "".join(theirs.get(f"{base}{tab}").text for tab in TABS)
    assert "Refused" in pages
    for hidden in (*words, "Calder Safety", "Calder Budget"):
        assert hidden not in pages
    ours = client_of(calder.privacy)
    mine = "".join(ours.get(f"{base}{tab}").text for tab in ("/approvals", "/notes", "/approvals/budget"))
    for shown in (*words, "Calder Safety"):
        assert shown in mine


def test_an_approval_is_given_with_its_document_which_nobody_else_can_read(client_of, ashdown, calder, pilot):
    base = f"/procurements/{pilot.ref}"
    browser = client_of(calder.safety)
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(f"{base}/approvals/deployment-safety-case").text)[1]
    url = f"{base}/approvals/deployment-safety-case/approval"
    without = browser.send_form(url, {"seen": seen})
    assert without.status_code == 422
    assert "Add the document" in without.text

    given = browser.send_form(
        url, {"seen": seen, "note": "H1 to H6."}, files={"document": ("case.pdf", PDF, "application/pdf")}
    )

    assert given.status_code == 303
    page = browser.get(f"{base}/approvals").text
    paper = re.search(rf"{base}/papers/[\w-]+", page)[0]
    assert browser.get(paper).content == PDF
    assert "sandbox" in browser.get(paper).headers["content-security-policy"]
    assert client_of(ashdown.safety).get(paper).status_code == 404
    assert "case.pdf" not in client_of(ashdown.safety).get(f"{base}/approvals").text


def test_a_budget_of_nothing_or_not_a_number_is_refused_by_its_field(client_of, calder, pilot):
    browser, url = client_of(calder.budget), f"/procurements/{pilot.ref}/approvals/budget/approval"

    for amount in ("NaN", "-60000", "0", "1.234", "59,999.99", "1e9"):
        answer = browser.send_form(url, {"amount": amount})
        assert answer.status_code == 422, amount
        assert "nhsuk-error-message" in answer.text
    assert browser.send_form(url, {"amount": "60,000.00"}).status_code == 303


def test_an_approval_is_for_the_right_person_of_the_right_trust(client_of, ashdown, calder, pilot):
    url = f"/procurements/{pilot.ref}/approvals/budget/approval"

    for actor in (calder.buyer, calder.safety, ashdown.buyer):
        assert client_of(actor).send_form(url, {"amount": "60000"}).status_code == 403
    early = client_of(calder.approver).send_form(f"/procurements/{pilot.ref}/approvals/executive/approval")
    assert early.status_code == 409
    assert "comes after" in early.text
    assert client_of(calder.approver).get(f"/procurements/{pilot.ref}/approvals/nonsense").status_code == 404


def test_settling_names_everything_in_the_way_and_then_settles(
    client_of, db, frameworks, ashdown, calder, scribe, now, lumen
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    base = f"/procurements/{pilot.ref}"
    browser = client_of(ashdown.buyer)
    page = browser.get(base).text
    assert "Budget is not approved at Calder Valley NHS Trust" in page
    assert browser.send_form(f"{base}/settlement").status_code == 409
    for trust in (ashdown, calder):
        approve_all(db, frameworks, pilot, trust, at=now)
    db.commit()
    assert client_of(lumen).get(base).status_code == 404

    with assured(ashdown.buyer, calder.buyer):
        assert "Nothing is in the way" in browser.get(base).text
        assert browser.send_form(f"{base}/settlement").status_code == 303
        supplier = client_of(lumen).get(base)

    assert supplier.status_code == 200
    assert "Settled" in supplier.text
    for hidden in ("Ashdown", "Calder", pilot.name, pilot.question, "£"):
        assert hidden not in supplier.text
    assert client_of(lumen).get(f"{base}/parties").status_code == 404


def test_a_trust_leaves_and_the_other_is_told_to_confirm_again(
    client_of, db, frameworks, ashdown, calder, elmet, scribe, now
):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now)
    base = f"/procurements/{pilot.ref}"
    browser = client_of(calder.approver)
    assert browser.send_form(f"{base}/withdrawal", {"reason": ""}).status_code == 422

    assert browser.send_form(f"{base}/withdrawal", {"reason": "No clinical lead."}).status_code == 303

    page = client_of(elmet.approver).get(f"{base}/join").text
    assert "The parties changed: 1 left" in page
    assert "£60,000.00" in page
    assert client_of(elmet.approver).send_form(f"{base}/confirmation", {"seen": digest_of(page)}).status_code == 303
    left = client_of(calder.buyer)
    assert "Your organisation left this" in left.get(base).text
    assert left.get(f"{base}/parties").status_code == 403
    assert left.get(f"{base}/approvals").status_code == 200
    assert "confirmed again" not in left.get(f"{base}/history").text


def digest_of(page: str) -> str:
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def test_a_stale_protocol_comes_back_with_what_was_typed(client_of, ashdown, calder, pilot):
    browser, base = client_of(ashdown.buyer), f"/procurements/{pilot.ref}"
    assert browser.send_form(f"{base}/protocol", {**FORM, "question": "A new question?"}).status_code == 303

    stale = browser.send_form(f"{base}/protocol", {**FORM, "question": "My question?", "version": "1"})

    assert stale.status_code == 409
    assert "My question?" in stale.text
    assert client_of(calder.buyer).send_form(f"{base}/protocol", FORM).status_code == 403


def test_a_call_off_has_its_own_start_cost_code_and_order_which_the_other_does_not_see(
    client_of, ashdown, calder, pilot
):
    base = f"/procurements/{pilot.ref}"
    form = {"cost_code": "CC-4471", "purchase_order": "PO-99812", "users": "120", **days("starts_on", "1", "2", "2027")}
    browser = client_of(calder.buyer)
    wrong = browser.send_form(f"{base}/call-off", {**form, **days("starts_on", "1", "2", "2026")})
    assert wrong.status_code == 422
    assert "outside the pilot" in wrong.text
    assert browser.send_form(f"{base}/call-off", {**form, "users": "-3"}).status_code == 422

    assert browser.send_form(f"{base}/call-off", form).status_code == 303

    assert "PO-99812" in client_of(calder.finance).get(f"{base}/call-off").text
    theirs = client_of(ashdown.buyer)
    for tab in TABS:
        assert "4471" not in theirs.get(f"{base}{tab}").text
    assert client_of(calder.safety).send_form(f"{base}/call-off", form).status_code == 403


def test_readiness_has_an_owner_and_a_day_and_the_other_sees_how_far_alone(client_of, db, ashdown, calder, pilot):
    base, browser = f"/procurements/{pilot.ref}", client_of(calder.buyer)
    page = browser.get(f"{base}/readiness").text
    item = re.search(rf"({base}/readiness/[\w-]+)", page)[1]
    plan = {"owner": str(calder.safety.person_id), **days("due_on", "20", "12", "2026")}
    assert browser.send_form(item, {**plan, "owner": str(ashdown.buyer.person_id)}).status_code == 422

    assert browser.send_form(item, plan).status_code == 303

    assert "Calder Safety" in browser.get(f"{base}/readiness").text
    assert client_of(calder.safety).send_form(f"{item}/completion", {"done": "yes"}).status_code == 303
    assert client_of(calder.privacy).send_form(f"{item}/completion", {"done": "no"}).status_code == 403
    theirs = client_of(ashdown.buyer).get(f"{base}/readiness").text
    assert "Calder Valley NHS Trust: 1 of 6" in theirs
    assert "Calder Safety" not in theirs
    assert client_of(ashdown.buyer).get(item).status_code == 404


def test_the_thresholds_of_a_trust_and_a_board_differ_and_say_where_they_come_from(
    client_of, db, frameworks, ashdown, elmet, scribe, now
):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, elmet, at=now, fee_ceiling="125,000")

    page = client_of(ashdown.buyer).get(f"/procurements/{pilot.ref}/parties").text

    assert "£150,000.00 together, with VAT" in page
    assert "£135,018.00" in page
    assert "£207,720.00" in page
    assert "At or above" in page
    assert "is not confirmed" in page
    assert "not legal advice" in page


def test_who_left_may_come_back_only_through_the_lead(client_of, db, frameworks, ashdown, calder, scribe, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    withdraw_party(db, pilot, part(pilot, calder), reason="Not now.", by=calder.approver, at=now)
    base = f"/procurements/{pilot.ref}"

    assert "Your organisation is named" in client_of(calder.buyer).get(f"{base}/join").text
    answer = client_of(ashdown.buyer).send_form(f"{base}/parties", {"organisation": calder.ref})
    assert answer.status_code == 303
    pilot = again(db, pilot, calder.buyer)
    assert part(pilot, calder).state == "invited"
    assert digest(pilot)


def test_an_invitation_is_taken_back_with_a_reason_alone(client_of, ashdown, calder, pilot):
    browser, url = client_of(ashdown.buyer), f"/procurements/{pilot.ref}/parties/{calder.ref}/removal"

    without = browser.send_form(url, {"reason": ""})
    assert without.status_code == 422
    assert "Say why the invitation is taken back" in without.text
    assert client_of(calder.buyer).send_form(url, {"reason": "Us."}).status_code == 403
    assert browser.send_form(url, {"reason": "They asked us to wait."}).status_code == 303
    assert browser.send_form(url, {"reason": "Again."}).status_code == 409
    assert client_of(calder.buyer).get(f"/procurements/{pilot.ref}/parties").status_code == 403
