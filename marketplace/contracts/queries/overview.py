"""Where a contract stands: what is open, what departs from its template, who has yet to act."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.models import (
    Contract,
    ContractParty,
    ContractText,
    Cosignature,
    Deviation,
    Obligation,
    Signature,
)
from marketplace.contracts.queries.contracts import parties_of, texts_of
from marketplace.contracts.queries.facts import facts_of, template_of
from marketplace.contracts.queries.signing import (
    approvals_of,
    cosignatures_of,
    open_text,
    refusals_of,
    signatories_of,
    signatures_of,
    signers_of,
    standing_of,
)
from marketplace.contracts.rules.assembly import assemble
from marketplace.contracts.rules.parameters import Departure, departures, is_beyond, open_points
from marketplace.contracts.rules.redline import ClauseChange, changed, redline
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.procurement.models import Procurement

SIGNED, TURN, LATER = "signed", "turn", "later"


class Signatory(Value):
    """One of several people who sign for a party: as what, and who did when; `person` is empty while nobody has."""

    label: str
    person: str = ""
    at: datetime | None = None


class Step(Value):
    """A party and its signature: signed, at turn, or later. `people` in order where several sign for it."""

    organisation_id: UUID
    name: str
    role: str
    state: str
    person: str = ""
    capacity: str = ""
    at: datetime | None = None
    people: tuple[Signatory, ...] = ()


class Refused(Value):
    """A party that would not sign a text."""

    name: str
    number: int
    reason: str
    at: datetime


class Overview(Value):
    """`open` are faults by parameter; `departures` with who approved each, None where nobody did.

    `approved`: the most that budget holders approved, in pence, where the cap of a variation is above it.
    """

    open: dict[str, str]
    departures: list[tuple[Departure, Deviation | None]]
    text: ContractText | None
    steps: list[Step]
    texts: list[ContractText]
    refusals: list[Refused]
    approved: int | None = None

    @property
    def is_approved(self) -> bool:
        return all(approved is not None for _, approved in self.departures)


def overview_of(db: Session, frameworks: Frameworks, contract: Contract) -> Overview:
    """Where the contract stands now. The values looked at are those of the text that is open, else the contract's."""
    template, parties, texts = template_of(frameworks, contract), parties_of(db, contract.id), texts_of(db, contract.id)
    text = open_text(db, contract.id)
    values = text.parameters if text else contract.parameters
    found = departures(template, values)
    approved = approvals_of(db, contract, found)
    return Overview(
        open=open_points(template, values) if contract.state == "draft" else {},
        departures=[(one, approved.get(one.parameter)) for one in found],
        text=text,
        steps=steps_of(db, text, parties) if text else [],
        texts=texts,
        refusals=_refusals(db, texts, parties),
        approved=beyond_approval(db, contract, text),
    )


def beyond_approval(db: Session, contract: Contract, text: ContractText | None) -> int | None:
    """What budget holders approved, in pence, where the cap of this text is above it: whoever signs is to know."""
    if text is None:
        return None
    ceiling = db.get_one(Procurement, contract.procurement_id).fee_ceiling_pence
    return ceiling if is_beyond(text.parameters, ceiling) else None


def steps_of(db: Session, text: ContractText, parties: Sequence[ContractParty]) -> list[Step]:
    """Who signs this text, in the order in which they sign, and how far it has come."""
    signed = {one.organisation_id: one for one in signatures_of(db, [text.id])}
    earlier = cosignatures_of(db, [text.id])
    now = standing_of(text, parties, list(signed.values()))
    steps = []
    ranks = {role: rank for rank, role in enumerate(text.body["signing"])}
    for party in sorted(signers_of(text, parties), key=lambda one: ranks.get(one.role, len(ranks))):
        one = signed.get(party.organisation_id)
        state = SIGNED if one else TURN if party.organisation_id in now.turn else LATER
        name, capacity, at = (one.person.name, one.capacity, one.at) if one else ("", "", None)
        before = [each for each in earlier if each.organisation_id == party.organisation_id]
        people = _signatories(text, party, [*before, *([one] if one else [])])
        steps.append(
            Step(party.organisation_id, party.organisation.name, party.role, state, name, capacity, at, people=people)
        )
    return steps


def _signatories(
    text: ContractText, party: ContractParty, signed: Sequence[Cosignature | Signature]
) -> tuple[Signatory, ...]:
    labels = signatories_of(text, party.role)
    done = [(one.person.name, one.at) for one in signed]
    return tuple(Signatory(label, *(done[at] if at < len(done) else ("", None))) for at, label in enumerate(labels))


def obligations_of(db: Session, contract_id: UUID) -> list[Obligation]:
    """What the contract obliges to, by day."""
    rows = select(Obligation).options(joinedload(Obligation.organisation)).where(Obligation.contract_id == contract_id)
    return list(db.scalars(rows.order_by(Obligation.due_on, Obligation.id)))


def find_obligation(db: Session, contract_id: UUID, obligation_id: UUID) -> Obligation:
    """Raises NotFound."""
    rows = select(Obligation).options(joinedload(Obligation.organisation))
    mine = rows.where(Obligation.contract_id == contract_id, Obligation.id == obligation_id)
    found = db.scalars(mine).one_or_none()
    if found is None:
        raise NotFound(f"there is no obligation {quote(obligation_id)}", "The contract lists them.")
    return found


def newer_clauses(db: Session, frameworks: Frameworks, contract: Contract, *, on: date) -> list[ClauseChange]:
    """What a newer version of the template would say differently; the contract keeps its own. Empty without one."""
    template, newest = template_of(frameworks, contract), frameworks.contracts[contract.template_id]
    if newest.version == template.version:
        return []
    facts = facts_of(db, frameworks, contract, on=on)
    return changed(
        redline(
            assemble(template, facts, contract.parameters),
            assemble(newest, facts, newest.defaults | contract.parameters),
        )
    )


def to_contract(db: Session, by: Actor) -> list[Procurement]:
    """Settled procurements that the actor's organisation leads and that have no contract yet, newest first."""
    taken = select(Contract.procurement_id).where(Contract.state.notin_(("cancelled", "ended")))
    rows = select(Procurement).where(
        Procurement.organisation_id == by.organisation_id,
        Procurement.state == "settled",
        Procurement.id.notin_(taken),
    )
    return list(db.scalars(rows.options(joinedload(Procurement.product)).order_by(Procurement.id.desc()).limit(50)))


def _refusals(db: Session, texts: Sequence[ContractText], parties: Sequence[ContractParty]) -> list[Refused]:
    numbers = {text.id: text.number for text in texts}
    names = {party.organisation_id: party.organisation.name for party in parties}
    found = refusals_of(db, list(numbers)) if numbers else []
    gone = {one.organisation_id for one in found} - names.keys()
    if gone:
        rows = select(Organisation.id, Organisation.name).where(Organisation.id.in_(gone))
        names |= {row.id: row.name for row in db.execute(rows)}
    return [Refused(names[one.organisation_id], numbers[one.text_id], one.reason, one.at) for one in found]
