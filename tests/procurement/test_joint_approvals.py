"""Local approvals, readiness, notes and call-offs: each party for itself."""

from datetime import date

import pytest

from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.money import Money
from marketplace.procurement.actions.joint import (
    Given,
    Paper,
    add_readiness,
    ask_for_approval,
    begin_running,
    close_procurement,
    confirm,
    describe_call_off,
    give_approval,
    keep_paper,
    note,
    plan_readiness,
    refuse_approval,
    settle_procurement,
    tick_readiness,
)
from marketplace.procurement.queries.joint import parties_of, what_blocks
from marketplace.procurement.queries.joint.history import history_of
from marketplace.procurement.queries.joint.parties import find_readiness
from marketplace.procurement.schemas import read_call_off
from tests import cast, worlds
from tests.procurement.joint import (
    PAPER,
    Trust,
    a_joined_pilot,
    a_settled_pilot,
    a_stream,
    again,
    an_open_pilot,
    approve,
    approve_all,
    assured,
    deputy_of,
    describe,
    digest,
    limit,
    part,
)


@worlds.part
def pilot(db, frameworks, ashdown, calder, scribe, now):
    return an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)


def states(db, frameworks, pilot, trust: Trust, now) -> dict[str, str]:
    seen = parties_of(db, frameworks, again(db, pilot, trust.buyer), by=trust.buyer, on=now.date())
    return dict(next(one.approvals for one in seen if one.is_own))


def test_each_approval_is_given_by_the_one_who_holds_its_permission(db, frameworks, ashdown, calder, pilot, now):
    own = part(pilot, calder)

    for kind in ("deployment-safety-case", "data-protection-impact-assessment", "budget", "executive"):
        for actor in (calder.buyer, calder.finance, ashdown.givers[kind]):
            with pytest.raises(NotAllowed):
                give_approval(db, frameworks, pilot, own, kind, Given(paper=PAPER), by=actor, at=now)
    approve_all(db, frameworks, pilot, calder, at=now)

    assert set(states(db, frameworks, pilot, calder, now).values()) == {"approved"}
    assert set(states(db, frameworks, pilot, ashdown, now).values()) == {"not-asked"}


def test_the_executive_comes_last_knowing_what_the_others_said(db, frameworks, calder, pilot, now):
    own = part(pilot, calder)

    with pytest.raises(
        Conflict, match="comes after: Deployment safety case, Data protection impact assessment, Budget"
    ):
        give_approval(db, frameworks, pilot, own, "executive", Given(), by=calder.approver, at=now)


def test_a_budget_holder_approves_within_the_limit_and_a_deputy_within_a_smaller_one(
    db, frameworks, calder, pilot, now
):
    own = part(pilot, calder)
    limit(db, calder.budget, "budget-holder", 50_000_00)
    with pytest.raises(NotAllowed, match=r"£60,000\.00 is above your limit of £50,000\.00"):
        give_approval(db, frameworks, pilot, own, "budget", Given(), by=calder.budget, at=now)
    limit(db, calder.budget, "budget-holder", 90_000_00)
    deputy = deputy_of(db, calder.budget, "budget-holder", 60_000_00, until=date(2026, 12, 31), at=now)
    with pytest.raises(NotAllowed):
        give_approval(db, frameworks, pilot, own, "budget", Given(Money(70_000_00)), by=deputy, at=now)

    row = give_approval(db, frameworks, pilot, own, "budget", Given(), by=deputy, at=now)

    assert (row.amount_pence, row.role, row.deputy_for_id) == (60_000_00, "budget-holder", calder.budget.person_id)


def test_less_than_the_share_is_no_budget_and_more_leaves_room_to_rise(db, frameworks, ashdown, calder, pilot, now):
    own = part(pilot, calder)
    with pytest.raises(Invalid) as refused:
        give_approval(db, frameworks, pilot, own, "budget", Given(Money(59_999_99)), by=calder.budget, at=now)
    assert "£60,000.00 with VAT" in refused.value.fields["amount"]
    give_approval(db, frameworks, pilot, own, "budget", Given(Money(66_000_00)), by=calder.budget, at=now)

    describe(db, frameworks, pilot, by=ashdown.buyer, at=now, fee_ceiling="110,000")
    assert states(db, frameworks, pilot, calder, now)["budget"] == "approved"
    describe(db, frameworks, pilot, by=ashdown.buyer, at=now, fee_ceiling="110,000.02")

    assert states(db, frameworks, pilot, calder, now)["budget"] == "lapsed"


def test_a_safety_case_needs_its_document_and_ends_on_its_last_day(db, frameworks, calder, pilot, now, services):
    own, kind = part(pilot, calder), "deployment-safety-case"
    with pytest.raises(Invalid) as without:
        give_approval(db, frameworks, pilot, own, kind, Given(), by=calder.safety, at=now)
    given = Given(paper=PAPER, valid_until=date(2026, 11, 23))
    with pytest.raises(Invalid) as over:
        give_approval(db, frameworks, pilot, own, kind, given, by=calder.safety, at=now)
    paper = keep_paper(services.files, a_stream(), "case.pdf")
    row = give_approval(
        db, frameworks, pilot, own, kind, Given(paper=paper, valid_until=date(2026, 12, 1)), by=calder.safety, at=now
    )

    assert "document" in without.value.fields
    assert "valid_until" in over.value.fields
    assert len(row.document_digest) == 64
    seen = parties_of(db, frameworks, again(db, pilot, calder.buyer), by=calder.buyer, on=date(2026, 12, 2))
    mine = next(one for one in seen if one.is_own)
    assert (mine.approvals[kind], mine.causes[kind]) == ("lapsed", "it held until 1 December 2026")


def test_a_refusal_needs_a_reason_and_can_be_followed_by_an_approval(db, frameworks, calder, pilot, now):
    own = part(pilot, calder)
    with pytest.raises(Invalid):
        refuse_approval(db, frameworks, pilot, own, "budget", note=" ", by=calder.budget, at=now)
    refuse_approval(db, frameworks, pilot, own, "budget", note="No money before April.", by=calder.budget, at=now)
    assert states(db, frameworks, pilot, calder, now)["budget"] == "refused"

    pilot = again(db, pilot, calder.buyer)
    approve(db, frameworks, pilot, calder, "budget", by=calder.budget, at=now)

    assert states(db, frameworks, pilot, calder, now)["budget"] == "approved"
    mine = next(one for one in parties_of(db, frameworks, pilot, by=calder.buyer, on=now.date()) if one.is_own)
    assert mine.inside is not None
    assert [row.state for row in mine.inside.history] == ["approved", "refused"]


def test_an_approval_is_asked_for_once_and_unknown_ones_do_not_exist(db, frameworks, calder, pilot, now):
    own = part(pilot, calder)
    ask_for_approval(db, frameworks, pilot, own, "budget", by=calder.buyer, at=now)

    with pytest.raises(Conflict, match="was asked for already"):
        ask_for_approval(db, frameworks, pilot, own, "budget", by=calder.buyer, at=now)
    with pytest.raises(NotFound, match="there is no approval"):
        ask_for_approval(db, frameworks, pilot, own, "blessing", by=calder.buyer, at=now)
    with pytest.raises(NotAllowed):
        ask_for_approval(db, frameworks, pilot, own, "executive", by=calder.budget, at=now)


def test_nothing_is_approved_on_terms_that_have_changed_meanwhile(db, frameworks, ashdown, calder, pilot, now):
    seen = digest(pilot)
    describe(db, frameworks, pilot, by=ashdown.buyer, at=now, question="Another question?")
    pilot = again(db, pilot, calder.buyer)

    with pytest.raises(Conflict, match="the terms changed while your page was open"):
        give_approval(
            db, frameworks, pilot, part(pilot, calder), "budget", Given(), seen=seen, by=calder.budget, at=now
        )


def test_what_another_party_reads_has_no_place_for_what_is_inside(db, frameworks, ashdown, calder, pilot, now):
    own = part(pilot, calder)
    given = Given(paper=Paper("b" * 64, "calder-case.pdf"), note="Hazard H7.")
    give_approval(db, frameworks, pilot, own, "deployment-safety-case", given, by=calder.safety, at=now)
    note(db, pilot, own, words="We doubt the lead.", by=calder.buyer, at=now)
    describe_call_off(db, pilot, own, read_call_off({"cost_code": "CC-9"}), by=calder.buyer, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    theirs = next(
        one for one in parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date()) if one.ref == calder.ref
    )
    lines = history_of(db, frameworks, pilot, by=ashdown.buyer)

    assert (theirs.inside, theirs.causes) == (None, {})
    assert theirs.approvals["deployment-safety-case"] == "approved"
    for hidden in ("H7", "doubt", "CC-9", "calder-case", "Calder Safety"):
        assert hidden not in repr(theirs)
        assert hidden not in repr(lines)
    approved = next(line for line in lines if "approved" in line.words)
    assert (approved.words, approved.by, approved.detail) == (
        "Calder Valley NHS Trust approved: Deployment safety case", "", ""
    )  # fmt: skip
    ours = history_of(db, frameworks, pilot, by=calder.buyer)
    assert any(line.by == "Calder Safety, Calder Valley NHS Trust" for line in ours)
    assert any("made a note" in line.words for line in ours)


def test_events_of_a_party_carry_no_internal_words(db, frameworks, calder, pilot, now):
    own = part(pilot, calder)
    refuse_approval(db, frameworks, pilot, own, "budget", note="Secret reason.", by=calder.budget, at=now)
    note(db, pilot, own, words="Secret note.", by=calder.buyer, at=now)

    payloads = [entry.payload for entry in db.query(cast.Entry).filter_by(about_id=pilot.id)]

    assert "ApprovalRefused" in cast.recorded(db, about=pilot.id)
    assert not any("Secret" in payload for payload in payloads)


def test_readiness_is_planned_for_a_colleague_and_ticked_by_its_owner(db, frameworks, ashdown, calder, pilot, now):
    own = part(pilot, calder)
    mine = next(one for one in parties_of(db, frameworks, pilot, by=calder.buyer, on=now.date()) if one.is_own)
    assert mine.inside is not None
    first = mine.inside.ready[0]
    due = date(2026, 12, 20)
    with pytest.raises(Invalid):
        plan_readiness(db, pilot, own, first, owner_id=ashdown.buyer.person_id, due_on=due, by=calder.buyer, at=now)
    with pytest.raises(NotFound):
        find_readiness(db, part(pilot, ashdown), first.id)
    plan_readiness(db, pilot, own, first, owner_id=calder.safety.person_id, due_on=due, by=calder.buyer, at=now)
    with pytest.raises(NotAllowed):
        tick_readiness(db, pilot, own, first, is_done=True, by=calder.privacy, at=now)

    tick_readiness(db, pilot, own, first, is_done=True, by=calder.safety, at=now)

    with pytest.raises(Conflict, match="is marked so already"):
        tick_readiness(db, pilot, own, first, is_done=True, by=calder.safety, at=now)
    add_readiness(db, pilot, own, label="Microphones in clinic", by=calder.buyer, at=now)
    with pytest.raises(Conflict, match="is on the list already"):
        add_readiness(db, pilot, own, label="microphones in clinic", by=calder.buyer, at=now)
    pilot = again(db, pilot, ashdown.buyer)
    theirs = next(
        one for one in parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date()) if one.ref == calder.ref
    )
    assert (theirs.ready, theirs.to_make_ready) == (1, 7)


def test_it_runs_only_when_every_site_is_ready_and_closes_once(db, frameworks, ashdown, calder, scribe, now):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    with assured(ashdown.buyer, calder.buyer):
        blockers = what_blocks(db, frameworks, pilot, "run", on=now.date())
        assert {blocker.fact for blocker in blockers} == {
            "6 of 6 things are not ready at Ashdown Hospitals NHS Trust",
            "6 of 6 things are not ready at Calder Valley NHS Trust",
        }
        with pytest.raises(Conflict, match="are not ready"):
            begin_running(db, pilot, frameworks=frameworks, by=ashdown.runner, at=now)
        for trust in (ashdown, calder):
            seen = parties_of(db, frameworks, pilot, by=trust.buyer, on=now.date())
            inside = next(one.inside for one in seen if one.is_own)
            assert inside is not None
            for row in inside.ready:
                tick_readiness(db, pilot, part(pilot, trust), row, is_done=True, by=trust.buyer, at=now)
        with pytest.raises(NotAllowed):
            begin_running(db, pilot, frameworks=frameworks, by=calder.runner, at=now)
        begin_running(db, pilot, frameworks=frameworks, by=ashdown.runner, at=now)

    close_procurement(db, pilot, "stop", reason="No time saved.", by=ashdown.runner, at=now)

    assert (pilot.state, pilot.state_reason) == ("closed", "No time saved.")
    with pytest.raises(Conflict):
        close_procurement(db, pilot, "scale", by=ashdown.runner, at=now)


def test_a_suspended_certificate_blocks_settling_and_running(db, frameworks, ashdown, calder, scribe, now):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, at=now)

    facts = [blocker.fact for blocker in what_blocks(db, frameworks, pilot, "run", on=now.date())]

    assert "no certificate is in force for this version of the product" in facts


def test_a_suspended_listing_blocks_settling_and_running_with_its_reason(db, frameworks, ashdown, calder, scribe, now):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    scribe.state, scribe.state_reason = "suspended", "It mishears doses."

    for move in ("settle", "run"):
        facts = [blocker.fact for blocker in what_blocks(db, frameworks, pilot, move, on=now.date())]
        assert "the product's listing is suspended: It mishears doses" in facts


def test_the_executive_approves_again_after_a_change_and_the_safety_case_stands(
    db, frameworks, ashdown, calder, scribe, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    for trust in (ashdown, calder):
        approve_all(db, frameworks, pilot, trust, at=now)

    describe(db, frameworks, pilot, by=ashdown.buyer, at=now, exit_criteria="Four minutes less.")

    assert states(db, frameworks, pilot, calder, now) == {
        "deployment-safety-case": "approved", "data-protection-impact-assessment": "approved", "budget": "approved",
        "executive": "lapsed",
    }  # fmt: skip
    pilot = again(db, pilot, ashdown.buyer)
    for trust in (ashdown, calder):
        confirm(db, pilot, part(pilot, trust), by=trust.approver, at=now)
        approve(db, frameworks, pilot, trust, "executive", by=trust.approver, at=now)
    with assured(ashdown.buyer, calder.buyer):
        settle_procurement(db, frameworks, pilot, by=ashdown.buyer, at=now)
    assert pilot.state == "settled"


def test_a_call_off_keeps_quantities_for_buyers_and_orders_for_finance(db, frameworks, calder, pilot, now):
    own = part(pilot, calder)
    describe_call_off(
        db, pilot, own, read_call_off({"users": "120", "starts_on": "2027-02-01"}), by=calder.buyer, at=now
    )
    kept = {"users": "120", "starts_on": "2027-02-01", "purchase_order": "PO-1"}
    describe_call_off(db, pilot, own, read_call_off(kept), by=calder.finance, at=now)

    with pytest.raises(NotAllowed):
        describe_call_off(db, pilot, own, read_call_off({**kept, "users": "900"}), by=calder.finance, at=now)
    with pytest.raises(Invalid) as early:
        describe_call_off(db, pilot, own, read_call_off({**kept, "starts_on": "2026-12-01"}), by=calder.buyer, at=now)

    assert "starts_on" in early.value.fields
    assert (own.purchase_order, own.quantities) == ("PO-1", {"users": 120})
