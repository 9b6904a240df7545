"""What calls about contracts share: finding one, and how one goes out."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from marketplace.api.calls import Answer, Asked
from marketplace.api.shapes import MoveOut, Out, move, why_not
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.policies.agreements import may_draft
from marketplace.contracts.queries.contracts import find_contract, parties_of
from marketplace.contracts.queries.overview import Overview, Step, overview_of
from marketplace.contracts.rules.versions import key_of
from marketplace.contracts.states import CONTRACT
from marketplace.kit.errors import NotAllowed

MOVES = {"issue": "issue", "recall": "recall", "cancel": "cancellation"}
LEADERS = NotAllowed("this is for the organisation that leads the contract", "Ask one of its buyers.")


class PartyOut(Out):
    """A party: `weight` is its share among the buyers, 0 for the supplier. It counts from `joined_on` to `left_on`."""

    organisation_ref: str
    organisation: str
    role: str
    weight: int
    joined_on: date | None
    left_on: date | None


class TextRowOut(Out):
    """A text of a contract. `key` names it in addresses: 1.2 is the second that was written as text 1."""

    key: str
    number: int
    state: str
    digest: str
    effective_on: date
    reason: str
    at: datetime


class SignatoryOut(Out):
    """One of several people who sign for a party: as what, and who did when."""

    label: str
    person: str
    at: datetime | None


class SignerOut(Out):
    """A party that signs a text: signed, at its turn, or later. `people` in order where several sign for it."""

    organisation: str
    role: str
    state: str
    person: str
    capacity: str
    at: datetime | None
    people: list[SignatoryOut] = []


class DepartureOut(Out):
    """A value that departs from the template; `approved_by` is empty while nobody approved this very value."""

    parameter: str
    label: str
    value: str
    usual: str
    approved_by: str
    reason: str


class ContractOut(Out):
    """A contract: `open` says what is missing or does not agree, by parameter; with one of these it is not issued.

    `approved_pence` is what budget holders approved, where the cap of the text that is open is above it.
    """

    ref: str
    name: str
    state: str
    state_reason: str
    template: str
    template_version: int
    organisation: str
    supplier: str
    product_ref: str
    product: str
    version: str
    starts_on: date | None
    ends_on: date | None
    parameters: dict[str, Any]
    open: dict[str, str]
    departures: list[DepartureOut]
    approved_pence: int | None
    parties: list[PartyOut]
    signers: list[SignerOut]
    texts: list[TextRowOut]
    moves: list[MoveOut]
    links: dict[str, str]


def contract_of(ask: Asked, ref: str) -> Contract:
    """The contract, where this caller may know of it. Raises NotFound."""
    return find_contract(ask.db, ref, by=ask.by)


def answer(ask: Asked, ref: str, *, location: str = "") -> Answer[ContractOut]:
    """The contract as it is after what was done, with its ETag."""
    ask.db.flush()
    contract = contract_of(ask, ref)
    return Answer(contract_out(ask, contract), version=contract.row_version, location=location)


def contract_out(ask: Asked, contract: Contract) -> ContractOut:
    overview = overview_of(ask.db, ask.services.frameworks, contract)
    base = f"/v1/contracts/{contract.ref}"
    parts = ("text", "changes", "parties", "obligations", "signatures")
    return ContractOut(
        ref=contract.ref, name=contract.name, state=contract.state, state_reason=contract.state_reason,
        template=contract.template_id, template_version=contract.template_version,
        organisation=contract.organisation.name, supplier=contract.supplier.name, product_ref=contract.product.ref,
        product=contract.product.name, version=contract.version.number, starts_on=contract.starts_on,
        ends_on=contract.ends_on, parameters=contract.parameters, open=overview.open,
        departures=departures_out(overview), approved_pence=overview.approved, parties=parties_out(ask, contract),
        signers=[signer_out(step) for step in overview.steps], texts=texts_out(overview.texts),
        moves=moves_out(ask, contract), links={"self": base, **{part: f"{base}/{part}" for part in parts}},
    )  # fmt: skip


def departures_out(overview: Overview) -> list[DepartureOut]:
    return [
        DepartureOut(
            parameter=one.parameter, label=one.label, value=one.value, usual=one.usual,
            approved_by=approved.person.name if approved else "", reason=approved.reason if approved else "",
        )
        for one, approved in overview.departures
    ]  # fmt: skip


def parties_out(ask: Asked, contract: Contract) -> list[PartyOut]:
    return [
        PartyOut(
            organisation_ref=party.organisation.ref, organisation=party.organisation.name, role=party.role,
            weight=party.weight, joined_on=party.joined_on, left_on=party.left_on,
        )
        for party in parties_of(ask.db, contract.id)
    ]  # fmt: skip


def signer_out(step: Step) -> SignerOut:
    return SignerOut(
        organisation=step.name, role=step.role, state=step.state, person=step.person, capacity=step.capacity,
        at=step.at, people=[SignatoryOut.model_validate(one) for one in step.people],
    )  # fmt: skip


def texts_out(texts: Sequence[ContractText]) -> list[TextRowOut]:
    return [
        TextRowOut(
            key=key_of(text), number=text.number, state=text.state, digest=text.digest,
            effective_on=text.effective_on, reason=text.reason, at=text.at,
        )
        for text in texts
    ]  # fmt: skip


def moves_out(ask: Asked, contract: Contract) -> list[MoveOut]:
    """How the contract can go on by this caller; whether a text is whole is told when it is issued."""
    leads = None if may_draft(ask.by, contract) else LEADERS
    base = f"/v1/contracts/{contract.ref}"
    return [
        move(step.name, step.label, f"{base}/{MOVES[step.name]}", why_not(CONTRACT, step, contract.state, may=leads))
        for step in CONTRACT.moves
        if step.name in MOVES
    ]
