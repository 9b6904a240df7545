"""Reading, signing and declining a text: in order, by role, within a limit, over the digest of that very text."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.contracts.actions.drafting import hold_contract
from marketplace.contracts.actions.obligations import set_obligations
from marketplace.contracts.actions.outcomes.baselines import check_baselines
from marketplace.contracts.actions.texts import check_certificate, check_on_sale, check_still_ahead
from marketplace.contracts.events import ContractBound, ContractCosigned, ContractDeclined, ContractRead, ContractSigned
from marketplace.contracts.models import (
    Contract,
    ContractParty,
    ContractText,
    Cosignature,
    Declined,
    Reading,
    Signature,
)
from marketplace.contracts.policies.agreements import may_sign
from marketplace.contracts.queries.contracts import binding_text, parties_of
from marketplace.contracts.queries.facts import template_of
from marketplace.contracts.queries.signing import (
    cosignatures_of,
    has_read,
    open_text,
    signatories_of,
    signatures_of,
    signers_of,
    signing_limit,
    standing_of,
)
from marketplace.contracts.rules.signing import commits, is_within
from marketplace.contracts.states import CONTRACT, TEXT
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import ONE_DAY, day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.fields import reason_of
from marketplace.kit.ids import new_id
from marketplace.kit.money import Money
from marketplace.kit.record import record
from marketplace.kit.text import clean_line
from marketplace.procurement.actions.joint.ending import mark_awarded
from marketplace.procurement.models import Procurement


def read_text(db: Session, contract: Contract, *, digest: str, by: Actor, at: datetime) -> ContractText:
    """Note that the actor has read the text that waits for signatures to its end. Raises Conflict, NotAllowed."""
    text = issued_text(db, contract, digest)
    if _own(db, contract, by) is None or by.person_id is None:
        raise NotAllowed("a text is read here by people of its parties", "Act for one of them.")
    if not has_read(db, text, by):
        db.add(Reading(text_id=text.id, person_id=by.person_id, at=at))
        record(db, ContractRead(**_named(text)), by=by, at=at)
        db.flush()
    return text


def sign(
    db: Session, frameworks: Frameworks, contract: Contract, *, digest: str, capacity: str, by: Actor, at: datetime
) -> Signature | Cosignature:
    """Sign the issued text for the actor's organisation. `digest` is that of the text that the actor read.

    Where the text names several signatories of a party, each is another person, in order, and the last one binds it.
    The last signature of all makes the text bind. Raises NotAllowed, Invalid without a capacity, and Conflict where
    the text has changed, was not read, is somebody else's turn, costs more than the actor may sign, or where no
    certificate is in force.
    """
    hold_contract(db, contract)
    text = issued_text(db, contract, digest)
    party = _own(db, contract, by)
    if not may_sign(by, party) or party is None or by.person_id is None:
        raise NotAllowed("this needs the role approver or supplier manager at a party", "Ask whoever signs there.")
    _check_can_be_signed(db, frameworks, contract, text, party, by=by, at=at)
    place, left = _place(db, text, party, by)
    given = {
        "id": new_id(at), "contract_id": contract.id, "text_id": text.id, "organisation_id": party.organisation_id,
        "person_id": by.person_id, "capacity": _capacity(capacity), "digest": text.digest, "at": at,
    }  # fmt: skip
    told = {**_named(text), "organisation_id": party.organisation_id, "capacity": given["capacity"]}
    if left:
        cosignature = Cosignature(**given, place=place)
        db.add(cosignature)
        record(db, ContractCosigned(**told, place=place), by=by, at=at)
        db.flush()
        return cosignature
    signature = Signature(**given)
    db.add(signature)
    record(db, ContractSigned(**told), by=by, at=at)
    db.flush()
    _bind_when_complete(db, frameworks, contract, text, by=by, at=at)
    return signature


def decline(db: Session, contract: Contract, *, digest: str, reason: str, by: Actor, at: datetime) -> Declined:
    """Refuse to sign, with a reason: the text is off, and the lead writes another.

    Raises NotAllowed, Conflict, Invalid without a reason.
    """
    hold_contract(db, contract)
    text = issued_text(db, contract, digest)
    party = _own(db, contract, by)
    if not may_sign(by, party) or party is None or by.person_id is None:
        raise NotAllowed("this needs the role approver or supplier manager at a party", "Ask whoever signs there.")
    why = reason_of(reason, "Say why you do not sign: the others read it.")
    refused = Declined(
        id=new_id(at), text_id=text.id, organisation_id=party.organisation_id, person_id=by.person_id, reason=why, at=at
    )
    db.add(refused)
    text.state = TEXT.after("decline", text.state)
    if text.number == 1:
        contract.state = CONTRACT.after("decline", contract.state)
    declined = ContractDeclined(**_named(text), organisation_id=party.organisation_id, reason=why)
    record(db, declined, by=by, at=at)
    return refused


def issued_text(db: Session, contract: Contract, digest: str) -> ContractText:
    """The text that waits for signatures, if it is the one of this digest. Raises Conflict."""
    text = open_text(db, contract.id)
    if text is None or text.state != "issued":
        raise Conflict("no text of this contract waits for signatures", "Look at the contract to see where it stands.")
    if digest.strip().casefold() != text.digest:
        raise Conflict(
            "the text was changed since you opened it",
            "Read what changed, then sign the text that stands now.",
            fields={"digest": f"The text that stands now has the digest {text.digest}."},
        )
    return text


def _own(db: Session, contract: Contract, by: Actor) -> ContractParty | None:
    mine = (party for party in parties_of(db, contract.id) if party.organisation_id == by.organisation_id)
    return next(mine, None)


def _check_can_be_signed(
    db: Session, frameworks: Frameworks, contract: Contract, text: ContractText, party: ContractParty,
    *, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Raises NotAllowed, Conflict for whatever stands in the way of a signature."""
    _check_turn(db, contract, text, party)
    if not has_read(db, text, by):
        raise Conflict("you have not read this text to its end", "Open it, read it, and say so below it; then sign.")
    _check_limit(db, text, party, by=by, at=at)
    check_certificate(db, frameworks, contract, on=day_in_london(at))
    if text.number == 1:
        check_on_sale(db, contract)
    check_still_ahead(text, today=day_in_london(at))
    check_baselines(db, contract, on=day_in_london(at))
    _check_procurement(db, contract, text)


def _place(db: Session, text: ContractText, party: ContractParty, by: Actor) -> tuple[int, int]:
    """Which of the party's signatories signs now, counted from 0, and how many come after. Raises Conflict."""
    wanted = signatories_of(text, party.role)
    signed = [one for one in cosignatures_of(db, [text.id]) if one.organisation_id == party.organisation_id]
    if any(one.person_id == by.person_id for one in signed):
        raise Conflict(
            f"{by.person_name} has signed this text already",
            f"{wanted[len(signed)]} signs next for {party.organisation.name}, and that is somebody else.",
        )
    return len(signed), max(len(wanted) - len(signed) - 1, 0)


def _check_turn(db: Session, contract: Contract, text: ContractText, party: ContractParty) -> None:
    parties = parties_of(db, contract.id)
    now = standing_of(text, parties, signatures_of(db, [text.id]))
    if party.organisation_id in now.signed:
        raise Conflict(
            f"{party.organisation.name} has signed this text already", "One signature for each party counts."
        )
    if party.organisation_id not in now.turn:
        first = ", ".join(one.organisation.name for one in parties if one.organisation_id in now.turn)
        raise Conflict(f"it is not the turn of {party.organisation.name} yet", f"Before it sign: {first}.")


def _check_limit(db: Session, text: ContractText, party: ContractParty, *, by: Actor, at: datetime) -> None:
    limit = signing_limit(db, by, on=day_in_london(at))
    if limit is None:
        raise NotAllowed("no role of yours signs today", "Ask a manager of your organisation whether it has ended.")
    buyers = [one for one in text.body["parties"] if one["role"] != "supplier"]
    place = next((at for at, one in enumerate(buyers) if one["ref"] == party.organisation.ref), None)
    amount = commits(text.parameters, [one["weight"] for one in buyers], place)
    if not is_within(limit.pence, amount):
        raise Conflict(
            f"{amount} with VAT is above your limit of {Money(limit.pence or 0)}",
            "Somebody with a higher limit signs, or a manager of your organisation raises yours.",
        )


def _check_procurement(db: Session, contract: Contract, text: ContractText) -> None:
    """Who takes part has not changed since the first text was issued."""
    if text.number > 1:
        return
    procurement = db.get_one(Procurement, contract.procurement_id)
    if procurement.state != "settled":
        raise Conflict(
            f"the procurement is {procurement.state}: who takes part may change",
            "The lead recalls this text, settles the procurement again, and issues another.",
        )


def _capacity(typed: str) -> str:
    capacity = clean_line(typed, 120)
    if not capacity:
        told = "Say in which capacity you sign, such as Chief Finance Officer."
        raise Invalid("a signature says in which capacity", told, fields={"capacity": told})
    return capacity


def _bind_when_complete(
    db: Session, frameworks: Frameworks, contract: Contract, text: ContractText, *, by: Actor, at: datetime
) -> None:
    """With the last signature the text binds, and the one before it is replaced."""
    parties = parties_of(db, contract.id)
    if not standing_of(text, parties, signatures_of(db, [text.id])).is_complete:
        return
    before = binding_text(db, contract)
    if before is not None:
        before.state = TEXT.after("replace", before.state)
        db.flush()
    text.state, text.bound_at = TEXT.after("bind", text.state), at
    if text.number == 1:
        contract.state, contract.signed_at = CONTRACT.after("bind", contract.state), at
        mark_awarded(db, contract.procurement_id, at=at)
    contract.text_number, contract.parameters = text.number, text.parameters
    contract.starts_on, contract.ends_on = _term(text)
    _note_parties(text, parties)
    set_obligations(db, template_of(frameworks, contract), contract, text, signers_of(text, parties), at=at)
    bound = ContractBound(
        **_named(text), procurement_id=contract.procurement_id, product_id=contract.product_id,
        supplier_id=contract.supplier_id, effective_on=text.effective_on, starts_on=contract.starts_on,
        ends_on=contract.ends_on,
    )  # fmt: skip
    record(db, bound, by=by, at=at)


def _term(text: ContractText) -> tuple[date, date]:
    return date.fromisoformat(text.parameters["starts-on"]), date.fromisoformat(text.parameters["ends-on"])


def _note_parties(text: ContractText, parties: Sequence[ContractParty]) -> None:
    """Parties count from the first text that names them, and up to the day before one that does not."""
    named = signers_of(text, parties)
    for party in parties:
        if party in named and party.joined_on is None:
            party.joined_on = text.effective_on
        elif party not in named and party.left_on is None:
            party.left_on = text.effective_on - ONE_DAY


def _named(text: ContractText) -> dict[str, Any]:
    return {"contract_id": text.contract_id, "text_id": text.id, "number": text.number, "digest": text.digest}
