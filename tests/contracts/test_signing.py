"""Issuing, reading, signing in order, declining, recalling."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.contracts.actions.drafting import approve_departure, cancel_contract, change_parameters, draft_contract
from marketplace.contracts.actions.signing import decline, read_text, sign
from marketplace.contracts.actions.texts import issue_contract, recall
from marketplace.contracts.models import Contract, ContractParty, Obligation, Signature
from marketplace.contracts.queries.contracts import buyers_on, texts_of
from marketplace.contracts.queries.signing import open_text
from marketplace.contracts.rules.digests import digest_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Grant
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.procurement.models import Procurement
from tests import cast
from tests.contracts.agreements import FILLED, Signers, a_draft, signed_by


def test_a_contract_is_drafted_from_a_settled_procurement_with_what_it_says_already(
    db: Session, frameworks: Frameworks, settled: Procurement, buyer: Actor, now: datetime
):
    contract = draft_contract(db, settled, frameworks.contracts["joint-pilot"], by=buyer, at=now)

    assert contract.state == "draft"
    assert contract.parameters["question"] == settled.question
    assert contract.parameters["exit-criteria"] == FILLED["exit-criteria"]
    assert contract.parameters["cap-pence"] == settled.fee_ceiling_pence
    assert contract.parameters["payment-days"] == 30
    rows = db.scalars(select(ContractParty).order_by(ContractParty.position)).all()
    assert [(party.role, party.weight) for party in rows] == [("lead", 3), ("participant", 2), ("supplier", 0)]
    assert cast.recorded(db, about=contract.id) == ["ContractDrafted"]


def test_a_procurement_has_one_contract_at_a_time(
    db: Session, frameworks: Frameworks, draft: Contract, settled: Procurement, buyer: Actor, now: datetime
):
    with pytest.raises(Conflict, match=f"this procurement has the contract {draft.ref}"):
        draft_contract(db, settled, frameworks.contracts["joint-pilot"], by=buyer, at=now)

    cancel_contract(db, draft, reason="A wrong start.", by=buyer, at=now)
    db.flush()
    assert draft_contract(db, settled, frameworks.contracts["joint-pilot"], by=buyer, at=now).state == "draft"


def test_no_contract_is_drafted_before_the_procurement_is_settled_or_by_another_party(
    db: Session, frameworks: Frameworks, settled: Procurement, buyer: Actor, other_buyer: Actor, now: datetime
):
    template = frameworks.contracts["joint-pilot"]
    with pytest.raises(NotAllowed, match="by the organisation that leads"):
        draft_contract(db, settled, template, by=other_buyer, at=now)

    settled.state = "inviting"
    with pytest.raises(Conflict, match="inviting, not settled"):
        draft_contract(db, settled, template, by=buyer, at=now)


def test_no_contract_is_drafted_of_a_procurement_that_was_opened_again_since_it_was_looked_at(
    db: Session, frameworks: Frameworks, settled: Procurement, buyer: Actor, now: datetime
):
    db.execute(update(Procurement).values(state="inviting").execution_options(synchronize_session=False))

    with pytest.raises(Conflict, match="inviting, not settled"):
        draft_contract(db, settled, frameworks.contracts["joint-pilot"], by=buyer, at=now)


def test_a_contract_that_is_not_complete_is_not_issued(
    db: Session, frameworks: Frameworks, settled: Procurement, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    draft = a_draft(db, frameworks, settled, by=buyer, at=now, stop_rule="", ends_on="2026-12-01")

    with pytest.raises(Invalid, match="not complete") as refused:
        issue_contract(db, frameworks, draft, by=buyer, at=now)

    assert refused.value.fields == {
        "stop-rule": "Stop rule is not filled in.",
        "ends-on": "The last day comes before the first. Give a later one.",
    }


def test_a_cap_above_what_the_parties_approved_is_not_issued(
    db: Session, frameworks: Frameworks, settled: Procurement, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    draft = a_draft(db, frameworks, settled, by=buyer, at=now, cap_pence=54_000_001)

    with pytest.raises(Invalid, match="above what was approved") as refused:
        issue_contract(db, frameworks, draft, by=buyer, at=now)
    assert "£540,000.00 at most" in refused.value.fields["cap-pence"]


def test_the_parties_sign_in_order_and_the_last_signature_makes_the_text_bind(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    assert (draft.state, text.state, text.number) == ("issued", "issued", 1)
    assert text.digest == digest_of(text.body)

    read_text(db, draft, digest=text.digest, by=people.lead, at=now)
    with pytest.raises(Conflict, match="not the turn of Ashdown Hospitals NHS Trust yet") as early:
        sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.lead, at=now)
    assert early.value.hint == "Before it sign: Calder Valley NHS Trust."
    signed_by(db, frameworks, draft, *people.in_order, at=now)

    assert (draft.state, text.state, draft.text_number) == ("signed", "binding", 1)
    assert (str(draft.starts_on), str(draft.ends_on)) == ("2027-01-04", "2027-09-30")
    assert {one.digest for one in db.scalars(select(Signature))} == {text.digest}
    assert cast.recorded(db, about=draft.id)[-2:] == ["ContractSigned", "ContractBound"]
    assert [one.weight for one in buyers_on(db, draft.id, now.date())] == [3, 2]


def test_a_text_is_read_before_it_is_signed(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)

    with pytest.raises(Conflict, match="you have not read this text to its end"):
        sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.participant, at=now)


def test_a_signature_over_an_older_text_is_refused_and_says_what_to_do(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    older = issue_contract(db, frameworks, draft, by=buyer, at=now)
    read_text(db, draft, digest=older.digest, by=people.participant, at=now)
    recall(db, draft, reason="The fee was wrong.", by=buyer, at=now)
    change_parameters(db, frameworks, draft, {"fee-pence": 5_900_000}, by=buyer, at=now)
    newer = issue_contract(db, frameworks, draft, by=buyer, at=now)

    with pytest.raises(Conflict, match="the text was changed since you opened it") as refused:
        sign(db, frameworks, draft, digest=older.digest, capacity="Director", by=people.participant, at=now)

    assert refused.value.hint == "Read what changed, then sign the text that stands now."
    assert newer.digest in refused.value.fields["digest"]
    with pytest.raises(Conflict, match="you have not read this text"):
        sign(db, frameworks, draft, digest=newer.digest, capacity="Director", by=people.participant, at=now)
    assert [(one.number, one.attempt, one.state) for one in texts_of(db, draft.id)] == [(1, 1, "recalled"), (1, 2, "issued")]


def test_nobody_signs_above_their_limit(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    """Calder Valley carries 2 of 5 of £540,000: £216,000, and £259,200 with VAT."""
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    grant = db.query(Grant).filter(Grant.role == "approver").order_by(Grant.id).first()
    assert grant is not None
    read_text(db, draft, digest=text.digest, by=people.participant, at=now)
    grant.limit_pence = 25_919_999

    with pytest.raises(Conflict, match=r"£259,200.00 with VAT is above your limit of £259,199.99"):
        sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.participant, at=now)

    grant.limit_pence = 25_920_000
    sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.participant, at=now)


def test_a_role_that_has_ended_signs_nothing(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    read_text(db, draft, digest=text.digest, by=people.participant, at=now)
    db.query(Grant).filter(Grant.role == "approver").update({Grant.until: now.date() - timedelta(days=1)})

    with pytest.raises(NotAllowed, match="no role of yours signs today"):
        sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.participant, at=now)


def test_nobody_signs_while_no_certificate_is_in_force(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    read_text(db, draft, digest=text.digest, by=people.participant, at=now)
    certified.is_in_force = False

    with pytest.raises(Conflict, match="no certificate of this version is in force on 24 November 2026") as refused:
        sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.participant, at=now)
    assert "renews it" in refused.value.hint


def test_nobody_issues_or_signs_the_first_text_while_the_product_is_suspended(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, scribe: Product, certified: SimpleNamespace, now: datetime
):
    scribe.state, scribe.state_reason = "suspended", "It mishears doses."
    with pytest.raises(Conflict, match="Lumen Scribe is suspended: It mishears doses"):
        issue_contract(db, frameworks, draft, by=buyer, at=now)
    scribe.state, scribe.state_reason = "live", ""
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    read_text(db, draft, digest=text.digest, by=people.participant, at=now)
    scribe.state, scribe.state_reason = "suspended", "It mishears doses."

    with pytest.raises(Conflict, match="Lumen Scribe is suspended") as refused:
        sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.participant, at=now)
    assert "puts the listing back" in refused.value.hint


def test_only_signatories_of_a_party_sign_and_each_party_once(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, rival: Actor, certified: SimpleNamespace, now: datetime
):
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    for stranger in (buyer, rival):
        with pytest.raises(NotAllowed):
            sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=stranger, at=now)
    with pytest.raises(NotAllowed, match="by people of its parties"):
        read_text(db, draft, digest=text.digest, by=rival, at=now)
    signed_by(db, frameworks, draft, people.participant, at=now)

    with pytest.raises(Conflict, match="has signed this text already"):
        sign(db, frameworks, draft, digest=text.digest, capacity="Director", by=people.participant, at=now)


def test_a_party_that_declines_gives_its_reason_and_the_contract_is_a_draft_again(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    text = issue_contract(db, frameworks, draft, by=buyer, at=now)
    signed_by(db, frameworks, draft, people.participant, at=now)
    with pytest.raises(Invalid, match="needs a reason"):
        decline(db, draft, digest=text.digest, reason=" ", by=people.supplier, at=now)

    refused = decline(db, draft, digest=text.digest, reason="The cap is too low.", by=people.supplier, at=now)

    assert (draft.state, text.state, refused.reason) == ("draft", "declined", "The cap is too low.")
    assert open_text(db, draft.id) is None
    assert cast.recorded(db, about=draft.id)[-1] == "ContractDeclined"


def test_what_departs_from_the_template_needs_a_named_approver_and_another_value_another(
    db: Session, frameworks: Frameworks, draft: Contract, people: Signers, buyer: Actor, certified: SimpleNamespace, now: datetime
):
    change_parameters(db, frameworks, draft, {"at-risk-percent": 60}, by=buyer, at=now)
    with pytest.raises(Conflict, match="not approved yet: Part at risk departs from the template"):
        issue_contract(db, frameworks, draft, by=buyer, at=now)
    with pytest.raises(NotAllowed, match="approved by an approver"):
        approve_departure(db, frameworks, draft, "at-risk-percent", reason="The supplier offers it.", by=buyer, at=now)
    approve_departure(db, frameworks, draft, "at-risk-percent", reason="The supplier offers it.", by=people.lead, at=now)

    change_parameters(db, frameworks, draft, {"at-risk-percent": 70}, by=buyer, at=now)
    with pytest.raises(Conflict, match="not approved yet"):
        issue_contract(db, frameworks, draft, by=buyer, at=now)

    change_parameters(db, frameworks, draft, {"at-risk-percent": 60}, by=buyer, at=now)
    assert issue_contract(db, frameworks, draft, by=buyer, at=now).state == "issued"


def test_signing_writes_what_each_party_has_to_do_by_when(db: Session, signed: Contract, people: Signers):
    rows = db.scalars(select(Obligation).order_by(Obligation.due_on, Obligation.key)).all()

    assert {row.contract_id for row in rows} == {signed.id}
    months = [row for row in rows if row.key.startswith("measurements.") and row.organisation_id == people.lead.organisation_id]
    assert [row.key for row in months] == [f"measurements.2027-{month:02}" for month in range(1, 10)]
    assert str(months[0].due_on) == "2027-02-10"
    decision = [row for row in rows if row.key == "decision"]
    assert [(row.organisation_id, str(row.due_on)) for row in decision] == [(signed.organisation_id, "2027-09-02")]
    assert {row.key for row in rows if row.organisation_id == signed.supplier_id} >= {"exit-plan", "insurance", "return-data"}
