"""Freezing a text: issuing it for signature, taking it back, and writing the next one as a variation."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.contracts.actions.drafting import check_drafts, follow_procurement, hold_contract
from marketplace.contracts.events import ContractIssued, ContractRecalled, VariationBegun
from marketplace.contracts.models import Contract, ContractParty, ContractText
from marketplace.contracts.queries.contracts import binding_text, parties_of
from marketplace.contracts.queries.facts import certificate_of, facts_of, template_of
from marketplace.contracts.queries.signing import approvals_of, open_text
from marketplace.contracts.rules.assembly import assemble
from marketplace.contracts.rules.digests import digest_of
from marketplace.contracts.rules.parameters import amended, departures, is_beyond, open_points
from marketplace.contracts.rules.periods import furthest_day
from marketplace.contracts.states import CONTRACT, TEXT
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.fields import reason_of
from marketplace.kit.ids import new_id
from marketplace.kit.money import Money
from marketplace.kit.record import record
from marketplace.procurement.models import Procurement


def issue_contract(db: Session, frameworks: Frameworks, contract: Contract, *, by: Actor, at: datetime) -> ContractText:
    """Freeze the first text and put it before the parties for signature.

    Raises NotAllowed, Conflict where the procurement, the certificate or an approval stands in the way, Invalid by
    parameter for what is missing or does not agree.
    """
    hold_contract(db, contract)
    check_drafts(by, contract)
    state = CONTRACT.after("issue", contract.state)
    today = day_in_london(at)
    procurement = db.get_one(Procurement, contract.procurement_id)
    if procurement.state != "settled":
        raise Conflict(f"the procurement is {procurement.state}, not settled", "Settle it again, then issue.")
    parties = follow_procurement(db, contract, at=at)
    check_certificate(db, frameworks, contract, on=today)
    check_on_sale(db, contract)
    _check_ceiling(contract.parameters, procurement)
    text = _written(
        db, frameworks, contract, contract.parameters, parties, number=1, reason="", effective_on=today, by=by, at=at
    )
    check_departures(db, frameworks, contract, text)
    text.state, contract.state = TEXT.after("issue", text.state), state
    record(db, ContractIssued(**_named(text)), by=by, at=at)
    return text


def begin_variation(
    db: Session,
    frameworks: Frameworks,
    contract: Contract,
    raw: Mapping[str, object],
    *,
    reason: str,
    effective_on: date,
    leaving: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
) -> ContractText:
    """Write the next text of a signed contract: `raw` over the values that bind, in force from `effective_on` on.

    `leaving` are organisations that take part no longer from that day. One that was begun and not issued is written
    anew. Raises NotAllowed, Conflict, Invalid by parameter.
    """
    hold_contract(db, contract)
    check_drafts(by, contract)
    binding = binding_text(db, contract)
    if binding is None or contract.state not in ("signed", "live"):
        raise Conflict(f"a {contract.state} contract has no terms to vary", "A draft is changed without a variation.")
    why = reason_of(reason, "Say why the terms change: every party reads it.")
    _check_day(contract, binding, effective_on, today=day_in_london(at))
    _leave_draft(db, contract)
    values = amended(template_of(frameworks, contract), binding.parameters, raw)
    parties = _staying(db, contract, leaving, effective_on)
    if values == binding.parameters and not leaving:
        raise Invalid("nothing is different", "Change a value, or leave the contract as it is.")
    _check_extension(db, binding, values)
    text = _written(
        db, frameworks, contract, values, parties, number=binding.number + 1, reason=why, effective_on=effective_on,
        by=by, at=at,
    )  # fmt: skip
    record(db, VariationBegun(**_named(text), reason=why, effective_on=effective_on), by=by, at=at)
    return text


def issue_variation(
    db: Session, frameworks: Frameworks, contract: Contract, *, by: Actor, at: datetime
) -> ContractText:
    """Put a variation that was written before the parties for signature. Raises NotAllowed, Conflict."""
    hold_contract(db, contract)
    check_drafts(by, contract)
    text = open_text(db, contract.id)
    if text is None or text.number == 1:
        raise Conflict("no variation is written", "Begin one first.")
    state = TEXT.after("issue", text.state)
    check_still_ahead(text, today=day_in_london(at))
    check_departures(db, frameworks, contract, text)
    text.state = state
    record(db, ContractIssued(**_named(text)), by=by, at=at)
    return text


def recall(db: Session, contract: Contract, *, reason: str, by: Actor, at: datetime) -> ContractText:
    """Take back a text that is not signed by all; whoever signed it signs the next one anew.

    Raises NotAllowed, Conflict, Invalid without a reason.
    """
    hold_contract(db, contract)
    check_drafts(by, contract)
    text = open_text(db, contract.id)
    if text is None:
        raise Conflict("no text waits for signatures", "There is nothing to recall.")
    why = reason_of(reason, "Say why it is recalled: those who signed already read it.")
    if text.number == 1:
        contract.state = CONTRACT.after("recall", contract.state)
    _take_back(db, text, why, by=by, at=at)
    return text


def take_back_variation(db: Session, contract: Contract, *, reason: str, by: Actor, at: datetime) -> None:
    """A variation that is written or waits for signatures is off, as where its contract ends. Repeatable."""
    text = open_text(db, contract.id)
    if text is not None:
        _take_back(db, text, reason, by=by, at=at)


def _take_back(db: Session, text: ContractText, why: str, *, by: Actor, at: datetime) -> None:
    text.state = TEXT.after("recall", text.state)
    record(db, ContractRecalled(**_named(text), reason=why), by=by, at=at)


def check_certificate(db: Session, frameworks: Frameworks, contract: Contract, *, on: date) -> None:
    """Raises Conflict unless the version under contract has a certificate in force on that day."""
    if certificate_of(db, frameworks, contract, on=on) is None:
        raise Conflict(
            f"no certificate of this version is in force on {in_words(on)}",
            "The product's page says why. The supplier renews it, or the assessor reinstates it; then go on here.",
        )


def check_on_sale(db: Session, contract: Contract) -> None:
    """Raises Conflict while the product's listing is suspended: it is not to be bought."""
    product = db.get_one(Product, contract.product_id)
    if product.state == "suspended":
        raise Conflict(
            f"{product.name} is suspended: {product.state_reason.rstrip('.')}",
            "It is bought again when a moderator puts the listing back; then go on here.",
        )


def check_departures(db: Session, frameworks: Frameworks, contract: Contract, text: ContractText) -> None:
    """Raises Conflict while something departs from the template that nobody approved."""
    found = departures(template_of(frameworks, contract), text.parameters)
    approved = approvals_of(db, contract, found)
    missing = [one.label for one in found if one.parameter not in approved]
    if missing:
        raise Conflict(
            f"not approved yet: {', '.join(missing)} depart{'s' if len(missing) == 1 else ''} from the template",
            "An approver of the organisation that leads approves each by name.",
        )


def check_still_ahead(text: ContractText, *, today: date) -> None:
    """Raises Conflict where a variation would reach back: its first day is over."""
    if text.number > 1 and text.effective_on < today:
        raise Conflict(
            f"the first day of this variation, {in_words(text.effective_on)}, is over",
            "Recall it, and write it anew with a later day.",
        )


def _check_day(contract: Contract, binding: ContractText, effective_on: date, *, today: date) -> None:
    wrong = ""
    if effective_on < today:
        wrong = "This day is over. A variation does not reach back: give today or a later day."
    elif effective_on < binding.effective_on:
        wrong = f"The terms that bind hold from {in_words(binding.effective_on)}. Give that day or a later one."
    elif contract.ends_on is not None and effective_on > contract.ends_on:
        wrong = f"The term ends on {in_words(contract.ends_on)}. A variation begins before it is over."
    if wrong:
        raise Invalid("this day does not fit", wrong, fields={"effective_on": wrong})


def _check_extension(db: Session, binding: ContractText, values: Mapping[str, Any]) -> None:
    """Raises Invalid where the term would reach beyond what all extensions together may come to."""
    ends, ended = (given.get("ends-on") or "" for given in (values, binding.parameters))
    if ends <= ended:
        return
    signed = (ContractText.contract_id == binding.contract_id, ContractText.state.in_(("binding", "replaced")))
    first = db.scalars(select(ContractText.parameters).where(*signed, ContractText.number == 1)).one()
    months = int(values.get("extension-months") or 0)
    furthest = furthest_day(date.fromisoformat(first["ends-on"]), months)
    if date.fromisoformat(ends) > furthest:
        most = f"All extensions together come to {months} months at most, until {in_words(furthest)}"
        most = most if months else "The contract does not let its term be extended"
        told = f"{most}. To go beyond, vary the longest extension too: it stands under Term."
        raise Invalid("the term would reach beyond its longest extension", told, fields={"ends-on": told})


def _check_ceiling(values: Mapping[str, Any], procurement: Procurement) -> None:
    """The cap is not above what the budget holders approved."""
    ceiling = procurement.fee_ceiling_pence
    if ceiling is not None and is_beyond(values, ceiling):
        told = f"The parties approved {Money(ceiling)} at most. Lower the cap, or have more approved first."
        cap = Money(values["cap-pence"])
        raise Invalid(f"the cap of {cap} is above what was approved", told, fields={"cap-pence": told})


def _leave_draft(db: Session, contract: Contract) -> None:
    """A variation that was only written makes room. Raises Conflict for one that waits for signatures."""
    text = open_text(db, contract.id)
    if text is None:
        return
    if text.state == "issued":
        raise Conflict(f"text {text.number} waits for signatures", "Wait until all have signed, or recall it first.")
    text.state = TEXT.after("recall", text.state)


def _staying(db: Session, contract: Contract, leaving: Sequence[UUID], effective_on: date) -> list[ContractParty]:
    parties = [party for party in parties_of(db, contract.id) if party.left_on is None or party.left_on >= effective_on]
    for organisation_id in leaving:
        party = next((one for one in parties if one.organisation_id == organisation_id), None)
        if party is None or party.role != "participant":
            told = "Only a participant can leave: without the lead or the supplier the contract ends."
            raise Invalid("this organisation cannot leave the contract", told, fields={"leaving": told})
        parties.remove(party)
    if leaving:
        _check_quorum(db, contract, sum(party.role != "supplier" for party in parties))
    return parties


def _check_quorum(db: Session, contract: Contract, staying: int) -> None:
    """Raises Invalid where fewer buyers stay than the lead said are needed, before the others joined."""
    needed = db.get_one(Procurement, contract.procurement_id).fewest
    if staying < needed:
        told = f"The others joined on the word that at least {needed} take part. Let fewer leave, or stop the pilot."
        raise Invalid(f"{staying} of at least {needed} would stay", told, fields={"leaving": told})


def _written(
    db: Session,
    frameworks: Frameworks,
    contract: Contract,
    values: Mapping[str, Any],
    parties: Sequence[ContractParty],
    *,
    number: int,
    reason: str,
    effective_on: date,
    by: Actor,
    at: datetime,
) -> ContractText:
    """The text, frozen. Raises Invalid by parameter where something is missing or does not agree."""
    template = template_of(frameworks, contract)
    if faults := open_points(template, values):
        raise Invalid("the contract is not complete", "Look at what is named, then issue it.", fields=faults)
    facts = facts_of(
        db, frameworks, contract, on=day_in_london(at), number=number, reason=reason, effective_on=effective_on,
        parties=parties,
    )  # fmt: skip
    body = assemble(template, facts, values)
    before = select(func.max(ContractText.attempt)).where(
        ContractText.contract_id == contract.id, ContractText.number == number
    )
    text = ContractText(
        id=new_id(at), contract_id=contract.id, number=number, attempt=(db.scalars(before).one() or 0) + 1,
        parameters=dict(values), body=body, digest=digest_of(body), reason=reason, effective_on=effective_on,
        state=TEXT.start, at=at, by_id=by.person_id,
    )  # fmt: skip
    db.add(text)
    db.flush()
    return text


def _named(text: ContractText) -> dict[str, Any]:
    return {"contract_id": text.contract_id, "text_id": text.id, "number": text.number, "digest": text.digest}
