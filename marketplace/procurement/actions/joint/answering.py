"""What each party answers for itself, through its own authorised signatory: yes, yes again, no, and goodbye."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor, Permission
from marketplace.identity.queries.members import reach_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.money import Money
from marketplace.kit.record import record
from marketplace.procurement.actions.joint.holding import begin_binding, need_part, refuse_stale
from marketplace.procurement.actions.joint.parties import leave, needed_reason
from marketplace.procurement.events import (
    PartyConfirmed,
    PartyDeclined,
    PartyJoined,
    PartyWithdrew,
    ProcurementReopened,
)
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.queries.joint.standing import changes_of, terms_of
from marketplace.procurement.rules.joint.approvals import enough
from marketplace.procurement.rules.joint.joining import may_leave
from marketplace.procurement.states import PARTY, PROCUREMENT


def join(
    db: Session, procurement: Procurement, party: Party, *, seen: str | None = None, by: Actor, at: datetime
) -> None:
    """Take part, on the terms of which `seen` is the digest. By a signatory whose limit covers the share with VAT.

    Raises NotAllowed, Conflict.
    """
    begin_binding(db, procurement, party, ("inviting",), by=by)
    if party.state == "joined":
        raise Conflict(f"{party.organisation.name} has joined already", "Its yes is on record.")
    state = PARTY.after("join", party.state)
    refuse_stale(procurement, seen)
    amount = _covered(db, procurement, party, by, at)
    party.state, party.joined_at, party.joined_by_id = state, at, by.person_id
    _say_yes(procurement, party, by, at)
    joined = PartyJoined(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id,
        amount_pence=amount.pence, composition=procurement.composition,
    )  # fmt: skip
    record(db, joined, by=by, at=at)
    db.flush()


def confirm(
    db: Session, procurement: Procurement, party: Party, *, seen: str | None = None, by: Actor, at: datetime
) -> None:
    """Say yes to terms that changed since the last yes. Raises NotAllowed, Conflict where nothing changed."""
    begin_binding(db, procurement, party, ("inviting",), by=by)
    if party.state != "joined":
        raise Conflict(f"{party.organisation.name} has not joined", "Join first: that says yes to the terms of today.")
    refuse_stale(procurement, seen)
    if not changes_of(party, terms_of(procurement)):
        raise Conflict("nothing that concerns you changed since your yes", "There is nothing to confirm.")
    amount = _covered(db, procurement, party, by, at)
    _say_yes(procurement, party, by, at)
    confirmed = PartyConfirmed(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id,
        amount_pence=amount.pence, composition=procurement.composition,
    )  # fmt: skip
    record(db, confirmed, by=by, at=at)
    db.flush()


def decline(db: Session, procurement: Procurement, party: Party, *, reason: str, by: Actor, at: datetime) -> None:
    """Take no part; the others are told, with the reason. Raises NotAllowed, Conflict, Invalid."""
    begin_binding(db, procurement, party, ("inviting",), by=by)
    _refuse_lead(party)
    state, why = PARTY.after("decline", party.state), needed_reason(reason, "Say why: the others read it.")
    leave(procurement, party, state, why, by=by, at=at)
    declined = PartyDeclined(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, reason=why,
        composition=procurement.composition,
    )  # fmt: skip
    record(db, declined, by=by, at=at)
    db.flush()


def withdraw_party(
    db: Session, procurement: Procurement, party: Party, *, reason: str, by: Actor, at: datetime
) -> None:
    """Leave before the award: shares are what is left of the weights, the others confirm again, and what was settled
    opens again. Raises NotAllowed, Conflict, Invalid."""
    begin_binding(db, procurement, party, ("inviting", "settled", "running"), by=by)
    _refuse_lead(party)
    if not may_leave(procurement.state) or procurement.awarded_at is not None:
        hint = "Leaving now is a variation of the contract: ask for it there."
        raise Conflict(f"{procurement.name} was awarded", hint)
    state, why = PARTY.after("withdraw", party.state), needed_reason(reason, "Say why: the others read it.")
    was_settled = procurement.state == "settled"
    leave(procurement, party, state, why, by=by, at=at)
    left = PartyWithdrew(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, reason=why,
        composition=procurement.composition, was_settled=was_settled,
    )  # fmt: skip
    record(db, left, by=by, at=at)
    if was_settled:
        reopen_settled(db, procurement, f"{party.organisation.name} withdrew", by=by, at=at)
    db.flush()


def reopen_settled(db: Session, procurement: Procurement, reason: str, *, by: Actor, at: datetime) -> None:
    """Open what was settled: whoever the change concerns says yes again. Raises Conflict."""
    procurement.state, procurement.settled_at = PROCUREMENT.after("reopen", procurement.state), None
    procurement.state_reason = reason
    composition = procurement.composition
    reopened = ProcurementReopened(procurement_id=procurement.id, reason=reason, composition=composition)
    record(db, reopened, by=by, at=at)


def _covered(db: Session, procurement: Procurement, party: Party, by: Actor, at: datetime) -> Money:
    """The party's share of the ceiling with VAT, within the limit of the one who signs. Raises NotAllowed, Conflict."""
    need_part(party)
    amount = terms_of(procurement).gross_of(party.organisation.ref)
    if amount is None:
        raise Conflict(f"{party.organisation.name} has no share yet", "The lead gives every party its share first.")
    limits = [reach.limit_pence for reach in reach_of(db, by, Permission.CONTRACT_SIGN, on=day_in_london(at))]
    if not enough(limits, amount):
        most = max((limit for limit in limits if limit is not None), default=0)
        fact = f"the share is at most {amount} with VAT, above your limit of {Money(most)}"
        raise NotAllowed(fact, "Ask a colleague whose limit covers it, or a manager to raise yours.")
    return amount


def _say_yes(procurement: Procurement, party: Party, by: Actor, at: datetime) -> None:
    party.confirmed = terms_of(procurement).plain()
    party.confirmed_composition = procurement.composition
    party.confirmed_at, party.confirmed_by_id = at, by.person_id


def _refuse_lead(party: Party) -> None:
    if party.role == "lead":
        raise Conflict("the lead stands for the whole", "Cancel the procurement instead: the others are told why.")
