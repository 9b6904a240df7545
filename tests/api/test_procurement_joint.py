"""Buying together by program: the story of a lead and a second trust, and what each is given of the other."""

import pytest

from marketplace.procurement.actions.joint import ask_for_approval, note, refuse_approval
from tests.procurement.conftest import ashdown, calder, elmet, project, scribe
from tests.procurement.joint import (
    APPROVALS,
    PDF,
    PROTOCOL,
    a_joined_pilot,
    an_open_pilot,
    approve_all,
    assured,
    part,
)

__all__ = ["ashdown", "calder", "elmet", "project", "scribe"]
BODY = {key: value for key, value in PROTOCOL.items() if key not in ("fee_ceiling", "fewest")}
BODY = {**BODY, "fee_ceiling_pence": 10_000_001, "fewest": 2}


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@pytest.fixture
def pilot(db, frameworks, ashdown, calder, scribe, now):
    return an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)


def test_two_trusts_start_share_join_approve_and_settle_by_program(caller_of, ashdown, calder, scribe, lumen):
    lead = caller_of(ashdown.buyer)
    made = lead.post("/procurements", {"product": scribe.ref, "name": "Scribing"})
    assert made.status_code == 201
    url = made.headers["location"].removeprefix("/v1")
    assert [one["allowed"] for one in made.json()["moves"]] == [False, False, False, True]
    described = lead.put(f"{url}/protocol", BODY, headers={"If-Match": made.headers["etag"]})
    assert described.status_code == 200
    assert lead.put(f"{url}/protocol", BODY, headers={"If-Match": made.headers["etag"]}).status_code == 412
    assert lead.put(f"{url}/protocol", BODY).status_code == 428
    invited = lead.post(f"{url}/parties", {"organisation": calder.ref})
    assert invited.status_code == 200
    typed = {ashdown.ref: "66.66", calder.ref: "33.33"}
    tag = {"If-Match": lead.get(url).headers["etag"]}
    wrong = lead.put(f"{url}/shares", {"way": "percent", "shares": typed}, headers=tag)
    assert wrong.status_code == 422
    assert "0.01% less than 100%" in wrong.text
    shared = lead.put(f"{url}/shares", {"way": "parts", "shares": {ashdown.ref: "1", calder.ref: "1"}}, headers=tag)
    assert [one["net_pence"] for one in shared.json()["parties"]] == [5_000_001, 5_000_000]
    terms = lead.post(f"{url}/opening").json()["terms"]

    for trust in (ashdown, calder):
        signatory = caller_of(trust.approver)
        assert signatory.post(f"{url}/join", {"terms": "0" * 64}).status_code == 409
        assert signatory.post(f"{url}/join", {"terms": terms}).status_code == 200
        for kind, giver in trust.givers.items():
            given = caller_of(giver).call("POST", f"{url}/approvals/{kind}/approval", files=form_of(kind, terms))
            assert given.status_code == 201, given.text
    assert lead.post(f"{url}/settlement").status_code == 409
    assert caller_of(lumen).get(url).status_code == 404
    with assured(ashdown.buyer, calder.buyer):
        settled = lead.post(f"{url}/settlement")
        assert settled.json()["state"] == "settled"
        theirs = caller_of(lumen).get(url)

    assert theirs.status_code == 200
    told = {key: value for key, value in theirs.json().items() if value is not None}
    assert set(told) == {"ref", "state", "product_ref", "product"}


def form_of(kind: str, terms: str, **more: str) -> dict[str, tuple]:
    """The multipart body of an approval, with a document where one is required."""
    fields = {name: (None, text) for name, text in {"terms": terms, "note": "Fine.", **more}.items()}
    papered = kind in ("deployment-safety-case", "data-protection-impact-assessment")
    return {**fields, "file": ("case.pdf", PDF, "application/pdf")} if papered else fields


def test_a_program_of_one_trust_is_given_nothing_of_what_is_inside_another(
    caller_of, db, frameworks, ashdown, calder, pilot, now
):
    own = part(pilot, calder)
    words = ("Hazard H7 is not controlled here.", "Ask Dr Secret first.", "Our trust doubts the lead.")
    refuse_approval(db, frameworks, pilot, own, "deployment-safety-case", note=words[0], by=calder.safety, at=now)
    ask_for_approval(db, frameworks, pilot, own, "budget", note=words[1], by=calder.buyer, at=now)
    note(db, pilot, own, words=words[2], by=calder.buyer, at=now)
    url = f"/procurements/{pilot.ref}"
    parts = ("", "/parties", "/approvals", "/notes", "/readiness", "/history")

    theirs = [caller_of(ashdown.buyer).get(f"{url}{each}") for each in parts]
    ours = [caller_of(calder.privacy).get(f"{url}{each}") for each in parts]

    told = "".join(answer.text for answer in theirs)
    for hidden in (*words, "Calder Safety", "Calder Budget"):
        assert hidden not in told
    calder_seen = next(one for one in theirs[0].json()["parties"] if one["ref"] == calder.ref)
    assert calder_seen["approvals"]["deployment-safety-case"] == "refused"
    assert calder_seen["inside"] is None
    mine = "".join(answer.text for answer in ours)
    for shown in (*words, "Calder Safety"):
        assert shown in mine


def test_a_document_is_read_by_ones_own_people_alone(caller_of, ashdown, calder, pilot):
    url, terms = f"/procurements/{pilot.ref}", caller_of(calder.buyer).get(f"/procurements/{pilot.ref}").json()["terms"]
    kind = "deployment-safety-case"
    given = caller_of(calder.safety).call("POST", f"{url}/approvals/{kind}/approval", files=form_of(kind, terms))

    paper = f"{url}/papers/{given.json()['id']}"

    assert caller_of(calder.privacy).get(paper).content == PDF
    assert caller_of(ashdown.safety).get(paper).status_code == 404


def test_a_trust_that_was_not_named_is_told_the_rule_and_nothing_else(caller_of, elmet, lumen, pilot):
    answer = caller_of(elmet.buyer).get(f"/procurements/{pilot.ref}/join")

    assert answer.json()["may_join"] is False
    assert "was not named" in answer.json()["why"]
    assert "Start a pilot of your own" in answer.json()["ways_on"]
    for hidden in (pilot.name, "Ashdown", "Calder", "Scribe", pilot.question):
        assert hidden not in answer.text
    assert caller_of(elmet.buyer).get(f"/procurements/{pilot.ref}").status_code == 404
    assert caller_of(lumen).get(f"/procurements/{pilot.ref}/join").status_code == 404


def test_a_token_without_the_scope_signs_nothing_and_bad_numbers_are_named(caller_of, calder, pilot):
    url = f"/procurements/{pilot.ref}"
    terms = caller_of(calder.buyer).get(url).json()["terms"]

    narrow = caller_of(calder.approver, "project:read").post(f"{url}/join", {"terms": terms})
    wrong = caller_of(calder.budget).call(
        "POST", f"{url}/approvals/budget/approval", files=form_of("budget", terms, amount_pence="-1")
    )
    nan = caller_of(calder.buyer).call(
        "PUT", f"{url}/call-off", content=b'{"users": NaN}', headers={"content-type": "application/json"}
    )

    assert narrow.status_code == 403
    assert "contract:sign" in narrow.text
    assert wrong.status_code == 422
    assert "amount_pence" in wrong.text
    assert nan.status_code in (400, 422)


def test_leaving_confirming_readiness_and_notes_have_their_calls(
    caller_of, db, frameworks, ashdown, calder, elmet, scribe, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now)
    url, calder_buyer = f"/procurements/{pilot.ref}", caller_of(calder.buyer)
    items = calder_buyer.get(f"{url}/readiness").json()["items"]
    plan = {"owner": str(calder.safety.person_id), "due_on": "2026-12-20"}
    assert calder_buyer.put(f"{url}/readiness/{items[0]['id']}", plan).json()["due_on"] == "2026-12-20"
    done = caller_of(calder.safety).post(f"{url}/readiness/{items[0]['id']}/completion", {"is_done": True})
    assert done.json()["done_at"] is not None
    assert calder_buyer.post(f"{url}/readiness", {"label": "Microphones"}).status_code == 201
    assert calder_buyer.post(f"{url}/notes", {"words": "Mind the winter."}).json()["words"] == "Mind the winter."
    call_off = {"cost_code": "CC-1", "purchase_order": "PO-2", "users": 12}
    assert caller_of(calder.buyer).put(f"{url}/call-off", call_off).status_code == 200

    left = caller_of(calder.approver).post(f"{url}/withdrawal", {"reason": "No clinical lead."})

    assert left.json()["protocol"] is None
    assert [one["ref"] for one in left.json()["parties"]] == [calder.ref]
    terms = caller_of(elmet.buyer).get(url).json()["terms"]
    assert caller_of(elmet.approver).post(f"{url}/confirmation", {"terms": terms}).status_code == 200
    assert calder_buyer.get(f"{url}/parties").status_code == 403


def test_the_lead_reopens_cancels_and_takes_invitations_back_by_program(
    caller_of, db, frameworks, ashdown, calder, elmet, scribe, now
):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now)
    url, lead = f"/procurements/{pilot.ref}", caller_of(ashdown.buyer)
    assert lead.post(f"{url}/parties/{elmet.ref}/removal", {"reason": "They wait."}).status_code == 200
    assert lead.post(f"{url}/edition").status_code == 409
    assert caller_of(calder.approver).post(f"{url}/refusal", {"reason": "Another product."}).status_code == 204
    assert lead.post(f"{url}/reopening", {"reason": "Why not."}).status_code == 409

    cancelled = lead.post(f"{url}/cancellation", {"reason": "Nobody is left."})

    assert cancelled.json()["state"] == "cancelled"
    assert [one["ref"] for one in lead.get("/procurements").json()["items"]] == [pilot.ref]


def test_blockers_are_named_by_organisation(caller_of, db, frameworks, ashdown, calder, scribe, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    approve_all(db, frameworks, pilot, ashdown, at=now)

    blockers = caller_of(calder.buyer).get(f"/procurements/{pilot.ref}").json()["blockers"]

    named = [one for one in blockers if one["organisation_ref"] == calder.ref]
    assert len(named) == len(APPROVALS)
    assert all(one["hint"] for one in blockers)
