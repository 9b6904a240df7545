"""Several organisations in one purchase: named, invited, joined, confirmed again, gone."""

import pytest

from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.money import Money
from marketplace.procurement.actions.joint import (
    cancel_procurement,
    confirm,
    decline,
    describe_procurement,
    invite_party,
    join,
    mark_awarded,
    name_organisation,
    open_invitations,
    reopen_procurement,
    set_shares,
    settle_procurement,
    start_procurement,
    take_back,
    take_edition,
    withdraw_party,
)
from marketplace.procurement.actions.projects import decide_project
from marketplace.procurement.actions.shortlist import Reason, decide_on
from marketplace.procurement.queries.joint import (
    find_procurement,
    joined_parties,
    parties_of,
    procurements_of,
    terms_of,
    what_blocks,
)
from marketplace.procurement.schemas import read_protocol
from tests import cast
from tests.procurement.joint import (
    PROTOCOL,
    a_joined_pilot,
    a_pilot,
    a_settled_pilot,
    again,
    an_open_pilot,
    approve_all,
    assured,
    describe,
    digest,
    limit,
    organisation_of,
    part,
)
from tests.procurement.scenes import a_new_edition


def test_a_pilot_starts_with_its_lead_alone_and_everything_to_make_ready(db, frameworks, ashdown, scribe, now):
    pilot = start_procurement(db, frameworks, scribe, name="Scribing", by=ashdown.buyer, at=now)

    assert (pilot.state, pilot.composition) == ("draft", 1)
    assert [(party.role, party.state) for party in pilot.parties] == [("lead", "invited")]
    assert cast.recorded(db, about=pilot.id) == ["ProcurementStarted"]
    seen = parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date())[0]
    assert seen.to_make_ready == len(frameworks.procedures["joint-pilot"].readiness)


def test_a_supplier_or_an_approver_starts_nothing(db, frameworks, ashdown, lumen, scribe, now):
    for actor in (lumen, ashdown.approver):
        with pytest.raises(NotAllowed):
            start_procurement(db, frameworks, scribe, name="Scribing", by=actor, at=now)


def test_a_product_that_is_not_on_show_is_not_bought(db, frameworks, ashdown, lumen, now):
    draft = cast.a_product(db, of=lumen, at=now, name="Secret Draft", state="draft")

    with pytest.raises(Conflict, match="cannot be bought now"):
        start_procurement(db, frameworks, draft, name="Scribing", by=ashdown.buyer, at=now)


def test_a_decided_project_gives_its_name_and_volumes_and_another_product_is_refused(
    db, frameworks, ashdown, project, scribe, quill, now
):
    decide_on(db, project, scribe, verdict="included", reason=Reason(words="It fits."), by=ashdown.buyer, at=now)
    with pytest.raises(Conflict, match="was not decided for Lumen Scribe"):
        start_procurement(db, frameworks, scribe, name="", project=project, by=ashdown.buyer, at=now)
    decide_project(
        db, project, reason="The best.", ground="below-threshold", grounds=["below-threshold"], by=ashdown.buyer, at=now
    )

    pilot = start_procurement(db, frameworks, scribe, name="", project=project, by=ashdown.buyer, at=now)

    assert pilot.name == project.name
    assert pilot.parties[0].quantities == {"users": 400, "uses": 90_000, "sites": 3}
    with pytest.raises(Conflict, match="was not decided for Quill Notes"):
        start_procurement(db, frameworks, quill, name="", project=project, by=ashdown.buyer, at=now)


def test_it_does_not_open_without_question_exit_criteria_stop_rule_last_day_and_price_afterwards(
    db, frameworks, ashdown, scribe, now
):
    pilot = start_procurement(db, frameworks, scribe, name="Scribing", by=ashdown.buyer, at=now)

    with pytest.raises(Conflict) as refused:
        open_invitations(db, frameworks, pilot, by=ashdown.buyer, at=now)

    for missing in ("The question", "Exit criteria", "Stop rule", "Last day"):
        assert missing in refused.value.fact
    assert "Price afterwards is not written down" in [
        blocker.fact for blocker in what_blocks(db, frameworks, pilot, "open", on=now.date())
    ]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("fee_ceiling", "NaN"), ("fee_ceiling", "-5"), ("fee_ceiling", "0"), ("fee_ceiling", "10.001"),
        ("fewest", "0"), ("fewest", "101"), ("ends_on", "2027-02-30"), ("ends_on", "2026-01-01"),
        ("route", "by-magic"), ("name", ""), ("question", "a\u202eb"),
    ],
)  # fmt: skip
def test_a_protocol_that_does_not_hold_is_refused_by_its_field(frameworks, field, text):
    routes = [route.id for route in frameworks.procedures["joint-pilot"].routes]

    with pytest.raises(Invalid) as refused:
        read_protocol({**PROTOCOL, field: text}, routes)

    assert field in refused.value.fields


def test_a_stale_page_writes_no_protocol(db, frameworks, ashdown, scribe, now):
    pilot = a_pilot(db, frameworks, scribe, by=ashdown.buyer, at=now)
    routes = [route.id for route in frameworks.procedures["joint-pilot"].routes]

    with pytest.raises(Conflict, match="somebody changed this"):
        describe_procurement(
            db, pilot, read_protocol({**PROTOCOL, "question": "Another?"}, routes), expected=pilot.row_version - 1,
            by=ashdown.buyer, at=now,
        )  # fmt: skip


def test_each_joins_through_its_own_signatory_within_the_limit_of_that_person(
    db, frameworks, ashdown, calder, scribe, now
):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    limit(db, calder.approver, "approver", 59_999_99)

    with pytest.raises(NotAllowed, match=r"at most £60,000\.00 with VAT, above your limit of £59,999\.99"):
        join(db, pilot, part(pilot, calder), by=calder.approver, at=now)
    for actor in (ashdown.approver, calder.buyer):
        with pytest.raises(NotAllowed, match="for an authorised signatory of Calder Valley"):
            join(db, pilot, part(pilot, calder), by=actor, at=now)
    limit(db, calder.approver, "approver", 60_000_00)
    join(db, pilot, part(pilot, calder), by=calder.approver, at=now)

    assert [party.organisation.ref for party in joined_parties(db, pilot.id)] == [calder.ref]
    with pytest.raises(Conflict, match="has joined already"):
        join(db, pilot, part(pilot, calder), by=calder.approver, at=now)


def test_nobody_says_yes_to_terms_that_are_no_longer_on_the_table(db, frameworks, ashdown, calder, scribe, now):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    seen = digest(pilot)
    describe(db, frameworks, pilot, by=ashdown.buyer, at=now, fee_ceiling="200,000")
    pilot = again(db, pilot, calder.buyer)

    with pytest.raises(Conflict, match="the terms changed while your page was open"):
        join(db, pilot, part(pilot, calder), seen=seen, by=calder.approver, at=now)


def test_a_change_of_the_protocol_makes_everybody_confirm_again(db, frameworks, ashdown, calder, scribe, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    with pytest.raises(Conflict, match="nothing that concerns you changed"):
        confirm(db, pilot, part(pilot, calder), by=calder.approver, at=now)

    describe(db, frameworks, pilot, by=ashdown.buyer, at=now, stop_rule="Any clinician stops it.")
    pilot = again(db, pilot, ashdown.buyer)

    seen = parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date())
    assert [(one.confirms, one.changes) for one in seen] == [(False, ("the stop rule changed",))] * 2
    confirm(db, pilot, part(pilot, calder), seen=digest(pilot), by=calder.approver, at=now)
    pilot = again(db, pilot, ashdown.buyer)
    seen = parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date())
    assert [one.confirms for one in seen] == [False, True]


def test_another_name_or_route_changes_no_terms(db, frameworks, ashdown, calder, scribe, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    before = pilot.composition

    describe(db, frameworks, pilot, by=ashdown.buyer, at=now, name="Another name", route="own-tender")
    pilot = again(db, pilot, ashdown.buyer)

    assert pilot.composition == before
    assert all(one.confirms for one in parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date()))


def test_a_new_edition_of_the_product_is_taken_over_with_everybody_saying_yes_again(
    db, frameworks, ashdown, calder, scribe, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    with pytest.raises(Conflict, match="has the edition that is on show"):
        take_edition(db, pilot, by=ashdown.buyer, at=now)
    edition = a_new_edition(db, scribe, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    take_edition(db, pilot, by=ashdown.buyer, at=now)

    pilot = again(db, pilot, ashdown.buyer)
    assert pilot.version_id == edition.id
    seen = parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date())
    assert {one.changes for one in seen} == {("another version of the product",)}


def test_a_trust_withdraws_after_settling_and_everything_is_worked_out_again(
    db, frameworks, ashdown, calder, elmet, scribe, now
):
    shares = {ashdown.ref: "2", calder.ref: "1", elmet.ref: "1"}
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now, shares=shares)
    assert [terms_of(pilot).net_of(trust.ref) for trust in (ashdown, calder, elmet)] == [
        Money(50_000_00), Money(25_000_00), Money(25_000_00)
    ]  # fmt: skip

    withdraw_party(db, pilot, part(pilot, calder), reason="No clinical lead.", by=calder.approver, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    assert pilot.state == "inviting"
    terms = terms_of(pilot)
    assert [terms.net_of(trust.ref) for trust in (ashdown, elmet)] == [Money(66_666_67), Money(33_333_33)]
    seen = {one.ref: one for one in parties_of(db, frameworks, pilot, by=elmet.buyer, on=now.date())}
    assert [(seen[trust.ref].state, seen[trust.ref].confirms) for trust in (ashdown, calder, elmet)] == [
        ("joined", False), ("withdrawn", None), ("joined", False)
    ]  # fmt: skip
    assert seen[elmet.ref].own_act.side == "below"
    assert seen[elmet.ref].approvals == {
        "deployment-safety-case": "approved", "data-protection-impact-assessment": "lapsed", "budget": "lapsed",
        "executive": "lapsed",
    }  # fmt: skip
    assert "£30,000.00 was approved, and the share is £40,000.00 with VAT now" in seen[elmet.ref].causes["budget"]
    with assured(ashdown.buyer, elmet.buyer), pytest.raises(Conflict, match="said yes to other terms"):
        settle_procurement(db, frameworks, pilot, by=ashdown.buyer, at=now)


def test_thresholds_are_looked_at_again_when_one_withdraws(db, frameworks, ashdown, calder, elmet, scribe, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now, fee_ceiling="200,000")
    before = {one.ref: one for one in parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date())}
    assert before[ashdown.ref].own_act.side == before[elmet.ref].own_act.side == "below"

    withdraw_party(db, pilot, part(pilot, elmet), reason="Not now.", by=elmet.approver, at=now)
    withdraw_party(db, pilot, part(pilot, calder), reason="Nor us.", by=calder.approver, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    after = parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date())[0]
    assert (after.share, after.gross, after.own_act.side) == ("100%", Money(240_000_00), "above")


def test_the_others_confirm_approve_again_and_it_settles(db, frameworks, ashdown, calder, elmet, scribe, now):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, elmet, at=now)
    withdraw_party(db, pilot, part(pilot, calder), reason="No clinical lead.", by=calder.approver, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    for trust in (ashdown, elmet):
        confirm(db, pilot, part(pilot, trust), by=trust.approver, at=now)
        approve_all(db, frameworks, pilot, trust, at=now)
    with assured(ashdown.buyer, elmet.buyer):
        settle_procurement(db, frameworks, pilot, by=ashdown.buyer, at=now)

    assert pilot.state == "settled"
    assert [party.organisation.ref for party in joined_parties(db, pilot.id)] == [ashdown.ref, elmet.ref]
    assert cast.recorded(db, about=pilot.id).count("ProcurementSettled") == 2


def test_after_the_award_leaving_is_a_variation_and_before_it_the_lead_cannot_leave(
    db, frameworks, ashdown, calder, scribe, now
):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    with pytest.raises(Conflict, match="the lead stands for the whole"):
        withdraw_party(db, pilot, part(pilot, ashdown), reason="Enough.", by=ashdown.approver, at=now)
    mark_awarded(db, pilot.id, at=now)

    with pytest.raises(Conflict) as refused:
        withdraw_party(db, pilot, part(pilot, calder), reason="Too late.", by=calder.approver, at=now)

    assert "variation of the contract" in refused.value.hint
    for verb in (reopen_procurement, cancel_procurement):
        with pytest.raises(Conflict, match="binds already"):
            verb(db, pilot, reason="Enough.", by=ashdown.buyer, at=now)


def test_declining_needs_a_reason_and_leaves_the_share_to_the_others(db, frameworks, ashdown, calder, scribe, now):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now, fewest="1")
    with pytest.raises(Invalid):
        decline(db, pilot, part(pilot, calder), reason=" ", by=calder.approver, at=now)

    decline(db, pilot, part(pilot, calder), reason="Another product runs here.", by=calder.approver, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    assert terms_of(pilot).weights == {ashdown.ref: 1}
    with pytest.raises(NotFound):
        find_procurement(db, "nonsense", by=ashdown.buyer)
    with pytest.raises(NotFound):
        find_procurement(db, pilot.ref, by=calder.buyer)


def test_who_was_not_named_is_not_invited_late_and_who_was_named_is(
    db, frameworks, ashdown, calder, elmet, scribe, now
):
    pilot = a_pilot(db, frameworks, scribe, by=ashdown.buyer, at=now)
    name_organisation(db, pilot, organisation_of(db, calder.buyer), by=ashdown.buyer, at=now)
    with pytest.raises(Conflict, match="is named already"):
        name_organisation(db, pilot, organisation_of(db, calder.buyer), by=ashdown.buyer, at=now)
    open_invitations(db, frameworks, pilot, by=ashdown.buyer, at=now)
    join(db, pilot, part(pilot, ashdown), by=ashdown.approver, at=now)

    with pytest.raises(Conflict, match="Elmet Integrated Care Board was not named"):
        invite_party(db, frameworks, pilot, organisation_of(db, elmet.buyer), by=ashdown.buyer, at=now)
    invite_party(db, frameworks, pilot, organisation_of(db, calder.buyer), by=ashdown.buyer, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    set_shares(
        db,
        pilot,
        "percent",
        {ashdown.ref: "60", calder.ref: "40"},
        expected=pilot.row_version,
        by=ashdown.buyer,
        at=now,
    )
    pilot = again(db, pilot, ashdown.buyer)
    lead = parties_of(db, frameworks, pilot, by=ashdown.buyer, on=now.date())[0]
    assert lead.confirms is False
    assert lead.changes[0] == "the parties changed: 1 joined"


def test_a_supplier_takes_no_part_and_nobody_is_invited_twice(db, frameworks, ashdown, calder, lumen, scribe, now):
    pilot = a_pilot(db, frameworks, scribe, by=ashdown.buyer, at=now)
    invite_party(db, frameworks, pilot, organisation_of(db, calder.buyer), by=ashdown.buyer, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    with pytest.raises(Invalid) as refused:
        invite_party(db, frameworks, pilot, organisation_of(db, lumen), by=ashdown.buyer, at=now)
    assert "organisation" in refused.value.fields
    with pytest.raises(Conflict, match="takes part already"):
        invite_party(db, frameworks, pilot, organisation_of(db, calder.buyer), by=ashdown.buyer, at=now)


def test_an_invitation_is_taken_back_with_a_reason_and_can_be_given_again(db, frameworks, ashdown, calder, scribe, now):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)

    take_back(db, pilot, part(pilot, calder), reason="They asked us to wait.", by=ashdown.buyer, at=now)
    assert part(pilot, calder).state == "withdrawn"
    invite_party(db, frameworks, pilot, organisation_of(db, calder.buyer), by=ashdown.buyer, at=now)
    pilot = again(db, pilot, ashdown.buyer)

    assert (part(pilot, calder).state, part(pilot, calder).weight) == ("invited", 0)


def test_a_share_for_a_stranger_or_none_for_a_party_is_refused(db, frameworks, ashdown, calder, elmet, scribe, now):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)

    with pytest.raises(Invalid) as stranger:
        set_shares(db, pilot, "parts", {ashdown.ref: "1", calder.ref: "1", elmet.ref: "1"}, by=ashdown.buyer, at=now)
    with pytest.raises(Invalid) as missing:
        set_shares(db, pilot, "parts", {ashdown.ref: "1"}, by=ashdown.buyer, at=now)
    with pytest.raises(Invalid, match="not 100%"):
        set_shares(db, pilot, "percent", {ashdown.ref: "66.66", calder.ref: "33.33"}, by=ashdown.buyer, at=now)

    assert set(stranger.value.fields) == {f"share-{elmet.ref}"}
    assert set(missing.value.fields) == {f"share-{calder.ref}"}


def test_it_settles_only_where_the_product_is_assured_and_everybody_reuses_it(
    db, frameworks, ashdown, calder, scribe, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    for trust in (ashdown, calder):
        approve_all(db, frameworks, pilot, trust, at=now)

    with pytest.raises(Conflict, match="no certificate is in force"):
        settle_procurement(db, frameworks, pilot, by=ashdown.buyer, at=now)
    with assured(ashdown.buyer), pytest.raises(Conflict, match="Calder Valley NHS Trust has not decided whether"):
        settle_procurement(db, frameworks, pilot, by=ashdown.buyer, at=now)
    refusing = assured(ashdown.buyer, refusing=(calder.buyer,))
    with refusing, pytest.raises(Conflict, match="does not reuse the certificate CER-7K3M-QX9F-C"):
        settle_procurement(db, frameworks, pilot, by=ashdown.buyer, at=now)
    with assured(ashdown.buyer, calder.buyer):
        settle_procurement(db, frameworks, pilot, by=ashdown.buyer, at=now)

    assert pilot.state == "settled"


def test_strangers_and_suppliers_find_nothing_and_the_list_is_ones_own(
    db, frameworks, ashdown, calder, elmet, lumen, scribe, now
):
    draft = a_pilot(db, frameworks, scribe, by=ashdown.buyer, at=now)
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)

    assert [one.ref for one in procurements_of(db, by=ashdown.safety).items] == [pilot.ref, draft.ref]
    assert [one.ref for one in procurements_of(db, by=calder.finance).items] == [pilot.ref]
    for actor in (elmet.buyer, lumen):
        assert procurements_of(db, by=actor).total == 0
        with pytest.raises(NotFound):
            find_procurement(db, pilot.ref, by=actor)


def test_a_cancelled_pilot_stays_cancelled(db, frameworks, ashdown, calder, scribe, now):
    pilot = an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    with pytest.raises(NotAllowed):
        cancel_procurement(db, pilot, reason="We want out.", by=calder.buyer, at=now)
    cancel_procurement(db, pilot, reason="The supplier withdrew it.", by=ashdown.buyer, at=now)

    with pytest.raises(Conflict, match="is cancelled"):
        cancel_procurement(db, pilot, reason="Again.", by=ashdown.buyer, at=now)
    with pytest.raises(Conflict, match="is cancelled"):
        join(db, pilot, part(pilot, calder), by=calder.approver, at=now)
