"""Who takes part: named, invited, joined, confirmed, declined, withdrawn, and with which share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.procedures import Procedure
from marketplace.identity.models import Organisation
from marketplace.identity.policies import BUYING, Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.fields import reason_of
from marketplace.kit.record import record
from marketplace.procurement.actions.joint.holding import (
    OPEN_TO_CHANGE,
    begin_leading,
    refuse_blocked,
)
from marketplace.procurement.actions.joint.start import a_party, add_party
from marketplace.procurement.events import InvitationsOpened, PartyInvited, PartyWithdrew, SharesChanged
from marketplace.procurement.models import Party, Procurement
from marketplace.procurement.queries.joint.standing import procedure_of, terms_of, what_blocks
from marketplace.procurement.rules.joint.joining import answer_by, door
from marketplace.procurement.rules.joint.shares import typed_shares
from marketplace.procurement.schemas import LONGEST, MOST_PARTIES
from marketplace.procurement.states import PARTY, PROCUREMENT


def name_organisation(
    db: Session, procurement: Procurement, organisation: Organisation, *, by: Actor, at: datetime
) -> None:
    """Name an organisation that may join later, without inviting it now. Only before it opens. Raises Conflict."""
    begin_leading(db, procurement, ("draft",), by=by)
    _refuse_stranger(organisation)
    if organisation.ref in procurement.admits or _known(procurement, organisation):
        raise Conflict(f"{organisation.name} is named already", "It stands among those who may join.")
    procurement.admits = [*procurement.admits, organisation.ref]
    db.flush()


def invite_party(
    db: Session, frameworks: Frameworks, procurement: Procurement, organisation: Organisation, *, by: Actor,
    at: datetime,
) -> Party:  # fmt: skip
    """Ask an organisation to take part; it has no share until shares are given anew.

    After opening only those who were named then. Raises NotAllowed, Conflict, Invalid.
    """
    begin_leading(db, procurement, OPEN_TO_CHANGE, by=by)
    procedure = procedure_of(frameworks, procurement)
    _refuse_stranger(organisation)
    known = _known(procurement, organisation)
    if known is not None and known.takes_part:
        raise Conflict(f"{organisation.name} takes part already", "Its share stands beside it.")
    if procurement.state != "draft":
        _refuse_unnamed(procedure, procurement, organisation)
    if len(procurement.parties) >= MOST_PARTIES:
        raise Conflict(f"{MOST_PARTIES} organisations are on the list", "Start another procurement for the others.")
    party = _asked_again(known, at) if known else _new(db, procedure, procurement, organisation, at)
    procurement.composition += 1
    if procurement.state == "inviting":
        _invited(db, procedure, procurement, party, by=by, at=at)
    db.flush()
    db.expire(procurement, ["parties"])
    return party


def take_back(db: Session, procurement: Procurement, party: Party, *, reason: str, by: Actor, at: datetime) -> None:
    """Take back an invitation that nobody answered. Raises NotAllowed, Conflict, Invalid."""
    begin_leading(db, procurement, OPEN_TO_CHANGE, by=by)
    if party.role == "lead":
        raise Conflict("the lead stands for the whole", "Cancel the procurement instead.")
    state, why = PARTY.after("take back", party.state), needed_reason(reason, "Say why the invitation is taken back.")
    leave(procurement, party, state, why, by=by, at=at)
    left = PartyWithdrew(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, reason=why,
        composition=procurement.composition, was_settled=False,
    )  # fmt: skip
    record(db, left, by=by, at=at)
    db.flush()


def set_shares(
    db: Session, procurement: Procurement, way: str, typed: Mapping[str, str], *, expected: int | None = None,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Give every party its share, as per cent that make 100 or as parts; `typed` by the reference of each.

    Raises NotAllowed, Conflict, Invalid by field `share-REF`.
    """
    begin_leading(db, procurement, OPEN_TO_CHANGE, by=by)
    hold_version(expected, procurement.row_version)
    there = {party.organisation.ref: party for party in procurement.parties if party.takes_part}
    _refuse_others(there, typed)
    weights = typed_shares(way, {ref: typed[ref] for ref in there})
    before = terms_of(procurement)
    for ref, party in there.items():
        party.weight = weights[ref]
    if terms_of(procurement).weights == before.weights:
        return
    procurement.composition += 1
    changed = SharesChanged(procurement_id=procurement.id, weights=weights, composition=procurement.composition)
    record(db, changed, by=by, at=at)
    db.flush()


def open_invitations(db: Session, frameworks: Frameworks, procurement: Procurement, *, by: Actor, at: datetime) -> None:
    """Fix who may join, and ask those who are invited. Raises NotAllowed, Conflict with everything that is missing."""
    begin_leading(db, procurement, ("draft",), by=by)
    state, today = PROCUREMENT.after("open", procurement.state), day_in_london(at)
    refuse_blocked(what_blocks(db, frameworks, procurement, "open", on=today), "opened")
    procedure = procedure_of(frameworks, procurement)
    there = [party for party in procurement.parties if party.takes_part]
    refs = [party.organisation.ref for party in there]
    procurement.admits = list(dict.fromkeys([*refs, *procurement.admits]))
    procurement.state, procurement.opened_at = state, at
    record(db, InvitationsOpened(procurement_id=procurement.id, admits=procurement.admits), by=by, at=at)
    for party in there:
        _invited(db, procedure, procurement, party, by=by, at=at)
    db.flush()


def leave(procurement: Procurement, party: Party, state: str, reason: str, *, by: Actor, at: datetime) -> None:
    """Take a party out of the terms: the shares of the others are what is left of the weights."""
    party.state, party.state_reason, party.left_at, party.left_by_id = state, reason, at, by.person_id
    procurement.composition += 1


def needed_reason(reason: str, needed: str) -> str:
    """Why a party leaves or the whole is undone, as the others read it. Raises Invalid."""
    return reason_of(reason, needed, longest=LONGEST["reason"])


def _invited(
    db: Session, procedure: Procedure, procurement: Procurement, party: Party, *, by: Actor, at: datetime
) -> None:
    party.answer_by = answer_by(procedure, procurement.starts_on, on=day_in_london(at))
    invited = PartyInvited(
        procurement_id=procurement.id, party_id=party.id, organisation_id=party.organisation_id, role=party.role,
        composition=procurement.composition,
    )  # fmt: skip
    record(db, invited, by=by, at=at)


def _new(
    db: Session, procedure: Procedure, procurement: Procurement, organisation: Organisation, at: datetime
) -> Party:
    position = max(party.position for party in procurement.parties) + 1
    party = a_party(procurement, organisation.id, "participant", position=position, weight=0, at=at)
    add_party(db, procedure, party, at=at)
    return party


def _asked_again(party: Party, at: datetime) -> Party:
    party.state = PARTY.after("invite again", party.state)
    cleared: dict[str, Any] = {"left_at": None, "left_by_id": None, "joined_at": None, "joined_by_id": None}
    for name, value in {**cleared, "state_reason": "", "confirmed": {}, "confirmed_composition": None}.items():
        setattr(party, name, value)
    party.weight, party.invited_at = 0, at
    return party


def _known(procurement: Procurement, organisation: Organisation) -> Party | None:
    return next((party for party in procurement.parties if party.organisation_id == organisation.id), None)


def _refuse_stranger(organisation: Organisation) -> None:
    if organisation.kind not in BUYING:
        told = f"{organisation.name} does not buy: trusts, boards and integrated care boards take part."
        raise Invalid("this organisation cannot take part", told, fields={"organisation": told})


def _refuse_unnamed(procedure: Procedure, procurement: Procurement, organisation: Organisation) -> None:
    entry = door(procedure.joining, ref=organisation.ref, admits=procurement.admits, state=procurement.state)
    if not entry.is_open:
        hint = "It can start a pilot of its own, or you cancel this one and open it anew with its name."
        raise Conflict(f"{organisation.name} was not named when this was opened", hint)


def _refuse_others(there: Mapping[str, Party], typed: Mapping[str, str]) -> None:
    strangers = [ref for ref in typed if ref not in there]
    if strangers:
        fields = {f"share-{ref}": "It takes no part." for ref in strangers}
        raise Invalid("a share is given to somebody who takes no part", "Open the page again.", fields=fields)
    missing = {f"share-{ref}": "Give it a share." for ref in there if not typed.get(ref, "").strip()}
    if missing:
        raise Invalid("a party has no share", "Give every party one.", fields=missing)
